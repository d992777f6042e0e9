"""A connection for threads, with or without TLS.

Its socket does not block. Where something has to be waited for, :class:`Readiness` waits, as long as the limit allows.
A socket with a time-out waits before whatever it does: that is one more system call each time, and at each of them
Python may go on with another thread.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import Any

from globus_transport.terminals.http1.reader import CHUNK
from globus_transport.terminals.readiness import Readiness, time_after, time_until

# The most bytes of a TLS record (RFC 8446, section 5.1). A record is sent whole or not at all, and received whole.
_TLS_PIECE = 1 << 14


class Connection:
    """An open connection.

    :param sock: connected, after its handshake
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._piece = _TLS_PIECE if isinstance(sock, ssl.SSLSocket) else CHUNK
        self._readiness = Readiness(sock)
        # As much came as can come at a time, so that there is probably more.
        self._has_more = False
        sock.settimeout(0.0)

    @staticmethod
    def from_socket(sock: socket.socket) -> Connection:
        """A connection over a socket, or over what urllib3 gives for one."""
        return Connection(sock) if isinstance(sock, socket.socket) else TLSInTLSConnection(sock)

    def send(self, data: bytes | memoryview, limit: float | None, *, until_readable: bool = False) -> int:
        """Send.

        :param limit: seconds that it may take
        :param until_readable: stop when something can be read
        :return: how many bytes were sent: all, unless something can be read
        :raises TimeoutError: if it takes longer
        :raises OSError: if the connection breaks
        """
        until = time_after(limit)
        left = memoryview(data)
        while left and not (until_readable and self.is_readable()):
            try:
                sent = self._sock.send(left[: self._piece])
            except (BlockingIOError, ssl.SSLWantWriteError):
                sent = 0
            except ssl.SSLWantReadError:
                self._readiness.wait_to_read(until)
                continue
            # The TLS of gevent returns 0 where that of Python raises.
            if not sent:
                self._readiness.wait_to_write(until, or_read=until_readable)
            left = left[sent:]
        return len(data) - len(left)

    def receive(self, limit: float | None) -> bytes:
        """What was received; ``b""`` after the end of the connection.

        :param limit: seconds to wait
        :raises TimeoutError: if nothing came
        :raises OSError: if the connection broke, or ended without TLS's closing alert
        """
        until = time_after(limit)
        if not self._has_more:
            self._readiness.wait_to_read(until)
        while True:
            try:
                received = self._sock.recv(CHUNK)
                self._has_more = len(received) >= self._piece
                return received
            except (BlockingIOError, ssl.SSLWantReadError):
                # Of a TLS record, only a part has come.
                self._readiness.wait_to_read(until)
            except ssl.SSLWantWriteError:
                self._readiness.wait_to_write(until, or_read=False)

    def receive_now(self) -> bytes | None:
        """The same without waiting; ``None`` if there is nothing, or a message of TLS itself."""
        try:
            return self._sock.recv(CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None

    def is_readable(self) -> bool:
        """Whether the server sent something, or closed the connection."""
        return self._readiness.is_readable()

    def shut_down(self) -> None:
        """End it in both directions, while another thread uses it."""
        # The socket itself: below TLS, whose state belongs to the other thread.
        sock = getattr(self._sock, "socket", self._sock)
        with suppress(OSError):  # The server was faster.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it. It may be called again."""
        self._sock.close()


class TLSInTLSConnection(Connection):
    """A connection to an origin with TLS, through a proxy with TLS.

    urllib3's object for it has to wait by itself: what it has encrypted is lost when it cannot send all of it.
    """

    def is_readable(self) -> bool:
        inner: Any = self._sock
        # One record of the proxy may hold several of the origin.
        return bool(inner.incoming.pending or inner.sslobj.pending()) or super().is_readable()

    def send(self, data: bytes | memoryview, limit: float | None, *, until_readable: bool = False) -> int:
        until = time_after(limit)
        left = memoryview(data)
        while left and not (until_readable and self.is_readable()):
            self._readiness.wait_to_write(until, or_read=until_readable)
            if until_readable and self.is_readable():
                break
            self._sock.settimeout(time_until(until))
            self._sock.sendall(left[:_TLS_PIECE])
            left = left[_TLS_PIECE:]
        return len(data) - len(left)

    def receive(self, limit: float | None) -> bytes:
        self._sock.settimeout(time_until(time_after(limit)))
        return self._sock.recv(CHUNK)

    def receive_now(self) -> bytes | None:
        self._sock.settimeout(0.0)
        return super().receive_now()
