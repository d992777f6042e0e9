"""Renewals through the storage, with auth clients that are made up."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from globus_transport import AuthAPIError, LoginRequiredError, OAuthRefreshTokenResponse, ReplyFormatError, Response
from globus_transport.authorizers.stored import ClientCredentialsRenewer, RefreshTokenRenewer
from globus_transport.token_storage import MemoryTokenStorage, TokenStorageData, ValidatingTokenStorage

SERVER = "a.server"
_JSON = {"Content-Type": "application/json"}


def tokens(access: str, refresh: str | None, lifetime: float = 600.0) -> TokenStorageData:
    return TokenStorageData(SERVER, "someone", "a-scope", access, refresh, int(time.time() + lifetime), "Bearer")


def reply(access: str, refresh: str | None = None) -> OAuthRefreshTokenResponse:
    document: dict[str, Any] = {"access_token": access, "resource_server": SERVER, "scope": "", "expires_in": 600}
    if refresh is not None:
        document["refresh_token"] = refresh
    return OAuthRefreshTokenResponse(Response(200, {}, json.dumps(document).encode()))


class Auth:
    """Answers by refresh token; what it has no answer for is refused."""

    def __init__(self, storage: ValidatingTokenStorage, **answers: OAuthRefreshTokenResponse) -> None:
        self.storage = storage
        self.answers = answers
        self.meanwhile: TokenStorageData | None = None
        self.asked: list[str] = []

    def oauth2_refresh_token(self, token: str) -> OAuthRefreshTokenResponse:
        self.asked.append(token)
        if self.meanwhile is not None:
            self.storage.token_storage.store_token_data_by_resource_server({SERVER: self.meanwhile})
            self.meanwhile = None
        if token not in self.answers:
            raise LoginRequiredError(Response(400, _JSON, b'{"error": "invalid_grant"}'))
        return self.answers[token]

    oauth2_client_credentials_tokens = oauth2_refresh_token


def storage_with(data: TokenStorageData | None) -> ValidatingTokenStorage:
    storage = ValidatingTokenStorage(MemoryTokenStorage())
    if data is not None:
        storage.store_token_data_by_resource_server({SERVER: data})
    return storage


def renewals(auth: Auth, known: str | None = "access-0") -> RefreshTokenRenewer:
    return RefreshTokenRenewer(auth.storage.token_storage, auth, SERVER, known, auth.storage.store_renewal)


def test_what_a_renewal_leaves_out_stays() -> None:
    auth = Auth(storage_with(tokens("access-0", "refresh-0")), **{"refresh-0": reply("access-1")})
    got = renewals(auth).oauth2_refresh_token("refresh-0").by_resource_server[SERVER]
    assert (got["access_token"], got["refresh_token"]) == ("access-1", "refresh-0")
    stored = auth.storage.get_token_data(SERVER)
    assert (stored.identity_id, stored.scope, stored.access_token) == ("someone", "a-scope", "access-1")


def test_the_storages_refresh_token_is_used() -> None:
    # Another program renewed, long ago.
    auth = Auth(storage_with(tokens("access-1", "refresh-1", -5)), **{"refresh-1": reply("access-2", "refresh-2")})
    got = renewals(auth).oauth2_refresh_token("refresh-0").by_resource_server[SERVER]
    assert got["access_token"] == "access-2"
    assert auth.asked == ["refresh-1"]


@pytest.mark.parametrize("lifetime", [600.0, 40.0])
def test_fresh_tokens_of_another_program_are_taken(lifetime: float) -> None:
    """Also those that live shortly: otherwise each of several processes would renew them."""
    auth = Auth(storage_with(tokens("access-1", "refresh-1", lifetime)))
    renewing = renewals(auth)
    got = renewing.oauth2_refresh_token("refresh-0").by_resource_server[SERVER]
    assert (got["access_token"], got["refresh_token"]) == ("access-1", "refresh-1")
    assert auth.asked == []
    # They were refused: once more the same would not help.
    with pytest.raises(LoginRequiredError):
        renewing.oauth2_refresh_token("refresh-1")
    assert auth.asked == ["refresh-1"]


@pytest.mark.parametrize(
    ("lifetime", "asked"), [(600.0, ["refresh-0"]), (3.0, ["refresh-0", "refresh-1"])], ids=["fresh", "stale"]
)
def test_one_who_does_not_know_of_the_lock_was_first(lifetime: float, asked: list[str]) -> None:
    auth = Auth(storage_with(tokens("access-0", "refresh-0")), **{"refresh-1": reply("access-2", "refresh-2")})
    auth.meanwhile = tokens("access-1", "refresh-1", lifetime)
    renewing = renewals(auth)
    got = renewing.oauth2_refresh_token("refresh-0").by_resource_server[SERVER]
    assert got["access_token"] == ("access-1" if lifetime > 60 else "access-2")
    assert auth.asked == asked
    assert renewing.refused_token is None


def test_tokens_for_another_server_are_no_renewal() -> None:
    auth = Auth(storage_with(tokens("access-0", "refresh-0")), **{"refresh-0": reply("access-1")})
    renewing = RefreshTokenRenewer(auth.storage.token_storage, auth, "another.server", None, auth.storage.store_renewal)
    with pytest.raises(ReplyFormatError, match=r"for another\.server brought tokens for a\.server"):
        renewing.oauth2_refresh_token("refresh-0")


def test_a_dead_one_is_remembered_and_nothing_is_deleted() -> None:
    auth = Auth(storage_with(tokens("access-0", "refresh-0")))
    renewing = renewals(auth)
    with pytest.raises(LoginRequiredError):
        renewing.oauth2_refresh_token("refresh-0")
    assert renewing.refused_token == "refresh-0"
    assert auth.storage.get_token_data(SERVER).refresh_token == "refresh-0"


def test_a_refused_client_is_no_dead_login() -> None:
    auth = Auth(storage_with(tokens("access-0", "refresh-0")))
    refusal = AuthAPIError(Response(401, _JSON, b'{"error": "invalid_client"}'))

    class Refusing:
        def oauth2_refresh_token(self, _token: str) -> OAuthRefreshTokenResponse:
            raise refusal

    renewing = RefreshTokenRenewer(auth.storage.token_storage, Refusing(), SERVER, "access-0")
    with pytest.raises(AuthAPIError) as raised:
        renewing.oauth2_refresh_token("refresh-0")
    assert raised.value is refusal
    assert renewing.refused_token is None


def test_a_client_stores_what_it_gets() -> None:
    auth = Auth(storage_with(None), **{"the scopes": reply("access-1")})
    renewing = ClientCredentialsRenewer(auth.storage.token_storage, auth, SERVER, None, auth.storage.store_renewal)
    got = renewing.oauth2_client_credentials_tokens("the scopes").by_resource_server[SERVER]
    assert got["access_token"] == "access-1"
    assert auth.storage.get_token_data(SERVER).access_token == "access-1"
    # Its own tokens are known to it; these are not asked for again by another one.
    other = ClientCredentialsRenewer(auth.storage.token_storage, auth, SERVER, None, auth.storage.store_renewal)
    assert other.oauth2_client_credentials_tokens("the scopes").by_resource_server[SERVER] == got
    assert auth.asked == ["the scopes"]
