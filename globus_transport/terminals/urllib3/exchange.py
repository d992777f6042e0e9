"""One request and its response on a connection: writes the request, and feeds a reader with what comes back."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from http.client import HTTPException

from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.errors import network_error
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.http1.reader import CHUNK, ResponseHead, ResponseReader
from globus_transport.terminals.http1.request_head import body_parts, request_head
from globus_transport.terminals.streams import ReceivedStream, response_from_stream
from globus_transport.terminals.urllib3.pool import ConnectionPool

# A body that cannot be sent to its end may have been response_from_stream already, with a 413 say.
_STOPPED_LISTENING = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})


class Exchange:
    """One request and its response. Its connection goes back to the pool, or is closed, once.

    :param sock: connected, and used by nobody else until then
    :param limit: seconds that each part of the request, and each read, may take
    """

    __slots__ = ("_limit", "_pool", "_reader", "_sock", "request")

    def __init__(self, pool: ConnectionPool, sock: socket.socket, request: Request, limit: float | None) -> None:
        self._pool = pool
        self._sock: socket.socket | None = sock
        self._limit = limit
        self._reader = ResponseReader(request.method)
        self.request = request

    def send(self) -> None:
        """Write the request.

        :raises GlobusTimeoutError: if the server does not take it in time
        :raises GlobusConnectionError: if the connection breaks
        :raises Exception: whatever the body raises while it is read
        """
        request, pool, sock = self.request, self._pool, self._sock
        assert sock is not None
        target = str(request.url) if pool.forwards else request.url.target
        head = request_head(request, target=target, host=pool.host, added=pool.proxy_headers)
        left = time_left(request, self._limit, began=False)
        if sock.gettimeout() != left:
            # A system call, which most requests on a kept connection do not need.
            sock.settimeout(left)
        body = request.body
        try:
            if body is None or (isinstance(body, bytes) and len(body) <= CHUNK):
                sock.sendall(head + body if body else head)
                return
            sock.sendall(head)
        except OSError as error:
            self._unless_answered(error)
            return
        # An exception of the body itself did not come from the connection, so it passes as it is.
        for part in body_parts(body):
            if request.deadline is not None:
                sock.settimeout(time_left(request, self._limit))
            try:
                sock.sendall(part)
            except OSError as error:
                self._unless_answered(error)
                return

    def _unless_answered(self, error: OSError) -> None:
        if isinstance(error, TimeoutError):
            raise timed_out(self.request, "the server did not take the request", self._limit, error) from error
        if error.errno not in _STOPPED_LISTENING:
            raise network_error(self.request, error, self._limit) from error

    def receive(self) -> Response:
        """Read the response to the request that was sent.

        :raises GlobusTimeoutError: if it does not come in time
        :raises GlobusConnectionError: if the connection breaks, or what comes is not HTTP
        :raises ReplyFormatError: if its body is not in the encoding that it says
        """
        request, reader = self.request, self._reader
        try:
            head = None
            while head is None:
                reader.feed(self._receive_bytes())
                head = reader.read_head()
        except (OSError, HTTPException) as error:
            raise network_error(request, error, self._limit) from error
        if request.stream or head.encoding or head.length is None or head.length > ERROR_BODY_LIMIT:
            return response_from_stream(request, head.status, head.headers, ExchangeStream(self, head), head.reason)
        body = reader.read_whole_body()
        if body is None:
            body = b"".join(self.pieces(head))
        else:
            self._finish(head)
        return Response(head.status, head.headers, body, None, head.reason, request)

    def pieces(self, head: ResponseHead) -> Iterator[bytes]:
        """The body as it comes, before decoding. At its end the connection is done with."""
        reader = self._reader
        while True:
            try:
                while (piece := reader.read_body()) is None:
                    reader.feed(self._receive_bytes())
            except (OSError, HTTPException) as error:
                raise network_error(self.request, error, self._limit) from error
            if not piece:
                break
            yield piece
        self._finish(head)

    def _finish(self, head: ResponseHead) -> None:
        if head.closes or self._reader.surplus:
            # What came besides the response might be taken for the next one.
            self.close()
        elif self._sock is not None:
            self._pool.give_back(self._sock)
            self._sock = None

    def _receive_bytes(self) -> bytes:
        sock = self._sock
        assert sock is not None
        if self.request.deadline is not None:
            sock.settimeout(time_left(self.request, self._limit))
        return sock.recv(CHUNK)

    def close(self) -> None:
        """Close the connection, unless it was given back."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None


class ExchangeStream(ReceivedStream):
    """The body of a response on a connection that is given back when the body was read."""

    empty_at_end = True

    def __init__(self, exchange: Exchange, head: ResponseHead) -> None:
        super().__init__(exchange.request)
        self._exchange = exchange
        self._head = head

    def _parts(self) -> Iterator[bytes]:
        return decoded(self._exchange.pieces(self._head), self._head.encoding, self._request)

    def _let_go(self) -> None:
        self._exchange.close()
