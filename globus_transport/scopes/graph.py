"""Reads texts of scopes: ``name[dependency *optional[deeper]] another``.

Globus Auth sees the scopes of a text as a graph: what a scope depends on in one place, it depends on in
every place. So does this. The order of what it gives is that of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

from globus_transport.scopes.errors import ScopeCycleError, ScopeParseError

_SPECIAL = frozenset("[]*")
#: Deeper than any real scope, and shallow enough for Python's own stack.
_DEEPEST = 100

#: A scope in one place: its name, and whether it is optional there.
_Place = tuple[str, bool]


class _ScopeLike(Protocol):
    scope_string: str
    optional: bool
    dependencies: Any


ScopeT = TypeVar("ScopeT", bound=_ScopeLike)


class Graph(Generic[ScopeT]):
    """What each scope depends on, wherever that was said. Dicts, because they keep the order.

    :param make: makes a scope of its name, whether it is optional, and its dependencies
    """

    def __init__(self, make: Callable[[str, bool, Iterable[ScopeT]], ScopeT]) -> None:
        self._scope = make
        self._top: dict[_Place, None] = {}
        self._below: dict[str, dict[_Place, None]] = {}
        self._made: dict[_Place, ScopeT] = {}

    def connect(self, above: str | None, name: str, optional: bool) -> None:
        """A scope stands below another one, or below none."""
        places = self._top if above is None else self._below.setdefault(above, {})
        places[name, optional] = None

    def read(self, text: str) -> None:
        """The scopes that stand in a text.

        :raises ScopeParseError: if it is malformed; the message says where
        """
        _Reader(text, self).read()

    def add(self, scope: ScopeT, above: str | None = None) -> None:
        """A scope with all that is below it."""
        self.connect(above, scope.scope_string, scope.optional)
        for one in scope.dependencies:
            self.add(one, scope.scope_string)

    def scopes(self) -> list[ScopeT]:
        """The scopes that stand below none, complete."""
        return [self._make(place, ()) for place in self._top]

    def _make(self, place: _Place, way: tuple[str, ...]) -> ScopeT:
        made = self._made.get(place)
        if made is None:
            name, optional = place
            if name in way:
                circle = " -> ".join([*way[way.index(name) :], name])
                raise ScopeCycleError(f"a scope depends on itself: {circle}")
            if len(way) >= _DEEPEST:
                raise ScopeParseError(f"{way[0]} ...: dependencies more than {_DEEPEST} deep")
            below = self._below.get(name, {})
            # What is needed is not optional, even if it is called so elsewhere.
            kept = [(one, maybe) for one, maybe in below if not maybe or (one, False) not in below]
            made = self._scope(name, optional, [self._make(one, (*way, name)) for one in kept])
            self._made[place] = made
        return made


class _Reader:
    def __init__(self, text: str, graph: Graph[Any]) -> None:
        if not isinstance(text, str):
            raise ScopeParseError(f"expected the text of scopes, got a {type(text).__name__}")
        self._text = text
        self._graph = graph
        #: Where each bracket was opened that is open, and whose it is.
        self._open: list[tuple[int, str]] = []

    def read(self) -> None:
        name = None
        for at, what in self._pieces():
            if what == "[":
                if name is None:
                    raise self._error(at, "'[' has to follow the name of a scope")
                self._open.append((at, name))
                name = None
            elif what == "]":
                self._close(at)
                name = None
            elif what:
                name = what.lstrip("*")
                if not name:
                    raise self._error(at, "'*' has to stand before the name of a scope")
                self._graph.connect(self._open[-1][1] if self._open else None, name, what[0] == "*")
            else:
                name = None
        if self._open:
            raise self._error(self._open[-1][0], "'[' without a ']' after it")

    def _close(self, at: int) -> None:
        if not self._open:
            raise self._error(at, "']' without a '[' before it")
        opened, _ = self._open.pop()
        if not self._text[opened + 1 : at].strip():
            raise self._error(opened, "'[]' is empty")
        if self._text[at + 1 : at + 2].strip(" ]\t\r\n"):
            raise self._error(at + 1, "expected a space or ']'")

    def _pieces(self) -> Iterator[tuple[int, str]]:
        """Brackets, names with or without a star, and "" for white space; each with its place."""
        text, at = self._text, 0
        while at < len(text):
            start, at = at, at + 1
            if text[start] in "[]":
                yield start, text[start]
            elif text[start].isspace():
                yield start, ""
            else:
                while at < len(text) and text[at] not in _SPECIAL and not text[at].isspace():
                    at += 1
                if text[at : at + 1] == "*":
                    raise self._error(at, "'*' has to stand before the name of a scope")
                yield start, text[start:at]

    def _error(self, at: int, what: str) -> ScopeParseError:
        return ScopeParseError(f"{self._text!r}, at position {at}: {what}")
