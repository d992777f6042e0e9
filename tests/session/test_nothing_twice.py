"""A request that may have been done is not sent again; one that is safe to repeat is."""

from __future__ import annotations

import pytest

from globus_transport import GlobusConnectionError, TransferAPIError, TransferClient, TransferData
from globus_transport.sandbox import Sandbox


def test_a_dropped_post_is_seen_once(globus: Sandbox, client: TransferClient) -> None:
    collection = globus.add_collection("here")
    globus.faults.add(drop=True, when="after", method="POST", path="*/mkdir")
    with pytest.raises(GlobusConnectionError) as caught:
        client.operation_mkdir(collection.id, "/new")
    assert caught.value.__cause__ is not None
    assert globus.requests.count(method="POST", path="*/mkdir") == 1
    assert (collection.folder / "new").is_dir()


def test_a_dropped_get_is_sent_again(globus: Sandbox, client: TransferClient) -> None:
    globus.faults.add(drop=True, path="/v0.10/task_list")
    assert client.task_list().http_status == 200
    assert globus.requests.count(path="/v0.10/task_list") == 2


def test_a_submit_whose_answer_is_lost_makes_one_task(globus: Sandbox, client: TransferClient) -> None:
    source, destination = globus.add_collection("a"), globus.add_collection("b")
    (source.folder / "file").write_bytes(b"content")
    globus.faults.add(drop=True, when="after", method="POST", path="/v0.10/transfer")
    data = TransferData(source.id, destination.id)
    data.add_item("/file", "/file")
    task_id = client.submit_transfer(data)["task_id"]
    assert client.task_wait(task_id, timeout=10, polling_interval=1)
    assert [task["task_id"] for task in client.task_list.items()] == [task_id]
    assert globus.requests.count(method="POST", path="/v0.10/transfer") == 2
    assert (destination.folder / "file").read_bytes() == b"content"


def test_a_post_that_the_server_never_began_is_sent_again(globus: Sandbox, client: TransferClient) -> None:
    collection = globus.add_collection("here")
    globus.faults.add(503, headers={"Retry-After": "0"}, method="POST", path="*/mkdir")
    client.operation_mkdir(collection.id, "/new")
    assert globus.requests.count(method="POST", path="*/mkdir") == 2


def test_a_post_that_it_may_have_begun_is_not(globus: Sandbox, client: TransferClient) -> None:
    collection = globus.add_collection("here")
    globus.faults.add(502, method="POST", path="*/mkdir")
    with pytest.raises(TransferAPIError, match="502"):
        client.operation_mkdir(collection.id, "/new")
    assert globus.requests.count(method="POST", path="*/mkdir") == 1
