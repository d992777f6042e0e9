"""Documents by their id: what most of a service's state is."""

import copy
import threading
import uuid
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]


class Records:
    """Documents of one kind, in the order in which they were made. What goes in and out are copies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Document] = {}

    def add(self, document: Document) -> Document:
        """Keep a document; it gets an id unless it has one."""
        document = copy.deepcopy(document)
        document.setdefault("id", str(uuid.uuid4()))
        with self._lock:
            self._by_id[document["id"]] = document
        return copy.deepcopy(document)

    def get(self, id: str) -> Document | None:
        """The document with this id."""
        with self._lock:
            return copy.deepcopy(self._by_id.get(id))

    def update(self, id: str, **fields: Any) -> Document:
        """Change fields of a document.

        :raises KeyError: There is none with this id.
        """
        with self._lock:
            self._by_id[id] |= copy.deepcopy(fields)
            return copy.deepcopy(self._by_id[id])

    def remove(self, id: str) -> bool:
        """Forget a document; False if there was none."""
        with self._lock:
            return self._by_id.pop(id, None) is not None

    def where(self, **fields: Any) -> list[Document]:
        """The documents whose fields have these values, oldest first."""
        with self._lock:
            return [
                copy.deepcopy(one)
                for one in self._by_id.values()
                if all(one.get(name) == value for name, value in fields.items())
            ]

    def remove_where(self, **fields: Any) -> None:
        """Forget the documents whose fields have these values."""
        for one in self.where(**fields):
            self.remove(one["id"])

    def __len__(self) -> int:
        return len(self._by_id)
