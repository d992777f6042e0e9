"""The storage in Redis: its lock, what goes wrong, and what is never shown. The rest is tested with other storages."""

from __future__ import annotations

import multiprocessing
import socket
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from globus_transport import GlobusSDKUsageError, ValidationError
from globus_transport.token_storage import RedisTokenStorage, TokenStorageData, TokenStorageError
from globus_transport.token_storage import redis as module
from tests.core.tracebacks import chain, printed_with_locals
from tests.redis_server import PASSWORD

TOKENS = TokenStorageData("a.server", "someone", "a b", "an-access-token", "a-refresh-token", 2**31, "Bearer")
fork = multiprocessing.get_context("fork") if sys.platform != "win32" else None


@pytest.fixture
def storage(redis_url: str, redis_prefix: str) -> RedisTokenStorage:
    return RedisTokenStorage(redis_url, prefix=redis_prefix)


@pytest.fixture
def short_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.3)


def test_namespaces_are_apart_and_so_are_their_locks(redis_url: str, redis_prefix: str) -> None:
    one, two = (RedisTokenStorage(redis_url, prefix=redis_prefix, namespace=name) for name in ("one", "two"))
    with one.exclusive(), two.exclusive():
        one.store_token_data_by_resource_server({"a.server": TOKENS})
    assert two.get_token_data_by_resource_server() == {}
    assert RedisTokenStorage(redis_url, prefix="other", namespace="one").get_token_data("a.server") is None


def test_nothing_to_store(storage: RedisTokenStorage) -> None:
    storage.store_token_data_by_resource_server({})
    assert storage.get_token_data_by_resource_server() == {}


def test_answers_may_be_text(redis_url: str, redis_prefix: str) -> None:
    storage = RedisTokenStorage(redis_url, connect_params={"decode_responses": True}, prefix=redis_prefix)
    storage.store_token_data_by_resource_server({"a.server": TOKENS})
    assert storage.get_token_data_by_resource_server() == {"a.server": TOKENS}


def test_one_at_a_time(redis_url: str, redis_prefix: str) -> None:
    # Two storages, as two programs have them: no lock of threads is in common.
    at_work, most, done = 0, 0, 0

    def work(storage: RedisTokenStorage) -> None:
        nonlocal at_work, most, done
        for _ in range(5):
            with storage.exclusive(), storage.exclusive():
                at_work += 1
                most = max(most, at_work)
                time.sleep(0.002)
                at_work -= 1
                done += 1

    storages = [RedisTokenStorage(redis_url, prefix=redis_prefix) for _ in range(2)]
    threads = [threading.Thread(target=work, args=(storage,)) for storage in storages for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, done) == (1, 20)


@pytest.mark.usefixtures("short_lock")
def test_a_holder_that_works_long_keeps_the_lock(storage: RedisTokenStorage, redis_url: str, redis_prefix: str) -> None:
    came = threading.Event()

    def wait() -> None:
        with RedisTokenStorage(redis_url, prefix=redis_prefix).exclusive():
            came.set()

    with storage.exclusive():
        waiter = threading.Thread(target=wait)
        waiter.start()
        assert not came.wait(0.9)
    waiter.join()
    assert came.is_set()


@pytest.mark.usefixtures("short_lock")
def test_the_lock_of_a_holder_that_died_expires(redis_url: str, redis_prefix: str) -> None:
    assert fork is not None

    def die_with_it() -> None:
        RedisTokenStorage(redis_url, prefix=redis_prefix).exclusive().__enter__()
        holds.set()
        time.sleep(60)

    holds = fork.Event()
    holder = fork.Process(target=die_with_it)
    holder.start()
    assert holds.wait(30)
    holder.kill()
    holder.join()
    with RedisTokenStorage(redis_url, prefix=redis_prefix).exclusive():
        pass


def test_a_lock_that_is_lost_does_not_fail_what_was_done(storage: RedisTokenStorage) -> None:
    with storage.exclusive():
        storage._redis.delete(storage._lock_key)
    with storage.exclusive():
        # Another one's lock is left alone.
        storage._redis.set(storage._lock_key, "another")
    assert storage._redis.get(storage._lock_key) == b"another"


def test_a_forked_child_waits_for_its_parent(storage: RedisTokenStorage) -> None:
    assert fork is not None

    def store_in_the_child() -> None:
        with storage.exclusive():
            storage.store_token_data_by_resource_server({"a.server": TOKENS})

    with storage.exclusive():
        child = fork.Process(target=store_in_the_child)
        child.start()
        child.join(0.3)
        assert child.is_alive()
        assert storage.get_token_data("a.server") is None
    child.join(30)
    assert child.exitcode == 0
    assert storage.get_token_data("a.server") == TOKENS


def test_closing_closes_its_connections_and_a_later_call_opens_new_ones(
    storage: RedisTokenStorage, redis_url: str
) -> None:
    storage.store_token_data_by_resource_server({"a.server": TOKENS})
    number = storage._redis.client_id()
    storage.close()
    with closing(RedisTokenStorage(redis_url)) as other:
        give_up = time.monotonic() + 30
        while number in {int(client["id"]) for client in other._redis.client_list()}:
            assert time.monotonic() < give_up
    assert storage.get_token_data("a.server") == TOKENS


