"""The connections to one origin that are kept open between requests."""

from __future__ import annotations

import socket
from weakref import finalize

from urllib3.util.wait import wait_for_read

from globus_transport.http.messages import Request
from globus_transport.terminals.urllib3.connecting import Connector


class ConnectionPool:
    """Keeps idle connections to one origin, and makes new ones.

    The idle connections stand in a list whose ``append`` and ``pop`` are atomic: threads need no lock for them, and a
    fork cannot find one held.

    :param size: connections kept. More may be open at a time
    :ivar host: of the origin, as the Host header has it
    :ivar forwards: whether a proxy reads the requests, and is sent the whole URL
    :ivar proxy_headers: what such a proxy is sent besides
    """

    def __init__(self, connector: Connector, size: int) -> None:
        self._connector = connector
        self._size = size
        self._closed = False
        self._idle: list[socket.socket] = []
        # Programs that never close a client leave that to the garbage collector.
        finalize(self, _close_idle, self._idle)
        self.host = connector.origin.partition("://")[2]
        self.forwards = connector.forwards
        self.proxy_headers = connector.proxy.headers if connector.proxy is not None and connector.forwards else {}

    def take(self) -> socket.socket | None:
        """An idle connection that still stands, and holds no bytes that were not requested."""
        idle = self._idle
        while idle:
            try:
                sock = idle.pop()
            except IndexError:  # another thread was faster
                break
            if not wait_for_read(sock, timeout=0.0):
                return sock
            sock.close()
        return None

    def connect(self, request: Request, limit: float | None) -> socket.socket:
        """A new connection.

        :param limit: seconds that it may take
        :raises GlobusConnectionTimeoutError: if it takes longer
        :raises GlobusConnectionError: if it fails
        """
        return self._connector.connect(request, limit)

    def give_back(self, sock: socket.socket) -> None:
        """Keep a connection whose response was read to its end."""
        self._idle.append(sock)
        _close_idle(self._idle, keep=0 if self._closed else self._size)

    def close(self) -> None:
        """Close the idle connections, and those in use when they come back."""
        self._closed = True
        _close_idle(self._idle)


def _close_idle(idle: list[socket.socket], keep: int = 0) -> None:
    while len(idle) > keep:
        try:
            sock = idle.pop()
        except IndexError:  # another thread was faster
            break
        sock.close()
