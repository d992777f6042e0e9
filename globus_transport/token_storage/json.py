"""A token storage in a JSON file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from typing import Any

from globus_transport import __version__
from globus_transport.exc.base import ValidationError
from globus_transport.token_storage.file import FileTokenStorage
from globus_transport.token_storage.token_data import TokenStorageData

#: globus-sdk refuses a file without this field, which names the writer's version.
_WRITER = "globus-sdk.version"


class JSONTokenStorage(FileTokenStorage):
    """Stores tokens in a JSON file that only its owner can read. The format is that of globus-sdk.

    A change is written to a new file, synced to disk, and moved into place. If the machine stops at any point, the old
    or the new file is complete.

    :cvar format_version: the version that is written
    :cvar supported_versions: the versions that can be read
    :param filepath: the path of the file
    :param namespace: separates several sets of tokens in one file
    :raises GlobusSDKUsageError: if the folder cannot be made
    """

    file_format = "json"
    format_version = "2.0"
    supported_versions = ("1.0", "2.0")

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :raises ValidationError: if the file exists and is not a token file
        :raises OSError: if the file cannot be written; the old file is unchanged then
        """
        with self.exclusive():
            namespaces = self._read()
            tokens = namespaces.setdefault(self.namespace, {})
            for server, data in token_data_by_resource_server.items():
                tokens[server] = data.to_dict(include_extra=True)
            self._write(namespaces)

    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server.

        :raises ValidationError: if the file exists and is not a token file
        :raises OSError: if the file cannot be read
        """
        # No lock is needed: the file is replaced atomically, so that a reader always sees a complete one.
        return {
            server: TokenStorageData.from_dict(data) for server, data in self._read().get(self.namespace, {}).items()
        }

    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        :raises ValidationError: if the file exists and is not a token file
        :raises OSError: if the file cannot be written; the old file is unchanged then
        """
        with self.exclusive():
            namespaces = self._read()
            found = namespaces.get(self.namespace, {}).pop(resource_server, None) is not None
            if found:
                self._write(namespaces)
            return found

    def _read(self) -> dict[str, dict[str, Any]]:
        """Read the tokens of all namespaces."""
        try:
            with open(self._real_path, encoding="utf-8") as file:
                document = json.load(file)
        except FileNotFoundError:
            return {}
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

    def _make_format_error(self, reason: str) -> ValidationError:
        return ValidationError(
            f"{self.filepath!r} is not a token file: {reason}. The file is unchanged; give another filepath"
        )

    def _write(self, namespaces: dict[str, dict[str, Any]]) -> None:
        document = {"data": namespaces, "format_version": self.format_version, _WRITER: f"transport-{__version__}"}
        write_atomically(self._real_path, json.dumps(document).encode())


def write_atomically(path: str, content: bytes) -> None:
    """Write a file, or replace it, atomically and durably. Only its owner can read it.

    :raises OSError: if that fails; the old file is unchanged then
    """
    folder = os.path.dirname(path)
    # mkstemp makes the file with mode 0600.
    descriptor, temporary_path = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary_path, path)
    except BaseException:
        os.unlink(temporary_path)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    if os.name == "nt":
        # On Windows a folder cannot be opened, and need not be synced.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
