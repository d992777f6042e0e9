"""The programs of the pages on events and on hedging."""

from __future__ import annotations

import logging

import pytest

from globus_transport import Hedging, TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample


@pytest.fixture
def token(globus: Sandbox) -> str:
    return globus.issue_token(TransferScopes.all).access_token


@pytest.mark.usefixtures("no_pauses")
def test_events_to_a_log(globus: Sandbox, token: str, run: RunExample, caplog: pytest.LogCaptureFixture) -> None:
    client = run("catalogue/events_to_a_log.py", TRANSFER_ACCESS_TOKEN=token)["client"]
    globus.faults.add(503, headers={"Retry-After": "0"})
    with caplog.at_level(logging.INFO, "my_app.transfer"):
        client.task_list()
    waiting, ended = caplog.records
    assert waiting.levelname == "WARNING"
    assert waiting.getMessage().startswith("task_list: status 503; sending again in ")
    assert ended.levelname == "INFO"
    assert ended.getMessage().startswith("task_list: status 200 after ")


def test_hedging(token: str, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    names = run("catalogue/hedging.py", TRANSFER_ACCESS_TOKEN=token)
    for _ in range(25):
        assert names["client"].task_list()["DATA"] == []
    layers = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert layers[layers.index("retry") + 1] == "hedging"
    assert isinstance(names["hedging"], Hedging)
