"""Turns: so many requests may use connections to one origin at a time, and the others wait in order.

``asyncio.Semaphore`` has no time limits. With ``asyncio.timeout`` each wait would have a timer of its own, which costs
more than the rest of it, and its limit would not begin again when another turn ends.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

import attrs

from globus_transport.http.messages import Request
from globus_transport.http.time_limits import deadline_passed, ends_now, time_left


@attrs.frozen
class _WaitingTime:
    """How long a request waits.

    :ivar began: when, on the clock of ``time.monotonic()``
    :ivar limit: seconds that may pass without any turn ending
    :ivar deadline: of the request
    """

    began: float
    limit: float | None
    deadline: float | None

    def ends(self, last_turn: float) -> float | None:
        """When it ends; ``None`` if it does not.

        :param last_turn: when a turn ended last
        """
        if self.limit is None:
            return self.deadline
        ends = max(self.began, last_turn) + self.limit
        return ends if self.deadline is None else min(ends, self.deadline)


class Turns:
    """Limits the number of requests that use connections. Used in one event loop only.

    :param number: how many there are at a time
    """

    def __init__(self, number: int) -> None:
        self._free = number
        # Each future gets True when the turn has come, and False when the time is over.
        self._waiting: OrderedDict[asyncio.Future[bool], _WaitingTime] = OrderedDict()
        self._last_turn = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ends = 0.0

    def take(self) -> bool:
        """Take a turn if one is free."""
        if self._free:
            self._free -= 1
            return True
        return False

    async def wait(self, request: Request, limit: float | None) -> None:
        """Wait for a turn.

        :param limit: seconds that may pass without any turn ending
        :raises TimeoutError: if more pass
        :raises GlobusTimeoutError: if the request's deadline passes before
        """
        time_left(request, limit, began=False)
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiting_time = self._waiting[future] = _WaitingTime(time.monotonic(), limit, request.deadline)
        self._set_timer(waiting_time.ends(self._last_turn))
        try:
            has_come = await future
        except BaseException:
            if self._waiting.pop(future, None) is None and not future.cancelled() and future.result():
                # It came as the task was cancelled.
                self.end()
            raise
        if not has_come:
            if ends_now(request):
                raise deadline_passed(request, began=False)
            raise TimeoutError

    def end(self) -> None:
        """End a turn. The request that has waited longest has the next one."""
        self._last_turn = time.monotonic()
        while self._waiting:
            future, _ = self._waiting.popitem(last=False)
            if not future.done():
                future.set_result(True)
                return
        self._free += 1

    def _set_timer(self, ends: float | None) -> None:
        # A timer that is earlier is kept, since most waits end long before their time: then one does for many.
        if ends is None or (self._timer is not None and self._timer_ends <= ends):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(max(0.0, ends - time.monotonic()), self._check_time)
        self._timer_ends = ends

    def _check_time(self) -> None:
        """Tell those whose time is over."""
        self._timer = None
        now = time.monotonic()
        for future, waiting_time in list(self._waiting.items()):
            ends = waiting_time.ends(self._last_turn)
            if ends is None or ends > now:
                self._set_timer(ends)
            else:
                del self._waiting[future]
                if not future.done():
                    future.set_result(False)
