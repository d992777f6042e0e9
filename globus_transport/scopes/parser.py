"""Converts scope strings to scopes, and scopes to scope strings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.scopes.graph import ScopeGraph
from globus_transport.scopes.scope import Scope


class ScopeParser:
    """Converts scope strings to scopes, and scopes to scope strings."""

    @classmethod
    def parse(cls, scope_string: str) -> list[Scope]:
        """Read all scopes of a scope string. An empty string has none.

        :param scope_string: scopes, separated by spaces, with dependencies in brackets
        :raises ScopeParseError: if the string is malformed; the message gives the position
        :raises ScopeCycleError: if a scope depends on itself
        """
        graph = ScopeGraph(Scope)
        graph.add_text(scope_string)
        return graph.make_scopes()

    @classmethod
    def merge_scopes(cls, scopes_a: Iterable[Scope], scopes_b: Iterable[Scope]) -> list[Scope]:
        """Merge two lists of scopes. Each scope occurs once in the result, with the dependencies of both lists.

        :param scopes_a: scopes
        :param scopes_b: scopes that are added to them
        :raises ScopeCycleError: if a scope in the result depends on itself
        """
        graph = ScopeGraph(Scope)
        for scope in (*scopes_a, *scopes_b):
            graph.add_scope(scope)
        return graph.make_scopes()

    @classmethod
    def serialize(cls, scopes: Union[str, Scope, Iterable[Union[str, Scope]]], *, reject_empty: bool = True) -> str:
        """Write one or several scopes or scope strings as one scope string. They are not merged.

        :param scopes: a scope, a text of scopes, or several of either
        :param reject_empty: whether to raise an error if there is no scope
        :raises GlobusSDKUsageError: if there is no scope
        """
        text = str(scopes) if isinstance(scopes, (str, Scope)) else " ".join(map(str, scopes))
        if reject_empty and not text:
            raise GlobusSDKUsageError("scopes: no scope is given; give one, such as TransferScopes.all")
        return text
