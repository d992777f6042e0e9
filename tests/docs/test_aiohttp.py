"""The programs of the page on aiohttp."""

from __future__ import annotations

import pytest

from globus_transport import TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample


@pytest.fixture
def token(globus: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    token = globus.issue_token(TransferScopes.all)
    assert token.refresh_token is not None
    monkeypatch.setenv("TRANSFER_ACCESS_TOKEN", token.access_token)
    monkeypatch.setenv("TRANSFER_REFRESH_TOKEN", token.refresh_token)
    return token.access_token


@pytest.mark.usefixtures("token")
def test_a_session_with_a_credential(globus: Sandbox, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    run("embedding/aiohttp_auth.py", CLIENT_ID=globus.native_client_id)
    assert capsys.readouterr().out == ""
    assert [request.status for request in globus.requests.select(service="transfer")] == [200]
    assert globus.grants["refresh_token"] == 1


@pytest.mark.usefixtures("token")
def test_a_session_with_layers(globus: Sandbox, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    globus.faults.add(503, headers={"Retry-After": "0"})
    run("embedding/aiohttp_layers.py")
    assert capsys.readouterr().out == "200 0 tasks\n"
    assert [request.status for request in globus.requests.select(service="transfer")] == [503, 200]


@pytest.mark.usefixtures("token")
def test_a_client_through_a_session(globus: Sandbox, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    run("embedding/aiohttp_terminal.py")
    assert capsys.readouterr().out.startswith("0 tasks, ")
    assert globus.requests.count(service="transfer") == 2
