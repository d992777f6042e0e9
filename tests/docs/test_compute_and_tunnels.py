"""The programs of the pages on Compute, on tunnels, and on this computer, with ready-made replies."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

from globus_transport import AsyncComputeClientV2, AuthClient, ComputeClientV2, ComputeClientV3, TransferClient
from globus_transport.experimental import TransferClientV2
from globus_transport.testing import load_reply, use_responses
from tests.docs.examples import run_example
from tests.terminals.fresh_terminal import forget_proxies

COMPUTE = "https://compute.api.globus.org"
TRANSFER = "https://transfer.api.globus.org"


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with use_responses(), responses.mock:
        yield


def _bodies() -> list[Any]:
    return [json.loads(call.request.body) for call in responses.calls if call.request.body]


def _run_all(endpoint_id: str, function_id: str) -> Any:
    with ComputeClientV2() as v2, ComputeClientV3() as v3:
        return run_example("compute/run_all.py")["run_all"](v2, v3, endpoint_id, function_id, iter(["a", "b"]))


def test_a_function_runs_with_many_inputs() -> None:
    submitted = load_reply(ComputeClientV3.submit).metadata
    load_reply(ComputeClientV2.get_endpoint_status)
    first, second = submitted["task_id"], submitted["task_id_2"]
    answers = [
        {first: {"status": "waiting-for-nodes"}, second: {"status": "success", "result": "B"}},
        {first: {"status": "failed", "exception": "A"}},
    ]
    for results in answers:
        responses.post(f"{COMPUTE}/v2/batch_status", json={"response": "batch", "results": results})
    tasks = _run_all(submitted["endpoint_id"], submitted["function_id"])
    assert [task.get("result") or task["exception"] for task in tasks] == ["A", "B"]
    assert _bodies() == [
        {"tasks": {submitted["function_id"]: ["a", "b"]}},
        {"task_ids": [first, second]},
        {"task_ids": [first]},
    ]


def test_nothing_runs_on_an_endpoint_that_is_offline() -> None:
    endpoint_id = load_reply(ComputeClientV2.get_endpoint_status, case="offline").metadata["endpoint_id"]
    with pytest.raises(RuntimeError, match="offline"):
        _run_all(endpoint_id, "f")
    assert _bodies() == []


@pytest.mark.parametrize(("workers", "found"), [((1, 5, None), 1), ((None, 0, None), 1), ((None, None, None), None)])
def test_the_endpoint_with_the_most_free_workers(workers: tuple[int | None, ...], found: int | None) -> None:
    metadata = load_reply(ComputeClientV2.get_endpoints, case="any").metadata
    endpoint_ids = [metadata[name] for name in ("endpoint_id", "endpoint_id_2", "endpoint_id_3")]
    for endpoint_id, idle in zip(endpoint_ids, workers, strict=True):
        document = {"status": "offline" if idle is None else "online", "details": {"idle_workers": idle}}
        responses.get(f"{COMPUTE}/v2/endpoints/{endpoint_id}/status", json=document)

    async def find() -> Any:
        async with AsyncComputeClientV2() as client:
            return await run_example("compute/free_workers.py")["most_free_workers"](client)

    assert asyncio.run(find()) == (None if found is None else endpoint_ids[found])


def test_a_tunnel_is_opened() -> None:
    points = load_reply(TransferClientV2.list_stream_access_points).metadata["access_point_ids"]
    tunnel_id = load_reply(TransferClientV2.create_tunnel).metadata["tunnel_id"]
    example = run_example("tunnels/stream.py")
    with TransferClientV2() as client:
        assert example["open_tunnel"](client, "Detector hall", "Computing centre", 8080) == tunnel_id
        with pytest.raises(LookupError, match="Nowhere"):
            example["open_tunnel"](client, "Nowhere", "Computing centre", 8080)
    (document,) = (body["data"] for body in _bodies())
    assert document["attributes"]["listener_port"] == 8080
    assert document["attributes"]["submission_id"]
    ends = document["relationships"]
    assert [ends[end]["data"]["id"] for end in ("initiator", "listener")] == points


def test_a_tunnel_is_closed() -> None:
    tunnel_id = load_reply(TransferClientV2.update_tunnel).metadata["tunnel_id"]
    load_reply(TransferClientV2.get_tunnel_events)
    load_reply(TransferClientV2.delete_tunnel)
    for state in ("STOPPING", "STOPPED"):
        responses.get(f"{TRANSFER}/v2/tunnels/{tunnel_id}", json={"data": {"attributes": {"state": state}}})
    with TransferClientV2() as client:
        assert run_example("tunnels/stream.py")["close_tunnel"](client, tunnel_id) == ["started"]
    assert [call.request.method for call in responses.calls] == ["PATCH", "GET", "GET", "GET", "DELETE"]
    assert _bodies() == [{"data": {"type": "Tunnel", "attributes": {"state": "STOPPING"}}}]


def test_bookmarks_are_described() -> None:
    load_reply(TransferClientV2.list_bookmarks)
    with TransferClientV2() as client:
        lines = run_example("tunnels/bookmarks.py")["describe_bookmarks"](client)
    assert lines == ["Raw images: Detector, /detector/raw/", "Results: Archive, /archive/results/"]
    assert responses.calls[0].request.url == f"{TRANSFER}/v2/bookmarks?include=collection"


def test_a_folder_is_copied_to_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    example = run_example("this_computer/fetch.py")
    with TransferClient() as client, pytest.raises(SystemExit, match="Set up"):
        example["fetch"](client, "source", "/results/")
    folder = tmp_path / ".globusonline" / "lta"
    folder.mkdir(parents=True)
    (folder / "client-id.txt").write_text("here\n")
    load_reply(TransferClient.get_submission_id)
    task_id = load_reply(TransferClient.submit_transfer).metadata["task_id"]
    with TransferClient() as client:
        assert example["fetch"](client, "source", "/results/") == task_id
    (document,) = _bodies()
    assert (document["source_endpoint"], document["destination_endpoint"]) == ("source", "here")
    assert document["DATA"][0]["destination_path"] == "/~/results/"


def test_the_owner_of_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    owner_of_this_computer = run_example("this_computer/fetch.py")["owner_of_this_computer"]
    with AuthClient() as client:
        assert owner_of_this_computer(client) == "nobody"
        folder = tmp_path / ".globusonline" / "lta"
        folder.mkdir(parents=True)
        (folder / "gridmap").write_text('"/C=US/O=Globus Consortium/OU=Globus Connect User/CN=ada" me\n')
        load_reply(AuthClient.get_identities)
        assert owner_of_this_computer(client)
    assert "usernames=ada%40globusid.org" in str(responses.calls[0].request.url)
