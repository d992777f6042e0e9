"""Authorizers with a token storage: one grant for all processes, stored before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from globus_transport import (
    AuthClient,
    AuthLoginClient,
    ClientCredentialsAuthorizer,
    ConfidentialAppAuthClient,
    GlobusSDKUsageError,
    LoginRequiredError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    TransferScopes,
)
from globus_transport.sandbox import Sandbox
from globus_transport.token_storage import JSONTokenStorage, MemoryTokenStorage, SQLiteTokenStorage, TokenStorageData

TRANSFER = "transfer.api.globus.org"

_PROGRAM = """
import sys
from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer, TransferClient
from globus_transport.token_storage import JSONTokenStorage, KeyringTokenStorage, RedisTokenStorage, SQLiteTokenStorage

auth_url, transfer_url, client_id, token, kind, place = sys.argv[1:]
kinds = {
    "JSON": JSONTokenStorage,
    "SQLite": SQLiteTokenStorage,
    "Redis": RedisTokenStorage,
    "keyring": KeyringTokenStorage,
}
storage = kinds[kind](place)
authorizer = RefreshTokenAuthorizer(token, NativeAppAuthClient(client_id, base_url=auth_url), token_storage=storage)
with TransferClient(base_url=transfer_url, authorizer=authorizer) as client:
    print(client.task_list().http_status)
"""


@pytest.mark.parametrize("kind", ["JSON", "SQLite", "Redis", "keyring"])
def test_processes_make_one_grant(globus: Sandbox, tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    token = globus.issue_token(TransferScopes.all).refresh_token
    assert token is not None
    globus.token_delay = 0.1
    place = str(tmp_path / "tokens")
    if kind == "Redis":
        place = request.getfixturevalue("redis_url")
    elif kind == "keyring":
        request.getfixturevalue("system_keyring")
    arguments = [globus.auth_url, globus.transfer_url, globus.native_client_id, token, kind, place]
    for grants in (1, 2):
        programs = [
            subprocess.Popen([sys.executable, "-c", _PROGRAM, *arguments], stdout=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        assert [program.communicate(timeout=60)[0].strip() for program in programs] == ["200"] * 6
        assert globus.grants["refresh_token"] == grants
        # The next ones start with the first refresh token, which is long replaced, and find the stored one.
        globus.revoke_all_access_tokens()


def test_the_tokens_are_stored_before_they_are_used(globus: Sandbox) -> None:
    token = globus.issue_token(TransferScopes.all).refresh_token
    assert token is not None
    storage = MemoryTokenStorage()
    auth_client = NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url)
    authorizer = RefreshTokenAuthorizer(token, auth_client, token_storage=storage)
    assert storage.get_token_data_by_resource_server() == {}
    header = authorizer.get_authorization_header()
    stored = storage.get_token_data(TRANSFER)
    assert stored is not None
    assert header == f"Bearer {stored.access_token}"
    assert authorizer.refresh_token == stored.refresh_token != token
    # Another authorizer, in another program say, needs no grant.
    other = RefreshTokenAuthorizer(token, auth_client, token_storage=storage)
    assert other.get_authorization_header() == header
    assert globus.grants["refresh_token"] == 1


def test_a_dead_login(globus: Sandbox) -> None:
    auth_client = NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url)
    authorizer = RefreshTokenAuthorizer("no such token", auth_client, token_storage=MemoryTokenStorage())
    with pytest.raises(LoginRequiredError):
        authorizer.get_authorization_header()


def test_an_applications_own_tokens(globus: Sandbox, tmp_path: Path) -> None:
    storage = JSONTokenStorage(tmp_path / "tokens.json")
    client = ConfidentialAppAuthClient(globus.client_id, globus.client_secret, base_url=globus.auth_url)
    headers = {
        ClientCredentialsAuthorizer(client, TransferScopes.all, token_storage=storage).get_authorization_header()
        for _ in range(3)
    }
    assert len(headers) == 1
    assert globus.grants["client_credentials"] == 1


def token_data(server: str) -> TokenStorageData:
    return TokenStorageData(server, None, "a-scope", "access", "refresh", None, None)


def test_a_storage_with_tokens_for_several_services(tmp_path: Path) -> None:
    storage = SQLiteTokenStorage(tmp_path / "tokens.db")
    storage.store_token_data_by_resource_server({name: token_data(name) for name in ("one", "two")})
    with pytest.raises(GlobusSDKUsageError, match="several resource servers, one, two; give resource_server="):
        RefreshTokenAuthorizer("x", NativeAppAuthClient("id"), token_storage=storage).get_authorization_header()
    named = RefreshTokenAuthorizer("x", NativeAppAuthClient("id"), token_storage=storage, resource_server="two")
    assert named.get_authorization_header() == "Bearer access"


@pytest.mark.parametrize("client", [AuthClient(), AuthLoginClient("id"), None, "id"])
def test_a_client_that_cannot_refresh_is_refused_when_the_authorizer_is_made(client: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"has no oauth2_.*give a ConfidentialAppAuthClient"):
        ClientCredentialsAuthorizer(client, TransferScopes.all)
    if not isinstance(client, AuthLoginClient):
        with pytest.raises(GlobusSDKUsageError, match=r"has no oauth2_refresh_token.*or a NativeAppAuthClient"):
            RefreshTokenAuthorizer("x", client)
