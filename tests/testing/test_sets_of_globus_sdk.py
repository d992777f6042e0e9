"""The sets of globus-sdk are here too: tests that load one by its name find it, its cases, and its metadata."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import globus_sdk.testing
import pytest

from globus_transport.testing import get_response_set

#: By the name that globus-sdk gives the service.
SERVICES = (
    "auth",
    "transfer",
    "groups",
    "timer",
    "search",
    "flows",
    "globus_connect_server",
    "compute.v2",
    "compute.v3",
    "transfer.v2",
)
#: Here the request for a submission id, which the call makes first, is answered too.
_WITH_A_SUBMISSION_ID = {"transfer.submit_delete", "transfer.submit_transfer"}


def _sets() -> list[str]:
    found = []
    for service in SERVICES:
        package = importlib.import_module(f"globus_sdk.testing.data.{service}")
        names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.ispkg]
        found += [f"{service}.{name}" for name in names if not name.startswith("_")]
    return found


def test_there_are_some() -> None:
    assert {"groups.get_group", "timer.create_timer"} <= {*_sets()}


@pytest.mark.parametrize("name", _sets())
def test_a_set(name: str) -> None:
    theirs: Any = globus_sdk.testing.get_response_set(name)
    ours = get_response_set(name)
    assert {*theirs.metadata} <= {*ours.metadata}
    for case in theirs.cases():
        expected, reply = theirs.lookup(case), ours.lookup(case)
        assert {*expected.metadata} <= {*reply.metadata}
        parts = _parts(reply)[1:] if name in _WITH_A_SUBMISSION_ID else _parts(reply)
        for their_part, part in zip(_parts(expected), parts, strict=True):
            _compare(their_part, part)


def _parts(reply: Any) -> list[Any]:
    # The pages of a list have one reply each.
    return list(getattr(reply, "responses", [reply]))


def _compare(expected: Any, reply: Any) -> None:
    assert (reply.method, reply.status) == (expected.method, expected.status)
    assert {*expected.metadata} <= {*reply.metadata}
    # The same path, but for the ids in it.
    assert len(reply.path.split("/")) == len(expected.path.split("/"))
    assert isinstance(reply.json, type(expected.json))
    if isinstance(expected.json, dict):
        assert {*expected.json} <= {*reply.json}
