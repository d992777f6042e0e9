"""How long calls took lately, and what most of them stay below."""

from __future__ import annotations

import math
import os
import threading
from collections import deque


class Latencies:
    """The last durations of one kind of call. Safe to share between threads.

    :param percentile: above 0 and below 100
    :param size: how many are kept
    """

    #: So few say nothing about a percentile.
    FEWEST = 20
    # Sorting after every call would cost more than all other layers together.
    _EVERY = 10

    def __init__(self, percentile: float, size: int) -> None:
        self._percentile = percentile
        self._seconds: deque[float] = deque(maxlen=size)
        self._count = 0
        self._usual: float | None = None
        self._guard()

    def _guard(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()

    def add(self, seconds: float) -> None:
        """Take note of one."""
        if self._process != os.getpid():
            # Another thread may have held the lock at the moment of the fork; nobody would release it.
            self._guard()
        with self._lock:
            self._seconds.append(seconds)
            self._count += 1
            if self._count < self.FEWEST or self._count % self._EVERY:
                return
            seen = list(self._seconds)
        seen.sort()
        self._usual = seen[math.ceil(len(seen) * self._percentile / 100) - 1]

    @property
    def usual(self) -> float | None:
        """The percentile (nearest rank), in seconds, at most ten calls old; ``None`` before there were enough."""
        return self._usual
