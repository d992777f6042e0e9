"""What a reply is read from: a socket, each read with a time-out of its own, and few of them for a fast body."""

from __future__ import annotations

import io
import os
import select
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any

from globus_transport.http.time_limits import TimeLeft
from globus_transport.terminals.http1.short_reply import CHUNK

# Windows has none.
_READ: Callable[[int, Sequence[Any]], int] | None = getattr(os, "readv", None)
_SOCKET = socket.socket
# To let a chunk gather in the system. Elsewhere than on Linux it was not tried.
_CAN_GATHER = sys.platform == "linux"
#: Seconds in which a fast body brings a chunk.
_PATIENCE = 0.01


class SocketReader(io.RawIOBase):
    """Reads what was received before, and then from a socket, with a time-out that is found anew for each read.

    :param time_left: says how long the next read may take; ``None`` leaves the socket's time-out as it is
    :param received: what was read from the socket before
    :ivar a_chunk_follows: whether the response is known to go on for :data:`CHUNK` bytes and more
    """

    def __init__(self, sock: socket.socket, time_left: TimeLeft | None, received: bytes) -> None:
        self.a_chunk_follows = False
        self._socket = sock
        # Not for TLS, nor for what someone has put into the place of sockets.
        self._read = _READ if type(sock) is _SOCKET and sock.gettimeout() is not None else None
        self._time_left = time_left
        self._received = received
        self._ended = False
        self._gathers: select.poll | None = None
        self._is_slow = not _CAN_GATHER
        # The file keeps the socket open when the connection is closed before the body was read.
        self._file = sock.makefile("rb", buffering=0)

    def makefile(self, *_mode: str) -> io.BufferedReader:
        """As http.client asks a socket for it."""
        return io.BufferedReader(self, CHUNK)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._ended:
            return 0
        if self._received:
            size = min(len(self._received), len(buffer))
            buffer[:size] = self._received[:size]
            self._received = self._received[size:]
            return size
        left = None if self._time_left is None else self._time_left()
        came = self._at_once(buffer)
        if came is None and self._gathered(left):
            came = self._at_once(buffer)
        if came is not None:
            return came
        self._do_not_gather()
        if left is not None:
            self._socket.settimeout(left)
        return self._socket.recv_into(buffer)

    def _at_once(self, buffer: Any) -> int | None:
        # A socket with a time-out asks the system each time whether there is something, and then for it.
        if self._read is not None:
            try:
                return self._read(self._socket.fileno(), (buffer,))
            except BlockingIOError:
                pass
        return None

    def _gathered(self, left: float | None) -> bool:
        """Wait until a whole chunk has come, unless that takes too long for anyone to be kept waiting.

        Waking up for every packet costs both ends more than the bytes do.

        :return: whether it was tried
        """
        if self._read is None or not self.a_chunk_follows or self._is_slow:
            return False
        if left is not None and left <= _PATIENCE:
            return False
        if self._gathers is None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, CHUNK)
            self._gathers = select.poll()
            self._gathers.register(self._socket, select.POLLIN)
        self._is_slow = not self._gathers.poll(_PATIENCE * 1000)
        return True

    def _do_not_gather(self) -> None:
        """From now on, what has come is there to be read, be it one byte."""
        if self._gathers is not None:
            self._gathers = None
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def has_left(self, file: io.BufferedReader) -> bool:
        """Whether something was received that nobody read. Nothing is received from now on."""
        self._ended = True
        self._do_not_gather()
        return bool(self._received or file.peek(1))

    def close(self) -> None:
        self._file.close()
        super().close()
