"""A middleware that delays requests which follow each other too closely."""

import threading
import time
from collections.abc import Callable

from globus_transport import Flow, Request, send, sleep


class Pace:
    """Let at least ``gap`` seconds pass between the starts of two requests.

    :param gap: seconds
    :param clock: returns the time in seconds
    """

    def __init__(self, gap: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.gap = gap
        self.clock = clock
        self._lock = threading.Lock()
        self._next = 0.0

    def __call__(self, request: Request) -> Flow:
        with self._lock:
            now = self.clock()
            start = max(now, self._next)
            self._next = start + self.gap
        if start > now:
            yield from sleep(start - now)
        return (yield from send(request))

    def __str__(self) -> str:
        return f"requests begin {self.gap:g} s apart"

    def __reduce__(self) -> tuple[object, ...]:
        # A lock cannot be pickled, so the copy makes its own.
        return (Pace, (self.gap, self.clock))
