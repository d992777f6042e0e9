"""One request and its response over a connection of urllib3."""

from __future__ import annotations

import errno
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import HTTPException
from weakref import finalize

from globus_transport.exc.base import GlobusConnectionError
from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.errors import network_error
from globus_transport.terminals.http1.decoding import decoded
from globus_transport.terminals.http1.reader import CHUNK, ResponseHead, ResponseReader
from globus_transport.terminals.http1.request_head import body_parts
from globus_transport.terminals.readiness import time_after
from globus_transport.terminals.streams import ReceivedStream, response_from_stream
from globus_transport.terminals.urllib3.connection import Connection
from globus_transport.terminals.urllib3.pool import ConnectionPool

# A body that cannot be sent to its end may have been answered already, with a 413 say.
_STOPPED_LISTENING = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE})


class Exchange:
    """One request and its response. Its connection goes back to the pool, or is closed, once.

    :param connect_limit: seconds that connecting may take
    :param limit: seconds that each part of the request, and each read, may take
    """

    __slots__ = ("_connect_limit", "_connection", "_head", "_limit", "_pool", "_reader", "_unsent", "request")

    def __init__(
        self, pool: ConnectionPool, request: Request, connect_limit: float | None, limit: float | None
    ) -> None:
        self._pool = pool
        self._connection: Connection | None = None
        self._connect_limit = connect_limit
        self._limit = limit
        self._reader = ResponseReader(request.method, pool.max_head_size)
        self._head: ResponseHead | None = None
        self._unsent = False
        self.request = request

    def run(self) -> Response:
        """Send the request, once, and read its response.

        :raises NetworkError: if no complete response came
        :raises ReplyFormatError: if its body is not in the encoding that it says
        :raises Exception: any exception of the request's body
        """
        try:
            self._use(self._pool.take() or self._pool.connect(self.request, self._connect_limit))
            self._send()
            return self._receive()
        except BaseException:
            self.close()
            raise

    def _use(self, connection: Connection) -> None:
        self._connection = connection

    def _send(self) -> None:
        assert self._connection is not None
        request, connection = self.request, self._connection
        head = self._pool.destination.request_head(request)
        left = self._limit if request.deadline is None else time_left(request, self._limit, began=False)
        body = request.body
        try:
            if body is None or (isinstance(body, bytes) and len(body) <= CHUNK):
                connection.send(head + body if body else head, left)
                return
            connection.send(head, left)
        except OSError as error:
            self._unless_answered(error)
            return
        # An exception of the body itself did not come from the connection, so it passes as it is.
        for part in body_parts(body):
            if not self._send_part(memoryview(part)):
                self._unsent = True
                return

    def _send_part(self, part: memoryview) -> bool:
        """Send a part of the body.

        :return: whether the server takes it. If not, its response says why
        """
        assert self._connection is not None
        # A server that drips its answer does not get more time.
        until = time_after(self._limit)
        while part:
            left = time_left(self.request, None if until is None else until - time.monotonic())
            try:
                part = part[self._connection.send(part, left, until_readable=self._head is None) :]
                if part and self._refuses_the_rest():
                    return False
            except OSError as error:
                self._unless_answered(error)
                return False
        return True

    def _refuses_the_rest(self) -> bool:
        """Whether the server has answered with an error, or closed the connection (RFC 9112, section 9.5)."""
        assert self._connection is not None
        received = self._connection.receive_now()
        if received is not None:
            self._reader.feed(received)
            try:
                self._head = self._reader.read_head()
            except HTTPException as error:
                raise network_error(self.request, error, self._limit) from error
        return self._head is not None and self._head.status >= 400

    def _unless_answered(self, error: OSError) -> None:
        if isinstance(error, TimeoutError):
            raise timed_out(self.request, "the server did not take the request", self._limit, error) from error
        # TLS calls a connection that is broken one that has ended.
        if error.errno not in _STOPPED_LISTENING and not isinstance(error, ssl.SSLEOFError):
            raise network_error(self.request, error, self._limit) from error

    def _receive(self) -> Response:
        request, reader, head = self.request, self._reader, self._head
        try:
            while head is None:
                reader.feed(self._receive_bytes())
                head = reader.read_head()
        except (OSError, HTTPException) as error:
            raise network_error(request, error, self._limit) from error
        if request.stream or head.encoding or head.length is None or head.length > ERROR_BODY_LIMIT:
            stream = ExchangeStream(self, head)
            return response_from_stream(request, head.status, head.headers, stream, head.reason)
        body = reader.read_whole_body()
        if body is None:
            body = b"".join(self.pieces(head))
        else:
            self._give_back(head.closes or self._unsent)
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
        # What came besides the response might be taken for the next one.
        self._give_back(head.closes or self._unsent or reader.surplus)

    def _receive_bytes(self) -> bytes:
        assert self._connection is not None
        limit = self._limit if self.request.deadline is None else time_left(self.request, self._limit)
        return self._connection.receive(limit)

    def _give_back(self, closes: bool) -> None:
        if self._connection is not None:
            self._pool.give_back(self._connection, closes)
            self._connection = None

    def close(self) -> None:
        """Close the connection, unless it was given back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class CancellableExchange(Exchange):
    """An exchange that another thread can end, while this one waits for the server."""

    __slots__ = ("_cancelled", "_lock")

    def __init__(
        self, pool: ConnectionPool, request: Request, connect_limit: float | None, limit: float | None
    ) -> None:
        super().__init__(pool, request, connect_limit, limit)
        self._cancelled = False
        # A connection that was given back is another call's, and must not be shut down.
        self._lock = threading.RLock()

    def cancel(self) -> None:
        """Shut down the connection. A thread that waits for it goes on at once, with an exception.

        While it is being made, it cannot be reached; then it is closed as soon as it is there.
        """
        with self._lock:
            self._cancelled = True
            if self._connection is not None:
                self._connection.shut_down()

    def _use(self, connection: Connection) -> None:
        with self._lock:
            super()._use(connection)
            if self._cancelled:
                raise GlobusConnectionError(f"{self.request!r}: the call was cancelled", request_began=False)

    def _receive_bytes(self) -> bytes:
        received = super()._receive_bytes()
        if self._cancelled:
            # This is not the end of what the server sends.
            raise ConnectionAbortedError("it was closed before its end")
        return received

    def _give_back(self, closes: bool) -> None:
        with self._lock:
            super()._give_back(closes)

    def close(self) -> None:
        with self._lock:
            super().close()


class ExchangeStream(ReceivedStream):
    """The body of a response on a connection that is given back when the body was read."""

    empty_at_end = True

    def __init__(self, exchange: Exchange, head: ResponseHead) -> None:
        super().__init__(exchange.request)
        self._exchange = exchange
        self._head = head
        if exchange.request.stream:
            # Programs that leave a response unread leave that to the garbage collector.
            finalize(self, exchange.close).atexit = False

    def _parts(self) -> Iterator[bytes]:
        return decoded(self._exchange.pieces(self._head), self._head.encoding, self._request)

    def _let_go(self) -> None:
        self._exchange.close()
