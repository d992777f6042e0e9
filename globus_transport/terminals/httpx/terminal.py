"""Terminals over the ``httpx.Client`` and the ``httpx.AsyncClient`` of a program, or those of httpx2 (extra ``httpx``).

A client keeps its transport, proxies, certificates and event hooks. What layers do is switched off in it: redirects,
its own credentials, cookies and headers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from globus_transport.core.async_driver import check_event_loop
from globus_transport.core.layers import describe
from globus_transport.exc.base import GlobusSDKUsageError, RedirectError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import FRAMING, Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import check_time_limits, in_seconds, limits_of, time_left, timed_out
from globus_transport.terminals.http1.decoding import Decoder, decoded
from globus_transport.terminals.httpx.errors import library_of, to_globus_error, was_read
from globus_transport.terminals.streams import (
    AsyncReceivedStream,
    ReceivedStream,
    async_response_from_stream,
    response_from_stream,
)

if TYPE_CHECKING:
    import httpx
    import httpx2

T = TypeVar("T")

# Seconds by which the deadline is extended, so that a time-out of httpx comes first: it says whether there was a
# connection.
_GRACE = 0.01
_DECODED_HERE = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


class _ClientTerminal:
    """The base of both terminals."""

    _client_class: str
    _read_call: str

    def __init__(self, client: Any, *, http_timeout: float | None = 60.0, connect_timeout: float | None = None) -> None:
        check_time_limits(http_timeout, connect_timeout)
        self._library: Any = library_of(client, self._client_class)
        self.client = client
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout

    def _limits(self, request: Request) -> tuple[float | None, float | None]:
        connect, read = limits_of(request, self.connect_timeout, self.http_timeout)
        return time_left(request, connect, began=False), time_left(request, read, began=False)

    def _to_httpx_request(self, request: Request, content: Any, connect: float | None, read: float | None) -> Any:
        pairs = list(request.headers.without(*FRAMING).pairs)
        if (framing := request.framing) is not None and framing[0] == "Content-Length":
            pairs.append(framing)
        timeout = {"connect": connect, "read": read, "write": read, "pool": connect}
        try:
            return self._library.Request(
                request.method,
                str(request.url),
                headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in pairs],
                content=content,
                extensions={"timeout": timeout},
            )
        except (self._library.InvalidURL, UnicodeEncodeError) as error:
            raise GlobusSDKUsageError(f"{request!r}: httpx does not send this: {error}") from error

    def _check_open(self, request: Request) -> None:
        if self.client.is_closed:
            raise GlobusSDKUsageError(f"{request!r}: the httpx client of the terminal is closed")

    def _response_without_body(self, request: Request, reply: Any) -> Response | None:
        """The response without its body, if httpx has closed the body because a response hook raised for the status.

        ``None`` if the body is there. To renew a token after a 401, or to follow a redirect, the head is enough.

        :raises GlobusSDKUsageError: if the layers need the body, which is lost
        """
        if not reply.is_closed or was_read(self._library, reply):
            return None
        status = reply.status_code
        if status >= 400 and status != 401:
            hooks = ", ".join(map(describe, self.client.event_hooks["response"]))
            # Not chained: httpx's exception prints the whole URL, which may hold a secret.
            raise GlobusSDKUsageError(
                f"{request!r}: the client's {f'response hook {hooks}' if hooks else 'transport'} raised for status "
                f"{status}, and the body is lost; call {self._read_call} before it raises, or leave "
                "statuses to the layers"
            ) from None
        return Response(status, _headers_of(reply), b"", None, reply.reason_phrase, request, truncated=True)

    def __str__(self) -> str:
        return f"{self._library.__name__}.{self._client_class} of the program, time-out {in_seconds(self.http_timeout)}"

    def __reduce__(self) -> tuple[Any, ...]:
        raise GlobusSDKUsageError("a terminal over a client of the program cannot be pickled")


def _limit_body(request: Request, reply: Any, limit: float | None) -> None:
    if request.deadline is not None:
        # httpx reads the time limit from here when it begins to read the body.
        reply.request.extensions["timeout"]["read"] = time_left(request, limit)


def _encoding_to_decode(httpx: Any, reply: Any) -> str | None:
    """The Content-Encoding to decode here, in bounded memory; ``None`` if httpx does, or has done it."""
    encoding: str = reply.headers.get("Content-Encoding", "")
    if was_read(httpx, reply) or any(name.strip() not in _DECODED_HERE for name in encoding.lower().split(",")):
        return None
    return encoding


def _headers_of(reply: Any) -> Headers:
    return Headers.received([(name.decode("latin-1"), value.decode("latin-1")) for name, value in reply.headers.raw])


class HttpxTerminal(_ClientTerminal):
    """Sends through an ``httpx.Client``, and never closes it.

    The deadline is checked before the head and before each part of the body. A single wait can exceed it, because
    httpx restarts its time limit with each read. The client stores cookies of responses, but they are not sent with
    these requests. httpx does not notice when a server sends more than its response; what comes behind may be taken for
    the answer to the next request.

    :param client: of httpx, or of a module with the same classes, such as httpx2
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` for no limit
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :raises GlobusSDKUsageError: if ``client`` is not such a client, or a number is not positive
    """

    _client_class = "Client"
    _read_call = "response.read()"
    client: httpx.Client | httpx2.Client

    if TYPE_CHECKING:

        def __init__(
            self,
            client: httpx.Client | httpx2.Client,
            *,
            http_timeout: float | None = 60.0,
            connect_timeout: float | None = None,
        ) -> None: ...

    def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if the client is closed, or cannot send this
        """
        self._check_open(request)
        connect, read = self._limits(request)
        body = request.body
        content = parts_of(body) if isinstance(body, StreamBody) else body
        httpx_request = self._to_httpx_request(request, content, connect, read)
        client: Any = self.client
        try:
            reply = client.send(httpx_request, stream=True, auth=None, follow_redirects=False)
        except self._library.HTTPStatusError as error:
            reply = error.response
            if (bodiless := self._response_without_body(request, reply)) is not None:
                return bodiless
        except self._library.HTTPError as error:
            raise to_globus_error(self._library, request, error, connect, read) from error
        except self._library.InvalidURL:
            # httpx prepares the next request also if it does not follow. Not chained: it prints the place.
            raise RedirectError(f"{request!r}: redirected to a place that is no http(s) URL") from None
        headers = _headers_of(reply)
        stream = _ClientStream(self._library, request, reply, read)
        return response_from_stream(request, reply.status_code, headers, stream, reply.reason_phrase)


class _ClientStream(ReceivedStream):
    """A response body that the client receives while it is read."""

    def __init__(self, library: Any, request: Request, reply: Any, limit: float | None) -> None:
        super().__init__(request)
        self._library = library
        self._reply = reply
        self._limit = limit

    def _parts(self) -> Iterator[bytes]:
        try:
            _limit_body(self._request, self._reply, self._limit)
            encoding = _encoding_to_decode(self._library, self._reply)
            chunks = self._reply.iter_bytes() if encoding is None else self._reply.iter_raw()
            for chunk in decoded(chunks, encoding or "", self._request):
                time_left(self._request, None)
                yield chunk
        except (self._library.HTTPError, self._library.StreamError) as error:
            raise to_globus_error(self._library, self._request, error, self._limit, self._limit) from error

    def _let_go(self) -> None:
        self._reply.close()


class AsyncHttpxTerminal(_ClientTerminal):
    """Sends through an ``httpx.AsyncClient``, and never closes it.

    Cancelling a task closes its connection at once. What :class:`HttpxTerminal` says of cookies, and of servers that
    send more than their response, holds here too.

    :param client: of httpx, or of a module with the same classes, such as httpx2
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` for no limit
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :raises GlobusSDKUsageError: if ``client`` is not such a client, or a number is not positive
    """

    _client_class = "AsyncClient"
    _read_call = "await response.aread()"
    client: httpx.AsyncClient | httpx2.AsyncClient

    if TYPE_CHECKING:

        def __init__(
            self,
            client: httpx.AsyncClient | httpx2.AsyncClient,
            *,
            http_timeout: float | None = 60.0,
            connect_timeout: float | None = None,
        ) -> None: ...

    async def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if the client is closed, or cannot send this, or if asyncio does not run this
        """
        # httpx itself would send this under trio, too, but what layers wait for needs asyncio.
        check_event_loop(f"{request!r}: an AsyncHttpxTerminal")
        self._check_open(request)
        connect, read = self._limits(request)
        body = request.body
        content = _parts_in_thread(body) if isinstance(body, StreamBody) else body
        httpx_request = self._to_httpx_request(request, content, connect, read)
        client: Any = self.client
        try:
            sending = client.send(httpx_request, stream=True, auth=None, follow_redirects=False)
            reply = await _before_deadline(request, read, sending)
        except self._library.HTTPStatusError as error:
            reply = error.response
            if (bodiless := self._response_without_body(request, reply)) is not None:
                return bodiless
        except self._library.HTTPError as error:
            raise to_globus_error(self._library, request, error, connect, read) from error
        except self._library.InvalidURL:
            # httpx prepares the next request also if it does not follow. Not chained: it prints the place.
            raise RedirectError(f"{request!r}: redirected to a place that is no http(s) URL") from None
        headers = _headers_of(reply)
        stream = _AsyncClientStream(self._library, request, reply, read)
        return await async_response_from_stream(request, reply.status_code, headers, stream, reply.reason_phrase)


