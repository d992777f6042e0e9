"""Limits the rate of requests to an origin, and delays all of them while the server asks for a pause."""

from __future__ import annotations

import time
from collections.abc import Callable

from globus_transport.core.flow import Flow, Sleep
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.messages import Request, Response
from globus_transport.http.numbers import is_number
from globus_transport.middleware.origins import ByOrigin
from globus_transport.middleware.retry.retry_after import retry_after

_ASKS_FOR_A_PAUSE = frozenset({429, 503})


class _Bucket:
    """The state of one origin, in seconds on the layer's clock.

    :ivar next: when the next request may be sent; in the past after a time without requests, which allows a burst
    :ivar held_until: the end of the pause that the server asked for
    """

    __slots__ = ("held_until", "next")

    def __init__(self) -> None:
        self.next = self.held_until = float("-inf")


class RateLimit(PerProcess):
    """A token bucket for each origin, shared by all threads and tasks that use the layer.

    A request reserves the next free time and waits for it. A 429 or 503 with ``Retry-After`` (RFC 9110, section 10.2.3)
    delays all further requests to that origin, not only the refused one. Requests that already wait reserve a new time
    after the pause. Place it below the retry layer, so that every attempt counts::

        client = client.with_stack(client.stack.add(RateLimit(10), after="retry"))

    :param rate: number of requests
    :param per: seconds in which ``rate`` requests may be sent
    :param burst: number of requests that may be sent at once after a time without requests
    :param max_retry_after: the longest ``Retry-After``, in seconds, that requests wait for; while the server asks for
        more, calls fail at once
    :param clock: returns the time in seconds; it must be monotonic
    :raises GlobusSDKUsageError: if a number is not above 0, or ``burst`` is below 1
    """

    _process_state = ("_buckets",)

    def __init__(
        self,
        rate: float,
        *,
        per: float = 1.0,
        burst: int = 1,
        max_retry_after: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for name, number in (("rate", rate), ("per", per), ("max_retry_after", max_retry_after)):
            if not is_number(number, above=0):
                raise GlobusSDKUsageError(f"RateLimit({name}={number!r}): give a number above 0")
        if not is_number(burst, at_least=1):
            raise GlobusSDKUsageError(f"RateLimit(burst={burst!r}): give a whole number above 0")
        self.rate = rate
        self.per = per
        self.burst = burst
        self.max_retry_after = max_retry_after
        self.clock = clock
        self._interval = per / rate
        self._enter_process()

    def _make_process_state(self) -> None:
        self._buckets = ByOrigin(_Bucket)

    def __call__(self, request: Request) -> Flow:
        """:raises GlobusTimeoutError: if the wait would end after the deadline, or the server's pause is too long"""
        origin = request.url.origin
        pause = self._reserve(origin, request.deadline)
        while pause > 0:
            yield Sleep(pause)
            # The server may have asked for a longer pause meanwhile.
            pause = self._reserve(origin, request.deadline) if self._is_held(origin) else 0
        response: Response = yield request
        if response.status in _ASKS_FOR_A_PAUSE:
            self._hold(origin, retry_after(response))
        return response

    def _reserve(self, origin: str, deadline: float | None) -> float:
        bucket = self._buckets.get(origin)
        with self._buckets.lock:
            now = self.clock()
            reserved = now - (self.burst - 1) * self._interval
            if reserved < bucket.next:
                reserved = bucket.next
            pause = reserved - now
            if pause > 0:
                self._check_pause(origin, pause, bucket.held_until - now, deadline)
            # A request that is cancelled while it waits keeps its time: the rate may be lower, never higher.
            bucket.next = reserved + self._interval
        return pause

    def _check_pause(self, origin: str, pause: float, held: float, deadline: float | None) -> None:
        if held > self.max_retry_after:
            raise _not_sent_error(
                f"{origin} asked for a pause of {held:.0f} s more; up to {self.max_retry_after:g} s are waited for"
            )
        if deadline is not None and time.monotonic() + pause >= deadline:
            raise _not_sent_error(
                f"{origin}: the rate limit of {self.rate:g} in {self.per:g} s allows the request in {pause:.2f} s, "
                "which is after the deadline"
            )

    def _hold(self, origin: str, seconds: float | None) -> None:
        if seconds is not None:
            bucket = self._buckets.get(origin)
            with self._buckets.lock:
                bucket.held_until = max(bucket.held_until, self.clock() + seconds)
                bucket.next = max(bucket.next, bucket.held_until)

    def _is_held(self, origin: str) -> bool:
        return self._buckets.get(origin).held_until > self.clock()

    def __str__(self) -> str:
        return f"{self.rate:g} requests in {self.per:g} s for each origin, {self.burst} at once"


def _not_sent_error(msg: str) -> GlobusTimeoutError:
    error = GlobusTimeoutError(msg, request_began=False)
    # Another attempt would wait for the same time.
    error.final = True
    return error
