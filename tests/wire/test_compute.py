"""Compute: what the two versions of its API send, its errors and replies, and what is sent again."""

from __future__ import annotations

import json
import pickle
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import (
    Cassette,
    ComputeAPIError,
    ComputeClientV2,
    ComputeClientV3,
    NetworkError,
    ReplyFormatError,
    Request,
    Response,
    RetryConfig,
)
from tests.core.test_error_documents import requests_response
from tests.wire.both_packages import Call, sent_by_both
from tests.wire.meant_differences import VALUES
from tests.wire.recording_server import RecordingServer

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
JSON = {"Content-Type": "application/json"}

CALLS: dict[str, tuple[str, Call]] = {
    "version": ("ComputeClientV2", lambda client, _: client.get_version("all")),
    "role": ("ComputeClientV2", lambda client, _: client.get_endpoints(role="any")),
    "one task": ("ComputeClientV2", lambda client, _: client.get_task_batch(ID)),
    "one task as text": ("ComputeClientV2", lambda client, _: client.get_task_batch("t")),
    "tasks": ("ComputeClientV2", lambda client, _: client.get_task_batch(("a", ID))),
    "tasks, generated": ("ComputeClientV2", lambda client, _: client.get_task_batch(task_ids=iter(["a", ID]))),
    "no tasks": ("ComputeClientV2", lambda client, _: client.get_task_batch([])),
    "submit": (
        "ComputeClientV2",
        lambda client, _: client.submit({"tasks": [[ID, ID, "10\nü"]], "task_group_id": None}),
    ),
    "function": (
        "ComputeClientV2",
        lambda client, _: client.register_function(data={"function_name": "ü", "function_code": "410\n", "x": [1]}),
    ),
    "submit to an endpoint": (
        "ComputeClientV3",
        lambda client, _: client.submit(ID, {"tasks": {str(ID): ["10\nü"]}, "create_queue": True}),
    ),
    "update": ("ComputeClientV3", lambda client, _: client.update_endpoint(endpoint_id="e", data={"name": None})),
    "lock": ("ComputeClientV3", lambda client, _: client.lock_endpoint(ID)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, server: RecordingServer) -> None:
    client, call = CALLS[name]
    theirs, ours = sent_by_both(client, call, server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize(
    "client", ["ComputeClientV2", "ComputeClientV3", "AsyncComputeClientV2", "AsyncComputeClientV3"]
)
def test_the_scopes_of_the_service(client: str) -> None:
    ours, theirs = getattr(globus_transport, client)(), getattr(globus_sdk, client.removeprefix("Async"))()
    assert ours.resource_server == theirs.resource_server == "funcx_service"
    assert list(map(str, ours.default_scope_requirements)) == list(map(str, theirs.default_scope_requirements))
    assert ours.base_url == theirs.base_url


# Errors.

_FAILED = {
    "status": "Failed",
    "code": 3,
    "error_args": [str(ID)],
    "reason": f"Function {ID} could not be resolved",
    "http_status_code": 404,
}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"code": "A", "message": "b", "request_id": "r"},
        {"errors": [{"code": "A", "detail": "no"}]},
        {"detail": "Not authenticated"},
        {"message": "b"},
        {"code": True},
        {"code": None, "message": None},
    ],
    ids=json.dumps,
)
def test_an_error_document_is_read_as_in_globus_sdk(document: dict[str, Any]) -> None:
    theirs = globus_sdk.ComputeAPIError(requests_response(422, document))
    ours = ComputeAPIError(Response(422, JSON, json.dumps(document).encode()))
    for name in ("http_status", "code", "message", "messages", "request_id", "text"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert [one.raw for one in ours.errors] == [one.raw for one in theirs.errors]


@pytest.mark.parametrize("name", ["code", "message"])
def test_the_number_and_the_reason_of_an_error_are_read(name: str) -> None:
    document = {"code": 3, "reason": "no such function"}
    theirs, ours, _ = VALUES[f"ComputeAPIError.{name}, for {json.dumps(document)}"]
    assert getattr(globus_sdk.ComputeAPIError(requests_response(404, document)), name) == theirs
    assert getattr(ComputeAPIError(requests_response(404, document)), name) == ours


@pytest.mark.parametrize("client", [ComputeClientV2, ComputeClientV3])
def test_a_client_raises_its_error(client: Any) -> None:
    def refuse(request: Request) -> Response:
        return Response(404, JSON, json.dumps(_FAILED).encode(), request=request)

    with pytest.raises(ComputeAPIError, match=r"404 3: Function .* could not be resolved") as raised:
        client(terminal=refuse).lock_endpoint(ID)
    error = pickle.loads(pickle.dumps(raised.value))
    assert (error.http_status, error.code, error.message) == (404, "3", _FAILED["reason"])
    assert error.raw_json["error_args"] == [str(ID)]


# Replies.


def _answering(document: object) -> Callable[[Request], Response]:
    return lambda request: Response(200, JSON, json.dumps(document).encode(), request=request)


def test_the_version_is_a_text() -> None:
    reply = ComputeClientV2(terminal=_answering("1.23.0")).get_version()
    assert reply.data == "1.23.0"
    with pytest.raises(ReplyFormatError, match="which cannot be indexed"):
        _ = reply["api"]


def test_the_endpoints_are_a_list() -> None:
    endpoints = ComputeClientV2(terminal=_answering([{"uuid": "a"}, {"uuid": "b"}])).get_endpoints()
    assert [endpoint["uuid"] for endpoint in endpoints] == ["a", "b"]
    assert (len(endpoints), endpoints[1]["uuid"]) == (2, "b")


_ADDRESS = "amqps://someone:s3cret@queue.example.org"


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("get_result_amqp_url", {"queue_prefix": "q.", "connection_url": _ADDRESS}),
        ("register_endpoint", {"endpoint_id": "e", "result_queue_info": {"queue": "r", "connection_url": _ADDRESS}}),
    ],
)
def test_the_password_of_a_queue_is_not_recorded(name: str, document: dict[str, Any], tmp_path: Path) -> None:
    client = ComputeClientV2(terminal=_answering(document))
    path = tmp_path / "calls.json"
    client = client.with_stack(client.stack.add(Cassette(path, "record")))
    reply = getattr(client, name)(*([{}] if name == "register_endpoint" else []))
    assert reply.data == document
    assert "s3cret" not in path.read_text()
    assert "queue" in path.read_text()
    assert "s3cret" not in repr(reply)


