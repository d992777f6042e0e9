"""The time by which a sandbox lives."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """The real time plus what a test moved it by, so that expiry can be tested without sleeping."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moved = 0.0
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """The sandbox's time, in seconds since 1970 (UTC)."""
        return time.time() + self._moved

    def advance(self, seconds: float) -> None:
        """Move the sandbox's time forward by so many seconds.

        :raises ValueError: ``seconds`` is negative; time does not run backwards here.
        """
        if seconds < 0:
            raise ValueError("A clock can only be moved forward")
        with self._lock:
            self._moved += seconds
        for listener in self._listeners:
            listener()

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Call something whenever the time was moved: who waits for a moment then learns that it has come."""
        self._listeners.append(listener)

    def __repr__(self) -> str:
        return f"Clock(moved by {self._moved} s)"


def iso_time(seconds: float, separator: str = "T") -> str:
    """A time in seconds since 1970 as ISO 8601 text in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(separator, "seconds")


def from_iso_time(text: str) -> float:
    """ISO 8601 text as seconds since 1970; text without an offset is UTC.

    :raises ValueError: The text is no date, or none that UTC has.
    """
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
    except OverflowError as error:
        raise ValueError("In UTC the year would be less than 1 or more than 9999") from error