async def _before_deadline(request: Request, limit: float | None, work: Awaitable[T]) -> T:
    """Await ``work`` until the deadline at most. httpx restarts its own time-outs with each read.

    :raises GlobusTimeoutError: if the deadline passes
    """
    if request.deadline is None:
        return await work
    until = asyncio.timeout(request.deadline - time.monotonic() + _GRACE)
    try:
        async with until:
            return await work
    except TimeoutError as error:
        if not until.expired():
            raise
        raise timed_out(request, "no answer", limit, error) from error


async def _parts_in_thread(body: StreamBody) -> AsyncIterator[bytes]:
    # Reading a body may block, a file for example.
    parts = parts_of(body)
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part


class _AsyncClientStream(AsyncReceivedStream):
    """A response body that the client receives while it is read."""

    def __init__(self, library: Any, request: Request, reply: Any, limit: float | None) -> None:
        super().__init__(request)
        self._library = library
        self._reply = reply
        self._limit = limit

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        encoding = _encoding_to_decode(self._library, self._reply)
        chunks = self._reply.aiter_bytes() if encoding is None else self._reply.aiter_raw()
        decoder = Decoder(encoding or "", self._request)
        try:
            _limit_body(self._request, self._reply, self._limit)
            while (chunk := await _before_deadline(self._request, self._limit, anext(chunks, None))) is not None:
                time_left(self._request, None)
                for part in decoder.take(chunk):
                    yield part
                if decoder.is_done:
                    break
            for part in decoder.finish():
                yield part
        except (self._library.HTTPError, self._library.StreamError) as error:
            raise to_globus_error(self._library, self._request, error, self._limit, self._limit) from error

    async def _let_go(self) -> None:
        await self._reply.aclose()
