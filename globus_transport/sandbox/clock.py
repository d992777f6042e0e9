"""The clock of a sandbox, and dates as text."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

#: The longest time that can be given, in seconds: a thousand years. Dates end with the year 9999.
MAX_SECONDS = 1000 * 365.25 * 86400
_LAST_TIME = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


def check_seconds(name: str, seconds: float) -> None:
    """Check a time that a program gives.

    :param name: of the parameter
    :raises ValueError: if it is negative, no number, or longer than ``MAX_SECONDS``
    """
    if not 0 <= seconds <= MAX_SECONDS:
        raise ValueError(f"{name}={seconds}: give a number of seconds that is not negative, and at most {MAX_SECONDS}")


class Clock:
    """The real time plus an offset that a test can increase, so that it tests expiry without sleeping."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset = 0.0
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """The sandbox's time, in seconds since the epoch."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the sandbox's time forward.

        :param seconds: not negative
        :raises ValueError: if ``seconds`` is negative, or the year would be 9000 or later
        """
        if seconds < 0:
            raise ValueError(f"advance({seconds}): a clock can only be moved forward")
        with self._lock:
            if not seconds < _LAST_TIME - self.now():
                raise ValueError(f"advance({seconds}): the clock ends with the year 8999")
            self._offset += seconds
        for listener in self._listeners:
            listener()

    def reset(self) -> None:
        """Show the real time again."""
        with self._lock:
            self._offset = 0.0

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each :meth:`advance`, for example to wake threads that wait for a point in time.

        :param listener: a function without parameters
        """
        self._listeners.append(listener)

    def __repr__(self) -> str:
        return f"Clock(offset={self._offset} s)"


def format_iso_time(seconds: float, separator: str = "T") -> str:
    """A time in seconds since the epoch as ISO 8601 text, in UTC and to the second."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(separator, "seconds")


def parse_iso_time(text: str) -> float:
    """ISO 8601 text as seconds since the epoch. Text without an offset is in UTC.

    :raises ValueError: if the text is not a date, or its year in UTC is outside 1 to 9999
    """
    moment = datetime.fromisoformat(text)
    try:
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
        # A float is less exact than a date: the last microseconds of the year 9999 are rounded up to the year 10000.
        datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError) as error:
        raise ValueError("In UTC the year would be less than 1 or more than 9999") from error
    return seconds
