"""A token storage in Redis, for programs on several hosts that have no disk in common (extra ``redis``).

The tokens of a namespace are one hash, whose fields are the resource servers. The lock is that of ``redis-py``: a key
that names its holder and expires. A holder extends it regularly, so that only the lock of a dead one expires.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.lock import Lock

from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, ValidationError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.base import TokenStorage
from globus_transport.token_storage.errors import reporting_library_errors
from globus_transport.token_storage.reentrant_lock import Heartbeat, HeldLock, ReentrantLock
from globus_transport.token_storage.token_data import TokenStorageData

#: Seconds after which the lock of a holder that died is free. A holder extends it three times in that time.
LOCK_SECONDS = 30.0
#: Seconds between two looks at a lock that somebody holds.
_PAUSE = 0.05
#: Seconds that connecting and each command may take, unless the program says otherwise.
_TIME_LIMITS = {"socket_timeout": 10.0, "socket_connect_timeout": 10.0}


class RedisTokenStorage(PerProcess, TokenStorage):
    """Stores tokens in Redis.

    Nothing is sent before the first use. The tokens are as safe as the server: it needs a password or TLS where others
    can reach it, ``appendonly yes`` to keep them when it is stopped, and ``maxmemory-policy noeviction``.

    :param url: the server's address, as ``redis.Redis.from_url`` takes it: ``redis://``, ``rediss://`` (with TLS) or
        ``unix://``
    :param connect_params: further parameters of ``redis.Redis.from_url``. Connecting and each command may take 10
        seconds, unless it says otherwise
    :param prefix: begins the names of all keys
    :param namespace: separates several sets of tokens on one server. Each has a lock of its own
    :raises GlobusSDKUsageError: if ``url`` is no address of Redis, or a parameter has a wrong type
    """

    _process_state = ("_redis",)

    @raises_from_its_caller
    def __init__(
        self,
        url: str,
        *,
        connect_params: Mapping[str, Any] | None = None,
        prefix: str = "globus_transport",
        namespace: str = "DEFAULT",
    ) -> None:
        super().__init__(namespace)
        self._url = url
        self._connect_params = {**_TIME_LIMITS, **(connect_params or {})}
        self._tokens_key = f"{prefix}:tokens:{namespace}"
        self._lock_key = f"{prefix}:lock:{namespace}"
        self._enter_process()
        self._lock = RedisLock(self._take_lock)

    def _make_process_state(self) -> None:
        self._redis: Any
        try:
            behind_the_host = "".join(urlsplit(str(self._url))[2:])
            self._redis = redis.Redis.from_url(self._url, **self._connect_params)
            # What is wrong with a parameter would be found with the first connection only. Making one sends nothing.
            pool = self._redis.connection_pool
            pool.connection_class(**pool.connection_kwargs)
        except (ValueError, TypeError, AttributeError) as error:
            # Another error's message may show a part of the URL, and with it of a password.
            reason = f" ({error})" if isinstance(error, TypeError) else ""
            raise GlobusSDKUsageError(
                f"RedisTokenStorage: the url or connect_params cannot be used{reason}; give an address such as "
                "'redis://host:6379/0', 'rediss://host:6379/0' or 'unix:///path'"
            ) from None

        # Of a password with one of these signs, a part would be taken for a host or a path, and be shown.
        if "@" in behind_the_host:
            raise GlobusSDKUsageError(
                "RedisTokenStorage: the url has '@' behind '/', '?' or '#'; percent-encode these signs in a password, "
                "and '@' in a path"
            )

    @raises_from_its_caller
    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :raises TokenStorageError: if Redis does not store them; nothing is changed then, unless only its answer was
            lost
        """
        documents = {
            server: json.dumps(data.to_dict(include_extra=True))
            for server, data in token_data_by_resource_server.items()
        }
        if documents:
            with self._calling("stored"):
                self._redis.hset(self._tokens_key, mapping=documents)

    @raises_from_its_caller
    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server.

        :raises ValidationError: if something else is stored there
        :raises TokenStorageError: if Redis does not answer
        """
        with self._calling("read"):
            stored = self._redis.hgetall(self._tokens_key)
        try:
            documents = {_text(server): json.loads(document) for server, document in stored.items()}
        except ValueError:
            # Not `from error`: the exception holds the text, and with it the tokens.
            raise ValidationError(f"{self._tokens_key!r} in {self._where()} does not hold JSON documents") from None
        return {server: TokenStorageData.from_dict(document) for server, document in documents.items()}

    @raises_from_its_caller
    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        :raises TokenStorageError: if Redis does not answer
        """
        with self._calling("removed"):
            return bool(self._redis.hdel(self._tokens_key, resource_server))

    def exclusive(self) -> AbstractContextManager[object]:
        """Lock this namespace for other threads, processes and hosts.

        :raises TokenStorageError: when it is entered, if Redis does not answer
        """
        return self._lock

    def _take_lock(self) -> HeldLock:
        lock = Lock(self._redis, self._lock_key, timeout=LOCK_SECONDS, sleep=_PAUSE, thread_local=False)
        with self._calling("locked"):
            lock.acquire()
        return HeldRedisLock(lock)

    def _calling(self, what: str) -> AbstractContextManager[None]:
        return reporting_library_errors(
            f"the tokens cannot be {what} in {self._where()}",
            "check that the server runs, and its url and password, and connect_params",
        )

    def _where(self) -> str:
        """The server, without a password."""
        parts = urlsplit(self._url)
        host = parts.netloc.rpartition("@")[2]
        return f"Redis at {parts.scheme}://{host}{parts.path}"

    def close(self) -> None:
        """Close the connections. A later call opens new ones."""
        self._redis.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self._where()}, namespace {self.namespace!r}>"


class RedisLock(ReentrantLock):
    """The lock of a namespace.

    :param take: waits for the lock, and takes it
    """

    def __init__(self, take: Callable[[], HeldLock]) -> None:
        self._take = take
        super().__init__()

    def _lock(self) -> HeldLock:
        return self._take()


class HeldRedisLock:
    """A lock in Redis that this process holds."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._heartbeat = Heartbeat(self._extend, LOCK_SECONDS / 3)

    def _extend(self) -> None:
        # If the server is away for a moment, the next beat may reach it in time.
        with suppress(redis.RedisError):
            self._lock.reacquire()

    def release(self) -> None:
        """Release it, unless it has expired."""
        self._heartbeat.stop()
        # What was done under the lock is done, also if it stays: it expires then.
        with suppress(redis.RedisError):
            self._lock.release()

    def forget(self) -> None:
        """Do nothing: a forked child has no thread that extends it, and it stays the parent's lock."""


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
