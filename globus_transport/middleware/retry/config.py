"""How a stack retries: how often, how long it waits, and how many retries it may make in all.

That an outage is not met with a storm of retries is due to the budget.
"""

from __future__ import annotations

import threading
import time

import attrs

from globus_transport.core.attempts import Condition, Stop, Wait
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError


class RetryBudget(PerProcess):
    """A bucket of retries that fills up again with time. Every retry takes one; an empty bucket allows none.

    Safe to share between threads and stacks.

    :param capacity: retries that can be made at once
    :param per_second: retries that come back each second
    """

    _process_state = ("_left", "_filled_at", "_lock")

    def __init__(self, capacity: float = 20.0, per_second: float = 1.0) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._enter_process()

    def _make_process_state(self) -> None:
        self._left = self.capacity
        self._filled_at = time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take one retry, if there is one."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.capacity, self._left + (now - self._filled_at) * self.per_second)
            self._filled_at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def __repr__(self) -> str:
        return f"RetryBudget(capacity={self.capacity:g}, per_second={self.per_second:g})"


@attrs.frozen
class RetryConfig:
    """How a stack retries.

    :param max_retries: sends after the first
    :param max_sleep: seconds that a computed wait lasts at most
    :param max_retry_after: seconds of a ``Retry-After`` that are waited for; if the server asks for
        more, the call ends at once
    :param transient_error_status_codes: statuses that may pass
    :param stop: tenacity's stop object, instead of ``max_retries``
    :param wait: tenacity's wait object, instead of full jitter (a random time between 0 and 0.5 s, 1 s,
        2 s ... ``max_sleep``)
    :param retry: tenacity's condition, instead of network errors and the transient statuses. Whatever
        it says, a request is sent again only when that is safe
    :param budget: retries that the stack may make in all; ``None`` for no limit
    :raises GlobusSDKUsageError: if a number is negative
    """

    max_retries: int = 5
    max_sleep: float = 10.0
    max_retry_after: float = 60.0
    transient_error_status_codes: tuple[int, ...] = (429, 500, 502, 503, 504)
    stop: Stop | None = None
    wait: Wait | None = None
    retry: Condition | None = None
    budget: RetryBudget | None = attrs.field(factory=RetryBudget)

    def __attrs_post_init__(self) -> None:
        for name in ("max_retries", "max_sleep", "max_retry_after"):
            number = getattr(self, name)
            if not number >= 0:
                raise GlobusSDKUsageError(f"RetryConfig({name}={number!r}): give a number that is not negative")
