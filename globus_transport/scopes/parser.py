"""From texts of scopes to scopes, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.scopes.graph import Graph
from globus_transport.scopes.scope import Scope


class ScopeParser:
    """From text to scopes, and back."""

    @classmethod
    def parse(cls, scope_string: str) -> list[Scope]:
        """The scopes that stand in a text; none if it is empty.

        :raises ScopeParseError: if the text is malformed; the message says where
        :raises ScopeCycleError: if a scope depends on itself
        """
        graph = Graph(Scope)
        graph.read(scope_string)
        return graph.scopes()

    @classmethod
    def merge_scopes(cls, scopes_a: Iterable[Scope], scopes_b: Iterable[Scope]) -> list[Scope]:
        """Two lists of scopes as one, in which each scope stands once.

        :raises ScopeCycleError: if a scope then depends on itself
        """
        graph = Graph(Scope)
        for scope in (*scopes_a, *scopes_b):
            graph.add(scope)
        return graph.scopes()

    @classmethod
    def serialize(cls, scopes: Union[str, Scope, Iterable[Union[str, Scope]]], *, reject_empty: bool = True) -> str:
        """The text for scopes, texts, or several of them; nothing is put together.

        :param reject_empty: whether no scope at all is an error
        :raises GlobusSDKUsageError: if there is none
        """
        text = str(scopes) if isinstance(scopes, (str, Scope)) else " ".join(map(str, scopes))
        if reject_empty and not text:
            raise GlobusSDKUsageError("no scope is given; for example, TransferScopes.all")
        return text
