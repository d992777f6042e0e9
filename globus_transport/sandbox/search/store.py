"""The state of Globus Search."""

from __future__ import annotations

import base64
import copy
import threading
import uuid

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.search.search_index import SearchIndex


class SearchStore:
    """Indexes with their entries, roles and tasks.

    An index, a role and a task are documents, with the fields of the service. An index also has ``delete_at``: when it
    is deleted, in seconds since the epoch; ``None`` for an open one. A task also has ``operation``: what it does, and
    ``due``: when it does it.

    :ivar lock: held while the state is read or changed; nothing that waits happens meanwhile
    :ivar task_delay: how long a new task is pending, in seconds of the sandbox's clock
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.task_delay = 0.0
        self.indexes: dict[str, Document] = {}
        self.contents: dict[str, SearchIndex] = {}
        self.roles: dict[str, Document] = {}
        self.tasks: dict[str, Document] = {}
        self._role_count = 0

    def add_index(self, display_name: str, description: str, owner: str, now: float, *, is_trial: bool) -> Document:
        """Add an empty index.

        :param owner: the principal that gets the role owner
        :param now: in seconds since the epoch
        :return: the document of the index
        """
        with self.lock:
            index: Document = {
                "id": str(uuid.uuid4()),
                "display_name": display_name,
                "description": description,
                "creation_date": _date(now),
                "is_trial": is_trial,
                "subscription_id": None if is_trial else str(uuid.uuid4()),
                "max_size_in_mb": 1 if is_trial else 100,
                "status": "open",
                "delete_at": None,
            }
            self.indexes[index["id"]] = index
            self.contents[index["id"]] = SearchIndex()
            self.add_role(index["id"], "owner", owner, "identity", now)
            return index

    def remove_index(self, index_id: str) -> None:
        """Remove an index with its entries, roles and tasks."""
        with self.lock:
            del self.indexes[index_id]
            del self.contents[index_id]
            for records in (self.roles, self.tasks):
                for id in [id for id, record in records.items() if record["index_id"] == index_id]:
                    del records[id]

    def add_role(self, index_id: str, role_name: str, principal: str, principal_type: str, now: float) -> Document:
        """Give a principal a role in an index.

        :param now: in seconds since the epoch
        """
        with self.lock:
            self._role_count += 1
            role: Document = {
                "id": base64.urlsafe_b64encode(f"{self._role_count:06}".encode()).decode(),
                "index_id": index_id,
                "principal": principal,
                "principal_type": principal_type,
                "role_name": role_name,
                "creation_date": _date(now),
            }
            self.roles[role["id"]] = role
            return role

    def roles_in(self, index_id: str) -> list[Document]:
        """The roles in an index, oldest first."""
        with self.lock:
            return [dict(role) for role in self.roles.values() if role["index_id"] == index_id]

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        with self.lock:
            return {
                "task_delay": self.task_delay,
                "indexes": copy.deepcopy(self.indexes),
                "contents": {id: content.dump() for id, content in self.contents.items()},
                "roles": copy.deepcopy(self.roles),
                "tasks": copy.deepcopy(self.tasks),
                "role_count": self._role_count,
            }

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned."""
        contents = {id: SearchIndex.load(content) for id, content in document["contents"].items()}
        with self.lock:
            self.task_delay = document["task_delay"]
            self.indexes = copy.deepcopy(document["indexes"])
            self.contents = contents
            self.roles = copy.deepcopy(document["roles"])
            self.tasks = copy.deepcopy(document["tasks"])
            self._role_count = document["role_count"]


def _date(seconds: float) -> str:
    return format_iso_time(seconds, " ").removesuffix("+00:00")
