"""Fixtures for the tests of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import globus_sdk
import pytest

from globus_transport.sandbox import Collection, Identity, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http


@pytest.fixture
def globus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        for name, value in sandbox.environ.items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """For modules whose tests share one."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def grace(sandbox: Sandbox) -> Identity:
    return sandbox.add_identity(Identity("grace@sandbox.example"))


@pytest.fixture
def auth(globus: Sandbox) -> Http:
    return Http(globus.auth_url)


@pytest.fixture
def transfer(globus: Sandbox) -> Http:
    return Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)


@pytest.fixture
def native(globus: Sandbox) -> Iterator[globus_sdk.NativeAppAuthClient]:
    client = globus_sdk.NativeAppAuthClient(globus.native_client_id)
    yield client
    client.close()


@pytest.fixture
def confidential(globus: Sandbox) -> Iterator[globus_sdk.ConfidentialAppAuthClient]:
    client = globus_sdk.ConfidentialAppAuthClient(globus.client_id, globus.client_secret)
    yield client
    client.close()


@pytest.fixture
def sdk(globus: Sandbox) -> Iterator[globus_sdk.TransferClient]:
    token = globus.issue_token(TRANSFER_ALL).access_token
    client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
    yield client
    client.close()


@pytest.fixture
def source(globus: Sandbox) -> Collection:
    return globus.add_collection("Source")


@pytest.fixture
def destination(globus: Sandbox) -> Collection:
    return globus.add_collection("Destination")