# What is sent again.


@pytest.mark.parametrize(
    ("client", "name", "arguments", "sent"),
    [
        # A second call would run the tasks twice, or register another function.
        (ComputeClientV2, "submit", [{}], 1),
        (ComputeClientV3, "submit", ["e", {}], 1),
        (ComputeClientV2, "register_function", [{}], 1),
        (ComputeClientV3, "register_function", [{}], 1),
        (ComputeClientV2, "register_endpoint", [{}], 1),
        (ComputeClientV3, "register_endpoint", [{}], 1),
        (ComputeClientV2, "lock_endpoint", ["e"], 1),
        # These only read, or replace.
        (ComputeClientV2, "get_task_batch", ["t"], 2),
        (ComputeClientV2, "get_task", ["t"], 2),
        (ComputeClientV3, "update_endpoint", ["e", {}], 2),
    ],
)
def test_a_post_is_sent_again_only_if_that_changes_nothing(
    client: Any, name: str, arguments: list[Any], sent: int
) -> None:
    requests: list[Request] = []

    def lose_one_answer(request: Request) -> Response:
        requests.append(request)
        if len(requests) == 1:
            raise NetworkError("the answer was lost")
        return Response(200, JSON, b"{}")

    made = client(terminal=lose_one_answer, retry_config=RetryConfig(max_sleep=0))
    if sent == 1:
        with pytest.raises(NetworkError):
            getattr(made, name)(*arguments)
    else:
        getattr(made, name)(*arguments)
    assert len(requests) == sent
    assert len({request.body for request in requests}) == 1
