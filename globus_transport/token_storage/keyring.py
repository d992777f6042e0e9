"""A token storage in the keyring of the operating system, where tokens are encrypted (extra ``keyring``).

The package ``keyring`` finds it: Keychain on macOS, Credential Locker on Windows, Secret Service (GNOME, KDE) on Linux.
Keyrings keep single texts, cannot list them, and some take no more than 1,280 characters. Therefore each resource
server has an entry of its own, and one more entry lists their names.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Self
from urllib.parse import quote

import keyring

from globus_transport.exc.base import GlobusSDKUsageError, ValidationError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.base import TokenStorage
from globus_transport.token_storage.errors import reporting_library_errors
from globus_transport.token_storage.file import HasEnvironment, data_folder, make_folder, make_folder_name
from globus_transport.token_storage.file_lock import FileLock
from globus_transport.token_storage.token_data import TokenStorageData


class KeyringTokenStorage(TokenStorage):
    """Stores tokens in the keyring of the user who runs the program.

    Threads and processes may share it: a lock file in ``~/.globus/keyring`` lets one writer in at a time. It holds no
    tokens.

    :param service: names the entries in the keyring, where users see it
    :param namespace: separates several sets of tokens of one service
    :raises GlobusSDKUsageError: if ``service`` cannot be the name of a lock file, or its folder cannot be made
    """

    def __init__(self, service: str = "globus_transport", *, namespace: str = "DEFAULT") -> None:
        super().__init__(namespace)
        self.service = service
        file_name = make_folder_name(service, parameter="service") + ".lock"
        folder = os.path.join(data_folder(), "keyring")
        try:
            make_folder(folder)
        except OSError as error:
            raise GlobusSDKUsageError(f"the folder {folder!r} for the lock of the keyring cannot be made") from error
        self._lock = FileLock(os.path.join(folder, file_name))

    @classmethod
    def for_globus_app(cls, client_id: uuid.UUID | str, app_name: str, config: HasEnvironment, namespace: str) -> Self:
        """Make the storage of an application.

        :param client_id: the id of the application's client
        :param app_name: the application's name, as users see it in the keyring
        :param config: the application's settings
        :raises GlobusSDKUsageError: if the name cannot be the name of a lock file, or its folder cannot be made
        """
        environment = "" if config.environment == "production" else f", {config.environment}"
        return cls(f"{app_name} ({client_id}{environment})", namespace=namespace)

    @raises_from_its_caller
    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :raises TokenStorageError: if the keyring or the lock file cannot be used. Tokens for some of several resource
            servers may be stored then
        """
        with self.exclusive():
            known = self._read_servers()
            for server, data in token_data_by_resource_server.items():
                self._write(self._entry(server), data.to_dict(include_extra=True))
            new = [server for server in token_data_by_resource_server if server not in known]
            if new:
                self._write(self._list_entry(), [*known, *new])

    @raises_from_its_caller
    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server.

        :raises ValidationError: if something else is stored there
        :raises TokenStorageError: if the keyring cannot be read
        """
        found = {server: self.get_token_data(server) for server in self._read_servers()}
        # A user may remove an entry.
        return {server: data for server, data in found.items() if data is not None}

    @raises_from_its_caller
    def get_token_data(self, resource_server: str) -> TokenStorageData | None:
        """Read the tokens for one resource server; ``None`` if none are stored.

        :param resource_server: the name of the service, as token replies have it
        :raises ValidationError: if something else is stored there
        :raises TokenStorageError: if the keyring cannot be read
        """
        document = self._read(self._entry(resource_server))
        return None if document is None else TokenStorageData.from_dict(document)

    @raises_from_its_caller
    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        :raises TokenStorageError: if the keyring or the lock file cannot be used
        """
        entry = self._entry(resource_server)
        with self.exclusive():
            with self._calling("removed from"):
                found = keyring.get_password(self.service, entry) is not None
                if found:
                    keyring.delete_password(self.service, entry)
            known = self._read_servers()
            if resource_server in known:
                self._write(self._list_entry(), [server for server in known if server != resource_server])
        return found

    def exclusive(self) -> AbstractContextManager[object]:
        """Lock the service's entries for other threads, and for other processes of this user on this machine.

        :raises TokenStorageError: when it is entered, if the lock file cannot be made or locked
        """
        return self._lock

    def _entry(self, resource_server: str) -> str:
        return f"{self._list_entry()}/{resource_server}"

    def _list_entry(self) -> str:
        """The entry with the names of the resource servers. A slash comes only after it."""
        return quote(self.namespace, safe=" ")

    def _read_servers(self) -> list[str]:
        servers = self._read(self._list_entry())
        if servers is None:
            return []
        if not isinstance(servers, list) or not all(isinstance(server, str) for server in servers):
            raise ValidationError(self._describe_other_content(self._list_entry()))
        return servers

    def _read(self, entry: str) -> Any:
        with self._calling("read from"):
            text = keyring.get_password(self.service, entry)
        try:
            return None if text is None else json.loads(text)
        except ValueError:
            # Not `from error`: the exception holds the text, and with it the tokens.
            raise ValidationError(self._describe_other_content(entry)) from None

    def _write(self, entry: str, document: object) -> None:
        with self._calling("stored in"):
            keyring.set_password(self.service, entry, json.dumps(document, separators=(",", ":")))

    def _describe_other_content(self, entry: str) -> str:
        return (
            f"the entry {entry!r} of {self.service!r} in the keyring does not hold tokens; remove it, or give another "
            "service"
        )

    def _calling(self, what: str) -> AbstractContextManager[None]:
        return reporting_library_errors(
            f"the tokens of {self.service!r} cannot be {what} the keyring",
            "see `keyring diagnose`, or use JSONTokenStorage",
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.service!r}, namespace {self.namespace!r}>"
