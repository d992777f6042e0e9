"""Makes a terminal for asyncio of a blocking one, which runs in worker threads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from typing import Any, Protocol

import attrs

from globus_transport.core.async_driver import result_of, until_done
from globus_transport.core.daemon_thread import NoThreadError, in_daemon_thread
from globus_transport.core.flow import Send
from globus_transport.core.layers import describe, runs_coroutine
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError, GlobusTimeoutError, MiddlewareError
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number
from globus_transport.http.time_limits import time_left
from globus_transport.terminals.daemon_threads import DaemonThreads

# Seconds that a terminal has to notice by itself that the deadline has passed. It knows whether the request began, but
# cannot end the resolving of a name.
_GRACE = 0.25


class Cancellable(Protocol):
    """A call that another thread can end; what a terminal's ``cancellable(request)`` returns."""

    def run(self) -> Response:
        """Send the request, once, and return its response."""
        ...

    def cancel(self) -> None:
        """End the call. A response that comes all the same is closed, and so is the body of one that came before."""


class ThreadsTerminal(PerProcess):
    """Runs a blocking terminal in threads of its own, for :class:`~globus_transport.core.async_stack.AsyncStack`.

    It is for a program's own blocking HTTP client, such as a ``requests.Session``.
    :class:`~globus_transport.AsyncioTerminal`, the default, needs no threads.

    A task that is cancelled goes on at once. If its request waits for a thread, it is not sent. Otherwise another
    request may have its thread. A terminal that offers it (:class:`~globus_transport.terminals.Urllib3Terminal` does)
    closes the connection; with others the request continues, and its response is closed. The threads do not keep the
    program from ending. A streamed request body is read in the thread, too.

    :param terminal: a callable ``Request -> Response``. A method ``cancellable``, if it has one, takes a request and
        returns an object with ``run()``, which does what a call does, and ``cancel()``
    :param threads: the most requests that are sent at a time; further ones wait
    :raises MiddlewareError: if the terminal is a coroutine function, which needs no threads
    :raises GlobusSDKUsageError: if ``threads`` is not positive
    """

    _process_state = ("_threads",)

    def __init__(self, terminal: Send, *, threads: int = 32) -> None:
        if runs_coroutine(terminal):
            raise MiddlewareError(f"{terminal!r} is a coroutine function; pass it to AsyncStack as it is")
        if not is_number(threads, at_least=1):
            raise GlobusSDKUsageError(f"threads={threads!r}: give a number above 0")
        self.terminal = terminal
        self.threads = threads
        self._enter_process()

    def _make_process_state(self) -> None:
        self._threads = DaemonThreads(self.threads)

    async def __call__(self, request: Request) -> Response:
        """Send one request, once.

        :raises NetworkError: if no complete response came
        """
        cancellable = getattr(self.terminal, "cancellable", None)
        exchange: Cancellable | None = None if cancellable is None else cancellable(request)
        work = self._threads.start(self.terminal, request) if exchange is None else self._threads.start(exchange.run)
        try:
            if request.deadline is not None:
                await self._wait_until(request, request.deadline, work)
            response = await result_of(work)
        except NoThreadError as error:
            raise GlobusConnectionError(f"{request!r}: {error}", error, request_began=False) from error
        except BaseException:
            # Most likely the task was cancelled. That does not stop a thread.
            if not work.cancel() and not work.done():
                self._threads.give_up(work)
                if exchange is not None:
                    exchange.cancel()
            work.add_done_callback(_close_unwanted)
            raise
        if isinstance(response.stream, ByteStream):
            return attrs.evolve(response, stream=_ThreadsStream(request, response.stream, self._threads, exchange))
        return response

    async def _wait_until(self, request: Request, deadline: float, work: Future[Response]) -> None:
        left = max(0.0, deadline - time.monotonic())
        try:
            await until_done(work, left)
        except TimeoutError:
            if work.cancel():
                raise GlobusTimeoutError(
                    f"{request!r}: the deadline passed while it waited for one of {self.threads} threads",
                    request_began=False,
                ) from None
            try:
                await until_done(work, _GRACE)
            except TimeoutError as error:
                raise GlobusTimeoutError(f"{request!r}: the deadline of the call has passed", error) from error

    async def close(self) -> None:
        """Close the inner terminal. Requests that were sent continue."""
        close = getattr(self.terminal, "close", None)
        if close is not None:
            # Not in one of the threads: they may all be waiting for servers.
            await asyncio.to_thread(close)

    def __str__(self) -> str:
        return f"{describe(self.terminal)}, in {self.threads} worker threads"


def _close_unwanted(work: Future[Response]) -> None:
    """Close the response of a call that was given up."""
    if not work.cancelled() and work.exception() is None:
        stream = work.result().stream
        if isinstance(stream, ByteStream):
            stream.close()


class _ThreadsStream(AsyncByteStream):
    """A response body that is read in the threads of its terminal."""

    def __init__(
        self, request: Request, stream: ByteStream, threads: DaemonThreads, exchange: Cancellable | None
    ) -> None:
        self._request = request
        self._stream = stream
        self._threads = threads
        self._exchange = exchange
        self._reading: Future[Any] | None = None

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
        reading = self._reading = self._threads.start(function, *args)
        left = time_left(self._request, None)
        try:
            await until_done(reading, None if left is None else left + _GRACE)
        except TimeoutError as error:
            raise GlobusTimeoutError(f"{self._request!r}: the deadline of the call has passed", error) from error
        if reading.cancelled():
            raise GlobusConnectionError(f"{self._request!r}: another task closed the body")
        chunk: bytes | None = reading.result()
        return chunk

    async def close(self) -> None:
        reading = self._reading
        if reading is not None and not reading.done() and not reading.cancel():
            # A cancelled read continues in its thread. To close now would mean to wait for it.
            self._threads.give_up(reading)
            reading.add_done_callback(self._close_after)
            if self._exchange is not None:
                self._exchange.cancel()
        else:
            # Not in one of the threads: they may all be waiting for servers.
            await asyncio.shield(result_of(in_daemon_thread(self._stream.close)))

    def _close_after(self, _reading: Future[Any]) -> None:
        self._stream.close()
