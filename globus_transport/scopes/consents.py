"""Consents as values, and the trees that they form. Source: docs.globus.org/api/auth/reference."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Union

import attrs

from globus_transport.exc.base import GlobusError, GlobusSDKUsageError
from globus_transport.scopes.parser import ScopeParser
from globus_transport.scopes.scope import Scope


class ConsentParseError(GlobusError, ValueError):
    """A consent's document is invalid; the message names the field.

    :ivar message: what went wrong
    :ivar raw_consent: the document
    """

    def __init__(self, message: str, raw_consent: dict[str, Any]) -> None:
        # Pickle calls the class with these arguments.
        super().__init__(message, raw_consent)
        self.message = message
        self.raw_consent = raw_consent

    def __str__(self) -> str:
        return self.message


class ConsentTreeConstructionError(GlobusError, ValueError):
    """A consent depends on one that is missing.

    :ivar message: what went wrong
    :ivar consents: the consents that are present
    """

    def __init__(self, message: str, consents: list[Consent]) -> None:
        super().__init__(message, consents)
        self.message = message
        self.consents = consents

    def __str__(self) -> str:
        return self.message


@attrs.define
class Consent:
    """A user's consent that a client may get a token for a scope.

    :ivar dependency_path: the ids of the consents from the root to this one
    """

    client: uuid.UUID | str
    scope: uuid.UUID | str
    scope_name: str
    id: int
    effective_identity: uuid.UUID | str
    dependency_path: list[int]
    created: datetime.datetime
    updated: datetime.datetime
    last_used: datetime.datetime
    status: str
    allows_refresh: bool
    auto_approved: bool
    atomically_revocable: bool

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Consent:
        """Read a consent from its document.

        :raises ConsentParseError: if a field is missing or malformed
        """
        names = [field.name for field in attrs.fields(cls)]
        for name in names:
            if name not in data:
                raise ConsentParseError(f"the consent has no field {name!r}", dict(data))
        values = {name: data[name] for name in names}
        if not isinstance(values["dependency_path"], list) or not values["dependency_path"]:
            raise ConsentParseError("the consent's 'dependency_path' is not a list of ids", dict(data))
        for name in ("created", "updated", "last_used"):
            try:
                values[name] = datetime.datetime.fromisoformat(values[name])
            except (TypeError, ValueError):
                raise ConsentParseError(f"the consent's {name!r} is not a time: {values[name]!r}", dict(data)) from None
        return cls(**values)

    def __str__(self) -> str:
        return f"Consent [{self.id}]: Client [{self.client}] -> Scope [{self.scope_name}]"


class ConsentForest:
    """All consents of a user for a client.

    :param consents: consents, or their documents
    :ivar nodes: all consents
    :ivar edges: the ids of a consent's direct dependencies, by the consent's id
    :ivar trees: one tree for each root, which is a consent that no other depends on
    :raises ConsentParseError: if a document is not a consent
    :raises ConsentTreeConstructionError: if a consent's parent is missing
    """

    def __init__(self, consents: Iterable[Mapping[str, Any] | Consent]) -> None:
        self.nodes = [consent if isinstance(consent, Consent) else Consent.load(consent) for consent in consents]
        self._by_id = {node.id: node for node in self.nodes}
        self.edges: dict[int, set[int]] = {node.id: set() for node in self.nodes}
        for node in self.nodes:
            if len(node.dependency_path) > 1:
                parent_id = node.dependency_path[-2]
                if parent_id not in self.edges:
                    raise ConsentTreeConstructionError(
                        f"consent {node.id} is a dependency of consent {parent_id}, which is missing", self.nodes
                    )
                self.edges[parent_id].add(node.id)
        self.trees = [ConsentTree(node.id, self) for node in self.nodes if len(node.dependency_path) == 1]

    def get_node(self, consent_id: int) -> Consent:
        """Get a consent by its id.

        :param consent_id: the id of the consent
        :raises KeyError: if there is none
        """
        return self._by_id[consent_id]

    def meets_scope_requirements(self, scopes: Union[Scope, str, Sequence[Union[Scope, str]]]) -> bool:
        """Whether each of these scopes, with its dependencies, is consented to by one of the trees.

        :param scopes: the required scopes, with their dependencies
        :raises ScopeParseError: if a scope string is malformed
        :raises GlobusSDKUsageError: if an item is neither a scope nor text
        """
        required: list[Scope] = []
        for item in [scopes] if isinstance(scopes, (str, Scope)) else scopes:
            if not isinstance(item, (str, Scope)):
                raise GlobusSDKUsageError(f"scopes: expected scopes or their texts, got a {type(item).__name__}")
            required.extend(ScopeParser.parse(item) if isinstance(item, str) else [item])
        return all(any(tree.meets_scope_requirements(scope) for tree in self.trees) for scope in required)

    def __str__(self) -> str:
        return "\n".join(map(str, self.trees))

    def __repr__(self) -> str:
        return f"<ConsentForest: {len(self.nodes)} consents in {len(self.trees)} trees>"


class ConsentTree:
    """A root consent and all its dependencies.

    :param root_id: the id of the root
    :param forest: has the root and its dependencies
    :ivar root: the root consent
    :ivar nodes: all consents of the tree
    :ivar edges: the ids of a consent's direct dependencies, by the consent's id
    """

    def __init__(self, root_id: int, forest: ConsentForest) -> None:
        self.root = forest.get_node(root_id)
        self._by_id = {root_id: self.root}
        self.edges: dict[int, set[int]] = {}
        reached_ids = [root_id]
        for reached_id in reached_ids:
            self.edges[reached_id] = forest.edges[reached_id]
            new_ids = sorted(self.edges[reached_id] - self._by_id.keys())
            self._by_id.update({new_id: forest.get_node(new_id) for new_id in new_ids})
            reached_ids += new_ids
        self.nodes = list(self._by_id.values())

    def get_node(self, consent_id: int) -> Consent:
        """Get a consent by its id.

        :raises KeyError: if it is not in this tree
        """
        return self._by_id[consent_id]

    @property
    def max_depth(self) -> int:
        """The number of consents on the longest path from the root."""
        return self._measure_depth(self.root)

    def _measure_depth(self, node: Consent) -> int:
        return 1 + max(map(self._measure_depth, self._iterate_children(node)), default=0)

    def _iterate_children(self, node: Consent) -> Iterator[Consent]:
        return (self.get_node(child_id) for child_id in sorted(self.edges[node.id]))

    def meets_scope_requirements(self, scope: Scope) -> bool:
        """Whether the root and its dependencies cover this scope with its dependencies."""
        return self._meets(self.root, scope)

    def _meets(self, node: Consent, scope: Scope) -> bool:
        if node.scope_name != scope.scope_string:
            return False
        return all(
            any(self._meets(child, dependency) for child in self._iterate_children(node))
            for dependency in scope.dependencies
        )

    def __str__(self) -> str:
        return "\n".join(self._format_lines(self.root, 0))

    def _format_lines(self, node: Consent, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}- {node}"
        for child in self._iterate_children(node):
            yield from self._format_lines(child, depth + 1)

    def __repr__(self) -> str:
        return f"<ConsentTree: {len(self.nodes)} consents below {self.root.scope_name}>"
