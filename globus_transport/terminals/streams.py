"""Bodies of replies while they are received: when they are closed, whatever brings them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import ClassVar

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import ERROR_BODY_LIMIT, AsyncByteStream, ByteStream
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response


class ReceivedStream(ByteStream):
    """Closed at its end, when whoever iterates leaves it, and after :meth:`read`.

    It can be read once.

    :param request: that it answers
    :cvar empty_at_end: whether it is empty when it is read once more after its end; else that is an error, as it is
        in the library below
    """

    empty_at_end: ClassVar[bool] = False

    def __init__(self, request: Request) -> None:
        self._request = request
        self._closed = False
        self._ended = False

    @abstractmethod
    def _parts(self) -> Iterator[bytes]:
        """The decoded parts, as they come."""

    @abstractmethod
    def _let_go(self) -> None:
        """Let go of what brings them. Harmless when repeated."""

    def __iter__(self) -> Iterator[bytes]:
        if self._ended and self.empty_at_end:
            return
        if self._closed:
            raise closed_before(self._request)
        try:
            yield from self._parts()
            self._ended = True
        finally:
            self.close()

    def close(self) -> None:
        self._closed = True
        self._let_go()


class AsyncReceivedStream(AsyncByteStream):
    """:class:`ReceivedStream` for asyncio."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._closed = False

    @abstractmethod
    def _parts(self) -> AsyncGenerator[bytes, None]:
        """The decoded parts, as they come."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Let go of what brings them. Harmless when repeated."""

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        if self._closed:
            raise closed_before(self._request)
        try:
            async with aclosing(self._parts()) as parts:
                async for part in parts:
                    yield part
        finally:
            await self.close()

    async def close(self) -> None:
        self._closed = True
        await self._let_go()


def response_from_stream(request: Request, status: int, headers: Headers, stream: ByteStream, reason: str) -> Response:
    """The response whose body a stream brings: left on the wire if the request wants it so, else read.

    The body of an error is bounded: nobody asked for it.
    """
    if request.stream:
        return Response(status, headers, b"", stream, reason, request)
    if status < 400:
        return Response(status, headers, stream.read(), None, reason, request)
    return _error(request, status, headers, stream.read(ERROR_BODY_LIMIT + 1), reason)


async def async_response_from_stream(
    request: Request, status: int, headers: Headers, stream: AsyncByteStream, reason: str
) -> Response:
    """:func:`response_from_stream`, for asyncio."""
    if request.stream:
        return Response(status, headers, b"", stream, reason, request)
    if status < 400:
        return Response(status, headers, await stream.read(), None, reason, request)
    return _error(request, status, headers, await stream.read(ERROR_BODY_LIMIT + 1), reason)


def _error(request: Request, status: int, headers: Headers, body: bytes, reason: str) -> Response:
    cut = len(body) > ERROR_BODY_LIMIT
    return Response(status, headers, body[:ERROR_BODY_LIMIT], None, reason, request, cut)


def closed_before(request: Request) -> GlobusSDKUsageError:
    """The error for a body that is to be read too late."""
    return GlobusSDKUsageError(f"{request!r}: the body was closed before it was read")
