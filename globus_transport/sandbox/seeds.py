"""Seeds: what a sandbox holds when it starts, as a document, a file, a folder, or by name.

A seed is a JSON object with these members, all of them optional::

    {
      "identities": [{"username": "grace@sandbox.example", "name": "Grace"}],
      "groups": [{"members": ["grace@sandbox.example"]}],
      "clients": [{"id": "...", "redirect_uris": ["https://portal.example.org/callback"]}],
      "collections": [
        {"id": "...", "display_name": "Laptop", "owner": "grace@sandbox.example", "files": {"a/b.txt": "text"}}
      ]
    }

An owner or member is the username of an identity of the seed, or of the sandbox's user. A folder is a seed, too: each
of its folders is a collection with these files, and ``seed.json`` in it may hold the rest.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union, cast

import attrs

from globus_transport.sandbox.clients import make_client
from globus_transport.sandbox.collections import ENTITY_TYPES
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.json_bodies import parse_json
from globus_transport.sandbox.logins import add_client
from globus_transport.sandbox.state import State

#: A document, the path of a file or folder, or the name of a seed of the package.
SeedLike = Union[Mapping[str, Any], Path, str]

_FILE = "seed.json"
#: The members of a seed, and the fields of their items with their types.
_MEMBERS: dict[str, dict[str, type]] = {
    "identities": dict.fromkeys(("id", "username", "name", "email", "organization"), str),
    "groups": {"members": list},
    "clients": {"id": str, "secret": str, "native": bool, "redirect_uris": list, "name": str},
    "collections": {"id": str, "display_name": str, "owner": str, "entity_type": str, "files": dict},
}
#: What the lists among the fields hold, each as a text.
_LISTS = {"members": "usernames", "redirect_uris": "URIs"}
_NEW_CLIENT: dict[str, Any] = {"id": None, "secret": None, "native": True, "redirect_uris": (), "name": ""}

#: The seeds of the package. Their collections have the same ids in every sandbox.
SEEDS: dict[str, dict[str, Any]] = {
    "empty": {},
    "two-collections": {
        "collections": [
            {
                "id": "5a9d7a10-0000-4000-8000-000000000001",
                "display_name": "Source",
                "files": {"hello.txt": "hello\n", "images/1.raw": "one\n", "images/2.raw": "two\n"},
            },
            {"id": "5a9d7a10-0000-4000-8000-000000000002", "display_name": "Destination"},
        ]
    },
}


@attrs.frozen
class Seed:
    """A seed that was checked.

    :ivar document: its members, each a list
    :ivar files: the content of the files of each collection, by its id and their paths
    """

    document: Mapping[str, list[dict[str, Any]]]
    files: Mapping[str, Mapping[str, bytes]] = attrs.field(repr=False)

    def apply(self, state: State) -> None:
        """Add what the seed holds, and write its files.

        :raises OSError: if a file cannot be written
        :raises ValueError: if an owner or a member is unknown, or an id is taken
        """
        people = {state.user.username.lower(): state.user}
        for fields in self.document["identities"]:
            person = state.identities.add(Identity(**fields))
            people[person.username.lower()] = person

        def find(username: str) -> Identity:
            if username.lower() not in people:
                raise ValueError(f"seed: {username!r} is the username of none of its identities")
            return people[username.lower()]

        for fields in self.document["groups"]:
            state.groups.add(find(member).id for member in fields.get("members", ()))
        for fields in self.document["clients"]:
            add_client(state, make_client(**{**_NEW_CLIENT, **fields}))
        for fields in self.document["collections"]:
            state.collections.add(
                fields["display_name"],
                None,
                id=fields["id"],
                owner_id=find(fields.get("owner", state.user.username)).id,
                entity_type=fields.get("entity_type", ENTITY_TYPES[0]),
            )
        self.write_files(state)

    def write_files(self, state: State) -> None:
        """Write the files of the collections.

        :raises OSError: if a file cannot be written
        """
        for id, files in self.files.items():
            collection = state.collections.get(id)
            assert collection is not None
            for path, content in files.items():
                target = collection.folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


def read_seed(given: SeedLike | None) -> Seed:
    """Read and check a seed.

    :raises OSError: if a file cannot be read
    :raises ValueError: if it is none; the message says what is wrong
    """
    if given is None:
        return _checked({}, {})
    if isinstance(given, str) and given in SEEDS:
        return _checked(SEEDS[given], {})
    if isinstance(given, Mapping):
        return _checked(given, {})
    path = Path(given)
    # Path("") is the current directory, which nobody means.
    if path.is_dir() and given != "":
        folders = [folder for folder in sorted(path.iterdir()) if folder.is_dir()]
        file = path / _FILE
        return _checked(_read_file(file) if file.exists() else {}, {folder.name: folder for folder in folders})
    if path.is_file():
        return _checked(_read_file(path), {})
    raise ValueError(f"seed={str(given)!r}: no file or folder, and none of the names {', '.join(SEEDS)}")


def _read_file(path: Path) -> Mapping[str, Any]:
    try:
        document = parse_json(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"seed: {path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"seed: {path} holds no JSON object")
    return cast(dict[str, Any], document)


def _checked(document: Mapping[str, Any], folders: Mapping[str, Path]) -> Seed:
    if unknown := sorted({*document} - {*_MEMBERS}):
        raise ValueError(f"seed: {unknown[0]!r} is no member of a seed; there are: {', '.join(_MEMBERS)}")
    lists: dict[str, list[dict[str, Any]]] = {}
    for name, types in _MEMBERS.items():
        found = document.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in cast(list[object], found)):
            raise ValueError(f"seed: {name} is a list of objects")
        # A copy that nobody else changes.
        lists[name] = json.loads(json.dumps(found))
        for item in lists[name]:
            _check_types(name, item, types)
    for item in lists["identities"]:
        if "@" not in item.get("username", ""):
            raise ValueError(
                f"seed: identities: username={item.get('username')!r}: give one such as 'a@sandbox.example'"
            )
    lists["collections"] += [
        {"display_name": name}
        for name in folders
        if name not in [collection.get("display_name") for collection in lists["collections"]]
    ]
    files: dict[str, Mapping[str, bytes]] = {}
    for item in lists["collections"]:
        _check_collection(item)
        files[item["id"]] = _files_of(item.pop("files", {}), folders.get(item["display_name"]))
    return Seed(lists, files)


def _check_types(name: str, item: dict[str, Any], types: Mapping[str, type]) -> None:
    if unknown := sorted({*item} - {*types}):
        raise ValueError(f"seed: {name}: {unknown[0]!r} is not known; there are: {', '.join(sorted(types))}")
    for key, value in item.items():
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(text, str) for text in cast(list[object], value)):
                raise ValueError(f"seed: {name}: {key} is a list of {_LISTS[key]}")
        elif not isinstance(value, types[key]):
            raise ValueError(f"seed: {name}: {key}={value!r} has the wrong type")


def _check_collection(item: dict[str, Any]) -> None:
    if not item.get("display_name"):
        raise ValueError("seed: collections: display_name is missing")
    try:
        item["id"] = str(uuid.UUID(item.get("id") or str(uuid.uuid4())))
    except ValueError:
        raise ValueError(f"seed: collections: id={item['id']!r} is no UUID") from None
    if item.get("entity_type", ENTITY_TYPES[0]) not in ENTITY_TYPES:
        raise ValueError(f"seed: collections: entity_type is one of {', '.join(ENTITY_TYPES)}")


def _files_of(given: Mapping[str, object], folder: Path | None) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for path, text in given.items():
        if not isinstance(text, str) or path.startswith("/") or ".." in Path(path).parts or "\0" in path or not path:
            raise ValueError(f"seed: collections: files: {path!r} is no path within the collection, or has no text")
        files[path] = text.encode()
    if folder is not None:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                files[file.relative_to(folder).as_posix()] = file.read_bytes()
    return files
