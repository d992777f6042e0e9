"""Settings of the retry layer, and the budget that limits retries during an outage."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import attrs

from globus_transport.core.attempts import Condition, Stop, Wait
from globus_transport.core.process import PerProcess
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.numbers import is_number

if TYPE_CHECKING:
    from globus_transport.middleware.retry.checks import RetryCheck, RetryContext


class RetryBudget(PerProcess):
    """A token bucket of retries. Every retry takes one token; an empty bucket allows no retry.

    Threads and stacks may share one budget.

    :param capacity: number of retries in a full bucket
    :param per_second: number of retries that are added each second
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
        """Take one retry from the bucket.

        :return: ``False`` if the bucket is empty
        """
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


def _to_checks(checks: Iterable[RetryCheck]) -> tuple[RetryCheck, ...]:
    found = tuple(checks)
    for check in found:
        if not callable(check):
            raise GlobusSDKUsageError(f"RetryConfig(checks=...): {check!r} is no function of a RetryContext")
    return found


@attrs.frozen
class RetryConfig:
    """Settings of the retry layer.

    :param max_retries: number of attempts after the first
    :param max_sleep: the longest computed wait, in seconds
    :param max_retry_after: the longest ``Retry-After``, in seconds, that the layer waits for; if the server asks for
        more, the call ends at once
    :param transient_error_status_codes: statuses after which another attempt may succeed
    :param stop: tenacity's stop object, instead of ``max_retries``
    :param wait: tenacity's wait object, instead of full jitter (a random time between 0 and 0.5 s, 1 s, 2 s and so on
        up to ``max_sleep``)
    :param retry: tenacity's retry condition, instead of network errors and the transient statuses. A request is sent
        again only when that is safe, whatever the condition returns
    :param budget: limits the retries of all calls of the stack; ``None`` for no limit
    :param checks: functions of a :class:`RetryContext`, asked in their order about what the conditions above do not
        decide. None makes the layer send again what is not safe to repeat
    :param backoff: a function of a :class:`RetryContext` that gives the seconds to wait, up to ``max_sleep``; ``wait``
        takes precedence
    :raises GlobusSDKUsageError: if a number is negative, or a function cannot be called
    """

    max_retries: int = 5
    max_sleep: float = 10.0
    max_retry_after: float = 60.0
    transient_error_status_codes: tuple[int, ...] = (429, 500, 502, 503, 504)
    stop: Stop | None = None
    wait: Wait | None = None
    retry: Condition | None = None
    budget: RetryBudget | None = attrs.field(factory=RetryBudget)
    checks: tuple[RetryCheck, ...] = attrs.field(default=(), converter=_to_checks)
    backoff: Callable[[RetryContext], float] | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("max_retries", "max_sleep", "max_retry_after"):
            number = getattr(self, name)
            if not is_number(number, at_least=0):
                raise GlobusSDKUsageError(f"RetryConfig({name}={number!r}): give a number that is not negative")
        if self.backoff is not None and not callable(self.backoff):
            raise GlobusSDKUsageError(f"RetryConfig(backoff={self.backoff!r}): give a function of a RetryContext")
