"""The program of the page on asyncio."""

from __future__ import annotations

import pytest

from globus_transport import AccessTokenAuthorizer, DeleteData, TransferClient, TransferScopes
from globus_transport.sandbox import Sandbox
from tests.docs.examples import RunExample


def test_many_tasks_at_once(
    globus: Sandbox, run: RunExample, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token = globus.issue_token(TransferScopes.all).access_token
    monkeypatch.setenv("TRANSFER_ACCESS_TOKEN", token)
    collection = globus.add_collection("Somewhere")
    ids = []
    with TransferClient(base_url=globus.transfer_url, authorizer=AccessTokenAuthorizer(token)) as client:
        for number in range(3):
            (collection.folder / f"{number}.txt").write_bytes(b"x")
            data = DeleteData(collection.id)
            data.add_item(f"/{number}.txt")
            ids.append(client.submit_delete(data)["task_id"])
            client.task_wait(ids[-1], timeout=30, polling_interval=1)
    run("asyncio/many_tasks.py")
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(f"{task_id} SUCCEEDED" for task_id in ids)
