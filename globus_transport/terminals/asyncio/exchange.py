"""One request and its response over a connection of asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import suppress
from http.client import HTTPException

from globus_transport.core.async_driver import until_done
from globus_transport.core.daemon_thread import in_daemon_thread
from globus_transport.http.bodies import ERROR_BODY_LIMIT, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.asyncio.connection import Connection
from globus_transport.terminals.asyncio.pool import ConnectionPool
from globus_transport.terminals.errors import network_error
from globus_transport.terminals.http1.decoding import Decoder
from globus_transport.terminals.http1.reader import CHUNK, ResponseHead, ResponseReader
from globus_transport.terminals.http1.request_head import body_parts
from globus_transport.terminals.streams import AsyncReceivedStream, async_response_from_stream


class Exchange:
    """One request and its response. Its connection goes back to the pool, or is closed, once.

    :param connection: in use by this exchange only
    :param limit: seconds that each part of the request, and each read, may take
    :param owner: what must not be forgotten while the response is read
    """

    def __init__(
        self, pool: ConnectionPool, connection: Connection, request: Request, limit: float | None, owner: object
    ) -> None:
        self._pool = pool
        self._owner = owner
        self._connection: Connection | None = connection
        self._limit = limit
        self._reader = ResponseReader(request.method, pool.max_head_size)
        self._head: ResponseHead | None = None
        self._unsent = False
        self.request = request

    async def send(self) -> None:
        """Write the request. What the server does not take at once is sent while its answer is awaited.

        :raises GlobusTimeoutError: if the server does not take a part of the body in time
        :raises GlobusConnectionError: if what it sends meanwhile is not HTTP
        :raises Exception: any exception of the body
        """
        assert self._connection is not None
        request = self.request
        head, body = self._pool.destination.request_head(request), request.body
        if request.deadline is not None:
            time_left(request, self._limit, began=False)
        if body is None or (isinstance(body, bytes) and len(body) <= CHUNK):
            self._connection.write(head + body if body else head)
            return
        self._connection.write(head)
        parts = iter(body_parts(body))
        part: bytes | memoryview | None = None
        try:
            while (part := await _next_part(request, parts)) is not None:
                if not await self._send_part(part):
                    self._unsent = True
                    return
        finally:
            if part is not None and isinstance(body, StreamBody) and isinstance(parts, Generator):
                # What a body does when it is not read to its end may block, too.
                in_daemon_thread(parts.close)

    async def _send_part(self, part: bytes | memoryview) -> bool:
        """Send a part of the body.

        :return: whether the server takes it. If not, its response says why
        """
        connection = self._connection
        assert connection is not None
        connection.write(part)
        until = None if self._limit is None else time.monotonic() + self._limit
        while True:
            left = time_left(self.request, None if until is None else max(0.0, until - time.monotonic()))
            try:
                await connection.drain(left, until_received=self._head is None)
            except TimeoutError as error:
                raise timed_out(self.request, "the server did not take the request", self._limit, error) from error
            if await self._refuses_the_rest():
                return False
            if not connection.is_full:
                return True

    async def _refuses_the_rest(self) -> bool:
        """Whether the server has answered with an error, or closed the connection (RFC 9112, section 9.5)."""
        assert self._connection is not None
        while self._head is None and self._connection.has_received:
            try:
                received = await self._connection.receive(None)
                if not received:
                    return True
                self._reader.feed(received)
                self._head = self._reader.read_head()
            except OSError:
                # Reading the response raises it again.
                return True
            except HTTPException as error:
                raise network_error(self.request, error, self._limit) from error
        return self._head is not None and (self._head.status >= 400 or self._connection.has_ended)

    async def receive(self) -> Response:
        """Read the response to the request that was sent.

        :raises GlobusTimeoutError: if it does not come in time
        :raises GlobusConnectionError: if the connection breaks, or what comes is not HTTP
        :raises ReplyFormatError: if its body is not in the encoding that it says
        """
        request, reader, head = self.request, self._reader, self._head
        try:
            while head is None:
                reader.feed(await self._receive_bytes())
                head = reader.read_head()
        except (OSError, HTTPException) as error:
            raise network_error(request, error, self._limit) from error
        if request.stream or head.encoding or head.length is None or head.length > ERROR_BODY_LIMIT:
            stream = ExchangeStream(self, head)
            return await async_response_from_stream(request, head.status, head.headers, stream, head.reason)
        body = reader.read_whole_body()
        if body is None:
            pieces = []
            while piece := await self.next_piece(head):
                pieces.append(piece)
            body = b"".join(pieces)
        else:
            self._give_back(head)
        return Response(head.status, head.headers, body, None, head.reason, request)

    async def next_piece(self, head: ResponseHead) -> bytes:
        """The next piece of the body, before decoding; ``b""`` after its end, when the connection is done with."""
        try:
            while (piece := self._reader.read_body()) is None:
                self._reader.feed(await self._receive_bytes())
        except (OSError, HTTPException) as error:
            raise network_error(self.request, error, self._limit) from error
        if not piece:
            self._give_back(head)
        return piece

    async def _receive_bytes(self) -> bytes:
        if self._connection is None:
            raise ConnectionAbortedError("another task closed the body")
        limit = self._limit if self.request.deadline is None else time_left(self.request, self._limit)
        return await self._connection.receive(limit)

    def _give_back(self, head: ResponseHead) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # What came besides the response might be taken for the next one.
            self._pool.give_back(connection, head.closes or self._unsent or self._reader.surplus)

    def close(self) -> None:
        """Close the connection, unless it was given back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(connection, closes=True)

    def close_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """:meth:`close`, from any thread. Does nothing when the loop has ended, and the connection with it."""
        if self._connection is not None and not loop.is_closed():
            with suppress(RuntimeError):  # It ended just now.
                loop.call_soon_threadsafe(self.close)


