"""Collections: folders on this machine that act as places to store data."""

import re
import tempfile
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(eq=False, slots=True)
class Collection:
    """A folder that clients see as the root of a collection.

    :ivar owner_id: The identity that it belongs to.
    :ivar host: For a guest collection, the collection that it shares a folder of.
    :ivar host_path: That folder's path there.
    :ivar details: What its owner says of it: description, keywords and so on.
    """

    id: str
    display_name: str
    folder: Path
    owner_id: str = ""
    host: "Collection | None" = None
    host_path: str | None = None
    entity_type: str = "GCP_mapped_collection"
    details: dict[str, Any] = field(default_factory=dict, repr=False)


class Collections:
    """All collections of one sandbox.

    :param folder: Where the folders of new collections are made; None for a temporary folder that ``close`` removes.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._by_id: dict[str, Collection] = {}
        self._restored: dict[tuple[str, str], Collection] = {}
        self._closed = False

    def add(
        self,
        display_name: str,
        folder: Path | None,
        *,
        owner_id: str = "",
        entity_type: str = "GCP_mapped_collection",
    ) -> Collection:
        """A new collection over ``folder``, which is made if it does not exist; None for one named after it.

        One that an earlier sandbox left under this name is it, the first time: a program that sets up its collections
        finds them again.

        :raises OSError: The folder cannot be made.
        :raises RuntimeError: ``close`` was called, and nobody would remove what is made now.
        """
        id = str(uuid.uuid4())
        with self._lock:
            if self._closed:
                raise RuntimeError("The sandbox was closed")
            earlier = self._restored.pop((display_name, owner_id), None)
            if earlier and earlier.id in self._by_id and (folder is None or folder.resolve() == earlier.folder):
                earlier.folder.mkdir(parents=True, exist_ok=True)
                return earlier
            if folder is None:
                name = re.sub(r"[^\w-]+", "-", display_name).strip("-") or id
                folder = self._home() / name
                if any(other.folder == folder.resolve() for other in self._by_id.values()):
                    folder = folder.with_name(f"{name}-{id}")
            folder.mkdir(parents=True, exist_ok=True)
            # Paths are compared with the folder after links in them were followed, so it must not have any.
            collection = Collection(id, display_name, folder.resolve(), owner_id, entity_type=entity_type)
            self._by_id[id] = collection
        return collection

    def share(self, host: Collection, host_path: str, folder: Path, display_name: str, owner_id: str) -> Collection:
        """A new guest collection over a folder of another."""
        kind = host.entity_type.replace("mapped", "guest")
        guest = Collection(str(uuid.uuid4()), display_name, folder.resolve(), owner_id, host, host_path, kind)
        with self._lock:
            self._by_id[guest.id] = guest
        return guest

    def restore(self, collection: Collection) -> None:
        """Make a collection known that an earlier sandbox had."""
        with self._lock:
            self._by_id[collection.id] = collection
            if collection.host is None:
                self._restored[collection.display_name, collection.owner_id] = collection

    def remove(self, collection: Collection) -> list[Collection]:
        """Forget a collection and its guests, not their files.

        :return: What was forgotten.
        """
        with self._lock:
            gone = [one for one in self._by_id.values() if one is collection or one.host is collection]
            for one in gone:
                del self._by_id[one.id]
        return gone

    def get(self, id: str) -> Collection | None:
        """The collection with this id."""
        return self._by_id.get(id)

    def all(self) -> list[Collection]:
        """All collections, oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def guests_of(self, host: Collection) -> list[Collection]:
        """The guest collections on a collection, oldest first."""
        return [one for one in self.all() if one.host is host]

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
