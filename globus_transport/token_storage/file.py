"""What the storages in files have in common: where the files are, who may read them, and who writes."""

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
    """What a storage needs of an application's settings."""

    @property
    def environment(self) -> str:
        """The Globus environment."""
        ...


class FileTokenStorage(TokenStorage, ABC):
    """The base of storages in a file.

    Threads and processes may share one: they change it one after the other. The file ``....lock`` beside it is
    for that.

    :cvar file_format: what the file's name ends in
    :param filepath: of the file. The folder is made, for its owner only, if it is not there
    :param namespace: keeps several sets of tokens apart in one file
    :raises GlobusSDKUsageError: if the folder cannot be made
    """

    file_format: ClassVar[str]

    def __init__(self, filepath: os.PathLike[str] | str, *, namespace: str = "DEFAULT") -> None:
        super().__init__(namespace)
        self.filepath = os.fspath(filepath)
        # A relative path must not change its meaning when the program changes its folder.
        self._real_path = os.path.realpath(self.filepath)
        try:
            os.makedirs(os.path.dirname(self._real_path), mode=0o700, exist_ok=True)
        except OSError as error:
            raise GlobusSDKUsageError(f"the folder for the token file {self.filepath!r} cannot be made") from error
        self._lock = FileLock(f"{self._real_path}.lock")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "file_format"):
            raise TypeError(f"{cls.__name__}: set file_format, which the file's name ends in")

    @classmethod
    def for_globus_app(cls, client_id: uuid.UUID | str, app_name: str, config: HasEnvironment, namespace: str) -> Self:
        """The storage of an application, in the user's own folder: ``~/.globus/app/{client_id}/{app_name}/``.

        :raises GlobusSDKUsageError: if the name cannot be one of a folder, or that cannot be made
        """
        place = default_path(client_id, app_name, config.environment)
        return cls(f"{place}.{cls.file_format}", namespace=namespace)

    def file_exists(self) -> bool:
        """Whether the file is there."""
        return os.path.exists(self._real_path)

    def exclusive(self) -> AbstractContextManager[object]:
        """Keeps other threads, and other processes of this machine, from changing the file."""
        return self._lock

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.filepath!r}, namespace {self.namespace!r}>"


_RESERVED = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def default_path(client_id: uuid.UUID | str, app_name: str, environment: str) -> str:
    """Where an application's tokens are, without the ending of the file's name. The place is globus-sdk's.

    :raises GlobusSDKUsageError: if the name cannot be one of a folder
    """
    name = "tokens" if environment == "production" else f"{environment}-tokens"
    if sys.platform == "win32":
        data = os.environ.get("LOCALAPPDATA") or os.environ.get("APPDATA")
        top = [data or os.path.join(os.path.expanduser("~"), "AppData", "Local"), "globus"]
    else:
        top = [os.path.expanduser("~"), ".globus"]
    return os.path.join(*top, "app", _folder_name(str(client_id), "client_id"), folder_name(app_name), name)


def folder_name(app_name: str) -> str:
    """The folder of an application, by its name, the same on every system.

    :raises GlobusSDKUsageError: if nothing usable is left of the name
    """
    name = _RESERVED.sub("+", app_name).replace(".", "-").replace(" ", "-")
    return _folder_name("".join(filter(str.isprintable, name)).lower(), "app_name")


def _folder_name(name: str, what: str) -> str:
    if not name or name in (".", "..") or _RESERVED.search(name) or _DEVICES.fullmatch(name):
        raise GlobusSDKUsageError(f"{what}: {name!r} cannot be the name of a folder for tokens; choose another one")
    return name
