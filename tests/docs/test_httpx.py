"""The programs of the page on httpx."""

from __future__ import annotations

import pytest

from globus_transport import TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def test_an_auth(globus: Sandbox, run: RunExample) -> None:
    token = globus.issue_token(TransferScopes.all).refresh_token
    assert token is not None
    transfer = globus.transfer_url.rstrip("/")
    names = run("embedding/httpx_auth.py", CLIENT_ID=globus.native_client_id, REFRESH_TOKEN=token, TRANSFER=transfer)
    assert names["tasks"] == []
    assert globus.requests.count(path="/v0.10/task_list") == 2
    assert globus.grants["refresh_token"] == 1
    names["authorizer"].auth_client.close()


def test_a_transport(globus: Sandbox, run: RunExample) -> None:
    token = globus.issue_token(TransferScopes.all).access_token
    names = run("embedding/httpx_transport.py", TRANSFER_ACCESS_TOKEN=token, TRANSFER=globus.transfer_url)
    assert names["tasks"] == []
    assert "globus_transport" in globus.requests[-1].headers["X-Globus-Client-Info"]


def test_a_terminal(globus: Sandbox, run: RunExample) -> None:
    token = globus.issue_token(TransferScopes.all).access_token
    assert run("embedding/httpx_terminal.py", TRANSFER_ACCESS_TOKEN=token)["tasks"] == 0
