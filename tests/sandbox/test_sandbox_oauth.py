"""Logins, grants, and the life cycle of tokens."""

from __future__ import annotations

import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import globus_sdk
import pytest
from globus_sdk.services.auth import GlobusNativeAppFlowManager

from globus_transport.sandbox import Clock, Identity, Sandbox, scopes
from globus_transport.sandbox.tokens import IssuedTokens, TokenStore
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

GROUPS_ALL = "urn:globus:auth:scope:groups.api.globus.org:all"
LOGIN_SCOPES = ["openid", "email", "profile", f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/some-id/data_access]"]
DEPENDENT = "urn:globus:auth:grant_type:dependent_token"


def log_in(globus: Sandbox, client: globus_sdk.NativeAppAuthClient, scopes: list[str] = LOGIN_SCOPES) -> Any:
    client.oauth2_start_flow(scopes, refresh_tokens=True)
    return client.oauth2_exchange_code_for_tokens(globus.approve(client.oauth2_get_authorize_url()))


def refresh(globus: Sandbox, auth: Http, token: str) -> Any:
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": globus.native_client_id}
    return auth("POST", "/v2/oauth2/token", form=form)


def test_native_login_brings_tokens_for_each_resource_server(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    tokens = log_in(globus, native)
    assert set(tokens.by_resource_server) == {"auth.globus.org", "transfer.api.globus.org"}
    assert tokens["resource_server"] == "auth.globus.org"
    assert tokens["scope"] == "openid email profile"
    assert tokens["state"] == "_default"
    assert [other["scope"] for other in tokens["other_tokens"]] == [TRANSFER_ALL]
    values = {token[key] for token in tokens.by_resource_server.values() for key in ("access_token", "refresh_token")}
    assert len(values) == 4
    claims = tokens.decode_id_token()
    assert (claims["sub"], claims["aud"]) == (globus.user.id, globus.native_client_id)
    assert claims["iss"] == globus.auth_url.rstrip("/")
    assert globus.grants == {"authorization_code": 1}


def test_without_offline_access_and_openid_there_is_no_refresh_and_no_id_token(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    native.oauth2_start_flow([TRANSFER_ALL], refresh_tokens=False)
    tokens = native.oauth2_exchange_code_for_tokens(globus.approve(native.oauth2_get_authorize_url()))
    assert "refresh_token" not in tokens.data
    assert "id_token" not in tokens.data
    assert tokens["other_tokens"] == []
    assert tokens["expires_in"] == 172800


def test_scopes_may_be_objects_that_become_text(globus: Sandbox) -> None:
    class MyScope:
        def __str__(self) -> str:
            return TRANSFER_ALL

    assert globus.issue_token(MyScope()).scope == TRANSFER_ALL


def test_authorize_redirects_with_code_and_state(globus: Sandbox, auth: Http) -> None:
    query = {
        "client_id": globus.client_id,
        "redirect_uri": "http://localhost:9/callback",
        "scope": TRANSFER_ALL,
        "state": "my state",
        "response_type": "code",
    }
    answer = auth("GET", "/v2/oauth2/authorize", query=query)
    assert answer.status == 302
    assert answer.headers["Location"].startswith("http://localhost:9/callback?code=")
    assert answer.headers["Location"].endswith("&state=my+state")


@pytest.mark.parametrize("uri", ["http://localhost.example.org/", "https://example.org/", "http://[", "localhost"])
def test_authorize_never_redirects_to_strangers(globus: Sandbox, auth: Http, uri: str) -> None:
    query = {"client_id": globus.client_id, "redirect_uri": uri, "scope": TRANSFER_ALL, "response_type": "code"}
    answer = auth("GET", "/v2/oauth2/authorize", query=query)
    assert answer.status == 400
    assert "Location" not in answer.headers


def test_code_page_shows_the_code_and_nothing_dangerous(auth: Http) -> None:
    answer = auth("GET", "/v2/web/auth-code", query={"code": "abc<script>"})
    assert b"abc&lt;script&gt;" in answer.body


def test_approve_says_why_not(globus: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    native.oauth2_start_flow(["unheard-of"])
    with pytest.raises(ValueError, match="invalid_scope"):
        globus.approve(native.oauth2_get_authorize_url())
    with pytest.raises(ValueError, match="Not an authorize address"):
        globus.approve("https://auth.globus.org/v2/oauth2/authorize")


def test_code_works_once_and_its_reuse_ends_what_it_brought(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient, auth: Http
) -> None:
    native.oauth2_start_flow([TRANSFER_ALL], refresh_tokens=True)
    code = globus.approve(native.oauth2_get_authorize_url())
    tokens = native.oauth2_exchange_code_for_tokens(code)
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        native.oauth2_exchange_code_for_tokens(code)
    assert caught.value.http_status == 400
    assert caught.value.raw_json is not None
    assert caught.value.raw_json["error"] == "invalid_grant"
    assert refresh(globus, auth, tokens["refresh_token"]).status == 400


@pytest.mark.parametrize("step", ["claim", "mint"])
def test_of_two_uses_of_a_code_at_once_one_is_refused_and_the_tokens_of_the_other_end(
    globus: Sandbox,
    native: globus_sdk.NativeAppAuthClient,
    auth: Http,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    native.oauth2_start_flow([TRANSFER_ALL], refresh_tokens=True)
    code = globus.approve(native.oauth2_get_authorize_url())
    store: Any = globus._state.codes if step == "claim" else globus._state.tokens
    original, tokens = getattr(store, step), []

    def use() -> None:
        with contextlib.suppress(globus_sdk.AuthAPIError):
            tokens.append(native.oauth2_exchange_code_for_tokens(code))

    def use_again_before(*args: Any, **options: Any) -> Any:
        monkeypatch.undo()
        use()
        return original(*args, **options)

    monkeypatch.setattr(store, step, use_again_before)
    use()
    (winner,) = tokens
    assert refresh(globus, auth, winner["refresh_token"]).status == 400
    assert Http(globus.transfer_url, winner["access_token"])("GET", "/v0.10/task_list").status == 401


def test_only_the_first_claims_a_code_that_several_have_found(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    native.oauth2_start_flow([TRANSFER_ALL])
    codes = globus._state.codes
    code = codes.find(globus.approve(native.oauth2_get_authorize_url()), globus.native_client_id)
    assert code
    assert [codes.claim(code), codes.claim(code)] == [True, False]
    with pytest.raises(globus_sdk.AuthAPIError):
        native.oauth2_exchange_code_for_tokens(code.value)


def test_wrong_verifier_is_refused_and_leaves_the_code_good(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient, auth: Http
) -> None:
    flow = native.oauth2_start_flow([TRANSFER_ALL])
    assert isinstance(flow, GlobusNativeAppFlowManager)
    code = globus.approve(native.oauth2_get_authorize_url())
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": "x" * 43,
        "redirect_uri": str(flow.redirect_uri),
        "client_id": globus.native_client_id,
    }
    assert auth("POST", "/v2/oauth2/token", form=form).document["error"] == "invalid_grant"
    del form["code_verifier"]
    assert auth("POST", "/v2/oauth2/token", form=form).document["error"] == "invalid_request"
    assert native.oauth2_exchange_code_for_tokens(code)["resource_server"] == "transfer.api.globus.org"


def test_code_expires(globus: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    native.oauth2_start_flow([TRANSFER_ALL])
    code = globus.approve(native.oauth2_get_authorize_url())
    globus.clock.advance(601)
    with pytest.raises(globus_sdk.AuthAPIError):
        native.oauth2_exchange_code_for_tokens(code)


def test_confidential_login_and_refresh(globus: Sandbox, confidential: globus_sdk.ConfidentialAppAuthClient) -> None:
    confidential.oauth2_start_flow("http://localhost/back", [TRANSFER_ALL], refresh_tokens=True)
    tokens = confidential.oauth2_exchange_code_for_tokens(globus.approve(confidential.oauth2_get_authorize_url()))
    renewed = confidential.oauth2_refresh_token(tokens["refresh_token"])
    assert renewed["access_token"] != tokens["access_token"]
    assert globus.grants["refresh_token"] == 1


def test_code_of_one_client_is_no_good_to_another(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient, confidential: globus_sdk.ConfidentialAppAuthClient
) -> None:
    native.oauth2_start_flow([TRANSFER_ALL])
    code = globus.approve(native.oauth2_get_authorize_url())
    confidential.oauth2_start_flow("http://localhost/back", [TRANSFER_ALL])
    with pytest.raises(globus_sdk.AuthAPIError):
        confidential.oauth2_exchange_code_for_tokens(code)


def test_refresh_rotates_and_covers_one_resource_server(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient
) -> None:
    tokens = log_in(globus, native).by_resource_server["transfer.api.globus.org"]
    renewed = native.oauth2_refresh_token(tokens["refresh_token"])
    assert list(renewed.by_resource_server) == ["transfer.api.globus.org"]
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert native.oauth2_refresh_token(renewed["refresh_token"])["refresh_token"]


def test_reuse_of_a_replaced_refresh_token_ends_its_family_only(
    globus: Sandbox, auth: Http, native: globus_sdk.NativeAppAuthClient
) -> None:
    login = log_in(globus, native).by_resource_server
    first = login["transfer.api.globus.org"]["refresh_token"]
    second = refresh(globus, auth, first).document
    answer = refresh(globus, auth, first)
    assert (answer.status, answer.document["error"]) == (400, "invalid_grant")
    assert refresh(globus, auth, second["refresh_token"]).status == 400
    assert Http(globus.transfer_url, second["access_token"])("GET", "/v0.10/task_list").status == 401
    assert refresh(globus, auth, login["auth.globus.org"]["refresh_token"]).status == 200


def test_without_rotation_a_refresh_token_keeps_working(globus: Sandbox, auth: Http) -> None:
    globus.rotate_refresh_tokens = False
    token = globus.issue_token(TRANSFER_ALL).refresh_token
    assert token
    for _ in range(2):
        answer = refresh(globus, auth, token)
        assert answer.status == 200
        assert "refresh_token" not in answer.document


def test_of_many_refreshes_at_once_one_wins(globus: Sandbox, auth: Http) -> None:
    globus.token_delay = 0.05
    token = globus.issue_token(TRANSFER_ALL).refresh_token
    assert token
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(refresh, [globus] * 8, [auth] * 8, [token] * 8))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 7
    assert globus.grants["refresh_token"] == 1
    # The other requests used the replaced token, so the tokens of the first request are revoked too.
    (winner,) = (answer.document for answer in answers if answer.status == 200)
    assert Http(globus.transfer_url, winner["access_token"])("GET", "/v0.10/task_list").status == 401


def test_only_the_first_replaces_a_token_that_several_have_found() -> None:
    store = TokenStore(Clock(), lambda: 100.0)
    user = Identity("ada@sandbox.example")

    def mint(login: str) -> list[IssuedTokens]:
        return store.mint("client", user, scopes.parse(TRANSFER_ALL), refresh=True, login=login)

    (old,), (other,) = mint("login"), mint("other login")
    store.add([old, other])
    assert old.refresh
    found = store.find_refresh(old.refresh.value)
    assert found
    assert found is store.find_refresh(old.refresh.value) is old.refresh
    assert store.replace(found) is True
    new = mint("login")
    assert store.replace(found) is False
    # The first request stores its tokens late, which makes no difference.
    store.add(new)
    assert store.find(new[0].access.value) is None
    assert store.find(old.access.value) is None
    assert store.find(other.access.value) is other.access


def test_refresh_token_belongs_to_its_client(
    globus: Sandbox, confidential: globus_sdk.ConfidentialAppAuthClient
) -> None:
    token = globus.issue_token(TRANSFER_ALL).refresh_token
    assert token
    with pytest.raises(globus_sdk.AuthAPIError):
        confidential.oauth2_refresh_token(token)


def test_client_credentials_for_two_services(
    globus: Sandbox, confidential: globus_sdk.ConfidentialAppAuthClient
) -> None:
    tokens = confidential.oauth2_client_credentials_tokens([TRANSFER_ALL, GROUPS_ALL])
    assert set(tokens.by_resource_server) == {"transfer.api.globus.org", "groups.api.globus.org"}
    assert all(token["refresh_token"] is None for token in tokens.by_resource_server.values())
    who = confidential.oauth2_token_introspect(tokens["access_token"])
    assert who["sub"] == globus.client_id
    assert who["username"] == f"{globus.client_id}@clients.auth.globus.org"


@pytest.mark.parametrize(
    ("form", "secret", "status", "error"),
    [
        ({"grant_type": "client_credentials", "scope": TRANSFER_ALL}, "wrong", 401, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": TRANSFER_ALL}, None, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "scope": "a[b"}, "right", 400, "invalid_scope"),
        ({"grant_type": "client_credentials"}, "right", 400, "invalid_scope"),
        ({"grant_type": "password"}, "right", 400, "unsupported_grant_type"),
        ({}, "right", 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "unknown"}, "right", 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "client_id": "unknown"}, None, 401, "invalid_client"),
        ({"grant_type": DEPENDENT, "token": "unknown"}, "right", 400, "invalid_grant"),
    ],
)
def test_refused_token_requests(
    globus: Sandbox, auth: Http, form: dict[str, str], secret: str | None, status: int, error: str
) -> None:
    password = globus.client_secret if secret == "right" else secret
    answer = auth("POST", "/v2/oauth2/token", form=form, basic=(globus.client_id, password) if password else None)
    assert (answer.status, answer.document["error"]) == (status, error)
    assert not globus.grants


@pytest.mark.parametrize(("scope", "name"), [("offline_access", "'offline_access'"), ("a'b", "?a'b?")])
def test_an_unknown_scope_is_named(globus: Sandbox, auth: Http, scope: str, name: str) -> None:
    form = {"grant_type": "client_credentials", "scope": scope}
    answer = auth("POST", "/v2/oauth2/token", form=form, basic=(globus.client_id, globus.client_secret))
    assert (answer.status, answer.document["error"]) == (400, "invalid_scope")
    assert answer.document["error_description"] == f"Not a scope of a known resource server: {name}"


def test_public_client_cannot_act_for_itself(globus: Sandbox, auth: Http) -> None:
    form = {"grant_type": "client_credentials", "scope": TRANSFER_ALL, "client_id": globus.native_client_id}
    assert auth("POST", "/v2/oauth2/token", form=form).status == 401


def test_dependent_tokens(globus: Sandbox, confidential: globus_sdk.ConfidentialAppAuthClient) -> None:
    mine = f"https://auth.globus.org/scopes/{globus.client_id}/all"
    token = globus.issue_token(f"{mine}[{TRANSFER_ALL} *{GROUPS_ALL}]").access_token
    answer = confidential.oauth2_get_dependent_tokens(token, refresh_tokens=True)
    assert isinstance(answer.data, list)
    assert set(answer.by_resource_server) == {"transfer.api.globus.org", "groups.api.globus.org"}
    assert all(token["refresh_token"] for token in answer.by_resource_server.values())
    dependent = confidential.oauth2_get_dependent_tokens(token, scope=GROUPS_ALL)
    assert list(dependent.by_resource_server) == ["groups.api.globus.org"]
    assert dependent.by_resource_server["groups.api.globus.org"]["refresh_token"] is None
    acting = confidential.oauth2_token_introspect(dependent.by_resource_server["groups.api.globus.org"]["access_token"])
    assert acting["sub"] == globus.user.id


def test_introspect_and_revoke(globus: Sandbox, confidential: globus_sdk.ConfidentialAppAuthClient) -> None:
    token = globus.issue_token(TRANSFER_ALL, client_id=globus.client_id)
    found = confidential.oauth2_token_introspect(token.access_token)
    assert found["active"] is True
    assert found["scope"] == TRANSFER_ALL
    assert found["aud"] == ["transfer.api.globus.org", globus.client_id]
    assert found["exp"] == token.expires_at_seconds
    assert found["sub"] == globus.user.id
    assert confidential.oauth2_revoke_token(token.access_token).data == {"active": False}
    assert confidential.oauth2_token_introspect(token.access_token).data == {"active": False}
    assert confidential.oauth2_token_introspect("unknown").data == {"active": False}


def test_revoking_a_refresh_token_takes_its_access_tokens_along(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient, confidential: globus_sdk.ConfidentialAppAuthClient
) -> None:
    token, other = globus.issue_token(TRANSFER_ALL), globus.issue_token(TRANSFER_ALL)
    assert token.refresh_token
    native.oauth2_revoke_token(token.refresh_token)
    assert confidential.oauth2_token_introspect(token.access_token)["active"] is False
    assert confidential.oauth2_token_introspect(other.access_token)["active"] is True


def test_nobody_revokes_the_tokens_of_others(
    globus: Sandbox, transfer: Http, confidential: globus_sdk.ConfidentialAppAuthClient
) -> None:
    assert transfer.token
    with pytest.raises(globus_sdk.AuthAPIError):
        confidential.oauth2_revoke_token(transfer.token)
    assert transfer("GET", "/v0.10/task_list").status == 200


def test_introspection_needs_a_secret(globus: Sandbox, auth: Http, transfer: Http) -> None:
    assert transfer.token
    form = {"token": transfer.token, "client_id": globus.native_client_id}
    assert auth("POST", "/v2/oauth2/token/introspect", form=form).status == 401


def test_expiry_by_moving_the_clock(globus: Sandbox, auth: Http) -> None:
    globus.access_token_lifetime = 100.0
    token = globus.issue_token(TRANSFER_ALL)
    transfer = Http(globus.transfer_url, token.access_token)
    globus.clock.advance(95)
    assert transfer("GET", "/v0.10/task_list").status == 200
    globus.clock.advance(6)
    assert transfer("GET", "/v0.10/task_list").status == 401
    assert token.refresh_token
    renewed = refresh(globus, auth, token.refresh_token).document
    assert renewed["expires_in"] == 100
    assert Http(globus.transfer_url, renewed["access_token"])("GET", "/v0.10/task_list").status == 200
    with pytest.raises(ValueError, match="forward"):
        globus.clock.advance(-1)


@pytest.mark.parametrize("end", ["revoke_all_access_tokens", "expire_access_tokens"])
def test_all_access_tokens_end_but_refreshing_works(globus: Sandbox, auth: Http, end: str) -> None:
    token = globus.issue_token(TRANSFER_ALL)
    getattr(globus, end)()
    answer = Http(globus.transfer_url, token.access_token)("GET", "/v0.10/task_list")
    assert (answer.status, answer.document["code"]) == (401, "AuthenticationFailed")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Globus", error="invalid_token"'
    assert token.refresh_token
    assert refresh(globus, auth, token.refresh_token).status == 200


def test_issue_token_refuses_what_makes_no_sense(globus: Sandbox) -> None:
    for scope in ("", "nonsense", f"{TRANSFER_ALL} {GROUPS_ALL}", "openid]"):
        with pytest.raises(ValueError, match=r".+"):
            globus.issue_token(scope)
    with pytest.raises(ValueError, match="client"):
        globus.issue_token(TRANSFER_ALL, client_id="unknown")
    assert globus.issue_token(TRANSFER_ALL, refresh=False).refresh_token is None


def test_no_secret_prints(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient, caplog: pytest.LogCaptureFixture
) -> None:
    # globus-sdk logs tokens at debug level. The second call also sets the level of the captured log.
    caplog.set_level(logging.WARNING, "globus_sdk")
    caplog.set_level(logging.DEBUG)
    tokens = log_in(globus, native)
    token = globus.issue_token(TRANSFER_ALL)
    Http(globus.transfer_url, token.access_token)("GET", "/v0.10/task_list")
    headers = globus.requests[-1].headers
    assert headers["authorization"] == f"Bearer {token.access_token}"
    printed = caplog.text + "".join(
        str(shown) + repr(shown)
        for shown in (globus, token, globus.requests, globus.requests[-1], headers, globus.clock, globus._state.tokens)
    )
    assert "authlib" in caplog.text
    secrets = [token.access_token, token.refresh_token, globus.client_secret, tokens["access_token"]]
    assert [secret for secret in secrets if secret is None or secret in printed] == []
