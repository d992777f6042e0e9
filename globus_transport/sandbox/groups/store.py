"""The state of Globus Groups. Roles and access rules ask it who is a member."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable

from globus_transport.sandbox.records import Document


class GroupsStore:
    """The groups and their members."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._members: dict[str, set[str]] = {}

    def add(self, members: Iterable[str]) -> str:
        """Add a group.

        :param members: ids of the identities
        :return: the id of the group
        """
        id = str(uuid.uuid4())
        with self._lock:
            self._members[id] = {*members}
        return id

    def has_member(self, group_id: str, identity_id: str) -> bool:
        """Whether an identity is an active member; ``False`` if there is no such group."""
        with self._lock:
            return identity_id in self._members.get(group_id, ())

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        with self._lock:
            return {"members": {id: sorted(members) for id, members in self._members.items()}}

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned."""
        with self._lock:
            self._members = {id: set(members) for id, members in document["members"].items()}
