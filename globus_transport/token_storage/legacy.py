"""The storage adapters of globus-sdk before its token storages, with its files: programs with older files read them.

An adapter stores the documents of a token reply, not :class:`TokenStorageData`. Locks, atomic writes and permissions
are those of :class:`JSONTokenStorage` and :class:`SQLiteTokenStorage`, on which the adapters are built. New programs
use these storages.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from globus_transport.exc.base import ValidationError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.json import JSONTokenStorage
from globus_transport.token_storage.sqlite import TOKEN_TABLES, SQLiteTokenStorage

__all__ = ["FileAdapter", "MemoryAdapter", "SQLiteAdapter", "SimpleJSONFileAdapter", "StorageAdapter"]

_IN_MEMORY = ":memory:"
_TABLES = (
    *TOKEN_TABLES,
    """
    CREATE TABLE IF NOT EXISTS config_storage (
        namespace VARCHAR NOT NULL,
        config_name VARCHAR NOT NULL,
        config_data_json VARCHAR NOT NULL,
        PRIMARY KEY (namespace, config_name)
    )
    """,
)


class TokenReply(Protocol):
    """The part of a token reply that an adapter stores."""

    @property
    def by_resource_server(self) -> Mapping[str, Mapping[str, Any]]:
        """The tokens, by resource server."""
        ...


class StorageAdapter(ABC):
    """The base of adapters. A custom adapter implements the two abstract methods."""

    @abstractmethod
    def store(self, token_response: TokenReply) -> None:
        """Store all tokens of a token reply. They replace stored tokens for the same resource servers."""

    @abstractmethod
    def get_token_data(self, resource_server: str) -> dict[str, Any] | None:
        """Read the tokens for one resource server, as in ``by_resource_server``; ``None`` if none are stored."""

    def on_refresh(self, token_response: TokenReply) -> None:
        """Store the tokens of a renewal: the ``on_refresh`` of an authorizer."""
        self.store(token_response)


class MemoryAdapter(StorageAdapter):
    """Stores tokens in memory. They are lost when the program ends."""

    def __init__(self) -> None:
        self._tokens: dict[str, dict[str, Any]] = {}

    def store(self, token_response: TokenReply) -> None:
        """Store all tokens of a token reply."""
        self._tokens.update(_copy_documents(token_response))

    def get_token_data(self, resource_server: str) -> dict[str, Any] | None:
        """Read the tokens for one resource server; ``None`` if none are stored."""
        return self._tokens.get(resource_server)


class FileAdapter(StorageAdapter, ABC):
    """The base of adapters with a file.

    :ivar filename: the path of the file
    """

    filename: str

    def file_exists(self) -> bool:
        """Whether the file exists."""
        return os.path.exists(self.filename)

    @contextmanager
    def user_only_umask(self) -> Iterator[None]:
        """Files that the process makes within the ``with`` block can be read by their owner only.

        For custom adapters. It affects files that other threads make, too.
        """
        before = os.umask(0o177)
        try:
            yield
        finally:
            os.umask(before)


class SimpleJSONFileAdapter(FileAdapter):
    """Stores tokens in a JSON file of format 1.0, which has no namespaces.

    :cvar format_version: the version that is written
    :cvar supported_versions: the versions that can be read
    :param filename: the path of the file
    :raises GlobusSDKUsageError: if the folder cannot be made
    """

    format_version = "1.0"
    supported_versions = ("1.0",)

    def __init__(self, filename: os.PathLike[str] | str) -> None:
        self.filename = os.fspath(filename)
        self._file = _File(self.filename)

    def store(self, token_response: TokenReply) -> None:
        """Store all tokens of a token reply. They replace stored tokens for the same resource servers.

        :raises ValidationError: if the file exists and has another format
        :raises TokenStorageError: if the file cannot be locked, or not be written; the old file is unchanged then
        """
        self._file.update(_copy_documents(token_response))

    def get_by_resource_server(self) -> dict[str, Any]:
        """Read all tokens, by resource server.

        :raises ValidationError: if the file exists and has another format
        :raises TokenStorageError: if the file cannot be read
        """
        return self._file.read()

    def get_token_data(self, resource_server: str) -> dict[str, Any] | None:
        """Read the tokens for one resource server; ``None`` if none are stored. Raises as for all of them."""
        found: dict[str, Any] | None = self.get_by_resource_server().get(resource_server)
        return found


class _File(JSONTokenStorage):
    """A file of format 1.0."""

    format_version = "1.0"
    supported_versions = ("1.0",)

    @raises_from_its_caller
    def update(self, documents: Mapping[str, dict[str, Any]]) -> None:
        with self._writing():
            self._write({self.namespace: {**self.read(), **documents}})

    @raises_from_its_caller
    def read(self) -> dict[str, Any]:
        return self._read().get(self.namespace, {})

    def _arrange(self, namespaces: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return {"by_rs": namespaces[self.namespace]}


class SQLiteAdapter(FileAdapter):
    """Stores tokens and settings of a program in an SQLite database.

    :param dbname: the path of the database; ``":memory:"`` for one in memory
    :param namespace: separates several sets of tokens in one database
    :param connect_params: further parameters of ``sqlite3.connect``
    :raises GlobusSDKUsageError: if the folder cannot be made
    :raises ValidationError: if the file exists and is not a database
    """

    def __init__(
        self,
        dbname: os.PathLike[str] | str,
        *,
        namespace: str = "DEFAULT",
        connect_params: dict[str, Any] | None = None,
    ) -> None:
        self.filename = self.dbname = os.fspath(dbname)
        self.namespace = namespace
        self._database: _DatabaseFile | _DatabaseInMemory
        if self.dbname == _IN_MEMORY:
            self._database = _DatabaseInMemory(connect_params)
        else:
            self._database = _DatabaseFile(self.dbname, connect_params=connect_params)

    def close(self) -> None:
        """Close a database in memory, and lose what is in it. One in a file is open only during a call."""
        self._database.close()

    def store(self, token_response: TokenReply) -> None:
        """Store all tokens of a token reply. They replace stored tokens for the same resource servers.

        :raises TokenStorageError: if the file cannot be locked, or not be written; nothing is changed then
        :raises sqlite3.OperationalError: if another program has locked the database; nothing is changed then
        """
        self._database.change(
            "REPLACE INTO token_storage(namespace, resource_server, token_data_json) VALUES (?, ?, ?)",
            [
                (self.namespace, server, json.dumps(document))
                for server, document in _copy_documents(token_response).items()
            ],
        )

    def get_by_resource_server(self) -> dict[str, Any]:
        """Read all tokens, by resource server.

        :raises ValidationError: if a row does not hold a JSON object
        :raises TokenStorageError: if the file cannot be read
        """
        rows = self._database.select(
            "SELECT resource_server, token_data_json FROM token_storage WHERE namespace=?", self.namespace
        )
        return {server: self._parse("token_storage", text) for server, text in rows}

    def get_token_data(self, resource_server: str) -> dict[str, Any] | None:
        """Read the tokens for one resource server; ``None`` if none are stored. Raises as for all of them."""
        rows = self._database.select(
            "SELECT token_data_json FROM token_storage WHERE namespace=? AND resource_server=?",
            self.namespace,
            resource_server,
        )
        return self._parse("token_storage", rows[0][0]) if rows else None

    def remove_tokens_for_resource_server(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        """
        query = "DELETE FROM token_storage WHERE namespace=? AND resource_server=?"
        return self._database.change(query, [(self.namespace, resource_server)]) > 0

    def store_config(self, config_name: str, config_dict: Mapping[str, Any]) -> None:
        """Store settings of the program, under a name, in the adapter's namespace."""
        self._database.change(
            "REPLACE INTO config_storage(namespace, config_name, config_data_json) VALUES (?, ?, ?)",
            [(self.namespace, config_name, json.dumps(dict(config_dict)))],
        )

    def read_config(self, config_name: str) -> dict[str, Any] | None:
        """Read settings; ``None`` if none are stored under the name.

        :raises ValidationError: if the row does not hold a JSON object
        """
        rows = self._database.select(
            "SELECT config_data_json FROM config_storage WHERE namespace=? AND config_name=?",
            self.namespace,
            config_name,
        )
        return self._parse("config_storage", rows[0][0]) if rows else None

    def remove_config(self, config_name: str) -> bool:
        """Remove settings.

        :return: whether there were any
        """
        query = "DELETE FROM config_storage WHERE namespace=? AND config_name=?"
        return self._database.change(query, [(self.namespace, config_name)]) > 0

    def iter_namespaces(self, *, include_config_namespaces: bool = False) -> Iterator[str]:
        """List every namespace that has tokens.

        :param include_config_namespaces: whether to list also those that have only settings
        """
        query = "SELECT DISTINCT namespace FROM token_storage"
        if include_config_namespaces:
            query += " UNION SELECT DISTINCT namespace FROM config_storage"
        return (namespace for (namespace,) in self._database.select(query))

    def _parse(self, table: str, text: str) -> dict[str, Any]:
        try:
            document = json.loads(text)
        except ValueError:
            # Not `from error`: the exception holds the text, and with it the tokens.
            document = None
        if not isinstance(document, dict):
            raise ValidationError(f"{self.dbname!r}: a row of {table} does not hold a JSON object")
        return document


