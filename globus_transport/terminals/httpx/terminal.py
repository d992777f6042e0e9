"""Terminals over the ``httpx.Client`` and the ``httpx.AsyncClient`` of a program, or those of httpx2 (extra ``httpx``).

A client keeps what it is there for: its transport, proxies, certificates and event hooks. What the layers do, it does
not: no redirects, no credential, no cookies, no headers of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from globus_transport.core.layers import describe
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import in_seconds, limits_of, time_left, timed_out
from globus_transport.terminals.httpx.errors import library_of, mapped, was_read
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

# Seconds that httpx's own time-outs have to come first, because they say whether a connection was made.
_GRACE = 0.01
_FRAMING = ("Content-Length", "Transfer-Encoding")


class _Terminal:
    """What both have."""

    _kind: str
    _reads: str

    def __init__(self, client: Any, *, http_timeout: float | None = 60.0, connect_timeout: float | None = None) -> None:
        for name, seconds in (("http_timeout", http_timeout), ("connect_timeout", connect_timeout)):
            if seconds is not None and not seconds > 0:
                raise GlobusSDKUsageError(f"{name}={seconds!r}: give seconds above 0, or None for no limit")
        self._library: Any = library_of(client, self._kind)
        self.client = client
        self.http_timeout = http_timeout
        self.connect_timeout = http_timeout if connect_timeout is None else connect_timeout

    def _limits(self, request: Request) -> tuple[float | None, float | None]:
        connect, read = limits_of(request, self.connect_timeout, self.http_timeout)
        return time_left(request, connect, began=False), time_left(request, read, began=False)

    def _made(self, request: Request, content: Any, connect: float | None, read: float | None) -> Any:
        pairs = list(request.headers.without(*_FRAMING).pairs)
        if isinstance(request.body, StreamBody) and request.body.length is not None:
            pairs.append(("Content-Length", str(request.body.length)))
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

    def _head_alone(self, request: Request, reply: Any) -> Response | None:
        """The answer without its body, if httpx has closed that because a response hook raised for the status.

        A new token, or the way that a redirect leads, needs no more.

        :raises GlobusSDKUsageError: if the status is another, whose body is missed
        """
        if not reply.is_closed or was_read(self._library, reply):
            return None
        status = reply.status_code
        if status >= 400 and status != 401:
            hooks = ", ".join(map(describe, self.client.event_hooks["response"]))
            # Not chained: httpx's exception prints the whole URL.
            raise GlobusSDKUsageError(
                f"{request!r}: the client's {f'response hook {hooks}' if hooks else 'transport'} raised for status "
                f"{status}, and the body is lost; call {self._reads} before it raises, or leave statuses to the layers"
            ) from None
        return Response(status, _headers_of(reply), b"", None, reply.reason_phrase, request, truncated=True)

    def __str__(self) -> str:
        return f"{self._library.__name__}.{self._kind} of the program, time-out {in_seconds(self.http_timeout)}"

    def __reduce__(self) -> tuple[Any, ...]:
        raise GlobusSDKUsageError("a terminal over a client of the program cannot be pickled")


def _limit_body(request: Request, reply: Any, limit: float | None) -> None:
    if request.deadline is not None:
        # httpx looks here when it begins to read the body.
        reply.request.extensions["timeout"]["read"] = time_left(request, limit)


def _headers_of(reply: Any) -> Headers:
    return Headers.received([(name.decode("latin-1"), value.decode("latin-1")) for name, value in reply.headers.raw])


class HttpxTerminal(_Terminal):
    """Sends through an ``httpx.Client``, which stays whose it is.

    A deadline is looked at before the head and before each part of the body; one wait can go past it, where httpx's
    time limit begins anew. The client keeps cookies that come, as it always does; none goes out with these requests.

    :param client: of httpx, or of a module of its shape such as httpx2
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :raises GlobusSDKUsageError: if ``client`` is no such client, or a number is not positive
    """

    _kind = "Client"
    _reads = "response.read()"
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
        made = self._made(request, parts_of(body) if isinstance(body, StreamBody) else body, connect, read)
        client: Any = self.client
        try:
            reply = client.send(made, stream=True, auth=None, follow_redirects=False)
        except self._library.HTTPStatusError as error:
            reply = error.response
            if (alone := self._head_alone(request, reply)) is not None:
                return alone
        except self._library.HTTPError as error:
            raise mapped(self._library, request, error, connect, read) from error
        headers = _headers_of(reply)
        stream = _Stream(self._library, request, reply, read)
        return response_from_stream(request, reply.status_code, headers, stream, reply.reason_phrase)


class _Stream(ReceivedStream):
    """A body that a client is still receiving."""

    def __init__(self, library: Any, request: Request, reply: Any, limit: float | None) -> None:
        super().__init__(request)
        self._library = library
        self._reply = reply
        self._limit = limit

    def _parts(self) -> Iterator[bytes]:
        try:
            _limit_body(self._request, self._reply, self._limit)
            for chunk in self._reply.iter_bytes():
                time_left(self._request, None)
                yield chunk
        except (self._library.HTTPError, self._library.StreamError) as error:
            raise mapped(self._library, self._request, error, self._limit, self._limit) from error

    def _let_go(self) -> None:
        self._reply.close()


class AsyncHttpxTerminal(_Terminal):
    """Sends through an ``httpx.AsyncClient``, which stays whose it is: async to the socket.

    Cancelling a task closes its connection at once.

    :param client: of httpx, or of a module of its shape such as httpx2
    :param http_timeout: seconds to wait for the server's next bytes; ``None`` waits for ever
    :param connect_timeout: seconds to wait for a connection; by default ``http_timeout``
    :raises GlobusSDKUsageError: if ``client`` is no such client, or a number is not positive
    """

    _kind = "AsyncClient"
    _reads = "await response.aread()"
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
        :raises GlobusSDKUsageError: if the client is closed, or cannot send this
        """
        self._check_open(request)
        connect, read = self._limits(request)
        body = request.body
        made = self._made(request, _parts(body) if isinstance(body, StreamBody) else body, connect, read)
        client: Any = self.client
        try:
            reply = await _in_time(request, read, client.send(made, stream=True, auth=None, follow_redirects=False))
        except self._library.HTTPStatusError as error:
            reply = error.response
            if (alone := self._head_alone(request, reply)) is not None:
                return alone
        except self._library.HTTPError as error:
            raise mapped(self._library, request, error, connect, read) from error
        headers = _headers_of(reply)
        stream = _AsyncStream(self._library, request, reply, read)
        return await async_response_from_stream(request, reply.status_code, headers, stream, reply.reason_phrase)


async def _in_time(request: Request, limit: float | None, work: Awaitable[T]) -> T:
    """What ``work`` gives, if it does so before the deadline. httpx's own time-outs begin anew with each step."""
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


async def _parts(body: StreamBody) -> AsyncIterator[bytes]:
    # Where the parts come from may block: a file, say.
    parts = parts_of(body)
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        yield part


class _AsyncStream(AsyncReceivedStream):
    """A body that a client is still receiving."""

    def __init__(self, library: Any, request: Request, reply: Any, limit: float | None) -> None:
        super().__init__(request)
        self._library = library
        self._reply = reply
        self._limit = limit

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        chunks = self._reply.aiter_bytes()
        try:
            _limit_body(self._request, self._reply, self._limit)
            while (chunk := await _in_time(self._request, self._limit, anext(chunks, None))) is not None:
                time_left(self._request, None)
                yield chunk
        except (self._library.HTTPError, self._library.StreamError) as error:
            raise mapped(self._library, self._request, error, self._limit, self._limit) from error

    async def _let_go(self) -> None:
        await self._reply.aclose()
