"""The older adapters of globus-sdk: what one package writes, the other one reads."""

from __future__ import annotations

import inspect
import json
import pickle
import sqlite3
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import globus_sdk.token_storage.legacy
import pytest

from globus_transport import (
    GlobusSDKUsageError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    Response,
    ValidationError,
)
from globus_transport.token_storage import JSONTokenStorage, SQLiteTokenStorage, legacy

PEER = globus_sdk.token_storage.legacy
KINDS = ("SimpleJSONFileAdapter", "SQLiteAdapter")


def reply(*servers: str, access: str = "access") -> Any:
    documents = {
        server: {
            "scope": "a b",
            "access_token": f"{access} of {server}",
            "refresh_token": None,
            "token_type": "Bearer",
            "expires_at_seconds": 2**31,
            "resource_server": server,
        }
        for server in servers
    }
    return SimpleNamespace(by_resource_server=documents)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def open_adapter() -> Iterator[Callable[[Any, str, Any], Any]]:
    """Makes adapters of either package, and closes them: those of globus-sdk keep a database open."""
    with ExitStack() as opened:

        def open_one(package: Any, kind: str, path: Any) -> Any:
            adapter = getattr(package, kind)(path)
            opened.callback(getattr(adapter, "close", lambda: None))
            return adapter

        yield open_one


@pytest.mark.parametrize("name", PEER.__all__)
def test_methods_parameters_and_attributes_are_those_of_globus_sdk(name: str) -> None:
    theirs, ours = getattr(PEER, name), getattr(legacy, name)
    for member, value in inspect.getmembers(theirs):
        if member.startswith("_") and member != "__init__":
            continue
        assert hasattr(ours, member), member
        if inspect.isfunction(value):
            parameters = inspect.signature(getattr(ours, member)).parameters.values()
            expected = inspect.signature(value).parameters.values()
            assert [(one.name, one.kind, one.default) for one in parameters] == [
                (one.name, one.kind, one.default) for one in expected
            ]
        elif not callable(value):
            assert getattr(ours, member) == value or member == "__init__"
    assert [base.__name__ for base in ours.__mro__ if base.__name__.endswith("Adapter")] == [
        base.__name__ for base in theirs.__mro__ if base.__name__.endswith("Adapter")
    ]


@pytest.mark.parametrize(("writer", "reader"), [(PEER, legacy), (legacy, PEER)])
def test_one_package_reads_and_changes_what_the_other_wrote(
    writer: Any, reader: Any, kind: str, tmp_path: Path, open_adapter: Callable[[Any, str, Any], Any]
) -> None:
    path = tmp_path / "tokens"
    written = reply("a", "b")
    open_adapter(writer, kind, path).store(written)
    adapter = open_adapter(reader, kind, path)
    assert adapter.file_exists()
    assert adapter.get_by_resource_server() == written.by_resource_server
    assert adapter.get_token_data("a") == written.by_resource_server["a"]
    assert adapter.get_token_data("c") is None
    adapter.on_refresh(reply("b", "c", access="newer"))
    again = open_adapter(writer, kind, str(path)).get_by_resource_server()
    assert {server: document["access_token"] for server, document in again.items()} == {
        "a": "access of a",
        "b": "newer of b",
        "c": "newer of c",
    }


@pytest.mark.parametrize(("writer", "reader"), [(PEER, legacy), (legacy, PEER)])
def test_settings_and_namespaces_of_a_database(writer: Any, reader: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "tokens.db")
    first = writer.SQLiteAdapter(path, namespace="first")
    first.store(reply("a"))
    first.store_config("login", {"client_id": "id", "more": [1, None]})
    settings = writer.SQLiteAdapter(path, namespace="settings")
    settings.store_config("login", {})
    second = reader.SQLiteAdapter(path, namespace="second", connect_params={"timeout": 5})
    assert (second.filename, second.dbname, second.namespace) == (path, path, "second")
    assert second.get_by_resource_server() == {}
    assert second.read_config("login") is None
    assert second.remove_config("login") is False
    assert second.remove_tokens_for_resource_server("a") is False
    second.store(reply("b"))
    same = reader.SQLiteAdapter(path, namespace="first")
    assert same.read_config("login") == {"client_id": "id", "more": [1, None]}
    assert set(same.iter_namespaces()) == {"first", "second"}
    assert sorted(same.iter_namespaces(include_config_namespaces=True)) == ["first", "second", "settings"]
    same.store_config("login", {"client_id": "other"})
    assert first.read_config("login") == {"client_id": "other"}
    assert same.remove_config("login") is True
    assert same.remove_tokens_for_resource_server("a") is True
    assert first.read_config("login") is None
    assert first.get_by_resource_server() == {}
    assert second.get_token_data("b") == reply("b").by_resource_server["b"]
    for adapter in (first, settings, second, same):
        adapter.close()


