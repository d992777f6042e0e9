"""The connections to one origin: kept open between requests, and made when none is idle.

urllib3 resolves names, connects and does TLS. A tunnel through a proxy is made here.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from weakref import finalize

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.util import ssl_wrap_socket

from globus_transport.core.daemon_thread import in_daemon_thread
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import time_left
from globus_transport.terminals.destination import Destination, address_of, check_tunnel
from globus_transport.terminals.http1.reader import CHUNK, ResponseReader
from globus_transport.terminals.readiness import time_after, time_until
from globus_transport.terminals.urllib3.connection import Connection


class ConnectionPool:
    """Keeps idle connections to one origin, and makes new ones.

    The idle connections are in a list, whose ``append`` and ``pop`` are atomic: threads need no lock, and a forked
    child finds none that is held.

    :param size: connections kept. More may be open at a time
    :param max_head_size: bytes that the head of a response may have
    """

    def __init__(self, destination: Destination, size: int, max_head_size: int) -> None:
        self.destination = destination
        self.max_head_size = max_head_size
        self._size = size
        self._closed = False
        self._idle: list[Connection] = []
        # Programs that never close a client leave that to the garbage collector.
        finalize(self, _close_idle, self._idle)

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
        return Connection.from_socket(_connect(self.destination, request, limit))

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


def _connect(destination: Destination, request: Request, limit: float | None) -> socket.socket:
    limit = time_left(request, limit, began=False)
    ends = time_after(limit)
    try:
        sock = _open(destination, lambda: time_until(ends))
        if destination.proxy is None or destination.forwards:
            return sock
        try:
            return _tunnel(sock, destination, lambda: time_until(ends))
        except BaseException:
            sock.close()
            raise
    except (OSError, HTTPError, HTTPException) as error:
        # urllib3 counts a refused connection among the time-outs.
        timed_out = isinstance(error, (TimeoutError, ConnectTimeoutError)) and not isinstance(error, NewConnectionError)
        # urllib3 wraps what the system said, and puts the name of its connection object before it.
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        raise destination.not_connected(cause, limit, timed_out=timed_out) from cause


def _open(destination: Destination, left: Callable[[], float | None]) -> socket.socket:
    """Connect to the origin or the proxy, with TLS if its URL says so.

    :param left: seconds that it may take
    """
    host, port = address_of(destination.first_hop)
    addresses = _resolve(host, port, left())
    failure: Exception | None = None
    for number, address in enumerate(addresses):
        limit = left()
        # An address that does not answer leaves the others their share of the time.
        share = None if limit is None else limit / (len(addresses) - number)
        try:
            return _connect_to(destination, host, address, port, share)
        except (OSError, HTTPError) as error:
            failure = error
    assert failure is not None
    raise failure


def _resolve(host: str, port: int, limit: float | None) -> list[str]:
    """The addresses of a host.

    :param limit: seconds that it may take
    """
    try:
        found = _address_info(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        # It is a name. Resolving it cannot be ended; its thread is left alone when the time is over.
        found = in_daemon_thread(_address_info, host, port, 0).result(limit)
    return [str(info[4][0]) for info in found]


def _address_info(host: str, port: int, flags: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags))


def _connect_to(destination: Destination, host: str, address: str, port: int, limit: float | None) -> socket.socket:
    if not destination.first_hop.startswith("https://"):
        connection = HTTPConnection(address, port, timeout=limit)
        connection.connect()
        plain: socket.socket = connection.sock
        return plain
    secure = HTTPSConnection(address, port, timeout=limit, ssl_context=destination.context, server_hostname=host)
    secure.connect()
    return _strict(secure.sock)


def _strict(sock: Any) -> socket.socket:
    """A socket with TLS that tells a connection which was cut off from one that has ended (RFC 9112, section 9.8)."""
    sock.suppress_ragged_eofs = False
    strict: socket.socket = sock
    return strict


def _tunnel(sock: socket.socket, destination: Destination, left: Callable[[], float | None]) -> socket.socket:
    """Ask the proxy for a tunnel, and do TLS with the origin through it."""
    sock.settimeout(left())
    sock.sendall(destination.tunnel_head())
    reader = ResponseReader("CONNECT")
    while (head := reader.read_head()) is None:
        sock.settimeout(left())
        reader.feed(sock.recv(CHUNK))
    check_tunnel(head, reader)
    sock.settimeout(left())
    host, _ = address_of(destination.origin)
    # TLS within TLS gives an object that is no socket, and has what is used of one.
    secure: Any = ssl_wrap_socket(
        sock, server_hostname=host, ssl_context=destination.context, tls_in_tls=isinstance(sock, ssl.SSLSocket)
    )
    return _strict(secure)
