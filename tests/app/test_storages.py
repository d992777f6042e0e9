"""Storages: what all of them do, and what the files look like, to globus-sdk as well."""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import globus_sdk.token_storage
import pytest
from globus_sdk.token_storage.base import _default_globus_app_filepath

from globus_transport import (
    GlobusAppConfig,
    GlobusSDKUsageError,
    OAuthDependentTokenResponse,
    Response,
    ValidationError,
)
from globus_transport.token_storage import (
    FileTokenStorage,
    JSONTokenStorage,
    KeyringTokenStorage,
    MemoryTokenStorage,
    RedisTokenStorage,
    SQLiteTokenStorage,
    TokenStorage,
    TokenStorageData,
)
from globus_transport.token_storage.file import build_default_path

FILES: dict[str, type[JSONTokenStorage | SQLiteTokenStorage]] = {"json": JSONTokenStorage, "sqlite": SQLiteTokenStorage}
PEERS = {
    "json": globus_sdk.token_storage.JSONTokenStorage,
    "sqlite": globus_sdk.token_storage.SQLiteTokenStorage,
}

MakeStorage = Callable[..., TokenStorage]


def tokens(server: str = "a.server", access: str = "an-access-token", **changes: Any) -> TokenStorageData:
    given = {"identity_id": "someone", "scope": "a b", "refresh_token": "r", "expires_at_seconds": 2**31, **changes}
    return TokenStorageData(server, access_token=access, token_type="Bearer", **given)


