"""Stacks as transports of httpx, whichever module of its shape the host class is from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from globus_transport.async_stack import AsyncStack
from globus_transport.embed.stacks import without_layers
from globus_transport.errors import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
)
from globus_transport.headers import Headers
from globus_transport.messages import AsyncByteStream, ByteStream, Request, Response, StreamBody
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.redirect import Redirect
from globus_transport.stack import Stack
from globus_transport.terminals.time_limits import TIME_LIMITS
from globus_transport.urls import URL

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class SyncSending:
    """What a transport for ``httpx.Client`` does. Its class says which module, and which ``SyncByteStream`` of that."""

    _library: Any
    _body_class: Any

    def __init__(self, stack: Stack, *, stream: bool = True) -> None:
        self.stack = without_layers(stack, Stack, Errors, Redirect)
        self.stream = stream

    def handle_request(self, request: Any) -> Any:
        """Send one request down the stack."""
        length = _length_of(request)
        body: bytes | StreamBody | None = None
        if isinstance(request.stream, self._library.ByteStream):
            body = b"".join(request.stream) or None
        else:
            body = StreamBody.once(iter(request.stream), length)
        try:
            response = self.stack.send(_as_request(request, body, self.stream))
        except NetworkError as error:
            raise _mapped(self._library, error, request) from error
        stream = None
        if isinstance(response.stream, ByteStream):
            stream = self._body_class(self._library, response.stream, request)
        return _reply(self._library, response, stream)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.stack!r}>"


class AsyncSending:
    """What a transport for ``httpx.AsyncClient`` does, with the ``AsyncByteStream`` of its module."""

    _library: Any
    _body_class: Any

    def __init__(self, stack: AsyncStack, *, stream: bool = True) -> None:
        self.stack = without_layers(stack, AsyncStack, Errors, Redirect)
        self.stream = stream

    async def handle_async_request(self, request: Any) -> Any:
        """Send one request down the stack. A body that is an asynchronous stream is read first."""
        body = b"".join([part async for part in request.stream]) or None
        try:
            response = await self.stack.send(_as_request(request, body, self.stream))
        except NetworkError as error:
            raise _mapped(self._library, error, request) from error
        stream = None
        if response.stream is not None:
            stream = self._body_class(self._library, response.stream, request)
        return _reply(self._library, response, stream)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.stack!r}>"


class SyncBody:
    """A body on the wire, as httpx reads one. What breaks off is told in httpx's way."""

    def __init__(self, library: Any, stream: ByteStream, request: Any) -> None:
        self._library = library
        self._stream = stream
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except NetworkError as error:
            raise _mapped(self._library, error, self._request) from error

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()


class AsyncBody:
    """The same for asyncio."""

    def __init__(self, library: Any, stream: AsyncByteStream | ByteStream, request: Any) -> None:
        if isinstance(stream, ByteStream):
            raise GlobusSDKUsageError("the stack's terminal gives bodies that block; use one for asyncio")
        self._library = library
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except NetworkError as error:
            raise _mapped(self._library, error, self._request) from error

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._stream.close()


def _length_of(request: Any) -> int | None:
    length = request.headers.get("Content-Length")
    return None if length is None else int(length)


def _as_request(request: Any, body: bytes | StreamBody | None, stream: bool) -> Request:
    pairs = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers.raw
        if name.lower() not in _FRAMING
    ]
    limits = request.extensions.get("timeout", {})
    return Request(
        request.method,
        URL(str(request.url)),
        Headers(pairs),
        body,
        stream=stream,
        follow_redirects=False,
        extensions={TIME_LIMITS: (limits["connect"], limits["read"])} if {"connect", "read"} <= limits.keys() else {},
    )


def _reply(library: Any, response: Response, stream: Any) -> Any:
    # The stack has decoded the body, and httpx would do it again.
    decoded = "Content-Encoding" in response.headers
    headers = response.headers.without("Content-Encoding", "Content-Length") if decoded else response.headers
    return library.Response(
        response.status,
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.pairs],
        stream=library.ByteStream(response.body) if stream is None else stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": response.reason.encode("latin-1", "replace")},
    )


def _mapped(library: Any, error: NetworkError, request: Any) -> Exception:
    kind = library.ReadError if error.request_began else library.ConnectError
    if isinstance(error, GlobusConnectionTimeoutError):
        kind = library.ConnectTimeout
    elif isinstance(error, GlobusTimeoutError):
        kind = library.ReadTimeout
    mapped: Exception = kind(str(error), request=request)
    return mapped
