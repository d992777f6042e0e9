"""Tokens in a JSON file."""

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

#: By this name globus-sdk finds out who wrote the file, and refuses one without it.
_WRITER = "globus-sdk.version"


class JSONTokenStorage(FileTokenStorage):
    """Keeps tokens in a JSON file that its owner alone can read. The format is that of globus-sdk.

    A change is written beside the file, to the disk, and put in its place: whenever the machine stops, there is
    the old file or the new one, whole.

    :cvar format_version: of what is written
    :cvar supported_versions: of what is read
    :param filepath: of the file
    :param namespace: keeps several sets of tokens apart in one file
    :raises GlobusSDKUsageError: if the folder cannot be made
    """

    file_format = "json"
    format_version = "2.0"
    supported_versions = ("1.0", "2.0")

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens, each in the place of those for the same resource server.

        :raises ValidationError: if the file is there, and is no such file
        :raises OSError: if it cannot be written; then the old one is still there
        """
        with self.exclusive():
            everything = self._read()
            here = everything.setdefault(self.namespace, {})
            for server, data in token_data_by_resource_server.items():
                here[server] = data.to_dict(include_extra=True)
            self._write(everything)

    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """All tokens, by resource server.

        :raises ValidationError: if the file is there, and is no such file
        :raises OSError: if it cannot be read
        """
        # Without the lock: the file is replaced at once, so that it is always whole.
        return {
            server: TokenStorageData.from_dict(data) for server, data in self._read().get(self.namespace, {}).items()
        }

    def remove_token_data(self, resource_server: str) -> bool:
        """Forget the tokens for a resource server; whether there were any.

        :raises ValidationError: if the file is there, and is no such file
        :raises OSError: if it cannot be written; then the old one is still there
        """
        with self.exclusive():
            everything = self._read()
            found = everything.get(self.namespace, {}).pop(resource_server, None) is not None
            if found:
                self._write(everything)
            return found

    def _read(self) -> dict[str, dict[str, Any]]:
        """The tokens of all namespaces."""
        try:
            with open(self._real_path, encoding="utf-8") as file:
                document = json.load(file)
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError) as error:
            # Not `from error`: it holds the file's text, and so the tokens.
            raise self._not_ours(f"it is no JSON ({type(error).__name__})") from None
        if not isinstance(document, dict):
            raise self._not_ours("it holds no object")
        version = document.get("format_version")
        if version not in self.supported_versions:
            raise self._not_ours(f"its format_version is {version!r}")
        # Version 1 knew no namespaces.
        everything: Any = {"DEFAULT": document.get("by_rs")} if version == "1.0" else document.get("data")
        if not isinstance(everything, dict) or not all(isinstance(one, dict) for one in everything.values()):
            raise self._not_ours("the tokens are not where they should be")
        return dict(everything)

    def _not_ours(self, why: str) -> ValidationError:
        return ValidationError(f"{self.filepath!r} is no file of tokens: {why}. It was left as it is")

    def _write(self, everything: dict[str, dict[str, Any]]) -> None:
        document = {"data": everything, "format_version": self.format_version, _WRITER: f"transport-{__version__}"}
        write_whole(self._real_path, json.dumps(document).encode())


def write_whole(path: str, content: bytes) -> None:
    """Put a file in its place, for its owner only: durably, and all at once.

    :raises OSError: if that fails; then the old file is still there
    """
    folder = os.path.dirname(path)
    # Made with mode 0600.
    descriptor, beside = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    if os.name == "nt":
        # Windows has no way to do that, and no need.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
