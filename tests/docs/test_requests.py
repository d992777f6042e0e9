"""The programs of the pages on requests and urllib3."""

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
    names = run("embedding/requests_auth.py", CLIENT_ID=globus.native_client_id, REFRESH_TOKEN=token, TRANSFER=transfer)
    assert names["tasks"] == []
    assert globus.grants["refresh_token"] == 1
    names["authorizer"].auth_client.close()


@pytest.mark.parametrize("program", ["embedding/requests_adapter.py", "embedding/urllib3_pool.py"])
def test_a_stack(globus: Sandbox, run: RunExample, program: str) -> None:
    token = globus.issue_token(TransferScopes.all).access_token
    transfer = globus.transfer_url.rstrip("/")
    names = run(program, TRANSFER_ACCESS_TOKEN=token, TRANSFER=transfer)
    assert names["tasks"] in ([], 0)
    assert "globus_transport" in globus.requests[-1].headers["X-Globus-Client-Info"]
