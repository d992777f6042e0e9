"""Collections: folders of this machine that clients read and write."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args

import attrs

#: A mapped collection of Globus Connect Personal or of Globus Connect Server.
EntityType = Literal["GCP_mapped_collection", "GCSv5_mapped_collection"]
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)


@attrs.define(eq=False)
class Collection:
    """A folder of this machine that clients see as a collection.

    :ivar id: a UUID
    :ivar display_name: its name
    :ivar folder: the root of the collection, without symbolic links
    :ivar owner_id: the id of the owner's identity
    :ivar host: the mapped collection of a guest collection; ``None`` for a mapped collection
    :ivar host_path: the path of a guest collection's folder on its host
    :ivar entity_type: of the endpoint document, such as ``GCP_mapped_collection``
    :ivar details: fields that the owner set: description, keywords and so on
    """

    id: str
    display_name: str
    folder: Path
    owner_id: str = ""
    host: Collection | None = None
    host_path: str | None = None
    entity_type: str = "GCP_mapped_collection"
    details: dict[str, Any] = attrs.field(factory=dict, repr=False)


class Collections:
    """All collections of one sandbox.

    :param folder: where new collections get their folders; ``None`` for a temporary folder that :meth:`close` removes
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
        id: str | None = None,
    ) -> Collection:
        """Add a mapped collection.

        The first call with the name and owner of a restored collection returns that collection, so that a program
        that sets up its collections at each start finds them again.

        :param folder: created if it does not exist; ``None`` for a new folder named after the collection
        :param id: a UUID; ``None`` for a new one
        :raises OSError: if the folder cannot be created
        :raises RuntimeError: if the collections were closed
        :raises ValueError: if another collection has the id
        """
        given, id = id, id or str(uuid.uuid4())
        with self._lock:
            if self._closed:
                raise RuntimeError("The sandbox was closed")
            if given in self._by_id and (display_name, owner_id) not in self._restored:
                raise ValueError(f"id={given!r}: the sandbox has a collection with this id already")
            earlier = self._restored.get((display_name, owner_id))
            if earlier and earlier.id in self._by_id and (folder is None or _resolve(folder) == earlier.folder):
                earlier.folder.mkdir(parents=True, exist_ok=True)
                del self._restored[display_name, owner_id]
                return earlier
            if folder is None:
                name = re.sub(r"[^\w-]+", "-", display_name).strip("-") or id
                folder = self._parent_folder() / name
                if any(other.folder == _resolve(folder) for other in self._by_id.values()):
                    folder = folder.with_name(f"{name}-{id}")
            folder.mkdir(parents=True, exist_ok=True)
            self._restored.pop((display_name, owner_id), None)
            # Paths are resolved before they are compared with the folder, so the folder is resolved too.
            collection = Collection(id, display_name, _resolve(folder), owner_id, entity_type=entity_type)
            self._by_id[id] = collection
        return collection

    def add_guest(self, host: Collection, host_path: str, folder: Path, display_name: str, owner_id: str) -> Collection:
        """Add a guest collection for a folder of a mapped collection."""
        kind = host.entity_type.replace("mapped", "guest")
        guest = Collection(str(uuid.uuid4()), display_name, folder.resolve(), owner_id, host, host_path, kind)
        with self._lock:
            self._by_id[guest.id] = guest
        return guest

    def add_on_storage(self, storage: str, parts: Iterable[str], display_name: str, owner_id: str) -> Collection:
        """Add a mapped collection of Globus Connect Server, for a folder of a storage system.

        :param storage: the name of the folder that stands for the storage system
        :param parts: the path in it; folders that do not exist are created
        :raises OSError: if the folder cannot be created
        :raises RuntimeError: if the collections were closed
        :raises ValueError: if the path leads out of the storage system
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("The sandbox was closed")
            root = _resolve(self._parent_folder()) / storage
            folder = _resolve(root.joinpath(*parts))
            if not folder.is_relative_to(root):
                raise ValueError("the path leads out of the storage system")
            folder.mkdir(parents=True, exist_ok=True)
            id, kind = str(uuid.uuid4()), "GCSv5_mapped_collection"
            self._by_id[id] = collection = Collection(id, display_name, folder, owner_id, entity_type=kind)
        return collection

    def restore(self, collection: Collection) -> None:
        """Add a collection of an earlier sandbox."""
        with self._lock:
            self._by_id[collection.id] = collection
            if collection.host is None:
                self._restored[collection.display_name, collection.owner_id] = collection

    def remove(self, collection: Collection) -> list[Collection]:
        """Remove a collection and its guest collections. Their files stay.

        :return: the collections that were removed
        """
        with self._lock:
            removed = [other for other in self._by_id.values() if other is collection or other.host is collection]
            for other in removed:
                del self._by_id[other.id]
        return removed

    def get(self, id: str) -> Collection | None:
        """The collection with this id; ``None`` if it is unknown."""
        return self._by_id.get(id)

    def all(self) -> list[Collection]:
        """All collections, oldest first."""
        with self._lock:
            return list(self._by_id.values())

    def clear(self) -> None:
        """Remove all collections, and the folders that were made for them in the temporary folder."""
        with self._lock:
            self._by_id.clear()
            self._restored.clear()
            if self._temporary:
                for folder in Path(self._temporary.name).iterdir():
                    shutil.rmtree(folder)

    def guests_of(self, host: Collection) -> list[Collection]:
        """The guest collections of a mapped collection, oldest first."""
        return [collection for collection in self.all() if collection.host is host]

    def close(self) -> None:
        """Remove the temporary folder, if there is one."""
        with self._lock:
            self._closed = True
            if self._temporary:
                self._temporary.cleanup()
                self._temporary = None

    def _parent_folder(self) -> Path:
        if self._folder is not None:
            return self._folder
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="globus-sandbox-")
        return Path(self._temporary.name)


def read_folder(folder: str | Path) -> Path:
    """The path of a folder.

    :raises ValueError: if the text is empty
    """
    if folder == "":
        # Path("") is the current directory, which nobody means.
        raise ValueError("folder='': give the path of a folder, or leave it out for a new one; '.' is the current one")
    return Path(folder)


def _resolve(folder: Path) -> Path:
    # For a loop of links, Path.resolve() raises RuntimeError before Python 3.13. mkdir() raises OSError.
    return Path(os.path.realpath(folder))
