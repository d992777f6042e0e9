"""A sandbox for each test, and clients that are logged in there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from globus_transport import NativeAppAuthClient, RefreshTokenAuthorizer, TransferClient, TransferScopes
from globus_transport.sandbox import Sandbox


@pytest.fixture
def globus() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def auth_client(globus: Sandbox) -> Iterator[NativeAppAuthClient]:
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as client:
        yield client


@pytest.fixture
def refresh_token(globus: Sandbox) -> str:
    token = globus.issue_token(TransferScopes.all).refresh_token
    assert token is not None
    return token


@pytest.fixture
def client(globus: Sandbox, auth_client: NativeAppAuthClient, refresh_token: str) -> Iterator[TransferClient]:
    authorizer = RefreshTokenAuthorizer(refresh_token, auth_client)
    with TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
        yield client
