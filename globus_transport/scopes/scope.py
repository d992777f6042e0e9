"""Scopes as values: what a token allows, and on which other scopes that depends.

Source: docs.globus.org/api/auth/developer-guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Self

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.scopes.errors import ScopeParseError
from globus_transport.scopes.graph import ScopeGraph

_find_special_character = re.compile(r"[\[\]*\s]").search


class DependencyTypeError(GlobusSDKUsageError, TypeError):
    """A dependency is not a :class:`Scope`."""


def _check_name(_scope: Scope, _field: attrs.Attribute[str], name: Any) -> None:
    if not isinstance(name, str) or not name or _find_special_character(name):
        raise GlobusSDKUsageError(
            f"Scope({name!r}): a name is text without '[', ']', '*' and white space; "
            "a whole text is read by Scope.parse()"
        )


def _to_bool(optional: bool) -> bool:
    return bool(optional)


def _to_tuple(dependencies: Iterable[Scope]) -> tuple[Scope, ...]:
    return tuple(dependencies)


def _check_dependencies(scope: Scope, _field: attrs.Attribute[tuple[Scope, ...]], dependencies: Iterable[Any]) -> None:
    for dependency in dependencies:
        if not isinstance(dependency, Scope):
            raise DependencyTypeError(
                f"Scope({scope.scope_string!r}): a dependency is a Scope, not a {type(dependency).__name__}; "
                "Scope.parse() makes one of a text"
            )


@attrs.frozen(cache_hash=True, repr=False)
class Scope:
    """One scope. It does not change; the ``with_...`` methods return a changed copy.

    ``str()`` gives the scope string that is sent: ``name[dependency *optional_dependency]``.

    :ivar scope_string: the name, without dependencies
    :ivar optional: for a dependency: whether the user may decline it
    :ivar dependencies: the scopes that the service needs in turn to act for the user
    :raises GlobusSDKUsageError: if the name is empty or contains ``[``, ``]``, ``*`` or white space
    """

    scope_string: str = attrs.field(validator=_check_name)
    optional: bool = attrs.field(default=False, converter=_to_bool)
    dependencies: tuple[Scope, ...] = attrs.field(default=(), converter=_to_tuple, validator=_check_dependencies)

    @classmethod
    def parse(cls, scope_string: str) -> Scope:
        """Read a scope string that has one scope.

        :raises ScopeParseError: if it is malformed, or has no scope or several
        :raises ScopeCycleError: if a scope in it depends on itself
        """
        graph = ScopeGraph(Scope)
        graph.add_text(scope_string)
        scopes = graph.make_scopes()
        if len(scopes) != 1:
            raise ScopeParseError(f"{scope_string!r} holds {len(scopes)} scopes, not one; use ScopeParser.parse()")
        return scopes[0]

    def with_dependency(self, other_scope: Scope) -> Self:
        """Copy this scope, with one more dependency.

        :param other_scope: the scope that the service needs in turn
        """
        return self.with_dependencies((other_scope,))

    def with_dependencies(self, other_scopes: Iterable[Scope]) -> Self:
        """Copy this scope, with more dependencies.

        :param other_scopes: the scopes that the service needs in turn
        """
        return attrs.evolve(self, dependencies=(*self.dependencies, *other_scopes))

    def with_optional(self, optional: bool) -> Self:
        """Copy this scope, as an optional or a required one."""
        return attrs.evolve(self, optional=optional)

    def __str__(self) -> str:
        mark = "*" if self.optional else ""
        inner = f"[{' '.join(map(str, self.dependencies))}]" if self.dependencies else ""
        return f"{mark}{self.scope_string}{inner}"

    def __repr__(self) -> str:
        optional = ", optional=True" if self.optional else ""
        dependencies = f", dependencies={self.dependencies!r}" if self.dependencies else ""
        return f"Scope({self.scope_string!r}{optional}{dependencies})"
