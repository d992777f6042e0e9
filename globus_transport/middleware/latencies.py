"""How long calls took lately, and what most of them stay below."""

from __future__ import annotations

import math
import threading
from collections import deque

from globus_transport.core.process import PerProcess


class Latencies(PerProcess):
    """The last durations of one kind of call. Safe to share between threads.

    :param percentile: above 0 and below 100
    :param size: how many are kept
    """

    _process_state = ("_lock",)

    #: So few say nothing about a percentile.
    FEWEST = 20
    # Sorting after every call would cost more than all other layers together.
    _EVERY = 10

    def __init__(self, percentile: float, size: int) -> None:
        self._percentile = percentile
        self._seconds: deque[float] = deque(maxlen=size)
        self._count = 0
        self._usual: float | None = None
        self._enter_process()

    def _make_process_state(self) -> None:
        self._lock = threading.Lock()

    def add(self, seconds: float) -> None:
        """Take note of one."""
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
