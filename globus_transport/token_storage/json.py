"""A token storage in a JSON file."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from globus_transport import __version__
from globus_transport.exc.base import ValidationError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.errors import make_file_error
from globus_transport.token_storage.file import FileTokenStorage
from globus_transport.token_storage.token_data import TokenStorageData

#: globus-sdk refuses a file without this field, which names the writer's version.
_WRITER = "globus-sdk.version"

#: How the name of a temporary file ends.
_TEMPORARY = ".tmp"
#: What a disk answers that cannot sync a folder, or a folder that may be written to and not be listed.
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EACCES})
#: Where writers cannot exclude each other, a temporary file may belong to one at work until it is this old, in seconds.
_OLD = 3600.0


class JSONTokenStorage(FileTokenStorage):
    """Stores tokens in a JSON file that only its owner can read. The format is that of globus-sdk.

    A change is written to a new file, synced to disk, and moved into place. If the machine stops at any point, the old
    or the new file is complete. What a killed process left is removed by the next writer.

    :cvar format_version: the version that is written
    :cvar supported_versions: the versions that can be read
    :param filepath: the path of the file
    :param namespace: separates several sets of tokens in one file
    :raises GlobusSDKUsageError: if the folder cannot be made
    """

    file_format = "json"
    format_version = "2.0"
    supported_versions: ClassVar[tuple[str, ...]] = ("1.0", "2.0")

    @raises_from_its_caller
    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :raises ValidationError: if the file exists and is not a token file
        :raises TokenStorageError: if the file cannot be locked, or not be written; the old file is unchanged then
        """
        with self._writing():
            namespaces = self._read()
            tokens = namespaces.setdefault(self.namespace, {})
            for server, data in token_data_by_resource_server.items():
                tokens[server] = data.to_dict(include_extra=True)
            self._write(namespaces)

    @raises_from_its_caller
    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server.

        :raises ValidationError: if the file exists and is not a token file
        :raises TokenStorageError: if the file cannot be read
        """
        # No lock is needed: the file is replaced atomically, so that a reader always sees a complete one.
        return {
            server: TokenStorageData.from_dict(data) for server, data in self._read().get(self.namespace, {}).items()
        }

    @raises_from_its_caller
    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        :raises ValidationError: if the file exists and is not a token file
        :raises TokenStorageError: if the file cannot be locked, or not be written; the old file is unchanged then
        """
        with self._writing():
            namespaces = self._read()
            found = namespaces.get(self.namespace, {}).pop(resource_server, None) is not None
            if found:
                self._write(namespaces)
            return found

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.exclusive():
            # Who holds the lock is the only writer. Without a lock for processes, a young file may be another one's.
            oldest = time.time() - _OLD if self._lock.kind == "threads" else None
            _remove_temporary_files(self._real_path, modified_before=oldest)
            yield

    def _read(self) -> dict[str, dict[str, Any]]:
        """Read the tokens of all namespaces."""
        try:
            with open(self._real_path, encoding="utf-8") as file:
                document = json.load(file)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise make_file_error(f"the token file {self.filepath!r} cannot be read", error) from error
        except (ValueError, RecursionError) as error:
            # Not `from error`: the exception holds the file's text, and with it the tokens.
            raise self._make_format_error(f"it is no JSON ({type(error).__name__})") from None
        if not isinstance(document, dict):
            raise self._make_format_error("it holds no object")
        version = document.get("format_version")
        if version not in self.supported_versions:
            raise self._make_format_error(f"its format_version is {version!r}")
        # Version 1.0 has no namespaces.
        namespaces: Any = {"DEFAULT": document.get("by_rs")} if version == "1.0" else document.get("data")
        if not isinstance(namespaces, dict) or not all(isinstance(tokens, dict) for tokens in namespaces.values()):
            raise self._make_format_error("the tokens are not where they should be")
        return dict(namespaces)

    def _arrange(self, namespaces: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """The tokens as they stand in a document of the version that is written."""
        return {"data": namespaces}

    def _make_format_error(self, reason: str) -> ValidationError:
        return ValidationError(
            f"{self.filepath!r} is not a token file: {reason}. The file is unchanged; give another filepath"
        )

    def _write(self, namespaces: dict[str, dict[str, Any]]) -> None:
        document = {
            **self._arrange(namespaces),
            "format_version": self.format_version,
            _WRITER: f"transport-{__version__}",
        }
        try:
            write_atomically(self._real_path, json.dumps(document).encode())
        except OSError as error:
            raise make_file_error(f"the token file {self.filepath!r} cannot be written", error) from error


def write_atomically(path: str, content: bytes) -> None:
    """Write a file, or replace it, atomically and durably. Only its owner can read it.

    :raises OSError: if that fails; the old file is unchanged then
    """
    folder = os.path.dirname(path)
    # mkstemp makes the file with mode 0600.
    descriptor, temporary_path = tempfile.mkstemp(_TEMPORARY, f".{os.path.basename(path)}.", folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary_path, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary_path)
        raise
    _sync_folder(folder)


def _remove_temporary_files(path: str, *, modified_before: float | None) -> None:
    """Remove what killed writers of a file left. It holds tokens that may be valid."""
    pattern = re.compile(rf"\.{re.escape(os.path.basename(path))}\.[a-z0-9_]+{re.escape(_TEMPORARY)}")
    # What cannot be removed must not keep a writer from storing new tokens.
    with contextlib.suppress(OSError), os.scandir(os.path.dirname(path)) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    if modified_before is None or entry.stat(follow_symlinks=False).st_mtime < modified_before:
                        os.unlink(entry.path)


def _sync_folder(folder: str) -> None:
    if os.name == "nt":
        # On Windows a folder cannot be opened, and need not be synced.
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
