"""Both packages send the same requests."""

from __future__ import annotations

from pathlib import Path

import pytest

import globus_transport
from tests.wire import auth_calls, collection_calls, generic_calls, manager_calls, transfer_calls, tunnel_calls
from tests.wire.both_packages import Call, sent_by_both
from tests.wire.recording_server import RecordingServer

_TRANSFER = [
    pytest.param(call, id=name)
    for module in (transfer_calls, collection_calls, manager_calls, tunnel_calls)
    for name, call in module.CALLS.items()
]


@pytest.mark.parametrize("call", _TRANSFER)
def test_transfer_call(call: Call, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("TransferClient", call, server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("name", auth_calls.CALLS)
def test_auth_call(name: str, server: RecordingServer) -> None:
    client, call = auth_calls.CALLS[name]
    theirs, ours = sent_by_both(client, call, server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("name", generic_calls.CALLS)
def test_call_without_a_route(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("TransferClient", generic_calls.CALLS[name], server)
    assert ours
    assert ours == theirs


def test_an_absolute_url_of_the_own_server(server: RecordingServer) -> None:
    theirs, ours = sent_by_both("TransferClient", lambda client, _: client.get(f"{server.url}/x/y"), server)
    assert [one.path for one in ours] == ["/x/y"]
    assert ours == theirs


def test_every_route_is_called() -> None:
    # A call's name begins with its route's, or the route's name stands in its code.
    modules = (transfer_calls, collection_calls, manager_calls, tunnel_calls, auth_calls)
    code = "".join(Path(module.__file__ or "").read_text() for module in modules)
    clients = ("TransferClient", "AuthClient", "AuthLoginClient", "NativeAppAuthClient", "ConfidentialAppAuthClient")
    names = {route.name for client in clients for route in getattr(globus_transport, client).routes}
    assert names
    assert not [name for name in names if f".{name}(" not in code]
