"""Scopes as values: what a token allows, and what that in turn needs (docs.globus.org/api/auth/developer-guide)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.scopes.errors import ScopeParseError
from globus_transport.scopes.graph import Graph

_NO_NAME = re.compile(r"[\[\]*\s]").search


class DependencyTypeError(GlobusSDKUsageError, TypeError):
    """A dependency that is no :class:`Scope`."""


# Not an attrs class: making one takes a millisecond, and every start of a client would pay for it.
class Scope:
    """One scope. It never changes; ``with_...`` gives another one.

    ``str()`` is the text that goes over the wire: ``name[dependency *optional_dependency]``.

    :ivar scope_string: the name, without dependencies
    :ivar optional: as a dependency: whether the user may leave it out
    :ivar dependencies: what a token for it has to allow others to do in turn
    :raises GlobusSDKUsageError: if the name is empty or holds ``[``, ``]``, ``*`` or white space
    """

    __slots__ = ("_hash", "dependencies", "optional", "scope_string")

    scope_string: str
    optional: bool
    dependencies: tuple[Scope, ...]
    _hash: int

    def __init__(self, scope_string: str, optional: bool = False, dependencies: Iterable[Scope] = ()) -> None:
        if not isinstance(scope_string, str) or not scope_string or _NO_NAME(scope_string):
            raise GlobusSDKUsageError(
                f"Scope({scope_string!r}): a name is text without '[', ']', '*' and white space; "
                "a whole text is read by Scope.parse()"
            )
        dependencies = tuple(dependencies)
        for one in dependencies:
            if not isinstance(one, Scope):
                raise DependencyTypeError(
                    f"Scope({scope_string!r}): a dependency is a Scope, not a {type(one).__name__}; "
                    "Scope.parse() makes one of a text"
                )
        self._set("scope_string", scope_string)
        self._set("optional", bool(optional))
        self._set("dependencies", dependencies)
        self._set("_hash", hash((scope_string, self.optional, dependencies)))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Scope does not change; {name} is set by with_...()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Scope does not change")

    @classmethod
    def parse(cls, scope_string: str) -> Scope:
        """The scope that a text means.

        :raises ScopeParseError: if it is no scope, or more than one
        :raises ScopeCycleError: if a scope in it depends on itself
        """
        graph = Graph(Scope)
        graph.read(scope_string)
        found = graph.scopes()
        if len(found) != 1:
            raise ScopeParseError(f"{scope_string!r} holds {len(found)} scopes, not one")
        return found[0]

    def with_dependency(self, other_scope: Scope) -> Self:
        """This scope with one more dependency."""
        return self.with_dependencies((other_scope,))

    def with_dependencies(self, other_scopes: Iterable[Scope]) -> Self:
        """This scope with more dependencies."""
        return type(self)(self.scope_string, self.optional, (*self.dependencies, *other_scopes))

    def with_optional(self, optional: bool) -> Self:
        """This scope, which the user may leave out, or not."""
        return type(self)(self.scope_string, optional, self.dependencies)

    def __str__(self) -> str:
        mark = "*" if self.optional else ""
        inner = f"[{' '.join(map(str, self.dependencies))}]" if self.dependencies else ""
        return f"{mark}{self.scope_string}{inner}"

    def __repr__(self) -> str:
        optional = ", optional=True" if self.optional else ""
        dependencies = f", dependencies={self.dependencies!r}" if self.dependencies else ""
        return f"Scope({self.scope_string!r}{optional}{dependencies})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scope):
            return NotImplemented
        return (self.scope_string, self.optional, self.dependencies) == (
            other.scope_string,
            other.optional,
            other.dependencies,
        )

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.scope_string, self.optional, self.dependencies))
