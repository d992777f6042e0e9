"""The pages of the clients, written from their route tables: a page says what the routes declare."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from readable_types import signature_text
from rst import code, directive, title

import globus_transport
from globus_transport import BaseClient, Request
from globus_transport.routing.generic_calls import GenericCalls
from globus_transport.routing.parameters import MoreFields, MoreQuery
from globus_transport.routing.table import Declared

CLIENTS = ("TransferClient", "AuthClient", "AuthLoginClient", "NativeAppAuthClient", "ConfidentialAppAuthClient")

_MAY_NOT_REPEAT = "only if the server certainly did not begin: no connection, 429, or 503 with ``Retry-After``"


def client_page(name: str) -> list[str]:
    """The page of one client."""
    client = getattr(globus_transport, name)
    lines = [*title(name), *directive("autoclass", f"globus_transport.{name}")]
    lines += [f"What it has besides its routes: :doc:`clients`. Under asyncio: :class:`Async{name}`.", ""]
    for member in _plain_members(client):
        lines += directive(_autodoc_kind(client, member), f"globus_transport.{name}.{member}")
    lines += [*title("Routes", "-"), f"``print({name}.routes)`` gives this table:", "", *code(str(client.routes))]
    lines += _about_more_parameters(client)
    for route in client.routes:
        lines += route_lines(client, route)
    lines += [*title("Under asyncio", "-"), *directive("autoclass", f"globus_transport.Async{name}")]
    same = "It has the same routes; a call is awaited, and what goes through pages is an asynchronous iterator."
    return [*lines, same]


def generic_calls(client: type[BaseClient]) -> list[str]:
    """The calls that every client has, whatever its routes."""
    lines: list[str] = []
    for name, declared in vars(GenericCalls).items():
        if isinstance(declared, Declared):
            lines += _method(client, name, declared, [])
    return [*title("Calls without a route", "-"), *_docstring(GenericCalls), "", *lines]


def route_lines(client: Any, route: Any) -> list[str]:
    """One route of a client."""
    return _method(client, route.name, route, [f":{name}: {text}" for name, text in facts(client, route)])


def facts(client: Any, route: Any) -> Iterator[tuple[str, str]]:
    """What a route declares, as names and texts."""
    if route.kind == "operation":
        yield "Request", "several, one after the other"
    else:
        yield "Request", f"``{route.method} {route.path}``"
    if route.kind == "paged route":
        yield "Pages by", f"{route.paging}; ``client.{route.name}.items(...)`` goes through all of them"
    if route.kind != "operation":
        may_repeat = Request(route.method, "https://any.example.org/", repeatable=route.plan.repeatable).may_repeat
        yield "Sent again", "whenever a failure may pass" if may_repeat else _MAY_NOT_REPEAT
    scopes = getattr(route, "scopes", None)
    scopes = tuple(client.token_scopes if scopes is None else scopes)
    if scopes:
        yield "Token needs", ", ".join(f"``{scope}``" for scope in scopes)


def _method(client: Any, name: str, route: Any, more: Iterable[str]) -> list[str]:
    content = [*_docstring(route.function), "", *more]
    return directive("py:method", f"{client.__name__}.{name}{signature_text(route.signature)}", ["", *content])


def _docstring(documented: Any) -> list[str]:
    return (inspect.getdoc(documented) or "").splitlines()


def _plain_members(client: type) -> list[str]:
    """What a client has besides its routes and besides what every client has."""
    common = set(dir(BaseClient))
    found: dict[str, None] = {}
    for cls in client.__mro__:
        for name, value in vars(cls).items():
            is_plain = inspect.isfunction(value) or isinstance(value, property)
            if is_plain and not name.startswith("_") and name not in common:
                found[name] = None
    return list(found)


def _autodoc_kind(client: type, member: str) -> str:
    return "autoproperty" if isinstance(inspect.getattr_static(client, member), property) else "automethod"


def _about_more_parameters(client: Any) -> list[str]:
    markers: dict[type, list[str]] = {MoreQuery: [], MoreFields: []}
    for route in client.routes:
        for parameter in route.plan.parameters.values() if route.kind != "operation" else ():
            if parameter.place in markers and parameter.name not in markers[parameter.place]:
                markers[parameter.place].append(parameter.name)
    lines: list[str] = []
    for marker, names in markers.items():
        if names:
            subject = " or ".join(f"``{name}``" for name in names)
            lines += [_docstring(marker)[0].replace("The parameter", subject), ""]
    return lines
