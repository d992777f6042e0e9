"""The clients of the package do the same with the sandbox and with a server that is OpenID Certified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from globus_transport import (
    AccessTokenAuthorizer,
    AuthAPIError,
    AuthClient,
    ConfidentialAppAuthClient,
    GlobusHTTPResponse,
    LoginRequiredError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
)
from tests.oauth2.servers import Server

Client = ConfidentialAppAuthClient | NativeAppAuthClient

IDENTITY = ["openid", "email", "profile"]


@pytest.fixture
def confidential(server: Server) -> Iterator[ConfidentialAppAuthClient]:
    with ConfidentialAppAuthClient(server.client_id, server.client_secret, base_url=server.base_url) as client:
        yield client


@pytest.fixture
def native(server: Server) -> Iterator[NativeAppAuthClient]:
    with NativeAppAuthClient(server.native_id, base_url=server.base_url) as client:
        yield client


@pytest.fixture(params=["confidential", "native"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


def start(client: Client, server: Server) -> str:
    """Start a login, and go where it leads, as a browser does: the code that the client is sent."""
    if isinstance(client, ConfidentialAppAuthClient):
        client.oauth2_start_flow(server.redirect_uri, IDENTITY, state="a state", refresh_tokens=True)
    else:
        client.oauth2_start_flow(IDENTITY, redirect_uri=server.redirect_uri, state="a state", refresh_tokens=True)
    url = client.oauth2_get_authorize_url()
    with requests.Session() as browser:
        while not url.startswith(server.redirect_uri):
            url = urljoin(url, browser.get(url, allow_redirects=False).headers["Location"])
    sent = parse_qs(urlsplit(url).query)
    assert sent["state"] == ["a state"]
    return sent["code"][0]


def log_in(client: Client, server: Server) -> Any:
    return client.oauth2_exchange_code_for_tokens(start(client, server))


def userinfo(server: Server, token: str) -> GlobusHTTPResponse:
    with AuthClient(base_url=server.base_url, authorizer=AccessTokenAuthorizer(token)) as client:
        return client.userinfo()


def authorizer_of(tokens: Any, client: Client, **settings: Any) -> RefreshTokenAuthorizer[Any]:
    token = tokens.by_resource_server["auth.globus.org"]
    settings = {"access_token": token["access_token"], "expires_at": token["expires_at_seconds"], **settings}
    return RefreshTokenAuthorizer(token["refresh_token"], client, **settings)


def refused(call: Any, *args: Any) -> tuple[int, str | None]:
    with pytest.raises(AuthAPIError) as caught:
        call(*args)
    return caught.value.http_status, caught.value.code


def test_a_login(client: Client, server: Server) -> None:
    tokens = log_in(client, server)
    assert tokens.by_scopes["openid"]["access_token"] == tokens["access_token"]
    # The signature is checked with the keys that the server publishes.
    claims = tokens.decode_id_token()
    assert (claims["sub"], claims["aud"]) == (server.user_id, client.client_id)
    assert userinfo(server, tokens["access_token"])["sub"] == server.user_id


def test_a_code_is_good_once(client: Client, server: Server) -> None:
    code = start(client, server)
    tokens = client.oauth2_exchange_code_for_tokens(code)
    assert refused(client.oauth2_exchange_code_for_tokens, code) == (400, "invalid_grant")
    # RFC 6749, section 4.1.2: whoever sent it first may have stolen it.
    assert refused(client.oauth2_refresh_token, tokens["refresh_token"]) == (400, "invalid_grant")
    assert refused(userinfo, server, tokens["access_token"])[0] == 401


def test_a_code_needs_the_verifier_of_its_login(native: NativeAppAuthClient, server: Server) -> None:
    code = start(native, server)
    start(native, server)
    assert refused(native.oauth2_exchange_code_for_tokens, code) == (400, "invalid_grant")


def test_a_code_that_never_was(client: Client, server: Server) -> None:
    start(client, server)
    assert refused(client.oauth2_exchange_code_for_tokens, "no-such-code") == (400, "invalid_grant")


def test_a_token_that_is_not_valid_is_renewed(client: Client, server: Server) -> None:
    tokens = log_in(client, server)
    renewed: list[Any] = []
    # A server may give a new refresh token with each renewal, and refuse the old one from then on.
    for _ in range(2):
        authorizer = authorizer_of(tokens, client, access_token="not-valid", on_refresh=renewed.append)
        with AuthClient(base_url=server.base_url, authorizer=authorizer) as auth:
            assert auth.userinfo()["sub"] == server.user_id
        (tokens,) = renewed
        renewed.clear()
    assert userinfo(server, tokens["access_token"])["sub"] == server.user_id


def test_a_login_that_has_ended(client: Client, server: Server) -> None:
    tokens = log_in(client, server)
    client.oauth2_revoke_token(tokens["access_token"])
    client.oauth2_revoke_token(tokens["refresh_token"])
    authorizer = authorizer_of(tokens, client)
    with AuthClient(base_url=server.base_url, authorizer=authorizer) as auth, pytest.raises(LoginRequiredError):
        auth.userinfo()


def test_introspection(confidential: ConfidentialAppAuthClient, server: Server) -> None:
    tokens = log_in(confidential, server)
    seen = confidential.oauth2_token_introspect(tokens["access_token"])
    assert (seen["active"], seen["sub"], seen["client_id"]) == (True, server.user_id, server.client_id)
    assert set(seen["scope"].split()) == set(IDENTITY)
    confidential.oauth2_revoke_token(tokens["access_token"])
    # Of a token that is not valid a server tells nothing else (RFC 7662, section 2.2).
    assert confidential.oauth2_token_introspect(tokens["access_token"]).data == {"active": False}
    assert confidential.oauth2_token_introspect("no-such-token").data == {"active": False}


def test_a_client_for_itself(confidential: ConfidentialAppAuthClient, server: Server) -> None:
    tokens = confidential.oauth2_client_credentials_tokens([server.api_scope])
    assert confidential.oauth2_token_introspect(tokens["access_token"])["scope"] == server.api_scope


def test_a_wrong_secret(server: Server) -> None:
    with ConfidentialAppAuthClient(server.client_id, "wrong", base_url=server.base_url) as client:
        assert refused(client.oauth2_client_credentials_tokens, [server.api_scope]) == (401, "invalid_client")
