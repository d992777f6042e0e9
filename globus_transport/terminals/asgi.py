"""An ASGI 3 application (asgi.readthedocs.io, the HTTP part), called in this event loop: no server, no socket."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import unquote

from globus_transport.core.layers import describe
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.bodies import StreamBody, parts_of
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.time_limits import time_left, timed_out
from globus_transport.terminals.http1.decoding import Decoder
from globus_transport.terminals.streams import AsyncReceivedStream

_Message = MutableMapping[str, Any]
ASGIApplication = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]],
    Awaitable[None],
]

_WITHOUT_BODY = frozenset({204, 304})
_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# So many parts of a body wait for their reader before the application has to.
_AHEAD = 8


class ASGITerminal:
    """Sends requests to an application in this event loop. What the application raises, the caller gets.

    The application is told neither of its start nor of its end (the lifespan protocol): do that where it is made.
    A streamed body with a ``Content-Encoding`` is received whole before it is decoded.

    :param app: the application
    :param root_path: the path that it is mounted at; ``""`` is the root
    :param client: the address and port where it is told that requests come from
    :raises GlobusSDKUsageError: if ``root_path`` is no such path
    """

    def __init__(
        self, app: ASGIApplication, *, root_path: str = "", client: tuple[str, int] = ("127.0.0.1", 123)
    ) -> None:
        if root_path and (not root_path.startswith("/") or root_path.endswith("/")):
            raise GlobusSDKUsageError(f"root_path={root_path!r}: give '/path', or '' for the root")
        self.app = app
        self.root_path = root_path
        self.client = client

    async def __call__(self, request: Request) -> Response:
        """Run the application on one request.

        :raises ReplyFormatError: if its answer breaks the ASGI specification
        :raises GlobusTimeoutError: if the deadline passes
        :raises Exception: whatever it raises
        """
        time_left(request, None, began=False)
        exchange = _Exchange(request)
        exchange.begin(self.app, self._scope(request))
        try:
            status, headers = await exchange.head()
            empty = request.method == "HEAD" or status in _WITHOUT_BODY
            stream = _AppStream(exchange, headers.get("Content-Encoding", ""), empty)
            if request.stream:
                return Response(status, headers, b"", stream, "", request)
            return Response(status, headers, await stream.read(), None, "", request)
        except BaseException:
            await exchange.end()
            raise

    def _scope(self, request: Request) -> dict[str, Any]:
        scheme, _, host = request.url.origin.partition("://")
        name, _, port = host.rpartition(":") if re.search(r":\d+$", host) else (host, "", "")
        path, _, query = request.url.target.partition("?")
        plain = unquote(path)
        if self.root_path and plain != self.root_path and not plain.startswith(f"{self.root_path}/"):
            raise GlobusSDKUsageError(f"{request!r}: the application is mounted at {self.root_path!r}")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": scheme,
            "path": plain,
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": self.root_path,
            "headers": list(_header_fields(request, host)),
            "client": self.client,
            "server": (name.strip("[]"), int(port or {"http": 80, "https": 443}[scheme])),
            "state": {},
        }

    def __str__(self) -> str:
        place = f", mounted at {self.root_path}" if self.root_path else ""
        return f"ASGI application {describe(self.app)} in this event loop{place}"


def _header_fields(request: Request, host: str) -> Iterator[tuple[bytes, bytes]]:
    headers = request.headers.without("Content-Length", "Transfer-Encoding")
    if "Host" not in headers:
        yield b"host", host.encode("ascii")
    for name, value in headers.pairs:
        yield name.lower().encode("ascii"), value.encode("latin-1")
    body = request.body
    if isinstance(body, StreamBody) and body.length is None:
        yield b"transfer-encoding", b"chunked"
    elif isinstance(body, StreamBody):
        yield b"content-length", str(body.length).encode()
    elif body is not None or request.method in _EXPECT_A_BODY:
        yield b"content-length", str(len(body or b"")).encode()


class _Exchange:
    """One call of an application, which runs in a task of its own, and what goes to and fro."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._parts = _parts(request.body)
        self._body_is_sent = False
        self._started: asyncio.Future[tuple[int, Headers]] = asyncio.get_running_loop().create_future()
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue(_AHEAD)
        self._complete = False
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self, app: ASGIApplication, scope: dict[str, Any]) -> None:
        """Start the application."""
        self._task = asyncio.ensure_future(self._run(app, scope))

    async def _run(self, app: ASGIApplication, scope: dict[str, Any]) -> None:
        await app(scope, self._receive, self._send)
        if not self._started.done():
            raise self._error("ended without http.response.start")
        if not self._complete:
            raise self._error("ended in the middle of its body")

    async def _receive(self) -> _Message:
        if not self._body_is_sent:
            # What blocks while it is read does so in a thread.
            in_parts = isinstance(self.request.body, StreamBody)
            part = await asyncio.to_thread(next, self._parts, None) if in_parts else next(self._parts, None)
            self._body_is_sent = part is None
            return {"type": "http.request", "body": part or b"", "more_body": part is not None}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: _Message) -> None:
        kind = message.get("type")
        if self._gone.is_set():
            # The specification: a message to a client that has gone does nothing, or is an OSError.
            raise OSError("the caller has gone")
        if kind == "http.response.start" and not self._started.done():
            self._started.set_result(self._head_of(message))
        elif kind == "http.response.body" and self._started.done() and not self._complete:
            body = message.get("body", b"")
            if not isinstance(body, (bytes, bytearray, memoryview)):
                raise self._error(f"gave {type(body).__name__} as a part of its body; bytes are due")
            if body:
                await self._chunks.put(bytes(body))
            if not message.get("more_body", False):
                self._complete = True
                await self._chunks.put(None)
                self._gone.set()
        else:
            raise self._error(f"sent {kind!r} where that is not due")

    def _head_of(self, message: _Message) -> tuple[int, Headers]:
        status = message.get("status")
        if not isinstance(status, int) or not 100 <= status <= 999:
            raise self._error(f"gave {status!r:.100} as its status; a number is due")
        try:
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())]
            return status, Headers(pairs)
        except (GlobusSDKUsageError, AttributeError, TypeError, ValueError) as error:
            raise self._error(f"gave headers that cannot be sent: {error}") from error

    async def head(self) -> tuple[int, Headers]:
        """The status and the headers, when they are there."""
        await self._until(self._started)
        return self._started.result()

    async def next_part(self) -> bytes | None:
        """The next part of the body; ``None`` at its end."""
        if self._chunks.empty():
            part = asyncio.ensure_future(self._chunks.get())
            try:
                await self._until(part)
                return part.result()
            finally:
                part.cancel()
        return self._chunks.get_nowait()

    async def _until(self, done: asyncio.Future[Any]) -> None:
        """Wait for it, or for the end of the application before it is done; what that raised is the caller's."""
        task = self._task
        assert task is not None
        limit = time_left(self.request, None)
        await asyncio.wait({done, task}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            return
        if not task.done():
            passed = TimeoutError()
            raise timed_out(self.request, "no answer", limit, passed) from passed
        if task.cancelled():
            # Raised as it is, it would be taken for the cancellation of the caller.
            raise self._error("was cancelled before its end")
        task.result()
        raise self._error("ended in the middle of its body")

    async def end(self) -> None:
        """Tell the application that nobody listens any more, and wait until it has ended.

        After its last part it may still have something to do, and is left to it; what it raises then is raised here.
        """
        self._gone.set()
        task, self._task = self._task, None
        if task is None:
            return
        if self._complete:
            await task
            return
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            # Whoever waited for a part has had it; here it is only marked as seen.
            task.exception()

    def _error(self, what: str) -> ReplyFormatError:
        return ReplyFormatError(f"{self.request!r}: the ASGI application {what}")


def _parts(body: bytes | StreamBody | None) -> Iterator[bytes]:
    if isinstance(body, StreamBody):
        return parts_of(body)
    return iter([body] if body else [])


class _AppStream(AsyncReceivedStream):
    """The body that an application is still producing."""

    def __init__(self, exchange: _Exchange, encoding: str, empty: bool) -> None:
        super().__init__(exchange.request)
        self._exchange = exchange
        self._decoder = Decoder("" if empty else encoding, exchange.request)
        self._empty = empty

    async def _parts(self) -> AsyncGenerator[bytes, None]:
        while (part := await self._exchange.next_part()) is not None:
            if not self._empty:
                for piece in self._decoder.take(part):
                    yield piece
        for piece in self._decoder.finish():
            yield piece

    async def _let_go(self) -> None:
        await self._exchange.end()
