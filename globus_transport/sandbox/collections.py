"""Collections: folders on this machine that act as places to store data."""

import re
import tempfile
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder that clients see as the root of a collection."""

    id: str
    display_name: str
    folder: Path


class Collections:
    """All collections of one sandbox.

    :param folder: Where the folders of new collections are made; None for a temporary folder that ``close`` removes.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._by_id: dict[str, Collection] = {}
        self._closed = False

    def add(self, display_name: str, folder: Path | None) -> Collection:
        """A new collection over ``folder``, which is made if it does not exist; None for one named after it.

        :raises OSError: The folder cannot be made.
        :raises RuntimeError: ``close`` was called, and nobody would remove what is made now.
        """
        id = str(uuid.uuid4())
        with self._lock:
            if self._closed:
                raise RuntimeError("The sandbox was closed")
            if folder is None:
                name = re.sub(r"[^\w-]+", "-", display_name).strip("-") or id
                folder = self._home() / name
                if any(other.folder == folder.resolve() for other in self._by_id.values()):
                    folder = folder.with_name(f"{name}-{id}")
            folder.mkdir(parents=True, exist_ok=True)
            # Paths are compared with the folder after links in them were followed, so it must not have any.
            collection = self._by_id[id] = Collection(id, display_name, folder.resolve())
        return collection

    def get(self, id: str) -> Collection | None:
        """The collection with this id."""
        return self._by_id.get(id)

    def all(self) -> list[Collection]:
        """All collections, oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def close(self) -> None:
        """Remove the temporary folder, if there is one."""
        with self._lock:
            self._closed = True
            if self._temporary:
                self._temporary.cleanup()
                self._temporary = None

    def _home(self) -> Path:
        if self._folder is not None:
            return self._folder
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="globus-sandbox-")
        return Path(self._temporary.name)
