"""Where ready-made replies are found: those that come with the package, and those that a test-suite registers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Union

import requests
import responses

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.bound import BoundOperation
from globus_transport.routing.table import Declared, RouteTable
from globus_transport.services.auth.client import (
    AuthClient,
    AuthLoginClient,
    ConfidentialAppAuthClient,
    NativeAppAuthClient,
)
from globus_transport.services.transfer.client import TransferClient
from globus_transport.testing.response_sets import RegisteredResponse, ResponseList, ResponseSet

#: What a set is known by: a route, as ``TransferClient.get_task`` or ``client.get_task``, its name with its service
#: before it, as ``"transfer.get_task"``, or a text of one's own.
SetId = Union[Declared, BoundOperation[..., Any], str]

_CLIENTS: dict[str, tuple[type[RouteTable], ...]] = {
    "auth": (AuthClient, AuthLoginClient, NativeAppAuthClient, ConfidentialAppAuthClient),
    "transfer": (TransferClient,),
}
_FOLDER = Path(__file__).parent / "recorded"
_registered: dict[Any, ResponseSet] = {}


def load_response(
    set_id: SetId | RegisteredResponse | ResponseList,
    *,
    case: str = "default",
    requests_mock: responses.RequestsMock | None = None,
) -> RegisteredResponse | ResponseList:
    """Register a ready-made reply with ``responses``.

    :param set_id: a route, its name as ``"transfer.get_task"``, the text that a set was registered under, or a reply
        itself
    :param case: which of its replies
    :param requests_mock: a mock of one's own, instead of the one that ``@responses.activate`` makes active
    :return: what was registered; its ``metadata`` has the ids in it
    :raises GlobusSDKUsageError: if there is no set for it, or no such case
    """
    if isinstance(set_id, (RegisteredResponse, ResponseList)):
        return set_id.add(requests_mock=requests_mock)
    found = get_response_set(set_id)
    if case not in found.cases():
        raise GlobusSDKUsageError(f"{_describe(set_id)} has no reply {case!r}; there are: {', '.join(found.cases())}")
    return found.activate(case, requests_mock=requests_mock)


#: The same by a shorter name.
load_reply = load_response


def load_response_set(
    set_id: SetId | ResponseSet, *, requests_mock: responses.RequestsMock | None = None
) -> ResponseSet:
    """Register every case of a set.

    :param set_id: as for :func:`load_response`, or a set itself
    :raises GlobusSDKUsageError: if there is no set for it
    """
    if isinstance(set_id, ResponseSet):
        return set_id.activate_all(requests_mock=requests_mock)
    return get_response_set(set_id).activate_all(requests_mock=requests_mock)


def register_response_set(
    set_id: SetId,
    rset: ResponseSet | Mapping[str, Mapping[str, Any]],
    metadata: Mapping[str, Any] | None = None,
) -> ResponseSet:
    """Make a set known, or put it in the place of the one that comes with the package.

    :param rset: a set, or the parameters of its :class:`RegisteredResponse` objects by case
    :param metadata: for the set, if it is given as a mapping
    """
    made = rset if isinstance(rset, ResponseSet) else ResponseSet.from_dict(rset, metadata)
    _registered[_key(set_id)] = made
    return made


def get_response_set(set_id: SetId) -> ResponseSet:
    """The set for a route or a text, registering nothing.

    :raises GlobusSDKUsageError: if there is none
    """
    key = _key(set_id)
    if key not in _registered:
        if isinstance(key, str):
            return get_response_set(_route_named(key))
        _registered[key] = _recorded_set(key)
    return _registered[key]


def get_last_request(*, requests_mock: responses.RequestsMock | None = None) -> requests.PreparedRequest | None:
    """The last request that ``responses`` answered; ``None`` if there was none."""
    calls = (requests_mock or responses).calls
    return calls[-1].request if len(calls) else None


def _key(set_id: SetId) -> Declared | str:
    return set_id._route if isinstance(set_id, BoundOperation) else set_id


def _describe(set_id: SetId) -> str:
    return set_id if isinstance(set_id, str) else repr(set_id)


def _route_named(text: str) -> Declared:
    service, _, name = text.partition(".")
    for table in _CLIENTS.get(service, ()):
        route = getattr(table, name, None)
        if isinstance(route, Declared):
            return route
    raise GlobusSDKUsageError(f"no replies are known as {text!r}; see register_response_set()")


@cache
def _recordings(service: str) -> dict[str, Any]:
    recordings: dict[str, Any] = json.loads((_FOLDER / f"{service}.json").read_text("utf-8"))
    return recordings


def _recorded_set(route: Declared) -> ResponseSet:
    service, table = _home_of(route)
    recorded = _recordings(service).get(route.name)
    if recorded is None:
        raise GlobusSDKUsageError(f"{route!r} has no ready-made reply; see register_response_set()")
    metadata = recorded.get("metadata", {})
    cases = recorded["cases"]
    return ResponseSet(metadata, **{case: _reply(service, table, route, metadata, one) for case, one in cases.items()})


def _home_of(route: Declared) -> tuple[str, type[RouteTable]]:
    for service, tables in _CLIENTS.items():
        for table in tables:
            if getattr(table, route.name, None) is route:
                return service, table
    raise GlobusSDKUsageError(f"{route!r} is no route of this package's clients; see register_response_set()")


def _reply(
    service: str, table: type[RouteTable], route: Declared, metadata: Mapping[str, Any], one: Mapping[str, Any]
) -> RegisteredResponse | ResponseList:
    if "requests" in one:
        # An operation: the replies to the requests that it makes, by the names of their routes.
        parts = []
        for name, part in one["requests"]:
            # Without a name: a request that is no route, such as one to an address that a reply names.
            reply = (
                RegisteredResponse(**part)
                if name is None
                else _reply(service, table, getattr(table, name), metadata, part)
            )
            assert isinstance(reply, RegisteredResponse)
            parts.append(reply)
        return ResponseList(*parts)
    known = {**metadata, **one.get("metadata", {})}
    return RegisteredResponse(
        service=service,
        method=route.method,
        path=route.path.format_map(known),
        **{**one, "metadata": known},
    )
