"""Reads scope strings: ``name[dependency *optional[deeper]] another``.

Globus Auth reads a scope string as a graph: a dependency that a scope has in one place, it has in every place. This
module does the same. It collects the edges of the graph first, and then makes the scopes, in the order of the string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from globus_transport.scopes.errors import ScopeCycleError, ScopeParseError

_SPECIAL = frozenset("[]*")
#: Deeper than any real scope, and within Python's recursion limit.
_MAX_DEPTH = 100

#: A reference to a scope: its name, and whether it is optional there.
_Reference = tuple[str, bool]


#: The class of the scopes, which uses this module and cannot be imported here.
ScopeT = TypeVar("ScopeT")


class ScopeGraph(Generic[ScopeT]):
    """The dependencies of each scope, from all places where they are given. Dicts keep the order of the references.

    :param make_scope: makes a scope from its name, whether it is optional, and its dependencies
    """

    def __init__(self, make_scope: Callable[[str, bool, Iterable[ScopeT]], ScopeT]) -> None:
        self._make_scope = make_scope
        self._roots: dict[_Reference, None] = {}
        self._dependencies: dict[str, dict[_Reference, None]] = {}
        self._made_scopes: dict[_Reference, ScopeT] = {}

    def add_reference(self, parent: str | None, name: str, optional: bool) -> None:
        """Add a scope as a dependency of ``parent``, or at the top level if that is ``None``."""
        references = self._roots if parent is None else self._dependencies.setdefault(parent, {})
        references[name, optional] = None

    def add_text(self, text: str) -> None:
        """Add the scopes of a scope string.

        :raises ScopeParseError: if it is malformed; the message gives the position
        """
        _TextReader(text, self).read()

    def add_scope(self, scope: Any, parent: str | None = None) -> None:
        """Add a scope with all its dependencies."""
        self.add_reference(parent, scope.scope_string, scope.optional)
        for dependency in scope.dependencies:
            self.add_scope(dependency, scope.scope_string)

    def make_scopes(self) -> list[ScopeT]:
        """Make the scopes at the top level, with all their dependencies.

        :raises ScopeCycleError: if a scope depends on itself
        :raises ScopeParseError: if the dependencies are nested too deep
        """
        return [self._make(reference, ()) for reference in self._roots]

    def _make(self, reference: _Reference, parents: tuple[str, ...]) -> ScopeT:
        scope = self._made_scopes.get(reference)
        if scope is None:
            name, optional = reference
            if name in parents:
                cycle = " -> ".join([*parents[parents.index(name) :], name])
                raise ScopeCycleError(f"a scope depends on itself: {cycle}")
            if len(parents) >= _MAX_DEPTH:
                raise ScopeParseError(f"{parents[0]} ...: dependencies more than {_MAX_DEPTH} deep")
            references = self._dependencies.get(name, {})
            # A dependency that is required in one place is required, even if it is optional in another place.
            kept = [(child, maybe) for child, maybe in references if not maybe or (child, False) not in references]
            scope = self._make_scope(name, optional, [self._make(child, (*parents, name)) for child in kept])
            self._made_scopes[reference] = scope
        return scope


class _TextReader:
    def __init__(self, text: str, graph: ScopeGraph[Any]) -> None:
        if not isinstance(text, str):
            raise ScopeParseError(f"expected the text of scopes, got a {type(text).__name__}")
        self._text = text
        self._graph = graph
        #: The position of each open bracket, and the name of the scope before it.
        self._open_brackets: list[tuple[int, str]] = []

    def read(self) -> None:
        name = None
        for position, token in self._tokenize():
            if token == "[":
                if name is None:
                    raise self._make_error(position, "'[' has to follow the name of a scope")
                self._open_brackets.append((position, name))
                name = None
            elif token == "]":
                self._close_bracket(position)
                name = None
            elif token:
                name = token.lstrip("*")
                if not name:
                    raise self._make_error(position, "'*' has to stand before the name of a scope")
                parent = self._open_brackets[-1][1] if self._open_brackets else None
                self._graph.add_reference(parent, name, token[0] == "*")
            else:
                name = None
        if self._open_brackets:
            raise self._make_error(self._open_brackets[-1][0], "'[' without a ']' after it")

    def _close_bracket(self, position: int) -> None:
        if not self._open_brackets:
            raise self._make_error(position, "']' without a '[' before it")
        opened, _ = self._open_brackets.pop()
        if not self._text[opened + 1 : position].strip():
            raise self._make_error(opened, "'[]' is empty")
        if self._text[position + 1 : position + 2].strip(" ]\t\r\n"):
            raise self._make_error(position + 1, "expected a space or ']'")

    def _tokenize(self) -> Iterator[tuple[int, str]]:
        """Yield the position and text of each bracket and each name, with its star; "" for a white space."""
        text, end = self._text, 0
        while end < len(text):
            start, end = end, end + 1
            if text[start] in "[]":
                yield start, text[start]
            elif text[start].isspace():
                yield start, ""
            else:
                while end < len(text) and text[end] not in _SPECIAL and not text[end].isspace():
                    end += 1
                if text[end : end + 1] == "*":
                    raise self._make_error(end, "'*' has to stand before the name of a scope")
                yield start, text[start:end]

    def _make_error(self, position: int, reason: str) -> ScopeParseError:
        return ScopeParseError(f"{self._text!r}, at position {position}: {reason}")
