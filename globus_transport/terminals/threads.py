"""Makes a terminal for asyncio of a blocking one, which runs in worker threads."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import attrs

from globus_transport.core.flow import Send
from globus_transport.core.layers import describe, runs_coroutine
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError, MiddlewareError
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Request, Response

T = TypeVar("T")


class ThreadsTerminal(PerProcess):
    """Runs a blocking terminal in threads of its own, for :class:`~globus_transport.core.async_stack.AsyncStack`.

    If a task is cancelled while its request waits for a thread, the request is not sent. A request that was sent
    continues in its thread, and its response is closed. A streamed request body is read in the thread, too.

    :param terminal: a callable ``Request -> Response``
    :param threads: the most requests that are sent at a time; further ones wait
    :raises MiddlewareError: if the terminal is a coroutine function, which needs no threads
    :raises GlobusSDKUsageError: if ``threads`` is not positive
    """

    _process_state = ("_executor", "_lock")

    def __init__(self, terminal: Send, *, threads: int = 32) -> None:
        if runs_coroutine(terminal):
            raise MiddlewareError(f"{terminal!r} is a coroutine function; pass it to AsyncStack as it is")
        if threads < 1:
            raise GlobusSDKUsageError(f"threads={threads!r}: give a number above 0")
        self.terminal = terminal
        self.threads = threads
        self._enter_process()

    def _make_process_state(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    async def __call__(self, request: Request) -> Response:
        work = self.start(self.terminal, request)
        awaitable = asyncio.wrap_future(work)
        try:
            if request.deadline is not None:
                await asyncio.wait([awaitable], timeout=max(0.0, request.deadline - time.monotonic()))
                if not awaitable.done() and work.cancel():
                    raise GlobusTimeoutError(
                        f"{request!r}: the deadline passed while it waited for one of {self.threads} threads",
                        request_began=False,
                    )
            response = await awaitable
        except BaseException:
            # The task was cancelled, most likely. That does not stop a thread, which may still bring a response.
            awaitable.cancel()
            work.add_done_callback(_close_unwanted)
            raise
        if isinstance(response.stream, ByteStream):
            return attrs.evolve(response, stream=_ThreadsStream(response.stream, self))
        return response

    def start(self, function: Callable[..., T], *args: Any) -> Future[T]:
        """Call a function in a worker thread, with the context variables of the caller."""
        with self._lock:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(self.threads, thread_name_prefix="globus_transport")
            return self._executor.submit(contextvars.copy_context().run, function, *args)

    async def close(self) -> None:
        """Close the inner terminal. The threads end after their current work.

        A later request starts new threads.
        """
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False)
        close = getattr(self.terminal, "close", None)
        if close is not None:
            # In another thread: those of the executor may all be waiting for servers.
            await asyncio.to_thread(close)

    def __str__(self) -> str:
        return f"{describe(self.terminal)}, in {self.threads} worker threads"


def _close_unwanted(work: Future[Response]) -> None:
    """Close the response of a call that was given up. Also marks an exception of it as retrieved."""
    if not work.cancelled() and work.exception() is None:
        stream = work.result().stream
        if isinstance(stream, ByteStream):
            stream.close()


class _ThreadsStream(AsyncByteStream):
    """A response body that is read in the threads of its terminal."""

    def __init__(self, stream: ByteStream, terminal: ThreadsTerminal) -> None:
        self._stream = stream
        self._terminal = terminal
        self._reading: Future[bytes | None] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = iter(self._stream)
        try:
            while (chunk := await self._read(next, chunks, None)) is not None:
                yield chunk
        finally:
            await self.close()

    async def read(self, limit: int | None = None) -> bytes:
        try:
            return await self._read(self._stream.read, limit) or b""
        except BaseException:
            await self.close()
            raise

    async def _read(self, function: Callable[..., bytes | None], *args: Any) -> bytes | None:
        self._reading = self._terminal.start(function, *args)
        return await asyncio.wrap_future(self._reading)

    async def close(self) -> None:
        if self._reading is not None and not self._reading.done():
            # A cancelled read continues in its thread. To close now would mean to wait for it.
            self._reading.add_done_callback(self._close_after)
        else:
            await asyncio.shield(asyncio.wrap_future(self._terminal.start(self._stream.close)))

    def _close_after(self, _reading: Future[bytes | None]) -> None:
        self._stream.close()
