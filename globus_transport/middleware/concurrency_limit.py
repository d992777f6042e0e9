"""Lets so many requests to an origin be under way at a time; the others wait in line."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future

from globus_transport.core.flow import Flow, Steps, Wait
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.origins import ByOrigin


class _Line:
    """Who is under way, and who waits."""

    __slots__ = ("running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.waiting: deque[Future[None]] = deque()


class ConcurrencyLimit(PerProcess):
    """At most ``limit`` requests to an origin at a time, over all threads and tasks that use the layer.

    First come, first served. A place is given back when the response is there; of a streamed response, when its
    headers are, because nobody can say when its reader will be done. Stands below the retry layer, so that nobody
    keeps a place while waiting for the next attempt::

        client = client.with_stack(client.stack.add(ConcurrencyLimit(4), after="retry"))

    :param limit: requests under way
    :raises GlobusSDKUsageError: if ``limit`` is not above 0
    """

    _process_state = ("_lines",)

    def __init__(self, limit: int) -> None:
        if not limit > 0:
            raise GlobusSDKUsageError(f"ConcurrencyLimit({limit!r}): give a number above 0")
        self.limit = limit
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lines = ByOrigin(_Line)

    def __call__(self, request: Request) -> Flow:
        """:raises GlobusTimeoutError: if the request's deadline passes while it waits"""
        line = self._lines.get(request.url.origin)
        turn = self._enter(line)
        if turn is not None:
            yield from self._wait(line, turn, request)
        try:
            response: Response = yield request
            return response
        finally:
            self._leave(line)

    def _enter(self, line: _Line) -> Future[None] | None:
        with self._lines.lock:
            if line.running < self.limit:
                line.running += 1
                return None
        turn: Future[None] = Future()
        turn.set_running_or_notify_cancel()
        with self._lines.lock:
            if line.running < self.limit:
                line.running += 1
                return None
            line.waiting.append(turn)
        return turn

    def _wait(self, line: _Line, turn: Future[None], request: Request) -> Steps[None]:
        left = None if request.deadline is None else max(0.0, request.deadline - time.monotonic())
        try:
            yield Wait(turn, left)
        except BaseException as error:
            with self._lines.lock:
                came = turn not in line.waiting
                if not came:
                    line.waiting.remove(turn)
            if came:
                # The place came just now; the next one takes it.
                self._leave(line)
            if isinstance(error, TimeoutError):
                late = GlobusTimeoutError(
                    f"{request!r}: the deadline passed while {self.limit} others were under way",
                    error,
                    request_began=False,
                )
                late.final = True
                raise late from error
            raise

    def _leave(self, line: _Line) -> None:
        with self._lines.lock:
            if not line.waiting:
                line.running -= 1
                return
            turn = line.waiting.popleft()
        # Outside the lock: this calls whoever waits.
        turn.set_result(None)

    def __str__(self) -> str:
        return f"{self.limit} requests at a time for each origin"
