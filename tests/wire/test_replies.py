"""Replies have the classes and the contents that globus-sdk gives them."""

from __future__ import annotations

from typing import Any

import globus_sdk
import pytest

import globus_transport
from tests.compat.peer_methods import arguments, methods
from tests.wire.both_packages import make_client
from tests.wire.recording_server import RecordingServer

_CLIENTS = ("GroupsClient", "TimersClient", "ComputeClientV2", "ComputeClientV3", "TransferClientV2")
_METHODS = [(client, name) for client, name in methods() if client in _CLIENTS]
#: Iterating over these yields the items of the list. In globus-sdk they cannot be iterated.
_ITERABLE = {
    ("TimersClient", "list_jobs"): "IterableResponse",
    ("ComputeClientV2", "get_endpoints"): "ArrayResponse",
}
_CONTENTS = ("http_status", "http_reason", "content_type", "text", "binary_content", "data")


@pytest.mark.parametrize(("client", "name"), _METHODS)
def test_a_reply(client: str, name: str, server: RecordingServer) -> None:
    theirs, ours = (_reply(package, client, name, server) for package in (globus_sdk, globus_transport))
    assert type(ours).__name__ == _ITERABLE.get((client, name), type(theirs).__name__)
    assert [getattr(ours, one) for one in _CONTENTS] == [getattr(theirs, one) for one in _CONTENTS]
    assert {one for one in dir(theirs) if not one.startswith("_")} <= {*dir(ours)}


def _reply(package: Any, client: str, name: str, server: RecordingServer) -> Any:
    made = make_client(package, client, server.url)
    try:
        return getattr(made, name)(**arguments(client, name, every=False))
    finally:
        made.close()
        server.take()
