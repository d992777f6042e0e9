"""Asks the system what can be done on a socket, and waits for it."""

from __future__ import annotations

import select
import socket
import time

# Windows has no poll.
_HAS_POLL = hasattr(select, "poll")
# Seconds (23 days). poll() takes no more than 2**31 milliseconds.
_LONGEST_WAIT = 2_000_000.0


class Readiness:
    """Whether a socket has something to read, and takes something.

    A broken connection is ready for both: what is done next raises the error.

    :param sock: connected
    """

    __slots__ = ("_poll", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._poll: select.poll | None = None
        if _HAS_POLL:
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    def is_readable(self) -> bool:
        """Whether the other side sent something, or closed the connection."""
        return self._can_read_within(0.0)

    def wait_to_read(self, until: float | None) -> None:
        """Wait until something can be read.

        :param until: the time to give up, on the monotonic clock; ``None`` for never
        :raises TimeoutError: at that time, or after 23 days
        """
        if not self._can_read_within(_time_to_wait(until)):
            raise TimeoutError("the time has passed")

    def wait_to_write(self, until: float | None, *, or_read: bool) -> None:
        """Wait until something can be written.

        :param until: as for :meth:`wait_to_read`
        :param or_read: wait no longer when something can be read
        :raises TimeoutError: as there
        """
        if not self._can_write_within(_time_to_wait(until), or_read):
            raise TimeoutError("the time has passed")

    def _can_read_within(self, seconds: float | None) -> bool:
        if self._poll is None:
            return bool(select.select([self._sock], [], [], seconds)[0])
        return bool(self._poll.poll(None if seconds is None else seconds * 1000))

    def _can_write_within(self, seconds: float | None, or_read: bool) -> bool:
        if not _HAS_POLL:
            readable, writable, _ = select.select([self._sock] if or_read else [], [self._sock], [], seconds)
            return bool(readable or writable)
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT | (select.POLLIN if or_read else 0))
        return bool(poll.poll(None if seconds is None else seconds * 1000))


def time_after(limit: float | None) -> float | None:
    """The time on the monotonic clock when so many seconds have passed."""
    return None if limit is None else time.monotonic() + limit


def time_until(until: float | None) -> float | None:
    """The seconds that are left, or as many as one can wait for.

    :raises TimeoutError: if none are left
    """
    left = _time_to_wait(until)
    if left is not None and left <= 0:
        raise TimeoutError("the time has passed")
    return left


def _time_to_wait(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left < 0:
        return 0.0
    return left if left < _LONGEST_WAIT else _LONGEST_WAIT
