"""Responses that are read from a socket: the head is parsed by us, the body by http.client."""

from __future__ import annotations

import re
import socket
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any, cast

from globus_transport.http.headers import MOST_FIELDS
from globus_transport.http.time_limits import TimeLeft
from globus_transport.terminals.http1.heads import Head, read_head
from globus_transport.terminals.http1.short_reply import CHUNK
from globus_transport.terminals.http1.socket_reader import SocketReader

_MOST_HEADS = 32
_LONGEST_LINE = 1 << 16
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?\n", re.DOTALL).fullmatch


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
        self._reader = SocketReader(sock, time_left, received)
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

    def read1(self, n: int = -1) -> bytes:
        """What has come of the body."""
        # Then the next read asks for no more than that.
        self._reader.a_chunk_follows = self.length is not None and self.length >= n >= CHUNK
        return super().read1(n)

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
