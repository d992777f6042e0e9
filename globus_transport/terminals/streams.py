"""Bodies of responses that are read while they are received: when they are closed, and how much is read."""

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
    """The base of response bodies. A body is closed at its end, when the iteration is left early, and after
    :meth:`read`. It can be read once.

    :param request: the request of the response, for error messages
    :cvar empty_at_end: whether it is empty when it is read again after its end; otherwise reading again is an error
    """

    empty_at_end: ClassVar[bool] = False

    def __init__(self, request: Request) -> None:
        self._request = request
        self._closed = False
        self._ended = False

    @abstractmethod
    def _parts(self) -> Iterator[bytes]:
        """The decoded parts of the body, as they arrive."""

    @abstractmethod
    def _let_go(self) -> None:
        """Release the connection, or what else provides the parts. May be called several times."""

    def __iter__(self) -> Iterator[bytes]:
        if self._ended and self.empty_at_end:
            return
        if self._closed:
            raise _closed_error(self._request)
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

    empty_at_end: ClassVar[bool] = False

    def __init__(self, request: Request) -> None:
        self._request = request
        self._closed = False
        self._ended = False

    @abstractmethod
    def _parts(self) -> AsyncGenerator[bytes, None]:
        """The decoded parts of the body, as they arrive."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Release the connection, or what else provides the parts. May be called several times."""

    def _check_open(self) -> None:
        """:raises GlobusSDKUsageError: if it was closed before its end"""
        if self._closed and not (self._ended and self.empty_at_end):
            raise _closed_error(self._request)

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        self._check_open()
        if self._ended:
            return
        try:
            async with aclosing(self._parts()) as parts:
                async for part in parts:
                    yield part
            self._ended = True
        finally:
            await self.close()

    async def close(self) -> None:
        self._closed = True
        await self._let_go()


def response_from_stream(request: Request, status: int, headers: Headers, stream: ByteStream, reason: str) -> Response:
    """The response with the stream as its body. Without ``request.stream``, the body is read now.

    Of a body that was not asked for, that of an error or a redirect, at most ``ERROR_BODY_LIMIT`` bytes are read then.
    """
    if request.stream:
        return Response(status, headers, b"", stream, reason, request)
    if status < 300:
        return Response(status, headers, stream.read(), None, reason, request)
    return _error_response(request, status, headers, stream.read(ERROR_BODY_LIMIT + 1), reason)


async def async_response_from_stream(
    request: Request, status: int, headers: Headers, stream: AsyncByteStream, reason: str
) -> Response:
    """:func:`response_from_stream`, for asyncio."""
    if request.stream:
        return Response(status, headers, b"", stream, reason, request)
    if status < 300:
        return Response(status, headers, await stream.read(), None, reason, request)
    return _error_response(request, status, headers, await stream.read(ERROR_BODY_LIMIT + 1), reason)


def _error_response(request: Request, status: int, headers: Headers, body: bytes, reason: str) -> Response:
    truncated = len(body) > ERROR_BODY_LIMIT
    return Response(status, headers, body[:ERROR_BODY_LIMIT], None, reason, request, truncated)


def _closed_error(request: Request) -> GlobusSDKUsageError:
    return GlobusSDKUsageError(f"{request!r}: the body was closed before it was read")