def test_databases_of_both_packages_have_the_same_tables(tmp_path: Path) -> None:
    found = []
    for package in (PEER, legacy):
        path = tmp_path / package.__name__
        package.SQLiteAdapter(path).close()
        with sqlite3.connect(path) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
            version = (
                "SELECT value FROM sdk_storage_adapter_internal WHERE attribute='globus-sdk.database_schema_version'"
            )
            found.append(({name for (name,) in tables}, database.execute(version).fetchall()))
        database.close()
    assert found[0] == found[1]


def test_a_database_in_memory_is_used_by_several_threads() -> None:
    adapter = legacy.SQLiteAdapter(":memory:")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: adapter.store(reply(f"server {number}")), range(20)))
    assert len(adapter.get_by_resource_server()) == 20
    adapter.store_config("login", {"a": 1})
    assert adapter.read_config("login") == {"a": 1}
    with closing(legacy.SQLiteAdapter(":memory:")) as other:
        assert list(other.iter_namespaces()) == []
    adapter.close()
    with pytest.raises(sqlite3.ProgrammingError):
        adapter.get_token_data("server 1")


def test_programs_that_write_at_the_same_time_lose_nothing(kind: str, tmp_path: Path) -> None:
    def store(number: int) -> None:
        getattr(legacy, kind)(tmp_path / "tokens").store(reply(f"server {number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store, range(40)))
    assert len(getattr(legacy, kind)(tmp_path / "tokens").get_by_resource_server()) == 40


def test_files_are_closed_to_other_users(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "tokens"
    adapter = getattr(legacy, kind)(path)
    adapter.store(reply("a"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with adapter.user_only_umask():
        (tmp_path / "own").touch()
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600
    copy = pickle.loads(pickle.dumps(adapter))
    assert copy.get_token_data("a") == adapter.get_token_data("a")


def test_what_is_no_file_of_tokens_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    secret = json.dumps({"format_version": "2.0", "data": {"DEFAULT": {}}, "globus-sdk.version": "4"})
    for content in (secret, "[]", "{", '{"format_version": "1.0"}'):
        path.write_text(content)
        adapter = legacy.SimpleJSONFileAdapter(path)
        with pytest.raises(ValueError, match="is not a token file"):
            adapter.store(reply("a"))
        assert path.read_text() == content
    path.write_text("no database " * 100)
    with pytest.raises(ValidationError, match="no database"):
        legacy.SQLiteAdapter(path)
    adapter_of_rows = legacy.SQLiteAdapter(tmp_path / "tokens.db")
    with sqlite3.connect(tmp_path / "tokens.db") as database:
        database.execute("INSERT INTO token_storage VALUES ('DEFAULT', 'a', 'a-secret')")
        database.execute("INSERT INTO config_storage VALUES ('DEFAULT', 'a', '[]')")
    database.close()
    with pytest.raises(ValidationError, match="a row of token_storage") as raised:
        adapter_of_rows.get_token_data("a")
    assert "a-secret" not in repr(raised.value)
    with pytest.raises(ValidationError, match="a row of config_storage"):
        adapter_of_rows.read_config("a")
    with pytest.raises(GlobusSDKUsageError, match="cannot be made"):
        legacy.SimpleJSONFileAdapter(path / "tokens")


def test_the_storages_read_the_files_of_adapters(tmp_path: Path) -> None:
    legacy.SimpleJSONFileAdapter(tmp_path / "tokens.json").store(reply("a"))
    legacy.SQLiteAdapter(tmp_path / "tokens.db").store(reply("a"))
    for storage in (JSONTokenStorage(tmp_path / "tokens.json"), SQLiteTokenStorage(tmp_path / "tokens.db")):
        found = storage.get_token_data("a")
        assert found is not None
        assert found.access_token == "access of a"


def test_an_authorizer_stores_its_renewals_in_an_adapter() -> None:
    class Adapter(legacy.MemoryAdapter):
        pass

    tokens = dict(reply("a").by_resource_server["a"], access_token="newer", expires_in=60)
    adapter = Adapter()
    answer = Response(200, {"Content-Type": "application/json"}, json.dumps(tokens).encode())
    client = NativeAppAuthClient("id")
    client.stack = client.stack.over(lambda request: answer)
    RefreshTokenAuthorizer("r", client, on_refresh=adapter.on_refresh).ensure_valid_token()
    found = adapter.get_token_data("a")
    assert found is not None
    assert found["access_token"] == "newer"
    assert adapter.get_token_data("b") is None
    with pytest.raises(TypeError, match="abstract"):
        legacy.StorageAdapter()  # type: ignore[abstract]
