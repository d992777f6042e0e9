"""The ready-made replies: those that come with the package, and those that a test suite registers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import requests
import responses

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.experimental.transfer_v2.client import TransferClientV2
from globus_transport.routing.bound import BoundOperation
from globus_transport.routing.table import Declared, RouteTable
from globus_transport.services.auth.client import (
    AuthClient,
    AuthLoginClient,
    ConfidentialAppAuthClient,
    NativeAppAuthClient,
)
from globus_transport.services.compute.client import ComputeClientV2, ComputeClientV3
from globus_transport.services.flows.client import FlowsClient, SpecificFlowClient
from globus_transport.services.gcs.client import GCSClient
from globus_transport.services.groups.client import GroupsClient
from globus_transport.services.search.client import SearchClient
from globus_transport.services.timers.client import TimersClient
from globus_transport.services.transfer.client import TransferClient
from globus_transport.testing.response_sets import Matcher, RegisteredResponse, ResponseList, ResponseSet

#: The key of a set: a route such as ``TransferClient.get_task`` or ``client.get_task``, its name with its service such
#: as ``"transfer.get_task"`` or ``"compute.v2.get_task"``, or any other text that a set is registered under.
SetId = Declared | BoundOperation[..., Any] | str

_CLIENTS: dict[str, tuple[type[RouteTable], ...]] = {
    "auth": (AuthClient, AuthLoginClient, NativeAppAuthClient, ConfidentialAppAuthClient),
    "transfer": (TransferClient,),
    "groups": (GroupsClient,),
    "timer": (TimersClient,),
    "search": (SearchClient,),
    "flows": (FlowsClient, SpecificFlowClient),
    "gcs": (GCSClient,),
    # The tunnels of Transfer are routes of both of its clients, and their sets are those of "transfer".
    "transfer.v2": (TransferClientV2,),
    "compute.v2": (ComputeClientV2,),
    "compute.v3": (ComputeClientV3,),
}
# globus-sdk has another name for the sets of this service than for its address.
_OTHER_NAMES = {"globus_connect_server": "gcs"}
_FOLDER = Path(__file__).parent / "recorded"
_registered: dict[Any, ResponseSet] = {}


def load_response(
    set_id: SetId | RegisteredResponse | ResponseList,
    *,
    case: str = "default",
    requests_mock: responses.RequestsMock | None = None,
) -> RegisteredResponse | ResponseList:
    """Register a ready-made reply with ``responses``.

    :param set_id: a route, its name such as ``"transfer.get_task"``, the text that a set is registered under, or a
        reply itself
    :param case: the case of the set
    :param requests_mock: the mock to register with; by default the mock that ``@responses.activate`` activates
    :return: the registered reply; its ``metadata`` has the ids in the reply
    :raises GlobusSDKUsageError: if there is no such set, or it has no such case
    """
    if isinstance(set_id, (RegisteredResponse, ResponseList)):
        return set_id.add(requests_mock=requests_mock)
    found = get_response_set(set_id)
    if case not in found.cases():
        raise GlobusSDKUsageError(f"{_describe(set_id)} has no reply {case!r}; there are: {', '.join(found.cases())}")
    return found.activate(case, requests_mock=requests_mock)


#: A shorter name of :func:`load_response`.
load_reply = load_response


def load_response_set(
    set_id: SetId | ResponseSet, *, requests_mock: responses.RequestsMock | None = None
) -> ResponseSet:
    """Register every case of a set.

    :param set_id: as for :func:`load_response`, or a set itself
    :param requests_mock: the mock to register with; by default the one that is active
    :raises GlobusSDKUsageError: if there is no such set
    """
    if isinstance(set_id, ResponseSet):
        return set_id.activate_all(requests_mock=requests_mock)
    return get_response_set(set_id).activate_all(requests_mock=requests_mock)


def register_response_set(
    set_id: SetId,
    rset: ResponseSet | Mapping[str, Mapping[str, Any] | Sequence[Mapping[str, Any]]],
    metadata: Mapping[str, Any] | None = None,
) -> ResponseSet:
    """Register a set. It replaces the set of the package or an earlier one with the same key.

    :param set_id: a route, its name, or the text that a set is registered under
    :param rset: a set, or the parameters of its :class:`RegisteredResponse` objects by case; a list for a case with
        several
    :param metadata: of the set, if ``rset`` is a mapping
    """
    response_set = rset if isinstance(rset, ResponseSet) else ResponseSet.from_dict(rset, metadata)
    _registered[_key(set_id)] = response_set
    return response_set


def get_response_set(set_id: SetId) -> ResponseSet:
    """Get a set without registering its replies.

    :param set_id: a route, its name, or the text that a set is registered under
    :raises GlobusSDKUsageError: if there is no such set
    """
    key = _key(set_id)
    if key not in _registered:
        if isinstance(key, str):
            return get_response_set(_find_route(key))
        _registered[key] = _recorded_set(key)
    return _registered[key]


def get_last_request(*, requests_mock: responses.RequestsMock | None = None) -> requests.PreparedRequest | None:
    """The last request that ``responses`` answered; ``None`` if there was none.

    :param requests_mock: the mock that answered; by default the one that is active
    """
    calls = (requests_mock or responses).calls
    return calls[-1].request if len(calls) else None


def _key(set_id: SetId) -> Declared | str:
    return set_id._route if isinstance(set_id, BoundOperation) else set_id


def _describe(set_id: SetId) -> str:
    return set_id if isinstance(set_id, str) else repr(set_id)


def _find_route(text: str) -> Declared:
    service, _, name = text.rpartition(".")
    for table in _CLIENTS.get(_OTHER_NAMES.get(service, service), ()):
        route = getattr(table, name, None)
        if isinstance(route, Declared):
            return route
    raise GlobusSDKUsageError(f"no replies are known as {text!r}; register some with register_response_set()")


@cache
def _recordings(service: str) -> dict[str, Any]:
    recordings: dict[str, Any] = json.loads((_FOLDER / f"{service}.json").read_text("utf-8"))
    return recordings


def _recorded_set(route: Declared) -> ResponseSet:
    service, table = _find_client(route)
    recorded = _recordings(service).get(route.name)
    if recorded is None:
        raise GlobusSDKUsageError(f"{route!r} has no ready-made reply; register one with register_response_set()")
    metadata = recorded.get("metadata", {})
    replies = {case: _make_reply(service, table, route, metadata, fields) for case, fields in recorded["cases"].items()}
    return ResponseSet(metadata, **replies)


def _find_client(route: Declared) -> tuple[str, type[RouteTable]]:
    for service, tables in _CLIENTS.items():
        for table in tables:
            if getattr(table, route.name, None) is route:
                return service, table
    raise GlobusSDKUsageError(
        f"{route!r} is not a route of this package's clients; register a reply with register_response_set()"
    )


def _make_reply(
    service: str, table: type[RouteTable], route: Declared, metadata: Mapping[str, Any], fields: Mapping[str, Any]
) -> RegisteredResponse | ResponseList:
    known = {**metadata, **fields.get("metadata", {})}
    if "requests" in fields:
        # The requests of an operation, or of the pages of a list: the replies to them, with the names of their routes.
        replies = []
        for name, reply_fields in fields["requests"]:
            # A request that is not a route has no name, such as one to an address in a reply.
            reply = (
                RegisteredResponse(**reply_fields)
                if name is None
                else _make_reply(service, table, getattr(table, name), known, reply_fields)
            )
            assert isinstance(reply, RegisteredResponse)
            replies.append(reply)
        if len(replies) > 1:
            return ResponseList(*replies, metadata=known)
        replies[0].metadata = known
        return replies[0]
    options = {name: value for name, value in fields.items() if name != "query"}
    if "query" in fields:
        options["match"] = [_match_query(fields["query"])]
    return RegisteredResponse(
        service=service.partition(".")[0],
        method=route.method,
        path=route.path.format_map(known),
        **{**options, "metadata": known},
    )


def _match_query(expected: Mapping[str, str | None]) -> Matcher:
    """A matcher for requests with these parameters. ``None`` means that the request does not have the parameter."""

    def match(request: Any) -> tuple[bool, str]:
        differing = [name for name, value in expected.items() if request.params.get(name) != value]
        return not differing, f"the query differs in {', '.join(differing)}" if differing else ""

    return match
