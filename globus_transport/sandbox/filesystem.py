"""Files of a collection, and never a file outside of it."""

import os
import shutil
import stat
from pathlib import Path
from typing import Any

from globus_transport.sandbox.clock import iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.transfer_errors import TransferError


def locate(collection: Collection, path: str, *, follow: bool = True) -> Path:
    """Where a path of a collection is on this machine. It need not exist.

    :param path: As clients write it: from the root of the collection, ``/~/`` being the root too.
    :param follow: If the last part is a link, whether where it leads counts or where it is.
    :raises TransferError: The path leads out of the collection, by ``..`` or by a link.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if parts[:1] == ["~"]:
        del parts[0]
    found = collection.folder.joinpath(*parts)
    if ".." in parts or not is_inside(collection, found if follow or not parts else found.parent):
        raise TransferError(403, "EndpointPermissionDenied", f"Path not allowed: {path}")
    return found


def is_root(collection: Collection, found: Path) -> bool:
    """Whether a located path is the collection's own folder."""
    return found == collection.folder


def is_inside(collection: Collection, found: Path) -> bool:
    """Whether a path, all links in it followed, leads to a place in a collection. It need not exist."""
    try:
        try:
            real = found.resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError):
            real = found.resolve()
    except (OSError, RuntimeError, ValueError):
        # Links that lead in a circle (RuntimeError before Python 3.13); names that the file system cannot have.
        return False
    return real.is_relative_to(collection.folder)


def file_document(collection: Collection, found: Path) -> dict[str, Any]:
    """The document of a file, folder or link.

    :raises OSError: It cannot be looked at.
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
        "last_modified": iso_time(info.st_mtime, " "),
        "permissions": f"{stat.S_IMODE(info.st_mode):04o}",
        "user": "sandbox",
        "group": "sandbox",
        "link_target": _link_target(collection, found) if link else None,
        "link_size": link.st_size if link else None,
        "link_last_modified": iso_time(link.st_mtime, " ") if link else None,
        "link_user": "sandbox" if link else None,
        "link_group": "sandbox" if link else None,
    }


def _kind(info: os.stat_result) -> str:
    for test, kind in ((stat.S_ISDIR, "dir"), (stat.S_ISREG, "file")):
        if test(info.st_mode):
            return kind
    return "other"


def _link_target(collection: Collection, found: Path) -> str | None:
    # Where a link to the outside leads is none of the client's business.
    if not is_inside(collection, found):
        return None
    return "/" + found.resolve().relative_to(collection.folder).as_posix()


def list_folder(collection: Collection, path: str) -> list[dict[str, Any]]:
    """The documents of everything in a folder, by name.

    :raises OSError: It cannot be read.
    :raises TransferError: It is not in the collection, or not a folder.
    """
    folder = locate(collection, path)
    if folder.exists() and not folder.is_dir():
        raise TransferError(502, "ExternalError.DirListingFailed.NotDirectory", f"Not a directory: {path}")
    documents: list[dict[str, Any]] = []
    for entry in sorted(folder.iterdir()):
        try:
            documents.append(file_document(collection, entry))
        except FileNotFoundError:
            # Gone since the folder was read.
            continue
    return documents


def make_folder(collection: Collection, path: str) -> None:
    """Make a folder; the one around it must exist.

    :raises OSError: It cannot be made.
    :raises TransferError: The path is taken, or not in the collection.
    """
    try:
        locate(collection, path).mkdir()
    except FileExistsError as error:
        raise TransferError(502, "ExternalError.MkdirFailed.Exists", f"Path already exists: {path}") from error


def rename(collection: Collection, old_path: str, new_path: str) -> None:
    """Give a file, folder or link another name or place within its collection.

    :raises OSError: It cannot be renamed.
    :raises TransferError: The new path is taken, or one is not in the collection.
    """
    old, new = locate(collection, old_path, follow=False), locate(collection, new_path, follow=False)
    if is_root(collection, old):
        raise TransferError(403, "EndpointPermissionDenied", "The root of a collection cannot be renamed")
    if os.path.lexists(new):
        raise TransferError(502, "ExternalError.RenameFailed.Exists", f"Path already exists: {new_path}")
    old.rename(new)


def remove(found: Path) -> None:
    """Delete a file, a link (not what it leads to), or a folder with all that is in it.

    :raises OSError: It cannot be deleted.
    """
    if found.is_dir() and not found.is_symlink():
        shutil.rmtree(found)
    else:
        found.unlink()
