"""Passes a body through a function of a layer, to count, hash or decrypt it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import attrs

from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Response


def each_chunk(response: Response, function: Callable[[bytes], bytes]) -> Response:
    """The response with a body that passes through ``function`` in chunks while it is read, under asyncio, too::

        def count(request: Request) -> Flow:
            response = yield from send(request)
            return each_chunk(response, progress_bar.advance)

    A body that is not streamed is one chunk.

    :param response: a response, streamed or whole
    :param function: called with each chunk, returns the chunk that replaces it. It must not block. An exception from it
        ends the body, and is raised to the reader
    """
    stream = response.stream
    if stream is None:
        return attrs.evolve(response, body=function(response.body))
    if isinstance(stream, ByteStream):
        return attrs.evolve(response, stream=_Chunks(stream, function))
    return attrs.evolve(response, stream=_AsyncChunks(stream, function))


class _Chunks(ByteStream):
    def __init__(self, inner: ByteStream, function: Callable[[bytes], bytes]) -> None:
        self.inner = self._inner = inner
        self._function = function

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._inner:
                yield self._function(chunk)
        finally:
            self.close()

    def close(self) -> None:
        self._inner.close()


class _AsyncChunks(AsyncByteStream):
    def __init__(self, inner: AsyncByteStream, function: Callable[[bytes], bytes]) -> None:
        self.inner = self._inner = inner
        self._function = function

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._inner:
                yield self._function(chunk)
        finally:
            await self.close()

    async def close(self) -> None:
        await self._inner.close()
