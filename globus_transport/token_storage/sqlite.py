"""A token storage in an SQLite database."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from globus_transport import __version__
from globus_transport.exc.base import GlobusSDKUsageError, ValidationError
from globus_transport.token_storage.file import FileTokenStorage
from globus_transport.token_storage.token_data import TokenStorageData

_TABLES = """
    CREATE TABLE IF NOT EXISTS token_storage (
        namespace VARCHAR NOT NULL,
        resource_server VARCHAR NOT NULL,
        token_data_json VARCHAR NOT NULL,
        PRIMARY KEY (namespace, resource_server)
    );
    CREATE TABLE IF NOT EXISTS sdk_storage_adapter_internal (
        attribute VARCHAR NOT NULL,
        value VARCHAR NOT NULL,
        PRIMARY KEY (attribute)
    );
"""


class SQLiteTokenStorage(FileTokenStorage):
    """Stores tokens in a database that only its owner can read. The tables are those of globus-sdk.

    :param filepath: the path of the database
    :param connect_params: further parameters of ``sqlite3.connect``
    :param namespace: separates several sets of tokens in one database
    :raises GlobusSDKUsageError: if ``filepath`` is ``":memory:"``, or the folder cannot be made
    :raises ValidationError: if the file exists and is not a database
    """

    file_format = "db"

    def __init__(
        self,
        filepath: os.PathLike[str] | str,
        *,
        connect_params: dict[str, Any] | None = None,
        namespace: str = "DEFAULT",
    ) -> None:
        if filepath == ":memory:":
            raise GlobusSDKUsageError(
                "SQLiteTokenStorage: filepath=':memory:' is not a file; use MemoryTokenStorage for tokens in memory"
            )
        super().__init__(filepath, namespace=namespace)
        self._connect_params = dict(connect_params or {})
        # Made here with mode 0600: SQLite would make a file that other users can read.
        os.close(os.open(self._real_path, os.O_RDWR | os.O_CREAT, 0o600))
        with self.exclusive(), self._connect() as database:
            database.executescript(_TABLES)
            database.executemany(
                "INSERT OR IGNORE INTO sdk_storage_adapter_internal(attribute, value) VALUES (?, ?)",
                [("globus-sdk.version", f"transport-{__version__}"), ("globus-sdk.database_schema_version", "2")],
            )

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        # A new connection for each call: it must not be used in another thread or in a forked child.
        connection = sqlite3.connect(self._real_path, **self._connect_params)
        try:
            with connection:
                yield connection
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise ValidationError(f"{self.filepath!r} is no database of tokens: {error}") from error
        finally:
            connection.close()

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :raises sqlite3.OperationalError: if the database is locked or cannot be written; nothing is changed then
        """
        rows = [
            (self.namespace, server, json.dumps(data.to_dict(include_extra=True)))
            for server, data in token_data_by_resource_server.items()
        ]
        with self.exclusive(), self._connect() as database:
            database.executemany(
                "REPLACE INTO token_storage(namespace, resource_server, token_data_json) VALUES (?, ?, ?)", rows
            )

    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server.

        :raises ValidationError: if a row does not hold a token document
        """
        with self._connect() as database:
            rows = database.execute(
                "SELECT resource_server, token_data_json FROM token_storage WHERE namespace=?", (self.namespace,)
            ).fetchall()
        return {server: TokenStorageData.from_dict(self._parse_row(text)) for server, text in rows}

    def _parse_row(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            # Not `from error`: the exception holds the text, and with it the tokens.
            raise ValidationError(f"{self.filepath!r}: a row of token_storage does not hold a JSON document") from None

    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        """
        with self.exclusive(), self._connect() as database:
            cursor = database.execute(
                "DELETE FROM token_storage WHERE namespace=? AND resource_server=?", (self.namespace, resource_server)
            )
            return cursor.rowcount > 0

    def iter_namespaces(self) -> Iterator[str]:
        """List every namespace that has tokens."""
        with self._connect() as database:
            rows = database.execute("SELECT DISTINCT namespace FROM token_storage").fetchall()
        return (namespace for (namespace,) in rows)
