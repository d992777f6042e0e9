"""The default terminal: urllib3's connections, without its pools' retries, redirects and URL handling."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any, cast

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.json import NOT_INSTALLED
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import in_seconds, limits_of, time_left
from globus_transport.terminals.urllib3.plain import PLAIN, ConnectionClasses
from globus_transport.terminals.urllib3.pool import Lease, Way
from globus_transport.terminals.urllib3.wire import receive, send

_MOST_ORIGINS = 32


class Urllib3Terminal:
    """Sends over keep-alive connections, from any number of threads.

    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :param verify_ssl: ``True`` for the system's CA certificates, ``False`` for no verification, or the
        path of a CA file or folder
    :param pool_size: connections kept for each origin. More may be open at a time; those are not kept
    :param fast: whether heads of responses are parsed by httptools, which the extra ``fast`` brings; by default if it
        is installed
    :ivar fast: whether they are
    :raises GlobusSDKUsageError: if a number is not positive, or httptools is wanted but not installed
    """

    def __init__(
        self,
        *,
        http_timeout: float | None = 60.0,
        connect_timeout: float | None = None,
        verify_ssl: bool | str = True,
        pool_size: int = 32,
        fast: bool | None = None,
    ) -> None:
        for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
            if seconds is not None and not seconds > 0:
                raise GlobusSDKUsageError(f"{name}={seconds!r}: give seconds above 0, or None for no limit")
        if pool_size < 1:
            raise GlobusSDKUsageError(f"pool_size={pool_size!r}: give a number above 0")
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout
        self.verify_ssl = verify_ssl
        self.pool_size = pool_size
        self._fast = fast
        self._forget_ways()

    def _forget_ways(self) -> None:
        self._classes = _connection_classes(self._fast)
        self.fast = self._classes is not PLAIN
        self._ways: dict[str, Way] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()

    def __call__(self, request: Request) -> Response:
        if self._process != os.getpid():
            self._after_fork()
        way = self._ways.get(request.url.origin)
        if way is None:
            way = self._open_way(request.url.origin)
        lease = Lease(way)
        try:
            connect_limit, limit = limits_of(request, self.connect_timeout, self.http_timeout)
            connection = lease.connection
            if connection.sock is None:
                way.connect(connection, request, connect_limit)
            sock = cast(socket.socket, connection.sock)
            left = limit if request.deadline is None else time_left(request, limit, began=False)
            if sock.gettimeout() != left:
                # It costs a system call.
                sock.settimeout(left)
            send(connection, way, request, limit)
            return receive(lease, request, limit)
        except BaseException:
            lease.drop()
            raise

    def _open_way(self, origin: str) -> Way:
        with self._lock:
            way = self._ways.get(origin)
            if way is None:
                if len(self._ways) >= _MOST_ORIGINS:
                    self._ways.pop(next(iter(self._ways))).close()
                way = self._ways[origin] = Way(origin, self.verify_ssl, self.pool_size, self._classes)
            return way

    def _after_fork(self) -> None:
        # The sockets belong to the parent; using them here would mix up replies. Closing is no more
        # than forgetting: the parent's end stays open. The lock may be held by a thread that is not here.
        ways = self._ways
        self._forget_ways()
        for way in ways.values():
            way.close()

    def close(self) -> None:
        """Close the idle connections. A later request opens new ones."""
        if self._process != os.getpid():
            self._after_fork()
        with self._lock:
            ways, self._ways = self._ways, {}
        for way in ways.values():
            way.close()

    def __str__(self) -> str:
        verify = f"verified by {self.verify_ssl}"
        if isinstance(self.verify_ssl, bool):
            verify = "verified" if self.verify_ssl else "NOT VERIFIED"
        return f"urllib3, {self.pool_size} kept connections, time-out {in_seconds(self.http_timeout)}, TLS {verify}"

    def __getstate__(self) -> dict[str, Any]:
        return {
            "http_timeout": self.http_timeout,
            "connect_timeout": self.connect_timeout,
            "verify_ssl": self.verify_ssl,
            "pool_size": self.pool_size,
            # What was asked for: elsewhere other packages are installed.
            "_fast": self._fast,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget_ways()


def _connection_classes(fast: bool | None) -> ConnectionClasses:
    if fast is False:
        return PLAIN
    try:
        # Not at the top: it may not be installed.
        from globus_transport.terminals.urllib3.fast import FAST
    except ImportError as error:
        if fast:
            raise GlobusSDKUsageError(NOT_INSTALLED) from error
        return PLAIN
    return FAST