@pytest.mark.parametrize(
    ("url", "params", "reason"),
    [
        ("http://host", {}, "give an address such as"),
        (f"redis://host:{PASSWORD}", {}, "give an address such as"),
        (f"redis://:{PASSWORD}@[host", {}, "give an address such as"),
        (None, {}, "give an address such as"),
        (f"redis://user:12/{PASSWORD}@host", {}, "percent-encode these signs"),
        (f"redis://user:12?{PASSWORD}@host", {}, "percent-encode these signs"),
        (f"redis://user:12#{PASSWORD}@host", {}, "percent-encode these signs"),
        (f"unix://:12/{PASSWORD}@/socket", {}, "percent-encode these signs"),
        ("redis://host", {"tmeout": 3}, "unexpected keyword argument 'tmeout'"),
    ],
)
def test_what_cannot_be_used_is_refused_when_it_is_made(url: Any, params: dict[str, Any], reason: str) -> None:
    with pytest.raises(GlobusSDKUsageError, match=reason) as refusal:
        RedisTokenStorage(url, connect_params=params)
    assert PASSWORD not in str(refusal.value)


def test_a_parameter_that_redis_cannot_use() -> None:
    # Before version 7, redis-py finds it when the client is made.
    with pytest.raises((GlobusSDKUsageError, TokenStorageError), match="connect_params"):
        RedisTokenStorage("redis://127.0.0.1:1", connect_params={"retry": 3}).get_token_data("a.server")


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    storage = RedisTokenStorage(f"redis://:{PASSWORD}@127.0.0.1:{port}/2?socket_timeout=5")
    assert repr(storage) == f"<RedisTokenStorage, Redis at redis://127.0.0.1:{port}/2, namespace 'DEFAULT'>"
    where = rf"in Redis at redis://127\.0\.0\.1:{port}/2: .*refused; check that the server runs"
    with pytest.raises(TokenStorageError, match=f"the tokens cannot be read {where}"):
        storage.get_token_data("a.server")
    with pytest.raises(TokenStorageError, match=f"the tokens cannot be removed {where}"):
        storage.remove_token_data("a.server")
    with pytest.raises(TokenStorageError, match=f"the tokens cannot be locked {where}"), storage.exclusive():
        pass
    with pytest.raises(TokenStorageError, match=f"the tokens cannot be stored {where}") as failure:
        storage.store_token_data_by_resource_server({"a.server": TOKENS})
    shows_nothing_of_redis(failure.value)


def shows_nothing_of_redis(error: BaseException) -> None:
    printed = printed_with_locals(error)
    assert "an-access-token" not in printed
    assert PASSWORD not in printed
    # Those that led to it are of redis-py, whose frames hold what is sent.
    assert len(list(chain(error))) > 1
    assert [one for one in chain(error) if one is not error and one.__traceback__] == []


def test_a_server_that_ends_while_tokens_are_stored(tmp_path: Path) -> None:
    path = tmp_path / "redis"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def greet_and_end() -> None:
            connection = listener.accept()[0]
            listener.close()
            with connection:
                while b"HSET" not in (received := connection.recv(1 << 16)):
                    # To CLIENT SETINFO.
                    connection.sendall(b"+OK\r\n" * received.count(b"CLIENT"))

        server = threading.Thread(target=greet_and_end)
        server.start()
        storage = RedisTokenStorage(f"unix://{path}", connect_params={"protocol": 2})
        with pytest.raises(TokenStorageError) as failure:
            storage.store_token_data_by_resource_server({"a.server": TOKENS})
        server.join()
    shows_nothing_of_redis(failure.value)


def test_a_wrong_password(redis_socket: Path) -> None:
    storage = RedisTokenStorage(f"unix://:wrong@{redis_socket}")
    with pytest.raises(TokenStorageError, match=r"invalid .*password.*; check that the server runs, and its url and"):
        storage.get_token_data("a.server")


def test_something_else_is_there(storage: RedisTokenStorage) -> None:
    storage._redis.hset(storage._tokens_key, "a.server", "a-secret-that-is-no-document")
    with pytest.raises(ValidationError, match="does not hold JSON documents") as failure:
        storage.get_token_data("a.server")
    assert "a-secret" not in str(failure.value)
    assert failure.value.__cause__ is None
    storage._redis.hset(storage._tokens_key, "a.server", b"\xff")
    with pytest.raises(ValidationError, match="does not hold JSON documents"):
        storage.get_token_data("a.server")
    storage._redis.hset(storage._tokens_key, "a.server", "[]")
    with pytest.raises(ValidationError):
        storage.get_token_data("a.server")
    storage._redis.delete(storage._tokens_key)
    storage._redis.set(storage._tokens_key, "a text")
    with pytest.raises(TokenStorageError, match="wrong kind of value"):
        storage.get_token_data("a.server")
