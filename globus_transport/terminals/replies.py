"""Responses that are read from a socket: the head is parsed by us, the body by http.client."""

from __future__ import annotations

import io
import os
import re
import socket
from collections.abc import Callable, Sequence
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any, cast

from globus_transport.headers import MOST_FIELDS
from globus_transport.terminals.heads import Head, read_head
from globus_transport.terminals.short_reply import CHUNK
from globus_transport.terminals.time_limits import TimeLeft

_MOST_HEADS = 32
_LONGEST_LINE = 1 << 16
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?\n", re.DOTALL).fullmatch

# Windows has none.
_READ: Callable[[int, Sequence[Any]], int] | None = getattr(os, "readv", None)
_SOCKET = socket.socket


class Reply(HTTPResponse):
    """http.client's response with a head of our own, and without its gaps: bodies in malformed chunks, trailers
    without end, bytes after the end, and bytes that come in time one by one but pass the deadline together.

    :param time_left: says how long the next read may take; ``None`` leaves the socket's time-out as it is
    :param received: what was read from the socket before
    :ivar surplus: whether there was more than the response, once that was read
    """

    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
        *,
        time_left: TimeLeft | None = None,
        received: bytes = b"",
    ) -> None:
        self._reader = _Reader(sock, time_left, received)
        super().__init__(cast(socket.socket, self._reader), debuglevel, method, url)
        self.surplus = False

    def begin(self, **_options: Any) -> None:
        """Read heads until that of the final response."""
        for _ in range(_MOST_HEADS):
            head = read_head(self.fp, cast(Any, self)._method)
            if head is not None:
                self.take(head)
                return
        raise HTTPException("too many interim responses")

    def take(self, head: Head) -> None:
        """The head was read; the body follows."""
        self.head = head
        self.version = 10 if head.minor == 0 else 11
        self.code = self.status = head.status
        self.reason = head.reason
        self.chunked = head.chunked
        self.chunk_left = None
        self.length = head.length
        self.will_close = head.closes

    def _get_chunk_left(self) -> int | None:
        left = self.chunk_left
        if not left:
            if left is not None and cast(Any, self)._safe_read(2) != b"\r\n":
                raise IncompleteRead(b"")
            left = self._read_next_chunk_size()
            if left == 0:
                self._read_and_discard_trailer()
                self._close_conn()
                left = None
            self.chunk_left = left
        return left

    def _read_next_chunk_size(self) -> int:
        match = _CHUNK_SIZE(self.fp.readline(_LONGEST_LINE))
        if match is None:
            raise IncompleteRead(b"")
        return int(match[1], 16)

    def _read_and_discard_trailer(self) -> None:
        for _ in range(MOST_FIELDS):
            # Some servers close without the empty line.
            if self.fp.readline(_LONGEST_LINE) in (b"\r\n", b"\n", b""):
                return
        raise HTTPException("too many trailers")

    def _close_conn(self) -> None:
        self.surplus = self._reader.has_left(self.fp)
        cast(Any, super())._close_conn()


class _Reader(io.RawIOBase):
    """Reads what was received before, and then from a socket, with a time-out that is found anew for each read."""

    def __init__(self, sock: socket.socket, time_left: TimeLeft | None, received: bytes) -> None:
        self._socket = sock
        # Not for TLS, nor for what someone has put into the place of sockets.
        self._read = _READ if type(sock) is _SOCKET and sock.gettimeout() is not None else None
        self._time_left = time_left
        self._received = received
        self._ended = False
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
        if self._read is not None:
            try:
                # A socket with a time-out asks the system each time whether there is something, and then for it.
                return self._read(self._socket.fileno(), (buffer,))
            except BlockingIOError:
                pass
        if left is not None:
            self._socket.settimeout(left)
        return self._socket.recv_into(buffer)

    def has_left(self, file: io.BufferedReader) -> bool:
        """Whether something was received that nobody read. Nothing is received from now on."""
        self._ended = True
        return bool(self._received or file.peek(1))

    def close(self) -> None:
        self._file.close()
        super().close()
