"""Scope text, and which resource server a scope belongs to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

AUTH = "auth.globus.org"
TRANSFER = "transfer.api.globus.org"

_WORDS = re.compile(r"[^\[\]* ]+|[\[\]* ]")
_URN = re.compile(r"urn:globus:auth:scope:([^:]+):.+")
_URL = re.compile(r"https://auth\.globus\.org/scopes/([^/]+)/.+")

# These two services have scopes that carry their client id, but a resource server with a name.
_NAMED_RESOURCE_SERVERS = {
    "eec9b274-0c81-4334-bdc2-54e90e689b9a": "flows.globus.org",
    "facd7ccc-c5f4-42aa-916b-a0e270e2c2a9": "funcx_service",
}


class InvalidScope(ValueError):
    """The text is no scope, or a scope of no resource server."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope and the scopes that whoever receives its token may ask for in turn."""

    name: str
    optional: bool = False
    dependencies: tuple["Scope", ...] = ()


def parse(text: str) -> tuple[Scope, ...]:
    """The scopes in ``name[dependency *optional[...]] name ...``.

    :raises InvalidScope: Brackets do not match, a name is missing, or there is no scope at all.
    """
    words = _WORDS.findall(text)
    scopes = _parse(words, depth=0)
    if not scopes:
        raise InvalidScope("No scope given")
    return scopes


def _parse(words: list[str], depth: int) -> tuple[Scope, ...]:
    found: list[Scope] = []
    optional = False
    while words:
        word = words.pop(0)
        if word in " *":
            if optional:
                raise InvalidScope("A * stands before no name")
            optional = word == "*"
        elif word == "[":
            if not found or optional:
                raise InvalidScope("A [ stands after no name")
            parent = found.pop()
            found.append(Scope(parent.name, parent.optional, parent.dependencies + _parse(words, depth + 1)))
        elif word == "]":
            if not depth or not found or optional:
                raise InvalidScope("A ] closes nothing")
            return tuple(found)
        else:
            found.append(Scope(word, optional))
            optional = False
    if depth or optional:
        raise InvalidScope("The scope text ends too early")
    return tuple(found)


def resource_server_of(name: str) -> str:
    """The resource server of a scope.

    :raises InvalidScope: It belongs to none.
    """
    if name in {"openid", "email", "profile"}:
        return AUTH
    match = _URN.fullmatch(name) or _URL.fullmatch(name)
    if not match:
        raise InvalidScope("A scope of no known resource server")
    return _NAMED_RESOURCE_SERVERS.get(match[1], match[1])


def by_resource_server(scopes: Iterable[Scope]) -> dict[str, tuple[Scope, ...]]:
    """Scopes grouped by resource server, Auth's own first, as token answers list them.

    :raises InvalidScope: One of them belongs to no resource server.
    """
    groups: dict[str, dict[str, Scope]] = {}
    for scope in scopes:
        group = groups.setdefault(resource_server_of(scope.name), {})
        earlier = group.get(scope.name)
        dependencies = scope.dependencies if earlier is None else earlier.dependencies + scope.dependencies
        group[scope.name] = Scope(scope.name, scope.optional, dependencies)
    return {server: tuple(groups[server].values()) for server in sorted(groups, key=lambda server: server != AUTH)}


def to_text(scopes: Iterable[Scope]) -> str:
    """The names of the scopes, space separated, without their dependencies."""
    return " ".join(scope.name for scope in scopes)


def to_tree_text(scopes: Iterable[Scope]) -> str:
    """The scopes with their dependencies, as ``parse`` reads them."""
    return " ".join(
        f"{'*' if scope.optional else ''}{scope.name}"
        + (f"[{to_tree_text(scope.dependencies)}]" if scope.dependencies else "")
        for scope in scopes
    )
