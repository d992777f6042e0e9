"""A stack as a transport of httpx, written once for httpx and httpx2, which have the same classes.

The public classes, each made for one of the two libraries, are in ``public.py`` and ``embed/httpx2.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, Generic, TypeVar, cast

from globus_transport.core.async_driver import check_event_loop
from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.stack import Stack
from globus_transport.embed.httpx.bodies import read_async_stream, to_body
from globus_transport.embed.httpx.errors import checked_url, to_httpx_error, wrong_library
from globus_transport.embed.stacks import DECODED_ENCODINGS, AsyncTruncatedBody, TruncatedBody, embedded_stack
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError, NetworkError, ReplyFormatError
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.http.urls import URL

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
# A client asks for the encodings that httpx can decode, which may be more than those of the terminals.
_DECODED = DECODED_ENCODINGS | {"identity"}
_WITHOUT_BODY = frozenset({204, 304})


class SyncTransport(Generic[RequestT, ResponseT]):
    """The base of ``StackTransport``. A subclass names the library, and derives from its ``BaseTransport``, too.

    :raises GlobusSDKUsageError: if ``stack`` is not a ``Stack``
    """

    _library: Any
    _stream_class: Any

    def __init__(self, stack: Stack, *, stream: bool = True, retries: bool = True) -> None:
        self.stack = embedded_stack(stack, Stack, retries=retries)
        self.stream = stream

    def handle_request(self, request: RequestT) -> ResponseT:
        """Send one request down the stack.

        :raises httpx.TransportError: as httpx's own transport raises it; ``__cause__`` is this package's exception
        :raises GlobusSDKUsageError: if the client is one of the other library
        """
        if not isinstance(request, self._library.Request):
            raise wrong_library("StackTransport", self._library, request)
        own_request = _to_request(self._library, request, to_body(self._library, request), self.stream)
        try:
            response = self.stack.send(own_request)
        except (NetworkError, ReplyFormatError) as error:
            raise to_httpx_error(self._library, error, request) from error
        body = TruncatedBody(response) if _is_cut(response) else response.stream
        stream = None if body is None else self._stream_class(self._library, body, request)
        try:
            httpx_response: ResponseT = _to_httpx_response(self._library, request, response, stream)
        except BaseException:
            if stream is not None:
                stream.close()
            raise
        return httpx_response

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.stack!r}>"


class AsyncTransport(Generic[RequestT, ResponseT]):
    """The base of ``AsyncStackTransport``, as :class:`SyncTransport` is of ``StackTransport``."""

    _library: Any
    _stream_class: Any

    def __init__(self, stack: AsyncStack, *, stream: bool = True, retries: bool = True) -> None:
        self.stack = embedded_stack(stack, AsyncStack, retries=retries)
        self.stream = stream

    async def handle_async_request(self, request: RequestT) -> ResponseT:
        """Send one request down the stack. A body that is an asynchronous stream is read to its end first.

        :raises httpx.TransportError: as httpx's own transport raises it; ``__cause__`` is this package's exception
        :raises GlobusSDKUsageError: if the client is one of the other library, or asyncio does not run this
        """
        check_event_loop("AsyncStackTransport")
        if not isinstance(request, self._library.Request):
            raise wrong_library("AsyncStackTransport", self._library, request)
        library, httpx_request = self._library, cast(Any, request)
        request_file = None
        body: bytes | StreamBody | None
        if isinstance(httpx_request.stream, library.SyncByteStream):
            body = to_body(library, request)
        else:
            body, request_file = await read_async_stream(httpx_request.stream)
        stream = None
        try:
            response = await self.stack.send(_to_request(library, request, body, self.stream))
            response_body = AsyncTruncatedBody(response) if _is_cut(response) else response.stream
            if response_body is not None:
                stream = self._stream_class(library, response_body, request, request_file)
        except (NetworkError, ReplyFormatError) as error:
            raise to_httpx_error(library, error, request) from error
        finally:
            if request_file is not None and stream is None:
                request_file.close()
        try:
            httpx_response: ResponseT = _to_httpx_response(library, request, response, stream)
        except BaseException:
            if stream is not None:
                await stream.aclose()
            raise
        return httpx_response

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.stack!r}>"


class SyncResponseStream:
    """The base of a body on the wire, as a ``SyncByteStream`` of the library. It raises the library's exceptions."""

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
            raise to_httpx_error(self._library, error, self._request) from error

    def close(self) -> None:
        """Release the connection."""
        self._stream.close()


class AsyncResponseStream:
    """:class:`SyncResponseStream` for asyncio.

    :param request_file: holds the body of the request, which the stack may still send while the response arrives
    """

    def __init__(
        self, library: Any, stream: AsyncByteStream | ByteStream, request: Any, request_file: IO[bytes] | None
    ) -> None:
        if isinstance(stream, ByteStream):
            stream.close()
            raise MiddlewareError("the stack's terminal gives bodies that block; use ThreadsTerminal(terminal)")
        self._library = library
        self._stream = stream
        self._request = request
        self._request_file = request_file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
        except (NetworkError, ReplyFormatError) as error:
            raise to_httpx_error(self._library, error, self._request) from error

    async def aclose(self) -> None:
        """Release the connection."""
        try:
            await self._stream.close()
        finally:
            if self._request_file is not None:
                self._request_file.close()


def _to_request(library: Any, request: Any, body: bytes | StreamBody | None, stream: bool) -> Request:
    url = checked_url(library, request)
    pairs = []
    for raw_name, raw_value in request.headers.raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        lowered = raw_name.lower()
        if lowered == b"accept-encoding":
            pairs.append((name, _decodable_encodings(value)))
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


def _decodable_encodings(accepted: str) -> str:
    """The value of an Accept-Encoding header, without the encodings that a terminal cannot decode."""
    if accepted == "gzip, deflate":
        return accepted
    encodings = [item for item in _list_items(accepted) if item.partition(";")[0].strip().lower() in _DECODED]
    return ", ".join(encodings) or "identity"


def _list_items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",")]


def _is_cut(response: Response) -> bool:
    return response.truncated and response.stream is None


def _to_httpx_response(library: Any, request: Any, response: Response, stream: Any) -> Any:
    headers = response.headers
    if (
        "Content-Encoding" in headers
        and request.method != "HEAD"
        and response.status not in _WITHOUT_BODY
        and _DECODED.issuperset(_list_items(headers["Content-Encoding"].lower()))
    ):
        # The terminal has decoded the body. With these headers httpx would decode it once more.
        headers = headers.without("Content-Encoding", "Content-Length")
    return library.Response(
        response.status,
        headers=[(name.encode("latin-1"), _encode_value(value)) for name, value in headers.pairs],
        stream=library.ByteStream(response.body) if stream is None else stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": response.reason.encode("latin-1", "replace")},
    )


def _encode_value(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        # Terminals that read heads as UTF-8 keep undecodable bytes as surrogates.
        return value.encode("utf-8", "surrogateescape")
