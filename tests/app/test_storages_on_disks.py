"""Storages on the disks of real machines: without flock, read only, with killed writers, with loose permissions."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import pickle
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from globus_transport import GlobusError
from globus_transport.token_storage import (
    JSONTokenStorage,
    SQLiteTokenStorage,
    TokenStorageData,
    TokenStorageError,
    file_lock,
    marker_lock,
)
from globus_transport.token_storage.file_lock import FileLock
from globus_transport.token_storage.marker_lock import MarkerLock

#: Windows has none, and other permissions.
fcntl = pytest.importorskip("fcntl")

FILES: dict[str, type[JSONTokenStorage | SQLiteTokenStorage]] = {"json": JSONTokenStorage, "sqlite": SQLiteTokenStorage}
REFUSALS = [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP]
NOBODY = 65534


def tokens(server: str = "a.server", access: str = "an-access-token") -> TokenStorageData:
    return TokenStorageData(server, "someone", "a b", access, "a-refresh-token", 2**31, "Bearer")


def store(storage: JSONTokenStorage | SQLiteTokenStorage, *servers: str) -> None:
    storage.store_token_data_by_resource_server({server: tokens(server) for server in servers or ("a.server",)})


def permissions(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def failing(code: int) -> Callable[..., Any]:
    def fail(*_arguments: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(params=["json", "sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def without_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(errno.ENOLCK))


@pytest.fixture
def fast_markers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marker_lock, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(marker_lock, "SILENCE_SECONDS", 1.0)


# Without flock


@pytest.mark.parametrize("code", REFUSALS, ids=errno.errorcode.get)
def test_without_flock_tokens_are_stored_and_read(
    kind: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", failing(code))
    storage = FILES[kind](tmp_path / "tokens")
    store(storage, "a.server", "b.server")
    assert storage.remove_token_data("b.server")
    copied = pickle.loads(pickle.dumps(storage))
    assert copied.get_token_data_by_resource_server() == {"a.server": tokens()}
    assert permissions(tmp_path) == {"tokens": 0o600, "tokens.lock": 0o600}


def test_without_flock_the_marker_names_its_owner(tmp_path: Path, without_flock: None) -> None:
    with FileLock(str(tmp_path / "a.lock")):
        assert permissions(tmp_path)["a.lock.owner"] == 0o600
        owner = json.loads((tmp_path / "a.lock.owner").read_text())
    assert owner["pid"] == os.getpid()
    assert owner["host"]
    assert len(owner["id"]) == 32
    assert abs(owner["since"] - time.time()) < 60


@pytest.mark.usefixtures("without_flock")
def test_without_flock_the_lock_is_for_one_at_a_time(kind: str, tmp_path: Path) -> None:
    mine, other = (FILES[kind](tmp_path / "tokens") for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        with mine.exclusive(), mine.exclusive():
            written = pool.submit(store, other, "a.server")
            store(mine, "b.server")
            with pytest.raises(TimeoutError):
                written.result(0.3)
        written.result(10)
    assert mine.get_token_data_by_resource_server().keys() == {"a.server", "b.server"}


@pytest.mark.usefixtures("without_flock")
def test_without_flock_sqlite_asks_the_disk_for_no_lock(tmp_path: Path) -> None:
    storage = SQLiteTokenStorage(tmp_path / "tokens", connect_params={"timeout": 0})
    other = sqlite3.connect(tmp_path / "tokens", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store(storage)
    assert storage.get_token_data("a.server") == tokens()
    other.close()


def _store_many(kind: str, path: str, first: int) -> None:
    fcntl.flock = failing(errno.ENOSYS)
    storage = FILES[kind](path)
    for number in range(first, first + 8):
        store(storage, f"server-{number}")


def test_without_flock_processes_do_not_lose_each_others_tokens(kind: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    arguments = [(kind, str(tmp_path / "tokens"), first) for first in (0, 8, 16)]
    others = [context.Process(target=_store_many, args=given) for given in arguments]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
    assert [other.exitcode for other in others] == [0, 0, 0]
    assert len(FILES[kind](tmp_path / "tokens").get_token_data_by_resource_server()) == 24


_HOLD_FOREVER = """
import os, sys
from globus_transport.token_storage.marker_lock import MarkerLock
MarkerLock(sys.argv[1]).acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def abandoned(tmp_path: Path) -> Path:
    """A marker whose owner was killed."""
    marker = tmp_path / "a.lock.owner"
    command = [sys.executable, "-c", _HOLD_FOREVER, str(marker)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"held\n"
        owner.kill()
    assert marker.exists()
    return marker


def change_owner(marker: Path, **changes: object) -> None:
    marker.write_text(json.dumps({**json.loads(marker.read_text()), **changes}))


@pytest.mark.usefixtures("without_flock")
def test_a_marker_of_a_killed_process_is_taken_over(abandoned: Path) -> None:
    started = time.monotonic()
    with FileLock(str(abandoned.with_suffix(""))):
        assert json.loads(abandoned.read_text())["pid"] == os.getpid()
    assert time.monotonic() - started < 5
    assert not abandoned.exists()


@pytest.mark.usefixtures("without_flock", "fast_markers")
@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"pid": 1e99}', b"\xff"])
def test_a_marker_of_another_host_is_taken_over_when_it_is_silent(abandoned: Path, content: bytes | None) -> None:
    if content is None:
        change_owner(abandoned, host="another-host")
    else:
        # Its owner died while it wrote the file.
        abandoned.write_bytes(content)
    started = time.monotonic()
    with FileLock(str(abandoned.with_suffix(""))):
        assert time.monotonic() - started >= 1.0


