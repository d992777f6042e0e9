"""One request and its response over a connection of urllib3."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from http.client import HTTPException

from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.errors import network_error
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.http1.reader import CHUNK, ResponseHead, ResponseReader
from globus_transport.terminals.http1.request_head import body_parts
from globus_transport.terminals.streams import ReceivedStream, response_from_stream
from globus_transport.terminals.urllib3.pool import Connection, ConnectionPool

# A body that cannot be sent to its end may have been answered already, with a 413 say.
_STOPPED_LISTENING = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})


class Exchange:
    """One request and its response. Its connection goes back to the pool, or is closed, once.

    :param connection: in use by this exchange only
    :param limit: seconds that each part of the request, and each read, may take
    """

    __slots__ = ("_connection", "_limit", "_pool", "request")

    def __init__(self, pool: ConnectionPool, connection: Connection, request: Request, limit: float | None) -> None:
        self._pool = pool
        self._connection: Connection | None = connection
        self._limit = limit
        self.request = request

    def send(self) -> None:
        """Write the request.

        :raises GlobusTimeoutError: if the server does not take it in time
        :raises GlobusConnectionError: if the connection breaks
        :raises Exception: any exception of the body
        """
        assert self._connection is not None
        request, sock = self.request, self._connection.sock
        head = self._pool.destination.request_head(request)
        left = self._limit if request.deadline is None else time_left(request, self._limit, began=False)
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
        request = self.request
        try:
            received = self._receive_bytes()
            reader = ResponseReader(request.method)
            reader.feed(received)
            while (head := reader.read_head()) is None:
                reader.feed(self._receive_bytes())
        except (OSError, HTTPException) as error:
            raise network_error(request, error, self._limit) from error
        if request.stream or head.encoding or head.length is None or head.length > ERROR_BODY_LIMIT:
            stream = ExchangeStream(self, reader, head)
            return response_from_stream(request, head.status, head.headers, stream, head.reason)
        body = reader.read_whole_body()
        if body is None:
            body = b"".join(self.pieces(reader, head))
        elif self._connection is not None:
            self._pool.give_back(self._connection, head.closes)
            self._connection = None
        return Response(head.status, head.headers, body, None, head.reason, request)

    def pieces(self, reader: ResponseReader, head: ResponseHead) -> Iterator[bytes]:
        """The body as it comes, before decoding. At its end the connection is done with."""
        while True:
            try:
                while (piece := reader.read_body()) is None:
                    reader.feed(self._receive_bytes())
            except (OSError, HTTPException) as error:
                raise network_error(self.request, error, self._limit) from error
            if not piece:
                break
            yield piece
        if self._connection is not None:
            # What came besides the response might be taken for the next one.
            self._pool.give_back(self._connection, head.closes or reader.surplus)
            self._connection = None

    def _receive_bytes(self) -> bytes:
        assert self._connection is not None
        sock = self._connection.sock
        if self.request.deadline is not None:
            sock.settimeout(time_left(self.request, self._limit))
        return sock.recv(CHUNK)

    def close(self) -> None:
        """Close the connection, unless it was given back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class ExchangeStream(ReceivedStream):
    """The body of a response on a connection that is given back when the body was read."""

    empty_at_end = True

    def __init__(self, exchange: Exchange, reader: ResponseReader, head: ResponseHead) -> None:
        super().__init__(exchange.request)
        self._exchange = exchange
        self._reader = reader
        self._head = head

    def _parts(self) -> Iterator[bytes]:
        return decoded(self._exchange.pieces(self._reader, self._head), self._head.encoding, self._request)

    def _let_go(self) -> None:
        self._exchange.close()
