"""Bodies through aiohttp: up from whatever a request has, without holding up the event loop, and down in parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.payload import Payload

from globus_transport.exc.base import GlobusTimeoutError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.aiohttp.direct import DirectReply
from globus_transport.terminals.aiohttp.errors import mapped
from globus_transport.terminals.streams import AsyncReceivedStream

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter


#: Bytes that are handed over at a time.
CHUNK = 1 << 16


class Upload(Payload):
    """A request body that is sent in parts. What blocks while it is read does so in a worker thread.

    :ivar failure: what ended it before its end: an exception of the body itself, or a time-out
    """

    def __init__(self, request: Request, limit: float | None) -> None:
        super().__init__(request.body)
        body = request.body
        self._size = body.length if isinstance(body, StreamBody) else len(body or b"")
        self._request = request
        self._limit = limit
        self.failure: Exception | None = None

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a body that is sent in parts is no text")

    async def write(self, writer: AbstractStreamWriter) -> None:
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        try:
            async for part in self._parts():
                await self._write(writer, part)
        except BaseException:
            # Closing alone would wait until the server has taken what lies in the transport's buffer.
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
                while (part := await asyncio.to_thread(_next, parts)) is not None:
                    yield part
            except Exception as error:
                self.failure = error
                raise


def _next(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)


class ReplyStream(AsyncReceivedStream):
    """The body of a reply of aiohttp."""

    def __init__(
        self, request: Request, reply: aiohttp.ClientResponse | DirectReply, limits: aiohttp.ClientTimeout
    ) -> None:
        super().__init__(request)
        self._reply = reply
        self._limits = limits

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        while chunk := await self._next():
            yield chunk

    async def _next(self) -> bytes:
        try:
            return await self._reply.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise mapped(self._request, error, self._limits) from error

    async def _let_go(self) -> None:
        # Harmless after the end of the body, where aiohttp has taken the connection back.
        self._reply.close()