@pytest.mark.usefixtures("fast_markers")
def test_a_marker_whose_owner_lives_is_not_taken_over(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    held = MarkerLock(str(marker)).acquire()
    # A process id says nothing on another host.
    change_owner(marker, host="another-host", pid=2**22 + 1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(MarkerLock(str(marker)).acquire)
        with pytest.raises(TimeoutError):
            waiting.result(2.0)
        # A marker that is no longer its own is not removed.
        held.release()
        assert marker.exists()
        waiting.result(10).release()
    assert not marker.exists()


@pytest.mark.usefixtures("fast_markers")
@pytest.mark.parametrize("also", [False, True], ids=["", "whose taker died too"])
def test_many_take_over_a_marker_one_at_a_time(abandoned: Path, also: bool) -> None:
    if also:
        abandoned.with_name("a.lock.owner.takeover").write_bytes(abandoned.read_bytes())
    holders: list[int] = []
    most: list[int] = []

    def hold(number: int) -> None:
        held = MarkerLock(str(abandoned)).acquire()
        holders.append(number)
        most.append(len(holders))
        time.sleep(0.01)
        holders.remove(number)
        held.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold, range(16)))
    assert most == [1] * 16
    assert list(abandoned.parent.iterdir()) == []


def test_no_thread_is_left_of_a_marker(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    held = MarkerLock(str(tmp_path / "marker")).acquire()
    assert set(threading.enumerate()) != before
    held.release()
    assert set(threading.enumerate()) == before


@pytest.mark.usefixtures("without_flock")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_forked_child_leaves_its_parents_marker(tmp_path: Path) -> None:
    storage = JSONTokenStorage(tmp_path / "tokens")
    with storage.exclusive():
        child = os.fork()
        if child == 0:
            status = 1
            try:
                # The parent has the lock: the child waits until it is free.
                store(storage, "b.server")
                status = 0
            finally:
                os._exit(status)
        time.sleep(0.3)
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
        assert (tmp_path / "tokens.lock.owner").exists()
        store(storage, "a.server")
    assert os.waitpid(child, 0)[1] == 0
    assert storage.get_token_data_by_resource_server().keys() == {"a.server", "b.server"}


@pytest.fixture
def without_markers(monkeypatch: pytest.MonkeyPatch, without_flock: None) -> None:
    monkeypatch.setattr(file_lock, "_warned", False)
    monkeypatch.setattr(MarkerLock, "acquire", failing(errno.EOPNOTSUPP))


@pytest.mark.usefixtures("without_markers")
def test_without_any_lock_there_is_one_warning(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for number, kind in enumerate(["json", "sqlite", "json"]):
            storage = FILES[kind](tmp_path / f"tokens-{number}")
            store(storage)
            assert storage.get_token_data("a.server") == tokens()
    (warning,) = caught
    assert str(tmp_path / "tokens-0.lock") in str(warning.message)
    assert "one program at a time" in str(warning.message)


@pytest.mark.usefixtures("without_markers")
@pytest.mark.filterwarnings("ignore:.*cannot be locked:RuntimeWarning")
def test_without_any_lock_threads_still_exclude_each_other(kind: str, tmp_path: Path) -> None:
    storages = [FILES[kind](tmp_path / "tokens") for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: store(storages[number % 2], f"server-{number}"), range(16)))
    assert len(storages[0].get_token_data_by_resource_server()) == 16


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.EACCES], ids=errno.errorcode.get)
def test_another_failure_of_the_lock_names_the_file(
    kind: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FILES[kind](tmp_path / "tokens")
    monkeypatch.setattr(fcntl, "flock", failing(code))
    for write in (lambda: store(storage), lambda: storage.remove_token_data("a.server")):
        with pytest.raises(TokenStorageError, match=rf"tokens\.lock.*{os.strerror(code)}.*filepath") as caught:
            write()
        assert isinstance(caught.value, GlobusError)
        assert isinstance(caught.value, OSError)
        assert isinstance(caught.value.__cause__, OSError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


# Read only

_USE_AS_NOBODY = """
import json, os, sys, tempfile
from globus_transport.token_storage import JSONTokenStorage, SQLiteTokenStorage, TokenStorageData, TokenStorageError
kind, path, user = sys.argv[1:]
# What is imported on first use may be in a folder that is closed to the other user.
with tempfile.TemporaryDirectory() as folder:
    for storage in (JSONTokenStorage(folder + "/json"), SQLiteTokenStorage(folder + "/sqlite")):
        storage.store_token_data_by_resource_server({"x": TokenStorageData("x", None, "x", "x", None, None, None)})
        storage.get_token_data("x")
os.setgid(int(user))
os.setuid(int(user))
storage = {"json": JSONTokenStorage, "sqlite": SQLiteTokenStorage}[kind](path)
stored = storage.get_token_data_by_resource_server()
print(json.dumps({server: data.access_token for server, data in stored.items()}))
for write in (
    lambda: storage.store_token_data_by_resource_server(stored),
    lambda: storage.remove_token_data("a.server"),
    lambda: storage.exclusive().__enter__(),
):
    try:
        write()
    except TokenStorageError as error:
        print(error)
"""


@pytest.fixture
def open_path(tmp_path: Path) -> Iterator[Path]:
    """A folder that other users can get to; pytest's own is closed to them."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    closed = [path for path in folder.parents if not path.stat().st_mode & stat.S_IXOTH]
    before = {path: stat.S_IMODE(path.stat().st_mode) for path in closed}
    for path in closed:
        path.chmod(before[path] | stat.S_IXOTH)
    yield folder
    for path in closed:
        path.chmod(before[path])


def use_as_nobody(kind: str, path: Path) -> list[str]:
    done = run(_USE_AS_NOBODY, kind, path, NOBODY)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


@pytest.mark.parametrize("lock", ["no lock file", "a lock file", "a lock file and a file of its own"])
def test_in_a_folder_that_may_only_be_read_tokens_are_read(kind: str, lock: str, open_path: Path) -> None:
    path = open_path / "tokens"
    store(FILES[kind](path))
    path.chmod(0o644)
    if lock == "no lock file":
        (open_path / "tokens.lock").unlink()
    else:
        os.chown(open_path / "tokens.lock", NOBODY, NOBODY)
    if lock == "a lock file and a file of its own":
        os.chown(path, NOBODY, NOBODY)
    before = path.read_bytes()
    found, *errors = use_as_nobody(kind, path)
    assert json.loads(found) == {"a.server": "an-access-token"}
    # With a lock file, the lock itself can be taken.
    assert len(errors) == (3 if lock == "no lock file" else 2)
    for error in errors:
        assert str(path) in error
        assert "filepath" in error
    assert path.read_bytes() == before
    assert {file.name for file in open_path.iterdir()} <= {"tokens", "tokens.lock"}


def test_in_a_folder_that_may_only_be_read_there_may_be_no_tokens(kind: str, open_path: Path) -> None:
    found, *errors = use_as_nobody(kind, open_path / "tokens")
    assert (found, len(errors)) == ("{}", 3)
    (open_path / "tokens").write_text("" if kind == "sqlite" else '{"format_version": "2.0", "data": {}}')
    assert use_as_nobody(kind, open_path / "tokens")[0] == "{}"


def test_a_database_with_a_write_ahead_log_is_read_in_a_folder_that_may_only_be_read(open_path: Path) -> None:
    path = open_path / "tokens"
    store(SQLiteTokenStorage(path))
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=wal")
    database.close()
    path.chmod(0o644)
    assert json.loads(use_as_nobody("sqlite", path)[0]) == {"a.server": "an-access-token"}


def test_a_file_that_may_not_be_read_is_named(kind: str, open_path: Path) -> None:
    path = open_path / "tokens"
    store(FILES[kind](path))
    done = run(_USE_AS_NOBODY, kind, path, NOBODY)
    assert "TokenStorageError" in done.stderr.splitlines()[-1]
    assert str(path) in done.stderr.splitlines()[-1]


def test_reading_makes_no_file(kind: str, tmp_path: Path) -> None:
    storage = FILES[kind](tmp_path / "tokens")
    for path in tmp_path.iterdir():
        path.unlink()
    assert storage.get_token_data_by_resource_server() == {}
    assert list(tmp_path.iterdir()) == []


def test_any_path_can_be_used(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a folder?mode=memory" / "größer#50%25&x=%41"
    store(FILES[kind](path))
    assert FILES[kind](path).get_token_data("a.server") == tokens()
    assert path.stat().st_size > 0


# Killed writers

_KILLED_WRITER = """
import errno, fcntl, os, signal, sys
from globus_transport.token_storage import JSONTokenStorage, TokenStorageData
def die(*_arguments):
    os.kill(os.getpid(), signal.SIGKILL)
def refuse(*_arguments):
    raise OSError(errno.ENOSYS, "refused")
if sys.argv[2] == "markers":
    fcntl.flock = refuse
storage = JSONTokenStorage(sys.argv[1])
os.replace = die
data = TokenStorageData("a.server", None, "a", "a-live-token", None, None, None)
storage.store_token_data_by_resource_server({"a.server": data})
"""


def kill_a_writer(path: Path, locks: str = "flock") -> None:
    """Kill a process between writing the new file and moving it into place."""
    assert run(_KILLED_WRITER, path, locks).returncode == -signal.SIGKILL


def files_with(text: str, folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if text in path.read_text())


@pytest.mark.parametrize("locks", ["flock", "markers"])
def test_the_next_writer_removes_what_a_killed_one_left(
    locks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if locks == "markers":
        monkeypatch.setattr(fcntl, "flock", failing(errno.ENOSYS))
    path = tmp_path / "tokens.json"
    others = [".tokens.json.settings", ".tokens.json.swp", ".other.json.abcdefgh.tmp", "tokens.json.abcdefgh.tmp"]
    for name in others:
        (tmp_path / name).write_text("a-live-token")
    kill_a_writer(path, locks)
    assert len(files_with("a-live-token", tmp_path)) == len(others) + 1
    store(JSONTokenStorage(path), "b.server")
    assert files_with("a-live-token", tmp_path) == sorted(others)
    assert JSONTokenStorage(path).get_token_data_by_resource_server().keys() == {"b.server"}


def test_a_writer_that_finds_nothing_to_change_removes_it_too(tmp_path: Path) -> None:
    kill_a_writer(tmp_path / "tokens.json")
    assert files_with("a-live-token", tmp_path)
    assert not JSONTokenStorage(tmp_path / "tokens.json").remove_token_data("a.server")
    assert files_with("a-live-token", tmp_path) == []


@pytest.mark.usefixtures("without_markers")
@pytest.mark.filterwarnings("ignore:.*cannot be locked:RuntimeWarning")
def test_without_any_lock_a_fresh_file_may_belong_to_another_writer(tmp_path: Path) -> None:
    kill_a_writer(tmp_path / "tokens.json")
    store(JSONTokenStorage(tmp_path / "tokens.json"))
    (left,) = files_with("a-live-token", tmp_path)
    os.utime(tmp_path / left, (time.time() - 7200, time.time() - 7200))
    store(JSONTokenStorage(tmp_path / "tokens.json"))
    assert files_with("a-live-token", tmp_path) == []


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def test_a_disk_that_cannot_sync_folders_stores_tokens(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def sync_files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync_files_only)
    storage = JSONTokenStorage(tmp_path / "tokens")
    store(storage)
    assert storage.get_token_data("a.server") == tokens()


# Permissions


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("locks", ["flock", "markers"])
def test_with_an_open_umask_folders_and_files_are_private(
    kind: str, locks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if locks == "markers":
        monkeypatch.setattr(fcntl, "flock", failing(errno.ENOSYS))
    top = tmp_path / "one"
    storage = FILES[kind](top / "two" / "three" / "tokens")
    with storage.exclusive():
        store(storage)
        made = {path: stat.S_IMODE(path.stat().st_mode) for path in (top, *top.rglob("*"))}
    assert {made.pop(path) for path in list(made) if path.is_dir()} == {0o700}
    assert set(made.values()) == {0o600}
    assert len(made) == (3 if locks == "markers" else 2)


@pytest.mark.usefixtures("open_umask")
def test_a_file_that_was_removed_is_made_again_and_private(kind: str, tmp_path: Path) -> None:
    storage = FILES[kind](tmp_path / "tokens")
    store(storage)
    for path in tmp_path.iterdir():
        path.unlink()
    store(storage, "b.server")
    assert permissions(tmp_path) == {"tokens": 0o600, "tokens.lock": 0o600}
    assert storage.get_token_data_by_resource_server().keys() == {"b.server"}


def test_a_file_that_others_can_read_is_closed_when_tokens_are_written(kind: str, tmp_path: Path) -> None:
    storage = FILES[kind](tmp_path / "tokens")
    store(storage)
    (tmp_path / "tokens").chmod(0o664)
    store(storage)
    assert permissions(tmp_path)["tokens"] == 0o600
    (tmp_path / "tokens").chmod(0o644)
    assert storage.remove_token_data("a.server")
    assert permissions(tmp_path)["tokens"] == 0o600


@pytest.mark.usefixtures("open_umask")
def test_the_files_beside_a_database_are_closed_as_well(tmp_path: Path) -> None:
    storage = SQLiteTokenStorage(tmp_path / "tokens")
    (tmp_path / "tokens").chmod(0o644)
    other = sqlite3.connect(tmp_path / "tokens")
    other.execute("PRAGMA journal_mode=wal")
    other.execute("INSERT INTO token_storage VALUES ('another', 'a.server', '{}')")
    other.commit()
    assert {"tokens-wal", "tokens-shm"} <= permissions(tmp_path).keys()
    assert permissions(tmp_path)["tokens-wal"] == 0o644
    store(storage)
    assert set(permissions(tmp_path).values()) == {0o600}
    other.close()


def test_a_database_of_someone_else_that_others_can_read_is_refused(open_path: Path) -> None:
    path = open_path / "tokens"
    store(SQLiteTokenStorage(path))
    path.chmod(0o666)
    os.chown(open_path / "tokens.lock", NOBODY, NOBODY)
    open_path.chmod(0o777)
    found, *errors = use_as_nobody("sqlite", path)
    assert json.loads(found) == {"a.server": "an-access-token"}
    assert len(errors) == 2
    for error in errors:
        assert "other users can read" in error
        assert str(path) in error


def test_a_json_file_of_someone_else_is_replaced_or_refused(open_path: Path) -> None:
    path = open_path / "tokens"
    store(JSONTokenStorage(path))
    path.chmod(0o666)
    os.chown(open_path / "tokens.lock", NOBODY, NOBODY)
    # As in /tmp: a user may make files, and may not replace those of others.
    open_path.chmod(0o1777)
    _, *errors = use_as_nobody("json", path)
    assert len(errors) == 2
    assert str(path) in errors[0]
    open_path.chmod(0o777)
    _, *errors = use_as_nobody("json", path)
    assert errors == []
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (NOBODY, 0o600)
