"""The base of storages in files: the files' place, their folder, and the lock for writers."""

from __future__ import annotations

import os
import re
import sys
import uuid
from abc import ABC
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol, Self

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.token_storage.base import TokenStorage
from globus_transport.token_storage.file_lock import FileLock


class HasEnvironment(Protocol):
    """The part of an application's settings that a storage reads."""

    @property
    def environment(self) -> str:
        """The Globus environment."""
        ...


class FileTokenStorage(TokenStorage, ABC):
    """The base of storages in a file.

    Threads and processes may share a file. A lock file beside it, with the suffix ``.lock``, lets one writer in at a
    time. Where the disk has no such locks, a file with the suffix ``.lock.owner`` does the same while a writer is at
    work.

    A storage in a folder that may only be read can be read. Writing raises an error then.

    :cvar file_format: the suffix of the file's name, without the dot
    :param filepath: the path of the file. Missing folders are made with permissions for their owner only
    :param namespace: separates several sets of tokens in one file
    :raises GlobusSDKUsageError: if the folder cannot be made
    """

    file_format: ClassVar[str]

    def __init__(self, filepath: os.PathLike[str] | str, *, namespace: str = "DEFAULT") -> None:
        super().__init__(namespace)
        self.filepath = os.fspath(filepath)
        # Resolved here: a relative path would name another file after the program changes its working directory.
        self._real_path = os.path.realpath(self.filepath)
        try:
            make_folder(os.path.dirname(self._real_path))
        except OSError as error:
            raise GlobusSDKUsageError(f"the folder for the token file {self.filepath!r} cannot be made") from error
        self._lock = FileLock(f"{self._real_path}.lock")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "file_format"):
            raise TypeError(f"{cls.__name__}: file_format is missing; set it to the suffix of the file's name")

    @classmethod
    def for_globus_app(cls, client_id: uuid.UUID | str, app_name: str, config: HasEnvironment, namespace: str) -> Self:
        """Make the storage of an application in the user's home folder: ``~/.globus/app/{client_id}/{app_name}/``.

        :param client_id: the id of the application's client
        :param app_name: the application's name
        :param config: the application's settings
        :raises GlobusSDKUsageError: if the name cannot be the name of a folder, or the folder cannot be made
        """
        path = build_default_path(client_id, app_name, config.environment)
        return cls(f"{path}.{cls.file_format}", namespace=namespace)

    def file_exists(self) -> bool:
        """Whether the file exists."""
        return os.path.exists(self._real_path)

    def exclusive(self) -> AbstractContextManager[object]:
        """Lock the file for other threads, and for other processes on this machine.

        :raises TokenStorageError: when it is entered, if the lock file cannot be made or locked
        """
        return self._lock

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.filepath!r}, namespace {self.namespace!r}>"


def make_folder(path: str) -> None:
    """Make a folder and its missing parents, for their owner. The mode of ``os.makedirs`` is that of the last one only.

    :raises OSError: if that fails
    """
    if os.path.isdir(path):
        return
    make_folder(os.path.dirname(path))
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        # Another process was faster, or it is no folder.
        if not os.path.isdir(path):
            raise


_RESERVED = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def build_default_path(client_id: uuid.UUID | str, app_name: str, environment: str) -> str:
    """Build the path of an application's token file, without the suffix. globus-sdk uses the same path.

    :raises GlobusSDKUsageError: if ``client_id`` or ``app_name`` cannot be the name of a folder
    """
    name = "tokens" if environment == "production" else f"{environment}-tokens"
    client_folder = _check_folder_name("client_id", str(client_id))
    return os.path.join(data_folder(), "app", client_folder, make_folder_name(app_name), name)


def data_folder() -> str:
    """The user's folder for what belongs to Globus. globus-sdk uses the same."""
    if sys.platform == "win32":
        data = os.environ.get("LOCALAPPDATA") or os.environ.get("APPDATA")
        return os.path.join(data or os.path.join(os.path.expanduser("~"), "AppData", "Local"), "globus")
    return os.path.join(os.path.expanduser("~"), ".globus")


def make_folder_name(app_name: str, *, parameter: str = "app_name") -> str:
    """Make the name of an application's folder. It is the same on every operating system.

    :param parameter: what the name was given as, for the message
    :raises GlobusSDKUsageError: if no usable character is left of the name
    """
    name = _RESERVED.sub("+", app_name).replace(".", "-").replace(" ", "-")
    return _check_folder_name(parameter, "".join(filter(str.isprintable, name)).lower())


def _check_folder_name(parameter: str, name: str) -> str:
    if not name or name in (".", "..") or _RESERVED.search(name) or _DEVICES.fullmatch(name):
        raise GlobusSDKUsageError(
            f"{parameter}: {name!r} cannot be the name of a folder for tokens; choose another one"
        )
    return name
