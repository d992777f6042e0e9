"""An ASGI 3 application (asgi.readthedocs.io, the HTTP part), called in this event loop: no server, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from globus_transport.core.layers import describe
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.applications import (
    check_mount_path,
    framing_header,
    has_no_body,
    is_below,
    server_of,
)
from globus_transport.terminals.http1.decoding import Decoder
from globus_transport.terminals.streams import AsyncReceivedStream

_Message = MutableMapping[str, Any]
ASGIApplication = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]],
    Awaitable[None],
]

# The parts of a response body that may wait for their reader before the application has to wait.
_MAX_WAITING_PARTS = 8


class ASGITerminal:
    """Calls an application in this event loop. An exception of the application reaches the caller unchanged.

    The application gets no messages of the lifespan protocol: start and stop it where it is made.

    :param app: the application
    :param root_path: the path that it is mounted at; ``""`` is the root
    :param client: the address and the port of the client, for the application
    :raises GlobusSDKUsageError: if ``root_path`` does not begin with a slash, or ends in one
    """

    def __init__(
        self, app: ASGIApplication, *, root_path: str = "", client: tuple[str, int] = ("127.0.0.1", 123)
    ) -> None:
        check_mount_path("root_path", root_path)
        self.app = app
        self.root_path = root_path
        self.client = client

    async def __call__(self, request: Request) -> Response:
        """Call the application with one request.

        :raises ReplyFormatError: if its response breaks the ASGI specification
        :raises GlobusTimeoutError: if the deadline passes
        :raises Exception: any exception of the application
        """
        time_left(request, None, began=False)
        call = _ASGICall(request)
        call.start(self.app, self._scope(request))
        try:
            status, headers = await call.head()
            stream = _ASGIStream(call, headers.get("Content-Encoding", ""), has_no_body(request, status))
            if request.stream:
                return Response(status, headers, b"", stream, "", request)
            return Response(status, headers, await stream.read(), None, "", request)
        except BaseException:
            await call.end()
            raise

    def _scope(self, request: Request) -> dict[str, Any]:
        scheme, host, name, port = server_of(request)
        raw_path, _, query = request.url.target.partition("?")
        path = unquote(raw_path)
        if not is_below(path, self.root_path):
            raise GlobusSDKUsageError(
                f"{request!r}: the application is mounted at {self.root_path!r}; send it paths below that"
            )
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": scheme,
            "path": path,
            "raw_path": raw_path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": self.root_path,
            "headers": list(_header_fields(request, host)),
            "client": self.client,
            "server": (name.strip("[]"), port),
            "state": {},
        }

    def __str__(self) -> str:
        mount = f", mounted at {self.root_path}" if self.root_path else ""
        return f"ASGI application {describe(self.app)} in this event loop{mount}"


def _header_fields(request: Request, host: str) -> Iterator[tuple[bytes, bytes]]:
    headers = request.headers.without("Content-Length", "Transfer-Encoding")
    if "Host" not in headers:
        yield b"host", host.encode("ascii")
    for name, value in headers.pairs:
        yield name.lower().encode("ascii"), value.encode("latin-1")
    framing = framing_header(request)
    if framing is not None:
        yield framing[0].lower().encode("ascii"), framing[1].encode("ascii")


class _ASGICall:
    """One call of an application, which runs in a task of its own, and the messages to and from it."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._request_parts = _parts_of_body(request.body)
        self._body_is_sent = False
        self._head: asyncio.Future[tuple[int, Headers]] = asyncio.get_running_loop().create_future()
        self._response_parts: asyncio.Queue[bytes | None] = asyncio.Queue(_MAX_WAITING_PARTS)
        self._complete = False
        self._closed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, app: ASGIApplication, scope: dict[str, Any]) -> None:
        """Start the application."""
        self._task = asyncio.ensure_future(self._run(app, scope))

    async def _run(self, app: ASGIApplication, scope: dict[str, Any]) -> None:
        await app(scope, self._receive, self._send)
        if not self._head.done():
            raise self._error("ended without http.response.start")
        if not self._complete:
            raise self._error("ended in the middle of its body")

    async def _receive(self) -> _Message:
        if not self._body_is_sent:
            if isinstance(self.request.body, StreamBody):
                # Reading it may block, a file for example.
                part = await asyncio.to_thread(next, self._request_parts, None)
            else:
                part = next(self._request_parts, None)
            self._body_is_sent = part is None
            return {"type": "http.request", "body": part or b"", "more_body": part is not None}
        await self._closed.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: _Message) -> None:
        kind = message.get("type")
        if self._closed.is_set():
            # The specification wants an OSError, or nothing, from send() after a disconnect.
            raise OSError("the caller no longer reads the response")
        if kind == "http.response.start" and not self._head.done():
            self._head.set_result(self._parse_head(message))
        elif kind == "http.response.body" and self._head.done() and not self._complete:
            body = message.get("body", b"")
            if not isinstance(body, (bytes, bytearray, memoryview)):
                raise self._error(f"gave {type(body).__name__} as a part of its body; it has to give bytes")
            if body:
                await self._response_parts.put(bytes(body))
            if not message.get("more_body", False):
                self._complete = True
                await self._response_parts.put(None)
                self._closed.set()
        else:
            raise self._error(f"sent {kind!r} at a point where this is not allowed")

    def _parse_head(self, message: _Message) -> tuple[int, Headers]:
        status = message.get("status")
        if not isinstance(status, int) or not 100 <= status <= 999:
            raise self._error(f"gave {status!r:.100} as its status; it has to give a number from 100 to 999")
        try:
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())]
            return status, Headers(pairs)
        except (GlobusSDKUsageError, AttributeError, TypeError, ValueError) as error:
            raise self._error(f"gave headers that cannot be sent: {error}") from error

    async def head(self) -> tuple[int, Headers]:
        """Wait for the status and the headers."""
        await self._wait_for(self._head)
        return self._head.result()

    async def next_part(self) -> bytes | None:
        """Wait for the next part of the body; ``None`` at its end."""
        if self._response_parts.empty():
            part = asyncio.ensure_future(self._response_parts.get())
            try:
                await self._wait_for(part)
                return part.result()
            finally:
                part.cancel()
        return self._response_parts.get_nowait()

    async def _wait_for(self, result: asyncio.Future[Any]) -> None:
        """Wait for a result.

        :raises Exception: the exception of the application, if it ends first
        """
        task = self._task
        assert task is not None
        limit = time_left(self.request, None)
        await asyncio.wait({result, task}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if result.done():
            return
        if not task.done():
            passed = TimeoutError()
            raise timed_out(self.request, "no answer", limit, passed) from passed
        if task.cancelled():
            # Not raised as CancelledError: that would look like a cancellation of the caller.
            raise self._error("was cancelled before its end")
        task.result()
        raise self._error("ended in the middle of its body")

    async def end(self) -> None:
        """Disconnect from the application, and wait until it has ended.

        After the last part of the body it may finish its work, and its exceptions are raised here. Before that it is
        cancelled.
        """
        self._closed.set()
        task, self._task = self._task, None
        if task is None:
            return
        if self._complete:
            await task
            return
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            # Marks the exception as retrieved. It was raised already where a part was awaited.
            task.exception()

    def _error(self, problem: str) -> ReplyFormatError:
        return ReplyFormatError(f"{self.request!r}: the ASGI application {problem}")


def _parts_of_body(body: bytes | StreamBody | None) -> Iterator[bytes]:
    if isinstance(body, StreamBody):
        return parts_of(body)
    return iter([body] if body else [])


class _ASGIStream(AsyncReceivedStream):
    """A response body, received from the application while it is read."""

    def __init__(self, call: _ASGICall, encoding: str, has_no_body: bool) -> None:
        super().__init__(call.request)
        self._call = call
        self._decoder = Decoder("" if has_no_body else encoding, call.request)
        self._has_no_body = has_no_body

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        while (part := await self._call.next_part()) is not None:
            if not self._has_no_body:
                for piece in self._decoder.take(part):
                    yield piece
        for piece in self._decoder.finish():
            yield piece

    async def _let_go(self) -> None:
        await self._call.end()
