"""The connections to one origin: kept open between requests, and made when none is idle.

urllib3 resolves names, connects and does TLS. A tunnel through a proxy is made here.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from weakref import finalize

import attrs
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import ssl_wrap_socket
from urllib3.util.wait import wait_for_read

from globus_transport import config
from globus_transport.exc.base import GlobusConnectionError, GlobusConnectionTimeoutError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds, time_left
from globus_transport.terminals.http1.reader import CHUNK, ResponseReader
from globus_transport.terminals.http1.request_head import connect_head
from globus_transport.terminals.proxies import Proxy, proxy_for
from globus_transport.terminals.tls import shared_context

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Connection:
    """An open connection.

    :ivar sock: its socket
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._poll: select.poll | None = None
        # Windows has none.
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    def is_readable(self) -> bool:
        """Whether the server sent something, or closed the connection, while it was idle."""
        if self._poll is None:
            return wait_for_read(self.sock, timeout=0.0)
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Close it. It may be called again."""
        self.sock.close()


class ConnectionPool:
    """Keeps idle connections to one origin, and makes new ones.

    The idle connections are in a list, whose ``append`` and ``pop`` are atomic: threads need no lock, and a forked
    child finds none that is held.

    :param size: connections kept. More may be open at a time
    :ivar host: of the origin, as the Host header has it
    :ivar forwards: whether a proxy reads the requests, and is sent the whole URL
    :ivar proxy_headers: further headers for such a proxy
    """

    def __init__(self, connector: Connector, size: int) -> None:
        self._connector = connector
        self._size = size
        self._closed = False
        self._idle: list[Connection] = []
        # Programs that never close a client leave that to the garbage collector.
        finalize(self, _close_idle, self._idle)
        self.host = connector.origin.partition("://")[2]
        self.forwards = connector.forwards
        self.proxy_headers = connector.proxy.headers if connector.proxy is not None and connector.forwards else {}

    def take(self) -> Connection | None:
        """An idle connection that is still open, and has nothing to read."""
        idle = self._idle
        while idle:
            try:
                connection = idle.pop()
            except IndexError:  # another thread was faster
                break
            if not connection.is_readable():
                return connection
            connection.close()
        return None

    def connect(self, request: Request, limit: float | None) -> Connection:
        """A new connection.

        :param limit: seconds that it may take
        :raises GlobusConnectionTimeoutError: if it takes longer
        :raises GlobusConnectionError: if it fails
        """
        return Connection(self._connector.connect(request, limit))

    def give_back(self, connection: Connection, closes: bool) -> None:
        """Keep a connection whose response was read to its end.

        :param closes: whether it ends with this response
        """
        if closes:
            connection.close()
            return
        self._idle.append(connection)
        _close_idle(self._idle, keep=0 if self._closed else self._size)

    def close(self) -> None:
        """Close the idle connections, and those in use when they come back."""
        self._closed = True
        _close_idle(self._idle)


def _close_idle(idle: list[Connection], keep: int = 0) -> None:
    while len(idle) > keep:
        try:
            connection = idle.pop()
        except IndexError:  # another thread was faster
            break
        connection.close()


@attrs.frozen(eq=False)
class Connector:
    """Connects to one origin.

    :ivar origin: where requests go
    :ivar proxy: that they go through, if there is one
    :ivar context: for TLS with the origin or the proxy
    """

    origin: str
    proxy: Proxy | None
    context: ssl.SSLContext | None

    @classmethod
    def to(cls, origin: str, verify_ssl: bool | str) -> Connector:
        """A connector to an origin, by what the environment says of proxies.

        :raises GlobusSDKUsageError: if the proxy in the environment, or the CA path, cannot be used
        """
        proxy = proxy_for(origin) if config.names_a_proxy() else None
        with_tls = origin.startswith("https://") or (proxy is not None and proxy.url.startswith("https://"))
        return cls(origin, proxy, shared_context(verify_ssl) if with_tls else None)

    @property
    def forwards(self) -> bool:
        """Whether a proxy reads the requests, and is sent the whole URL."""
        return self.proxy is not None and not self.origin.startswith("https://")

    def __str__(self) -> str:
        return self.origin if self.proxy is None else f"{self.origin} through the proxy {self.proxy.url}"

    def connect(self, request: Request, limit: float | None) -> socket.socket:
        """A new connection.

        :param limit: seconds that it may take
        :raises GlobusConnectionTimeoutError: if it takes longer
        :raises GlobusConnectionError: if it fails
        """
        limit = time_left(request, limit, began=False)
        ends = None if limit is None else time.monotonic() + limit
        try:
            sock = self._open(self.origin if self.proxy is None else self.proxy.url, limit)
            if self.proxy is None or self.forwards:
                return sock
            try:
                return self._tunnel(sock, self.proxy, lambda: time_left(request, _seconds_until(ends), began=False))
            except BaseException:
                sock.close()
                raise
        except (OSError, HTTPError, HTTPException) as error:
            # urllib3 counts a refused connection among the time-outs.
            if isinstance(error, (TimeoutError, ConnectTimeoutError)) and not isinstance(error, NewConnectionError):
                raise GlobusConnectionTimeoutError(
                    f"no connection to {self} within {in_seconds(limit)}", error
                ) from error
            raise GlobusConnectionError(
                f"no connection to {self}: {_reason(error)}", error, request_began=False
            ) from error

    def _open(self, origin: str, limit: float | None) -> socket.socket:
        host, port = _address(origin)
        if origin.startswith("https://"):
            connection: HTTPConnection = HTTPSConnection(host, port, timeout=limit, ssl_context=self.context)
        else:
            connection = HTTPConnection(host, port, timeout=limit)
        connection.connect()
        sock: socket.socket = connection.sock
        return sock

    def _tunnel(self, sock: socket.socket, proxy: Proxy, left: Callable[[], float | None]) -> socket.socket:
        """Ask the proxy for a tunnel, and do TLS with the origin through it."""
        host, port = _address(self.origin)
        sock.settimeout(left())
        sock.sendall(connect_head(f"[{host}]:{port}" if ":" in host else f"{host}:{port}", proxy.headers))
        reader = ResponseReader("CONNECT")
        while (head := reader.read_head()) is None:
            sock.settimeout(left())
            reader.feed(sock.recv(CHUNK))
        if not 200 <= head.status < 300:
            raise OSError(f"it refused the tunnel: {head.status} {head.reason}")
        if reader.surplus:
            raise HTTPException("it sent more than the answer to CONNECT")
        sock.settimeout(left())
        # TLS within TLS gives an object that is no socket, and has what is used of one.
        secure: Any = ssl_wrap_socket(
            sock, server_hostname=host, ssl_context=self.context, tls_in_tls=isinstance(sock, ssl.SSLSocket)
        )
        wrapped: socket.socket = secure
        return wrapped


def _address(origin: str) -> tuple[str, int]:
    parts = urlsplit(origin)
    assert parts.hostname is not None
    return parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def _seconds_until(ends: float | None) -> float | None:
    left = None if ends is None else ends - time.monotonic()
    if left is not None and left <= 0:
        raise TimeoutError("the time to connect has passed")
    return left


def _reason(error: Exception) -> str:
    # urllib3 puts the name of its connection object before what the system said.
    return str(error.__cause__ or error) or type(error).__name__
