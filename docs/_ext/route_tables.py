"""The pages of the clients, written from their route tables: a page says what the routes declare."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from rst import directive, title
from service_pages import page_of_route

import globus_transport
from globus_transport import BaseClient, Request, experimental
from globus_transport.routing.generic_calls import GenericCalls
from globus_transport.routing.parameters import MoreFields, MoreQuery
from globus_transport.routing.readable_types import signature_text
from globus_transport.routing.table import Declared

CLIENTS = (
    "TransferClient",
    "AuthClient",
    "AuthLoginClient",
    "NativeAppAuthClient",
    "ConfidentialAppAuthClient",
    "GroupsClient",
    "TimersClient",
    "SearchClient",
    "FlowsClient",
    "SpecificFlowClient",
    "GCSClient",
    "ComputeClientV2",
    "ComputeClientV3",
    "TransferClientV2",
)

_REPEATED = "after every failure that may be temporary"
_NOT_REPEATED = "only if it is certain that the server did not begin: no connection, 429, or 503 with ``Retry-After``"


def named_client(name: str) -> Any:
    """The class of a client."""
    return getattr(_package_of(name), name)


def _package_of(name: str) -> ModuleType:
    return globus_transport if hasattr(globus_transport, name) else experimental


def client_page(name: str) -> list[str]:
    """The page of one client."""
    package, client = _package_of(name), named_client(name)
    lines = [*title(name), *directive("autoclass", f"{package.__name__}.{name}")]
    lines += [f":doc:`clients` has its other methods. For asyncio: :class:`Async{name}`.", ""]
    for member in _plain_members(client):
        lines += directive(_autodoc_kind(client, member), f"{package.__name__}.{name}.{member}")
    for member, declared in _unlisted_operations(client):
        lines += _method(client, member, declared, [])
    lines += [*title("Routes", "-"), f"``print({name}.routes)`` prints this table too.", "", *_route_list(client)]
    lines += _about_more_parameters(client)
    for route in client.routes:
        lines += route_lines(client, route)
    lines += [*title("Under asyncio", "-"), *directive("autoclass", f"{package.__name__}.Async{name}")]
    return [*lines, "It has the same routes. Calls are awaited, and iteration over pages is asynchronous."]


def _route_list(client: Any) -> list[str]:
    """The table of a client's routes, with links to their descriptions."""
    rows = ["* - Call", "  - Request", "  - Pages by"]
    for route in client.routes:
        request = "several" if route.kind == "operation" else f"``{route.method} {route.path}``"
        pages = str(route.paging) if route.kind == "paged route" else ""
        rows += [f"* - :meth:`~{client.__name__}.{route.name}`", f"  - {request}", f"  - {pages}".rstrip()]
    return directive("list-table", "", [":header-rows: 1", ":widths: 35 50 15", "", *rows])


def generic_calls(client: type[BaseClient]) -> list[str]:
    """The calls that every client has, in addition to its routes."""
    lines: list[str] = []
    for name, declared in vars(GenericCalls).items():
        if isinstance(declared, Declared):
            lines += _method(client, name, declared, [])
    return [*title("Calls without a route", "-"), *_docstring(GenericCalls), "", *lines]


def route_lines(client: Any, route: Any) -> list[str]:
    """One route of a client."""
    return _method(client, route.name, route, [f":{name}: {text}" for name, text in facts(client, route)])


def facts(client: Any, route: Any) -> Iterator[tuple[str, str]]:
    """What a route declares, as pairs of a name and a text."""
    if route.kind == "operation":
        yield "Request", "several, in sequence"
    else:
        yield "Request", f"``{route.method} {route.path}``"
    if route.kind == "paged route":
        yield "Pages by", f"{route.paging}; ``client.{route.name}.items(...)`` iterates over all of them"
    if route.kind != "operation":
        may_repeat = Request(route.method, "https://any.example.org/", repeatable=route.plan.repeatable).may_repeat
        yield "Sent again", _REPEATED if may_repeat else _NOT_REPEATED
    scopes = getattr(route, "scopes", None)
    scopes = tuple(client.token_scopes if scopes is None else scopes)
    if scopes:
        yield "Token needs", ", ".join(f"``{scope}``" for scope in scopes)
    page = page_of_route(client.__name__, client.service_name, route.name)
    if page is not None and page.rstrip("/") not in (inspect.getdoc(route.function) or ""):
        yield "Reference", f"`the service's own documentation <{page}>`__"


def _method(client: Any, name: str, route: Any, more: Iterable[str]) -> list[str]:
    content = [*route.write_own_help().splitlines(), "", *more]
    return directive("py:method", f"{client.__name__}.{name}{signature_text(route.signature)}", ["", *content])


def _docstring(documented: Any) -> list[str]:
    return (inspect.getdoc(documented) or "").splitlines()


def _plain_members(client: type) -> list[str]:
    """The members of a client that are neither routes nor common to all clients."""
    common = set(dir(BaseClient))
    found: dict[str, None] = {}
    for cls in client.__mro__:
        for name, value in vars(cls).items():
            is_plain = inspect.isfunction(value) or isinstance(value, (property, staticmethod))
            if is_plain and not name.startswith("_") and name not in common:
                found[name] = None
    return list(found)


def _unlisted_operations(client: type[BaseClient]) -> Iterator[tuple[str, Declared]]:
    """The operations that the table does not list, and not every client has."""
    listed = {route.name for route in client.routes}
    for cls in client.__mro__:
        for name, value in vars(cls).items():
            is_own = isinstance(value, Declared) and not name.startswith("_") and not hasattr(BaseClient, name)
            if is_own and name not in listed:
                yield name, value


def _autodoc_kind(client: type, member: str) -> str:
    return "autoproperty" if isinstance(inspect.getattr_static(client, member), property) else "automethod"


def _about_more_parameters(client: Any) -> list[str]:
    markers: dict[type, list[str]] = {MoreQuery: [], MoreFields: []}
    for route in client.routes:
        for parameter in route.plan.parameters.values() if route.kind != "operation" else ():
            if parameter.location in markers and parameter.name not in markers[parameter.location]:
                markers[parameter.location].append(parameter.name)
    lines: list[str] = []
    for marker, names in markers.items():
        if names:
            subject = " or ".join(f"``{name}``" for name in names)
            lines += [_docstring(marker)[0].replace("The parameter", subject), ""]
    return lines
