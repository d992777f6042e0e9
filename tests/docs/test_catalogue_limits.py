"""The programs of the pages on limits, and on bodies, keys and checks."""

from __future__ import annotations

import pytest

from globus_transport import CircuitOpenError, DeleteData, TransferAPIError, TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample


@pytest.fixture
def token(globus: Sandbox) -> str:
    return globus.issue_token(TransferScopes.all).access_token


@pytest.mark.usefixtures("no_pauses")
def test_limits(globus: Sandbox, token: str, run: RunExample, capsys: pytest.CaptureFixture[str]) -> None:
    client = run("catalogue/limits.py", TRANSFER_ACCESS_TOKEN=token)["client"]
    layers = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    place = layers.index("retry")
    assert layers[place + 1 : place + 5] == ["circuit_breaker", "rate_limit", "concurrency_limit", "authorizer"]
    for _ in range(20):
        assert client.task_list()["DATA"] == []
    sent = len(globus.requests)
    globus.faults.add(500, times=None)
    with pytest.raises(CircuitOpenError):
        client.task_list()
    assert len(globus.requests) == sent + 5


def test_bodies_and_checks(globus: Sandbox, token: str, run: RunExample) -> None:
    names = run("catalogue/bodies_and_checks.py", TRANSFER_ACCESS_TOKEN=token)
    client = names["client"]
    collection = globus.add_collection("Here")
    assert client.operation_mkdir(collection.id, "/new")["code"] == "DirectoryCreated"
    assert globus.requests[-1].headers["Idempotency-Key"]
    sent = len(globus.requests)
    delete = DeleteData(endpoint=collection.id, submission_id=client.get_submission_id()["value"])
    delete.add_item("/new")
    with pytest.raises(names["PolicyError"], match="deletes none"):
        client.submit_delete(delete)
    assert len(globus.requests) == sent + 1, "only the submission id was requested"
    with pytest.raises(TransferAPIError):
        client.get_task("0" * 36)
