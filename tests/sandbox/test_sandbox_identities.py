"""Identities, userinfo and identity providers."""

from __future__ import annotations

import globus_sdk

from globus_transport.sandbox import Identity, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http


def test_userinfo_shows_what_the_scopes_allow(globus: Sandbox) -> None:
    def userinfo(scope: str) -> Http:
        return Http(globus.auth_url, globus.issue_token(scope).access_token)

    path = "/v2/oauth2/userinfo"
    document = userinfo("openid email profile")("GET", path).document
    assert document["sub"] == globus.user.id
    assert document["preferred_username"] == globus.user.username
    assert document["email"] == globus.user.email
    assert userinfo("openid")("GET", path).document == {"sub": globus.user.id}
    assert userinfo("email")("GET", path).status == 403
    answer = userinfo(TRANSFER_ALL)("GET", path)
    assert answer.status == 401
    assert answer.document["errors"][0]["code"] == "UNAUTHORIZED"
    assert answer.document["error"] == "unauthorized"


def test_tokens_of_somebody_else(globus: Sandbox) -> None:
    grace = Identity("grace@sandbox.example", name="Grace")
    token = globus.issue_token("openid profile", user=grace)
    document = Http(globus.auth_url, token.access_token)("GET", "/v2/oauth2/userinfo").document
    assert (document["sub"], document["name"]) == (grace.id, "Grace")


def test_identities_with_a_token(globus: Sandbox) -> None:
    token = globus.issue_token("openid")
    authorizer = globus_sdk.AccessTokenAuthorizer(token.access_token)
    with globus_sdk.AuthClient(authorizer=authorizer) as client:
        found = client.get_identities(ids=[globus.user.id, "00000000-0000-0000-0000-000000000000"])["identities"]
        assert [identity["username"] for identity in found] == [globus.user.username]
        assert client.get_identities(usernames="nobody@x.example")["identities"] == []
        made = client.get_identities(usernames=["nobody@x.example", globus.user.username], provision=True)["identities"]
        assert [identity["status"] for identity in made] == ["unused", "used"]
        again = client.get_identities(usernames="Nobody@x.example")["identities"]
        assert again == made[:1]


def test_identities_with_a_client_and_with_nothing(globus: Sandbox, auth: Http) -> None:
    query = {"usernames": globus.user.username}
    path = "/v2/api/identities"
    assert auth("GET", path, query=query, basic=(globus.client_id, globus.client_secret)).status == 200
    assert auth("GET", path, query=query, basic=(globus.client_id, "wrong")).status == 401
    assert auth("GET", path, query=query).status == 401
    answer = auth("GET", path, basic=(globus.client_id, globus.client_secret))
    assert (answer.status, answer.document["errors"][0]["status"]) == (400, "400")


def test_discovery_leads_to_this_sandbox(globus: Sandbox, auth: Http) -> None:
    document = auth("GET", "/.well-known/openid-configuration").document
    assert document["token_endpoint"] == f"{globus.auth_url}v2/oauth2/token"
    assert document["issuer"] == globus.auth_url.rstrip("/")
    (key,) = auth("GET", "/jwk.json").document["keys"]
    assert {"kty": "RSA", "alg": "RS512", "use": "sig"}.items() <= key.items()
    assert "d" not in key


def test_unknown_path_of_auth(auth: Http) -> None:
    answer = auth("GET", "/v2/api/unheard_of")
    assert (answer.status, answer.document["errors"][0]["code"]) == (404, "NOT_FOUND")
