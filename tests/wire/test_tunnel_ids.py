"""A tunnel's submission id, where the two packages cannot send the same."""

from __future__ import annotations

import json
import uuid
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError, NetworkError, Request, Response, TransferClient
from tests.wire.both_packages import sent_by
from tests.wire.recording_server import RecordingServer
from tests.wire.tunnel_calls import payload_class


def _document(package: Any) -> Any:
    return payload_class(package)("a", "b", label="x")


def _bare(_package: Any) -> Any:
    return {"data": {"type": "Tunnel"}}


@pytest.mark.parametrize("make", [_document, _bare])
def test_one_is_made(make: Any, server: RecordingServer) -> None:
    ids = []
    rest = []
    for package in (globus_sdk, globus_transport):

        def call(client: Any, sdk: Any) -> None:
            client.create_tunnel(make(sdk))

        (sent,) = sent_by(package, "TransferClient", call, server)
        ids.append(uuid.UUID(sent.body["data"]["attributes"].pop("submission_id")))
        rest.append(sent)
    assert rest[0] == rest[1]
    assert [one.version for one in ids] == [1, 1]
    # A node with this bit is no machine's address.
    assert ids[1].node >> 40 & 1


def test_the_document_keeps_it(server: RecordingServer) -> None:
    data = globus_transport.CreateTunnelData("a", "b")

    def twice(client: Any, _: Any) -> None:
        client.create_tunnel(data)
        client.create_tunnel(data)

    first, second = sent_by(globus_transport, "TransferClient", twice, server)
    assert first == second
    assert first.body["data"]["attributes"]["submission_id"] == data["data"]["attributes"]["submission_id"]


def test_two_documents_have_two(server: RecordingServer) -> None:
    def call(client: Any, sdk: Any) -> None:
        client.create_tunnel(_document(sdk))
        client.create_tunnel(_document(sdk))

    first, second = sent_by(globus_transport, "TransferClient", call, server)
    assert first.body != second.body


def test_null_is_none(server: RecordingServer) -> None:
    # Two requests with null would make two tunnels, and this one is sent again when an answer is lost.
    data = globus_transport.CreateTunnelData("a", "b", additional_fields={"submission_id": None})
    sent_by(globus_transport, "TransferClient", lambda client, _: client.create_tunnel(data), server)
    assert uuid.UUID(data["data"]["attributes"]["submission_id"])


def test_a_lost_answer_makes_no_second_tunnel() -> None:
    bodies = []

    def terminal(request: Request) -> Response:
        bodies.append(json.loads(request.body or b""))  # type: ignore[arg-type]
        if len(bodies) == 1:
            raise NetworkError("the answer was lost")
        return Response(200, {"Content-Type": "application/json"}, b"{}")

    retries = globus_transport.RetryConfig(max_sleep=0)
    TransferClient(terminal=terminal, retry_config=retries).create_tunnel(globus_transport.CreateTunnelData("a", "b"))
    first, second = bodies
    assert first == second


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": {"attributes": []}}, [], None, "text"], ids=repr)
def test_a_document_of_another_shape_is_refused(data: Any, server: RecordingServer) -> None:
    with pytest.raises(GlobusSDKUsageError, match="data: "):
        sent_by(globus_transport, "TransferClient", lambda client, _: client.create_tunnel(data), server)
    assert server.take() == []
