"""A token storage in an SQLite database."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from globus_transport import __version__
from globus_transport.exc.base import GlobusSDKUsageError, ValidationError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.errors import TokenStorageError, make_file_error
from globus_transport.token_storage.file import FileTokenStorage
from globus_transport.token_storage.token_data import TokenStorageData

#: The tables of globus-sdk for tokens, and for facts about the database itself.
TOKEN_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS token_storage (
        namespace VARCHAR NOT NULL,
        resource_server VARCHAR NOT NULL,
        token_data_json VARCHAR NOT NULL,
        PRIMARY KEY (namespace, resource_server)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS sdk_storage_adapter_internal (
        attribute VARCHAR NOT NULL,
        value VARCHAR NOT NULL,
        PRIMARY KEY (attribute)
    )
    """,
)
#: Primary result codes of SQLite (sqlite.org, "Result and Error Codes") that say that the file cannot be used.
_FILE_PROBLEMS = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
#: Suffixes of the files that SQLite makes beside a database. They hold its data.
_SIDE_FILES = ("-journal", "-wal", "-shm")


class SQLiteTokenStorage(FileTokenStorage):
    """Stores tokens in a database that only its owner can read. The tables are those of globus-sdk.

    :param filepath: the path of the database
    :param connect_params: further parameters of ``sqlite3.connect``
    :param namespace: separates several sets of tokens in one database
    :raises GlobusSDKUsageError: if ``filepath`` is ``":memory:"``, or the folder cannot be made
    :raises ValidationError: if the file exists and is not a database
    """

    file_format = "db"
    _tables: ClassVar[tuple[str, ...]] = TOKEN_TABLES
    _schema_version: ClassVar[str] = "2"

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
        # A storage that may only be read is no error: writing to it is one.
        with suppress(TokenStorageError), self._writing():
            pass

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the database under the lock, with its tables, and closed to other users."""
        with self.exclusive():
            _make_private(self._real_path)
            with self._connect("mode=rw") as database:
                for table in self._tables:
                    database.execute(table)
                database.executemany(
                    "INSERT OR IGNORE INTO sdk_storage_adapter_internal(attribute, value) VALUES (?, ?)",
                    [
                        ("globus-sdk.version", f"transport-{__version__}"),
                        ("globus-sdk.database_schema_version", self._schema_version),
                    ],
                )
                yield database

    def _select(self, query: str, *parameters: str) -> list[Any]:
        """Read rows. No file is made for that."""
        if not self._has_content():
            return []
        if self._has_no_disk_locks():
            # SQLite's own locks do not work there either, so that readers have to exclude writers in our way.
            with self.exclusive(), self._connect("mode=rw") as database:
                return database.execute(query, parameters).fetchall()
        try:
            # With mode=rw SQLite also opens a file that may only be read.
            with self._connect("mode=rw") as database:
                return database.execute(query, parameters).fetchall()
        except (TokenStorageError, sqlite3.OperationalError) as error:
            # Of a disk without locks, in a folder that may only be read, SQLite says that the database is locked.
            may_be_readable = isinstance(error, TokenStorageError) or self._lock.kind is None
            if not may_be_readable or any(map(_has_bytes, _list_side_files(self._real_path))):
                raise
        # There SQLite can make no files for locks and the like. A database that is complete needs none.
        with self._connect("mode=ro", "immutable=1") as database:
            return database.execute(query, parameters).fetchall()

    def _has_content(self) -> bool:
        try:
            return _has_bytes(self._real_path)
        except OSError as error:
            raise make_file_error(f"the token file {self.filepath!r} cannot be read", error) from error

    def _has_no_disk_locks(self) -> bool:
        return self._lock.kind in ("marker", "threads")

    @contextmanager
    def _connect(self, *options: str) -> Iterator[sqlite3.Connection]:
        # A new connection for each call: it must not be used in another thread or in a forked child.
        if self._has_no_disk_locks():
            options = (*options, "nolock=1")
        address = f"{Path(self._real_path).as_uri()}?{'&'.join(options)}"
        try:
            connection = sqlite3.connect(address, **{**self._connect_params, "uri": True})
            try:
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.OperationalError as error:
            # Errors of the module sqlite3 itself have no code.
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _FILE_PROBLEMS:
                raise
            raise TokenStorageError(
                f"the token file {self.filepath!r} cannot be used: {error}; check the permissions and the disk, or "
                "give a filepath in a folder that this user may write to"
            ) from error
        except sqlite3.DatabaseError as error:
            raise ValidationError(f"{self.filepath!r} is no database of tokens: {error}") from error

    @raises_from_its_caller
    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :raises TokenStorageError: if the file cannot be locked, or not be written; nothing is changed then
        :raises sqlite3.OperationalError: if another program has locked the database; nothing is changed then
        """
        rows = [
            (self.namespace, server, json.dumps(data.to_dict(include_extra=True)))
            for server, data in token_data_by_resource_server.items()
        ]
        with self._writing() as database:
            database.executemany(
                "REPLACE INTO token_storage(namespace, resource_server, token_data_json) VALUES (?, ?, ?)", rows
            )

    @raises_from_its_caller
    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server.

        :raises ValidationError: if a row does not hold a token document
        :raises TokenStorageError: if the file cannot be read
        """
        rows = self._select(
            "SELECT resource_server, token_data_json FROM token_storage WHERE namespace=?", self.namespace
        )
        return {server: TokenStorageData.from_dict(self._parse_row(text)) for server, text in rows}

    def _parse_row(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            # Not `from error`: the exception holds the text, and with it the tokens.
            raise ValidationError(f"{self.filepath!r}: a row of token_storage does not hold a JSON document") from None

    @raises_from_its_caller
    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        :raises TokenStorageError: if the file cannot be locked, or not be written; nothing is changed then
        :raises sqlite3.OperationalError: if another program has locked the database; nothing is changed then
        """
        with self._writing() as database:
            cursor = database.execute(
                "DELETE FROM token_storage WHERE namespace=? AND resource_server=?", (self.namespace, resource_server)
            )
            return cursor.rowcount > 0

    def iter_namespaces(self) -> Iterator[str]:
        """List every namespace that has tokens."""
        rows = self._select("SELECT DISTINCT namespace FROM token_storage")
        return (namespace for (namespace,) in rows)


def _list_side_files(path: str) -> list[str]:
    return [f"{path}{suffix}" for suffix in _SIDE_FILES]


def _has_bytes(path: str) -> bool:
    try:
        return os.path.getsize(path) > 0
    except FileNotFoundError:
        return False


def _make_private(path: str) -> None:
    """Make a database if it is missing, and take the permissions of other users from it and from its side files.

    SQLite itself makes a database that other users can read. It gives the side files the permissions of the database.

    :raises TokenStorageError: if that fails
    """
    try:
        # An existing file is not opened: closing it would release the locks of this process's other connections.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise make_file_error(f"the token file {path!r} cannot be made", error) from error
    for file in (path, *_list_side_files(path)):
        try:
            mode = stat.S_IMODE(os.stat(file).st_mode)
            # Windows has other permissions.
            if mode & 0o077 and os.name != "nt":
                os.chmod(file, mode & 0o700)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise TokenStorageError(
                f"tokens are not written to {file!r}, which other users can read: its permissions cannot be changed "
                f"({error.strerror}); its owner can close it with chmod 600, or give another filepath"
            ) from error
