"""Limits the number of requests to an origin that are under way at the same time. Others wait in a queue."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future

from globus_transport.core.flow import Flow, Steps, Wait
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number
from globus_transport.middleware.origins import ByOrigin


class _Queue:
    """The requests to one origin: how many are under way, and the futures of those that wait."""

    __slots__ = ("running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.waiting: deque[Future[None]] = deque()


class ConcurrencyLimit(PerProcess):
    """Send at most ``limit`` requests to an origin at the same time, over all threads and tasks that use the layer.

    Waiting requests are sent in the order of their arrival. A request ends for this layer when its response arrives;
    for a streamed response, when the headers arrive, because the end of its body is not visible here. Place it below
    the retry layer, so that a call that waits for its next attempt does not count::

        client = client.with_stack(client.stack.add(ConcurrencyLimit(4), after="retry"))

    :param limit: number of requests at the same time
    :raises GlobusSDKUsageError: if ``limit`` is not above 0
    """

    _process_state = ("_queues",)

    def __init__(self, limit: int) -> None:
        if not is_number(limit, above=0):
            raise GlobusSDKUsageError(f"ConcurrencyLimit({limit!r}): give a number above 0")
        self.limit = limit
        self._enter_process()

    def _make_process_state(self) -> None:
        self._queues = ByOrigin(_Queue)

    def __call__(self, request: Request) -> Flow:
        """:raises GlobusTimeoutError: if the request's deadline passes while it waits"""
        queue = self._queues.get(request.url.origin)
        turn = self._enter(queue)
        if turn is not None:
            yield from self._wait_for(turn, queue, request)
        try:
            response: Response = yield request
            return response
        finally:
            self._leave(queue)

    def _enter(self, queue: _Queue) -> Future[None] | None:
        with self._queues.lock:
            if queue.running < self.limit:
                queue.running += 1
                return None
        turn: Future[None] = Future()
        turn.set_running_or_notify_cancel()
        with self._queues.lock:
            if queue.running < self.limit:
                queue.running += 1
                return None
            queue.waiting.append(turn)
        return turn

    def _wait_for(self, turn: Future[None], queue: _Queue, request: Request) -> Steps[None]:
        timeout = None if request.deadline is None else max(0.0, request.deadline - time.monotonic())
        try:
            yield Wait(turn, timeout)
        except BaseException as error:
            with self._queues.lock:
                has_turn = turn not in queue.waiting
                if not has_turn:
                    queue.waiting.remove(turn)
            if has_turn:
                # The turn came at the last moment; pass it to the next request.
                self._leave(queue)
            if isinstance(error, TimeoutError):
                timed_out = GlobusTimeoutError(
                    f"{request!r}: the deadline passed while {self.limit} others were under way",
                    error,
                    request_began=False,
                )
                timed_out.final = True
                raise timed_out from error
            raise

    def _leave(self, queue: _Queue) -> None:
        with self._queues.lock:
            if not queue.waiting:
                queue.running -= 1
                return
            turn = queue.waiting.popleft()
        # Outside the lock, because this calls the callbacks of the waiting request.
        turn.set_result(None)

    def __str__(self) -> str:
        return f"{self.limit} requests at a time for each origin"
