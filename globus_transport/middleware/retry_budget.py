"""How many retries a stack may make, so that an outage is not met with a storm of them."""

from __future__ import annotations

import os
import threading
import time


class RetryBudget:
    """A bucket of retries that fills up again with time. Every retry takes one; an empty bucket allows none.

    Safe to share between threads and stacks.

    :param capacity: retries that can be made at once
    :param per_second: retries that come back each second
    """

    def __init__(self, capacity: float = 20.0, per_second: float = 1.0) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._fill()

    def _fill(self) -> None:
        self._left = self.capacity
        self._filled_at = time.monotonic()
        self._lock = threading.Lock()
        self._process = os.getpid()

    def take(self) -> bool:
        """Take one retry, if there is one."""
        if self._process != os.getpid():
            # Another thread may have held the lock at the moment of the fork; nobody would release it.
            self._fill()
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

    def __reduce__(self) -> tuple[object, ...]:
        return (RetryBudget, (self.capacity, self.per_second))
