"""Every method that globus-sdk's clients have is here, and sends the same, with few and with all arguments."""

from __future__ import annotations

import inspect
from typing import Any

import globus_sdk
import pytest

import globus_transport
from tests.compat.peer_methods import CLIENTS, arguments, class_of, methods, public_methods
from tests.wire.both_packages import make_client, sent_by
from tests.wire.recording_server import Recorded, RecordingServer


@pytest.mark.parametrize(
    ("client", "name"),
    [(client, name) for client in CLIENTS for name in public_methods(client)],
)
def test_it_is_here(client: str, name: str) -> None:
    assert hasattr(class_of(globus_transport, client), name)
    assert hasattr(class_of(globus_transport, f"Async{client}"), name)


@pytest.mark.parametrize("client", CLIENTS)
def test_an_instance_has_the_same_attributes(client: str, server: RecordingServer) -> None:
    theirs, ours = (_public(make_client(package, client, server.url)) for package in (globus_sdk, globus_transport))
    assert theirs - ours == set()


def _public(client: Any) -> set[str]:
    client.close()
    return {name for name in dir(client) if not name.startswith("_")}


@pytest.mark.parametrize("every", [False, True], ids=["few", "all"])
@pytest.mark.parametrize(("client", "name"), methods())
def test_it_sends_the_same(client: str, name: str, every: bool, server: RecordingServer) -> None:
    given = arguments(client, name, every=every)
    theirs = _outcome(globus_sdk, client, name, given, server)
    ours = _outcome(globus_transport, client, name, given, server)
    assert ours == theirs


def _outcome(package: Any, client: str, name: str, given: dict[str, Any], server: RecordingServer) -> list[Recorded]:
    try:
        sent = sent_by(package, client, lambda made, _: getattr(made, name)(**_own(given)), server)
    finally:
        server.take()
    assert sent
    return sent


def _own(given: dict[str, Any]) -> dict[str, Any]:
    # A call may change what it is given: a submission id is set into the document.
    return {name: dict(value) if isinstance(value, dict) else value for name, value in given.items()}


@pytest.mark.parametrize("client", CLIENTS)
def test_paginated_has_the_same_methods(client: str) -> None:
    theirs = _paged(globus_sdk, client)
    assert theirs or client != "TransferClient"
    ours = {route.name for route in class_of(globus_transport, client).routes if route.kind == "paged route"}
    assert theirs - ours == set()


def _paged(package: Any, client: str) -> set[str]:
    cls = class_of(package, client)
    found = set()
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if hasattr(method, "_has_paginator"):
            found.add(name)
    return found
