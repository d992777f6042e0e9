"""Access to the files of a collection. No path leads outside the collection's folder."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.transfer_errors import TransferError


def locate(collection: Collection, path: str, *, follow: bool = True) -> Path:
    """The path on this machine for a path in a collection. The file does not have to exist.

    :param path: as clients write it: from the root of the collection; ``/~/`` is the root too
    :param follow: whether the target of a symbolic link has to be in the collection too, or the link only
    :raises TransferError: if the path leads out of the collection, by ``..`` or by a symbolic link, or cannot exist
    """
    parts = split_path(path)
    found = collection.folder.joinpath(*parts)
    if (
        ".." in parts
        or not _is_possible(path)
        or not is_inside(collection, found if follow or not parts else found.parent)
    ):
        raise TransferError(403, "EndpointPermissionDenied", f"Path not allowed: {path}")
    return found


def split_path(path: str) -> list[str]:
    """The names in a path. A ``~`` at its start is the root, elsewhere it is a name."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return parts[1:] if parts[:1] == ["~"] else parts


def _is_possible(path: str) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def is_root(collection: Collection, found: Path) -> bool:
    """Whether a path on this machine is the folder of a collection."""
    return found == collection.folder


def is_inside(collection: Collection, found: Path) -> bool:
    """Whether a path is in a collection's folder when its symbolic links are resolved. It does not have to exist."""
    try:
        try:
            real = found.resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError):
            real = found.resolve()
    except (OSError, RuntimeError, ValueError):
        # A loop of links (RuntimeError before Python 3.13), or a name that the file system does not allow.
        return False
    return real.is_relative_to(collection.folder)


def file_document(collection: Collection, found: Path) -> dict[str, Any]:
    """The ``file`` document of a file, folder or symbolic link.

    :raises OSError: if it cannot be read
    """
    info = found.lstat()
    link: os.stat_result | None = None
    kind = _kind(info)
    if stat.S_ISLNK(info.st_mode):
        link, kind = info, "invalid_symlink"
        if is_inside(collection, found) and found.exists():
            info = found.stat()
            kind = _kind(info)
    return {
        "DATA_TYPE": "file",
        "name": found.name,
        "type": kind,
        "size": info.st_size,
        "last_modified": format_iso_time(info.st_mtime, " "),
        "permissions": f"{stat.S_IMODE(info.st_mode):04o}",
        "user": "sandbox",
        "group": "sandbox",
        "link_target": _link_target(collection, found) if link else None,
        "link_size": link.st_size if link else None,
        "link_last_modified": format_iso_time(link.st_mtime, " ") if link else None,
        "link_user": "sandbox" if link else None,
        "link_group": "sandbox" if link else None,
    }


def _kind(info: os.stat_result) -> str:
    for test, kind in ((stat.S_ISDIR, "dir"), (stat.S_ISREG, "file")):
        if test(info.st_mode):
            return kind
    return "other"


def _link_target(collection: Collection, found: Path) -> str | None:
    # Clients must not learn paths outside the collection.
    if not is_inside(collection, found):
        return None
    return "/" + found.resolve().relative_to(collection.folder).as_posix()


def list_folder(collection: Collection, path: str) -> list[dict[str, Any]]:
    """The documents of the entries of a folder, sorted by name.

    :raises OSError: if the folder cannot be read
    :raises TransferError: if the path is not in the collection, or not a folder
    """
    folder = locate(collection, path)
    if folder.exists() and not folder.is_dir():
        raise TransferError(502, "ExternalError.DirListingFailed.NotDirectory", f"Not a directory: {path}")
    documents: list[dict[str, Any]] = []
    for entry in sorted(folder.iterdir()):
        try:
            documents.append(file_document(collection, entry))
        except FileNotFoundError:
            # The entry was deleted since the folder was read.
            continue
    return documents


def make_folder(collection: Collection, path: str) -> None:
    """Create a folder. Its parent must exist.

    :raises OSError: if the folder cannot be created
    :raises TransferError: if the path exists, or is not in the collection
    """
    try:
        locate(collection, path).mkdir()
    except FileExistsError as error:
        raise TransferError(502, "ExternalError.MkdirFailed.Exists", f"Path already exists: {path}") from error


def rename(collection: Collection, old_path: str, new_path: str) -> None:
    """Rename or move a file, folder or symbolic link within its collection.

    :raises OSError: if it cannot be renamed
    :raises TransferError: if the new path exists, or one of the paths is not in the collection
    """
    old, new = locate(collection, old_path, follow=False), locate(collection, new_path, follow=False)
    if is_root(collection, old):
        raise TransferError(403, "EndpointPermissionDenied", "The root of a collection cannot be renamed")
    if os.path.lexists(new):
        raise TransferError(502, "ExternalError.RenameFailed.Exists", f"Path already exists: {new_path}")
    old.rename(new)


def remove(found: Path) -> None:
    """Delete a file, a symbolic link (not its target), or a folder and its content.

    :raises OSError: if this fails
    """
    if found.is_dir() and not found.is_symlink():
        shutil.rmtree(found)
    else:
        found.unlink()