@pytest.fixture(params=["memory", "json", "sqlite", "redis", "keyring"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStorage:
    kind = request.param
    url = request.getfixturevalue("redis_url") if kind == "redis" else ""
    if kind == "keyring":
        request.getfixturevalue("system_keyring")

    def make_storage(namespace: str = "DEFAULT") -> TokenStorage:
        if kind == "memory":
            return MemoryTokenStorage(namespace=namespace)
        if kind == "keyring":
            return KeyringTokenStorage(f"{request.node.name} of the tests", namespace=namespace)
        if kind == "redis":
            return RedisTokenStorage(url, prefix=request.node.nodeid, namespace=namespace)
        return FILES[kind](tmp_path / "folder" / "tokens", namespace=namespace)

    return make_storage


@pytest.fixture(params=["json", "sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_what_is_stored_comes_back(make: MakeStorage) -> None:
    storage = make()
    assert storage.get_token_data_by_resource_server() == {}
    assert storage.get_token_data("a.server") is None
    first = {"a.server": tokens(extra={"more": 1}), "b.server": tokens("b.server", refresh_token=None)}
    storage.store_token_data_by_resource_server(first)
    assert storage.get_token_data_by_resource_server() == first
    newer = tokens(access="newer", expires_at_seconds=None, identity_id=None)
    storage.store_token_data_by_resource_server({"a.server": newer})
    assert storage.get_token_data("a.server") == newer
    assert storage.get_token_data("b.server") == first["b.server"]
    assert storage.remove_token_data("a.server") is True
    assert storage.remove_token_data("a.server") is False
    assert storage.get_token_data_by_resource_server().keys() == {"b.server"}
    storage.close()


def test_what_is_given_out_is_a_copy(make: MakeStorage) -> None:
    storage = make()
    data = tokens()
    storage.store_token_data_by_resource_server({"a.server": data})
    data.access_token = "changed"
    found = storage.get_token_data("a.server")
    assert found is not None
    found.scope = "changed"
    assert storage.get_token_data("a.server") == tokens()


def test_it_survives_pickling(make: MakeStorage) -> None:
    storage = make()
    storage.store_token_data_by_resource_server({"a.server": tokens()})
    with storage.exclusive():
        copied = pickle.loads(pickle.dumps(storage))
    assert copied.get_token_data("a.server") == tokens()
    copied.store_token_data_by_resource_server({"b.server": tokens("b.server")})


def test_nothing_secret_is_printed(make: MakeStorage) -> None:
    storage = make()
    storage.store_token_data_by_resource_server({"a.server": tokens()})
    assert "an-access-token" not in f"{storage!r} {storage} {tokens()}"
    assert "namespace 'DEFAULT'" in repr(storage)


def test_namespaces(kind: str, tmp_path: Path) -> None:
    one, two = (FILES[kind](tmp_path / "tokens", namespace=name) for name in ("one", "two"))
    one.store_token_data_by_resource_server({"a.server": tokens(access="1")})
    two.store_token_data_by_resource_server({"a.server": tokens(access="2")})
    assert one.get_token_data("a.server") == tokens(access="1")
    assert two.remove_token_data("a.server")
    assert one.get_token_data("a.server") == tokens(access="1")
    if isinstance(one, SQLiteTokenStorage):
        assert list(one.iter_namespaces()) == ["one"]


def test_only_the_owner_can_read(kind: str, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        storage = FILES[kind](tmp_path / "folder" / "tokens")
        storage.store_token_data_by_resource_server({"a.server": tokens()})
    finally:
        os.umask(before)
    assert storage.file_exists()
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "folder").iterdir()} == {0o600}


def test_globus_sdk_reads_it_and_we_read_its(kind: str, tmp_path: Path) -> None:
    ours = FILES[kind](tmp_path / "tokens")
    ours.store_token_data_by_resource_server({"a.server": tokens()})
    theirs: Any = PEERS[kind](tmp_path / "tokens")
    assert theirs.get_token_data("a.server").to_dict() == tokens().to_dict()
    theirs.store_token_data_by_resource_server(
        {"b.server": globus_sdk.token_storage.TokenStorageData(**tokens("b.server").to_dict())}
    )
    theirs.close()
    assert ours.get_token_data_by_resource_server() == {"a.server": tokens(), "b.server": tokens("b.server")}
    fresh: Any = PEERS[kind](tmp_path / "its-own")
    fresh.store_token_data_by_resource_server(
        {"a.server": globus_sdk.token_storage.TokenStorageData(**tokens().to_dict())}
    )
    fresh.close()
    assert FILES[kind](tmp_path / "its-own").get_token_data("a.server") == tokens()


def test_the_first_format_is_read(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(json.dumps({"format_version": "1.0", "by_rs": {"a.server": tokens().to_dict()}}))
    storage = JSONTokenStorage(file)
    assert storage.get_token_data("a.server") == tokens()
    storage.store_token_data_by_resource_server({"b.server": tokens("b.server")})
    assert json.loads(file.read_text())["format_version"] == "2.0"
    assert storage.get_token_data("a.server") == tokens()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"data": {"DEFAULT": {"secret"', "no JSON"),
        ("", "no JSON"),
        ("[]", "no object"),
        ("{}", "format_version is None"),
        ('{"format_version": "3.0", "data": {}}', "format_version is '3.0'"),
        ('{"format_version": "2.0"}', "not where they should be"),
        ('{"format_version": "2.0", "data": {"DEFAULT": ["secret"]}}', "not where they should be"),
        ('{"format_version": "1.0"}', "not where they should be"),
    ],
)
def test_another_file_is_left_alone(tmp_path: Path, content: str, why: str) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(content)
    storage = JSONTokenStorage(file)
    for use in (
        lambda: storage.get_token_data("a.server"),
        lambda: storage.store_token_data_by_resource_server({"a.server": tokens()}),
        lambda: storage.remove_token_data("a.server"),
    ):
        with pytest.raises(ValidationError, match=why) as caught:
            use()
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None
    assert file.read_text() == content


def test_a_malformed_token_is_told_without_showing_it(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    stored = {**tokens().to_dict(), "refresh_token": ["secret"]}
    file.write_text(json.dumps({"format_version": "2.0", "data": {"DEFAULT": {"a.server": stored}}}))
    with pytest.raises(ValidationError, match="'refresh_token' should be text, it is a list") as caught:
        JSONTokenStorage(file).get_token_data("a.server")
    assert "secret" not in str(caught.value)


def test_no_database(tmp_path: Path) -> None:
    file = tmp_path / "tokens.db"
    file.write_text("this is no database, whatever it is, and it is long enough to be looked at as one" * 20)
    with pytest.raises(ValidationError, match="no database"):
        SQLiteTokenStorage(file)
    assert file.read_text().startswith("this is no database")
    with pytest.raises(GlobusSDKUsageError, match="MemoryTokenStorage"):
        SQLiteTokenStorage(":memory:")


def test_a_locked_database_is_no_wrong_file(tmp_path: Path) -> None:
    storage = SQLiteTokenStorage(tmp_path / "tokens.db", connect_params={"timeout": 0.05})
    other = sqlite3.connect(tmp_path / "tokens.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        storage.store_token_data_by_resource_server({"a.server": tokens()})
    other.close()


@pytest.mark.parametrize("broken", ["os.fsync", "os.replace"])
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, broken: str) -> None:
    storage = JSONTokenStorage(tmp_path / "tokens.json")
    storage.store_token_data_by_resource_server({"a.server": tokens()})

    def no_space(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(broken, no_space)
        with pytest.raises(OSError, match="No space"):
            storage.store_token_data_by_resource_server({"a.server": tokens(access="newer")})
    assert storage.get_token_data("a.server") == tokens()
    assert {one.name for one in tmp_path.iterdir()} == {"tokens.json", "tokens.json.lock"}


def noting(name: str, real: Callable[..., Any], steps: list[str]) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        steps.append(name)
        return real(*args)

    return noted


def test_it_is_on_the_disk_before_it_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = JSONTokenStorage(tmp_path / "tokens.json")
    steps: list[str] = []
    for name in ("fsync", "replace"):
        monkeypatch.setattr(f"os.{name}", noting(name, getattr(os, name), steps))
    storage.store_token_data_by_resource_server({"a.server": tokens()})
    assert steps == ["fsync", "replace", "fsync"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "tokens.json"
    link.symlink_to(tmp_path / "elsewhere" / "real.json")
    JSONTokenStorage(link).store_token_data_by_resource_server({"a.server": tokens()})
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "real.json").is_file()


def test_a_relative_path_keeps_its_meaning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    storage = JSONTokenStorage("tokens.json")
    monkeypatch.chdir(tmp_path / "elsewhere")
    storage.store_token_data_by_resource_server({"a.server": tokens()})
    assert (tmp_path / "tokens.json").exists()
    assert storage.file_exists()


def test_threads_do_not_lose_each_others_tokens(make: MakeStorage) -> None:
    storage = make()

    def store(number: int) -> None:
        server = f"server-{number}"
        storage.store_token_data_by_resource_server({server: tokens(server)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store, range(24)))
    assert len(storage.get_token_data_by_resource_server()) == 24


def _store_many(kind: str, path: str, first: int) -> None:
    storage = FILES[kind](path)
    for number in range(first, first + 10):
        server = f"server-{number}"
        storage.store_token_data_by_resource_server({server: tokens(server)})
        assert storage.get_token_data(server) == tokens(server)


def test_processes_do_not_lose_each_others_tokens(kind: str, tmp_path: Path) -> None:
    path = str(tmp_path / "tokens")
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_store_many, args=(kind, path, first)) for first in (0, 10, 20)]
    for one in others:
        one.start()
    for one in others:
        one.join(60)
    assert [one.exitcode for one in others] == [0, 0, 0]
    assert len(FILES[kind](path).get_token_data_by_resource_server()) == 30


def test_the_lock_is_for_one_at_a_time(tmp_path: Path) -> None:
    mine, other = (JSONTokenStorage(tmp_path / "tokens.json") for _ in range(2))
    order: list[str] = []

    def write() -> None:
        other.store_token_data_by_resource_server({"a.server": tokens()})
        order.append("other")

    with ThreadPoolExecutor(1) as pool:
        with mine.exclusive(), mine.exclusive():
            written = pool.submit(write)
            # Who holds it may write.
            mine.store_token_data_by_resource_server({"b.server": tokens("b.server")})
            with pytest.raises(TimeoutError):
                written.result(0.2)
            order.append("mine")
        written.result(10)
    assert order == ["mine", "other"]
    assert mine.get_token_data_by_resource_server().keys() == {"a.server", "b.server"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("used", [False, True], ids=["that does nothing", "that writes"])
def test_a_child_does_not_keep_the_lock(tmp_path: Path, used: bool) -> None:
    mine, other = (JSONTokenStorage(tmp_path / "tokens.json") for _ in range(2))
    read, write = os.pipe()
    with mine.exclusive():
        child = os.fork()
        if child == 0:
            try:
                os.close(write)
                if used:
                    mine.store_token_data_by_resource_server({"b.server": tokens("b.server")})
                # Until the parent is done.
                os.read(read, 1)
            finally:
                os._exit(0)
        mine.store_token_data_by_resource_server({"a.server": tokens()})
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(other.store_token_data_by_resource_server, {"c.server": tokens("c.server")})
        try:
            written.result(5)
        finally:
            os.close(write)
            os.close(read)
            os.waitpid(child, 0)
    stored = mine.get_token_data_by_resource_server().keys()
    assert stored == ({"a.server", "b.server", "c.server"} if used else {"a.server", "c.server"})


@pytest.mark.parametrize("environment", ["production", "preview"])
@pytest.mark.parametrize("name", ["my app", "A.b/c:d*e?", "größer", "tab\there", 'x<>"|\\y'])
def test_the_default_place_is_globus_sdks(name: str, environment: str) -> None:
    assert build_default_path("an-id", name, environment) == _default_globus_app_filepath("an-id", name, environment)


def test_for_an_app(home: Path) -> None:
    config = GlobusAppConfig(environment="preview")
    for make in (JSONTokenStorage, SQLiteTokenStorage):
        storage = make.for_globus_app("an-id", "An App", config, "ns")
        assert Path(storage.filepath).parent == home / ".globus" / "app" / "an-id" / "an-app"
        assert Path(storage.filepath).name == f"preview-tokens.{make.file_format}"
        assert storage.namespace == "ns"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GlobusSDKUsageError, match="cannot be made"):
        JSONTokenStorage(tmp_path / "file" / "tokens.json")


def test_a_kind_of_ones_own_says_its_ending() -> None:
    with pytest.raises(TypeError, match="file_format"):
        type("Nameless", (FileTokenStorage,), {})


def test_a_reply_is_stored_whole() -> None:
    document = [
        {"access_token": name, "resource_server": name, "scope": name, "expires_in": 60, "token_type": "Bearer"}
        for name in ("one", "two")
    ]
    storage = MemoryTokenStorage()
    # Such a reply has no place for an id token.
    storage.store_token_response(OAuthDependentTokenResponse(Response(200, {}, json.dumps(document).encode())))
    stored = storage.get_token_data_by_resource_server()
    assert stored.keys() == {"one", "two"}
    assert (stored["one"].access_token, stored["one"].identity_id, stored["one"].refresh_token) == ("one", None, None)
