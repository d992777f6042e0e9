"""Bodies through aiohttp: request bodies that are sent in parts without blocking the event loop; response streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.payload import Payload

from globus_transport.exc.base import GlobusTimeoutError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.aiohttp.errors import to_globus_error
from globus_transport.terminals.streams import AsyncReceivedStream

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter


#: Bytes of a part that is written at a time.
CHUNK = 1 << 16


class Upload(Payload):
    """A request body that is sent in parts. A ``StreamBody``, which may block, is read in a worker thread.

    :param limit: seconds that the server may take to accept a part; ``None`` for no limit
    :ivar failure: the exception that ended it early: of the body itself, or a time-out
    """

    def __init__(self, request: Request, limit: float | None) -> None:
        super().__init__(request.body)
        body = request.body
        self._size = body.length if isinstance(body, StreamBody) else len(body or b"")
        self._request = request
        self._limit = limit
        self.failure: Exception | None = None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a body that is sent in parts has no text form")

    async def write(self, writer: AbstractStreamWriter) -> None:
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        try:
            async for part in self._parts():
                await self._write(writer, part)
        except BaseException:
            # close() would wait until the server has taken the content of the transport's buffer.
            transport = getattr(writer, "transport", None)
            if transport is not None:
                transport.abort()
            raise

    async def _write(self, writer: AbstractStreamWriter, part: Any) -> None:
        try:
            async with asyncio.timeout(time_left(self._request, self._limit)):
                await writer.write(part)
        except GlobusTimeoutError as error:
            self.failure = error
            raise
        except TimeoutError as error:
            self.failure = timed_out(self._request, "the server did not take the request", self._limit, error)
            raise self.failure from error

    async def _parts(self) -> AsyncIterator[Any]:
        body = self._request.body
        if isinstance(body, bytes):
            whole = memoryview(body)
            for start in range(0, len(whole), CHUNK):
                yield whole[start : start + CHUNK]
        elif isinstance(body, StreamBody):
            try:
                parts = parts_of(body)
                while (part := await asyncio.to_thread(next, parts, None)) is not None:
                    yield part
            except Exception as error:
                self.failure = error
                raise


class ReplyStream(AsyncReceivedStream):
    """The body of a response of aiohttp."""

    def __init__(self, request: Request, reply: aiohttp.ClientResponse, limits: aiohttp.ClientTimeout) -> None:
        super().__init__(request)
        self._reply = reply
        self._limits = limits

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        while chunk := await self._read_chunk():
            yield chunk

    async def _read_chunk(self) -> bytes:
        try:
            return await self._reply.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise to_globus_error(self._request, error, self._limits) from error

    async def _let_go(self) -> None:
        # Does nothing after the end of the body: aiohttp has released the connection.
        self._reply.close()
