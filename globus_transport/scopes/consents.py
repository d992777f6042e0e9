"""Consents as values, and the trees that they form (docs.globus.org/api/auth/reference)."""

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
    """A document that should be a consent is none; the message says which field is wrong.

    :ivar raw_consent: the document
    """

    def __init__(self, message: str, raw_consent: dict[str, Any]) -> None:
        # Both are arguments of the exception, so that it can be pickled.
        super().__init__(message, raw_consent)
        self.message = message
        self.raw_consent = raw_consent

    def __str__(self) -> str:
        return self.message


class ConsentTreeConstructionError(GlobusError, ValueError):
    """A consent names another one that is not there.

    :ivar consents: those that are
    """

    def __init__(self, message: str, consents: list[Consent]) -> None:
        super().__init__(message, consents)
        self.message = message
        self.consents = consents

    def __str__(self) -> str:
        return self.message


@attrs.define
class Consent:
    """One consent of a user: this client may have that scope.

    :ivar dependency_path: ids of the consents from the root down to this one
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
        """A consent from its document.

        :raises ConsentParseError: if a field is missing, or has another form
        """
        names = [field.name for field in attrs.fields(cls)]
        for name in names:
            if name not in data:
                raise ConsentParseError(f"the consent has no field {name!r}", dict(data))
        values = {name: data[name] for name in names}
        if not isinstance(values["dependency_path"], list) or not values["dependency_path"]:
            raise ConsentParseError("the consent's 'dependency_path' is no list of ids", dict(data))
        for name in ("created", "updated", "last_used"):
            try:
                values[name] = datetime.datetime.fromisoformat(values[name])
            except (TypeError, ValueError):
                raise ConsentParseError(f"the consent's {name!r} is no time: {values[name]!r}", dict(data)) from None
        return cls(**values)

    def __str__(self) -> str:
        return f"Consent [{self.id}]: Client [{self.client}] -> Scope [{self.scope_name}]"


class ConsentForest:
    """Every consent of a user for a client.

    :param consents: consents, or their documents
    :ivar nodes: all consents
    :ivar edges: for each consent's id the ids right below it
    :ivar trees: one for each consent that stands below none
    :raises ConsentParseError: if a document is no consent
    :raises ConsentTreeConstructionError: if one names a consent that is not there
    """

    def __init__(self, consents: Iterable[Mapping[str, Any] | Consent]) -> None:
        self.nodes = [one if isinstance(one, Consent) else Consent.load(one) for one in consents]
        self._by_id = {node.id: node for node in self.nodes}
        self.edges: dict[int, set[int]] = {node.id: set() for node in self.nodes}
        for node in self.nodes:
            if len(node.dependency_path) > 1:
                above = node.dependency_path[-2]
                if above not in self.edges:
                    raise ConsentTreeConstructionError(
                        f"consent {node.id} stands below {above}, which is not there", self.nodes
                    )
                self.edges[above].add(node.id)
        self.trees = [ConsentTree(node.id, self) for node in self.nodes if len(node.dependency_path) == 1]

    def get_node(self, consent_id: int) -> Consent:
        """One consent by its id.

        :raises KeyError: if it is not there
        """
        return self._by_id[consent_id]

    def meets_scope_requirements(self, scopes: Union[Scope, str, Sequence[Union[Scope, str]]]) -> bool:
        """Whether these scopes, with their dependencies, are all consented to: each by one of the trees.

        :raises ScopeParseError: if a text is no scope
        """
        wanted: list[Scope] = []
        for one in [scopes] if isinstance(scopes, (str, Scope)) else scopes:
            if not isinstance(one, (str, Scope)):
                raise GlobusSDKUsageError(f"expected scopes or their texts, got a {type(one).__name__}")
            wanted.extend(ScopeParser.parse(one) if isinstance(one, str) else [one])
        return all(any(tree.meets_scope_requirements(scope) for tree in self.trees) for scope in wanted)

    def __str__(self) -> str:
        return "\n".join(map(str, self.trees))

    def __repr__(self) -> str:
        return f"<ConsentForest: {len(self.nodes)} consents in {len(self.trees)} trees>"


class ConsentTree:
    """A consent that stands below none, and those below it.

    :param root_id: of the consent at its top
    :param forest: where it and the others are
    :ivar root: the consent at its top
    :ivar nodes: every consent of it
    :ivar edges: for each consent's id the ids right below it
    """

    def __init__(self, root_id: int, forest: ConsentForest) -> None:
        self.root = forest.get_node(root_id)
        self._by_id = {root_id: self.root}
        self.edges: dict[int, set[int]] = {}
        reached = [root_id]
        for consent_id in reached:
            self.edges[consent_id] = forest.edges[consent_id]
            new = sorted(self.edges[consent_id] - self._by_id.keys())
            self._by_id.update({one: forest.get_node(one) for one in new})
            reached += new
        self.nodes = list(self._by_id.values())

    def get_node(self, consent_id: int) -> Consent:
        """One consent by its id.

        :raises KeyError: if it is not in this tree
        """
        return self._by_id[consent_id]

    @property
    def max_depth(self) -> int:
        """How many consents stand on the longest way down."""
        return self._depth(self.root)

    def _depth(self, node: Consent) -> int:
        return 1 + max(map(self._depth, self._below(node)), default=0)

    def _below(self, node: Consent) -> Iterator[Consent]:
        return (self.get_node(consent_id) for consent_id in sorted(self.edges[node.id]))

    def meets_scope_requirements(self, scope: Scope) -> bool:
        """Whether this scope, with its dependencies, is consented to from the top of this tree."""
        return self._meets(self.root, scope)

    def _meets(self, node: Consent, scope: Scope) -> bool:
        if node.scope_name != scope.scope_string:
            return False
        return all(any(self._meets(below, one) for below in self._below(node)) for one in scope.dependencies)

    def __str__(self) -> str:
        return "\n".join(self._lines(self.root, 0))

    def _lines(self, node: Consent, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}- {node}"
        for below in self._below(node):
            yield from self._lines(below, depth + 1)

    def __repr__(self) -> str:
        return f"<ConsentTree: {len(self.nodes)} consents below {self.root.scope_name}>"
