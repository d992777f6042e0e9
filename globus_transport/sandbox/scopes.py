"""Scope strings, and the resource servers of scopes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable

import attrs

AUTH = "auth.globus.org"
TRANSFER = "transfer.api.globus.org"

_WORDS = re.compile(r"[^\[\]* ]+|[\[\]* ]")
_MAX_DEPTH = 32
_URN = re.compile(r"urn:globus:auth:scope:([^:]+):.+")
_URL = re.compile(r"https://auth\.globus\.org/scopes/([^/]+)/.+")

# The scopes of these services have the service's client id in them, but their resource server has a name.
_NAMED_RESOURCE_SERVERS = {
    "eec9b274-0c81-4334-bdc2-54e90e689b9a": "flows.globus.org",
    "facd7ccc-c5f4-42aa-916b-a0e270e2c2a9": "funcx_service",
}


class ScopeError(ValueError):
    """The text is not a scope, or the scope belongs to no resource server."""


@attrs.frozen
class Scope:
    """A scope with its dependencies: the scopes that the service may request in turn for the same user."""

    name: str
    optional: bool = False
    dependencies: tuple[Scope, ...] = ()


def parse(text: str) -> tuple[Scope, ...]:
    """Parse a scope string of the form ``name[dependency *optional[...]] name ...``.

    :raises ScopeError: if brackets do not match or are nested too deeply, a name is missing, or there is no scope
    """
    scopes = _parse(deque(_WORDS.findall(text)), depth=0)
    if not scopes:
        raise ScopeError("The scope string is empty")
    return scopes


def _parse(words: deque[str], depth: int) -> tuple[Scope, ...]:
    if depth > _MAX_DEPTH:
        raise ScopeError(f"The scope string has more than {_MAX_DEPTH} levels of brackets")
    found: list[Scope] = []
    optional = False
    while words:
        word = words.popleft()
        if word in " *":
            if optional:
                raise ScopeError("A * has no name after it")
            optional = word == "*"
        elif word == "[":
            if not found or optional:
                raise ScopeError("A [ has no name before it")
            parent = found.pop()
            found.append(Scope(parent.name, parent.optional, parent.dependencies + _parse(words, depth + 1)))
        elif word == "]":
            if not depth or not found or optional:
                raise ScopeError("A ] has no matching [")
            return tuple(found)
        else:
            found.append(Scope(word, optional))
            optional = False
    if depth or optional:
        raise ScopeError("The scope string ends too early")
    return tuple(found)


def merge(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """The scopes, each name once, with the dependencies of all scopes of this name."""
    by_name: dict[str, Scope] = {}
    for scope in scopes:
        earlier = by_name.get(scope.name)
        dependencies = scope.dependencies if earlier is None else earlier.dependencies + scope.dependencies
        by_name[scope.name] = Scope(scope.name, scope.optional, dependencies)
    return tuple(by_name.values())


def resource_server_of(name: str) -> str:
    """The resource server of a scope.

    :raises ScopeError: if it belongs to no known one
    """
    if name in {"openid", "email", "profile"}:
        return AUTH
    match = _URN.fullmatch(name) or _URL.fullmatch(name)
    if not match:
        raise ScopeError(f"Not a scope of a known resource server: {name!r}")
    return _NAMED_RESOURCE_SERVERS.get(match[1], match[1])


def check_resource_servers(scopes: Iterable[Scope]) -> None:
    """Check that all scopes and their dependencies belong to resource servers.

    :raises ScopeError: if one belongs to no known resource server
    """
    for scope in scopes:
        resource_server_of(scope.name)
        check_resource_servers(scope.dependencies)


def group_by_resource_server(scopes: Iterable[Scope]) -> dict[str, tuple[Scope, ...]]:
    """Group scopes by resource server. Auth comes first, as in token responses.

    :raises ScopeError: if a scope belongs to no known resource server
    """
    groups: dict[str, list[Scope]] = {}
    for scope in merge(scopes):
        groups.setdefault(resource_server_of(scope.name), []).append(scope)
    return {server: tuple(groups[server]) for server in sorted(groups, key=lambda server: server != AUTH)}


def to_text(scopes: Iterable[Scope]) -> str:
    """The names of scopes, separated by spaces, without dependencies."""
    return " ".join(scope.name for scope in scopes)


def to_tree_text(scopes: Iterable[Scope]) -> str:
    """The scope string for scopes with their dependencies. :func:`parse` reads it."""
    return " ".join(
        f"{'*' if scope.optional else ''}{scope.name}"
        + (f"[{to_tree_text(scope.dependencies)}]" if scope.dependencies else "")
        for scope in scopes
    )
