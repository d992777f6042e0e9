"""Documents by their id. Most state of the services is kept this way."""

from __future__ import annotations

import copy
import threading
import uuid
from typing import Any

Document = dict[str, Any]


class RecordRemovedError(KeyError):
    """Another request has removed the document meanwhile."""


class Records:
    """Documents of one kind, in the order in which they were added. Callers pass and get copies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Document] = {}

    def add(self, document: Document) -> Document:
        """Add a document. It gets an id unless it has one."""
        document = copy.deepcopy(document)
        document.setdefault("id", str(uuid.uuid4()))
        with self._lock:
            self._by_id[document["id"]] = document
        return copy.deepcopy(document)

    def get(self, id: str) -> Document | None:
        """The document with this id; ``None`` if there is none."""
        with self._lock:
            return copy.deepcopy(self._by_id.get(id))

    def update(self, id: str, **fields: Any) -> Document:
        """Change fields of a document.

        :raises RecordRemovedError: if there is no document with this id any more
        """
        with self._lock:
            if id not in self._by_id:
                raise RecordRemovedError(id)
            self._by_id[id] |= copy.deepcopy(fields)
            return copy.deepcopy(self._by_id[id])

    def remove(self, id: str) -> bool:
        """Remove a document.

        :return: whether there was one
        """
        with self._lock:
            return self._by_id.pop(id, None) is not None

    def where(self, **fields: Any) -> list[Document]:
        """The documents whose fields have these values, oldest first."""
        with self._lock:
            return [
                copy.deepcopy(document)
                for document in self._by_id.values()
                if all(document.get(name) == value for name, value in fields.items())
            ]

    def remove_where(self, **fields: Any) -> None:
        """Remove the documents whose fields have these values."""
        for document in self.where(**fields):
            self.remove(document["id"])

    def clear(self) -> None:
        """Remove all documents."""
        with self._lock:
            self._by_id.clear()

    def __len__(self) -> int:
        return len(self._by_id)