class _DatabaseFile(SQLiteTokenStorage):
    """A database in a file, with the tables of the adapters."""

    _tables = _TABLES
    _schema_version = "1"

    @raises_from_its_caller
    def change(self, query: str, rows: Iterable[tuple[str, ...]]) -> int:
        """Change rows, and return how many."""
        with self._writing() as database:
            return database.executemany(query, rows).rowcount

    @raises_from_its_caller
    def select(self, query: str, *parameters: str) -> list[Any]:
        """Read rows."""
        return self._select(query, *parameters)


class _DatabaseInMemory:
    """The same in memory, for the threads of one process."""

    def __init__(self, connect_params: dict[str, Any] | None) -> None:
        self._lock = threading.Lock()
        params: dict[str, Any] = {"check_same_thread": False, **(connect_params or {})}
        self._connection: sqlite3.Connection = sqlite3.connect(_IN_MEMORY, **params)
        for table in _TABLES:
            self._connection.execute(table)

    @raises_from_its_caller
    def change(self, query: str, rows: Iterable[tuple[str, ...]]) -> int:
        with self._lock, self._connection:
            return self._connection.executemany(query, rows).rowcount

    @raises_from_its_caller
    def select(self, query: str, *parameters: str) -> list[Any]:
        with self._lock:
            return self._connection.execute(query, parameters).fetchall()

    def close(self) -> None:
        self._connection.close()


def _copy_documents(token_response: TokenReply) -> dict[str, dict[str, Any]]:
    return {server: dict(document) for server, document in token_response.by_resource_server.items()}
