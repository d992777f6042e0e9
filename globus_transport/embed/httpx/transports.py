"""Stacks as transports of httpx, whichever module of its shape the host class is from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import IO, Any

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.stack import Stack
from globus_transport.embed.httpx.bodies import received, to_body
from globus_transport.embed.httpx.errors import checked_scheme, mapped
from globus_transport.embed.stacks import without_layers
from globus_transport.embed.truncated import AsyncTruncatedBody, TruncatedBody
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError, NetworkError, ReplyFormatError
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.http.urls import URL
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.redirect import Redirect

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
# The encodings that every terminal undoes. httpx asks for those that it could undo itself, which may be more.
_UNDONE = frozenset({"gzip", "x-gzip", "deflate", "identity"})
_WITHOUT_BODY = frozenset({204, 304})


class SyncSending:
    """What a transport for ``httpx.Client`` does. Its class says which module, and which ``SyncByteStream`` of that."""

    _library: Any
    _body_class: Any

    def __init__(self, stack: Stack, *, stream: bool = True) -> None:
        self.stack = without_layers(stack, Stack, Errors, Redirect)
        self.stream = stream

    def handle_request(self, request: Any) -> Any:
        """Send one request down the stack."""
        asked = _as_request(self._library, request, to_body(self._library, request), self.stream)
        try:
            response = self.stack.send(asked)
        except (NetworkError, ReplyFormatError) as error:
            raise mapped(self._library, error, request) from error
        left = TruncatedBody(response) if _is_cut(response) else response.stream
        stream = None if left is None else self._body_class(self._library, left, request)
        try:
            return _reply(self._library, request, response, stream)
        except BaseException:
            if stream is not None:
                stream.close()
            raise

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
        library = self._library
        held = None
        body: bytes | StreamBody | None
        if isinstance(request.stream, library.SyncByteStream):
            body = to_body(library, request)
        else:
            body, held = await received(request.stream)
        stream = None
        try:
            response = await self.stack.send(_as_request(library, request, body, self.stream))
            left = AsyncTruncatedBody(response) if _is_cut(response) else response.stream
            if left is not None:
                stream = self._body_class(library, left, request, held)
        except (NetworkError, ReplyFormatError) as error:
            raise mapped(library, error, request) from error
        finally:
            if held is not None and stream is None:
                held.close()
        try:
            return _reply(library, request, response, stream)
        except BaseException:
            if stream is not None:
                await stream.aclose()
            raise

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.stack!r}>"


class SyncBody:
    """A body on the wire, as httpx reads one. What breaks off is told in httpx's way."""

    def __init__(self, library: Any, stream: ByteStream | AsyncByteStream, request: Any) -> None:
        if not isinstance(stream, ByteStream):
            raise MiddlewareError("this response came from an asyncio terminal; use AsyncStackTransport")
        self._library = library
        self._stream = stream
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except (NetworkError, ReplyFormatError) as error:
            raise mapped(self._library, error, self._request) from error

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()


class AsyncBody:
    """The same for asyncio.

    :param held: the request's body, which may still be read while the response comes
    """

    def __init__(
        self, library: Any, stream: AsyncByteStream | ByteStream, request: Any, held: IO[bytes] | None
    ) -> None:
        if isinstance(stream, ByteStream):
            stream.close()
            raise MiddlewareError("the stack's terminal gives bodies that block; use ThreadsTerminal(terminal)")
        self._library = library
        self._stream = stream
        self._request = request
        self._held = held

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (NetworkError, ReplyFormatError) as error:
            raise mapped(self._library, error, self._request) from error

    async def aclose(self) -> None:
        """Let go of the connection."""
        try:
            await self._stream.close()
        finally:
            if self._held is not None:
                self._held.close()


def _as_request(library: Any, request: Any, body: bytes | StreamBody | None, stream: bool) -> Request:
    url = checked_scheme(library, request)
    pairs = []
    for raw_name, raw_value in request.headers.raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        lowered = raw_name.lower()
        if lowered == b"accept-encoding":
            pairs.append((name, _undone_of(value)))
        elif lowered not in _FRAMING:
            pairs.append((name, value))
    limits = request.extensions.get("timeout", {})
    try:
        return Request(
            request.method,
            URL(url),
            Headers(pairs),
            body,
            stream=stream,
            follow_redirects=False,
            extensions={TIME_LIMITS: (limits["connect"], limits["read"])}
            if {"connect", "read"} <= limits.keys()
            else {},
        )
    except GlobusSDKUsageError as error:
        raise library.LocalProtocolError(str(error), request=request) from error


def _undone_of(accepted: str) -> str:
    if accepted == "gzip, deflate":
        return accepted
    return ", ".join(one for one in _listed(accepted) if one.partition(";")[0].strip().lower() in _UNDONE) or "identity"


def _listed(value: str) -> list[str]:
    return [one.strip() for one in value.split(",")]


def _is_cut(response: Response) -> bool:
    return response.truncated and response.stream is None


def _reply(library: Any, request: Any, response: Response, stream: Any) -> Any:
    headers = response.headers
    if (
        "Content-Encoding" in headers
        and request.method != "HEAD"
        and response.status not in _WITHOUT_BODY
        and _UNDONE.issuperset(_listed(headers["Content-Encoding"].lower()))
    ):
        # The stack has undone it, and httpx would do so again.
        headers = headers.without("Content-Encoding", "Content-Length")
    return library.Response(
        response.status,
        headers=[(name.encode("latin-1"), _encoded(value)) for name, value in headers.pairs],
        stream=library.ByteStream(response.body) if stream is None else stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": response.reason.encode("latin-1", "replace")},
    )


def _encoded(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        # As terminals have it that read heads as UTF-8, and keep bytes that are none.
        return value.encode("utf-8", "surrogateescape")