class ExchangeStream(AsyncReceivedStream):
    """The body of a response on a connection that is given back when the body was read."""

    empty_at_end = True

    def __init__(self, exchange: Exchange, head: ResponseHead) -> None:
        super().__init__(exchange.request)
        self._exchange = exchange
        self._head = head
        self._loop = asyncio.get_running_loop()
        self._decoder = Decoder(head.encoding, exchange.request)
        self._decoded: Iterator[bytes] = iter(())
        self._has_all = False

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        while part := await self._next_decoded():
            yield part

    async def _next_decoded(self) -> bytes:
        """The next part of the body, decoded; ``b""`` after the last one."""
        decoder = self._decoder
        while not (part := next(self._decoded, b"")) and not self._has_all:
            piece = b"" if decoder.is_done else await self._exchange.next_piece(self._head)
            self._has_all = not piece
            self._decoded = decoder.take(piece) if piece else decoder.finish()
        if decoder.has_work:
            # Inflating takes time, in which other tasks would have to wait.
            await asyncio.sleep(0)
        return part

    async def read(self, limit: int | None = None) -> bytes:
        # Without a generator: an event loop that ends starts none, and the last calls of a program have bodies, too.
        self._check_open()
        parts: list[bytes] = []
        left = limit
        try:
            while not self._ended and (left is None or left > 0):
                part = await self._next_decoded()
                self._ended = not part
                parts.append(part)
                left = None if left is None else left - len(part)
        finally:
            await self.close()
        return b"".join(parts)[:limit]

    async def _let_go(self) -> None:
        self._exchange.close()

    def __del__(self) -> None:
        # The loop keeps a connection open whose response nobody has.
        self._exchange.close_soon(self._loop)


async def _next_part(request: Request, parts: Iterator[bytes | memoryview]) -> bytes | memoryview | None:
    if isinstance(request.body, bytes):
        return next(parts, None)
    # The body may block, for as long as the deadline allows.
    making = in_daemon_thread(next, parts, None)
    try:
        await until_done(making, time_left(request, None))
    except TimeoutError as error:
        raise timed_out(request, "the body of the request was not made", None, error) from error
    part: bytes | memoryview | None = making.result()
    return part
