"""Asks the system what can be done on a socket without waiting."""

from __future__ import annotations

import select
import socket

# Windows has no poll.
_HAS_POLL = hasattr(select, "poll")


class Readiness:
    """Whether a socket has something to read, and takes something.

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
        if self._poll is None:
            return bool(select.select([self._sock], [], [], 0.0)[0])
        return bool(self._poll.poll(0))

    def wait_to_write(self, seconds: float | None, *, or_read: bool) -> tuple[bool, bool]:
        """Wait until something can be written.

        :param seconds: to wait at most; ``None`` for no limit
        :param or_read: wait no longer when something can be read
        :return: whether it is readable, and whether it is writable. Neither if the time is over
        """
        if not _HAS_POLL:
            readable, writable, _ = select.select([self._sock] if or_read else [], [self._sock], [], seconds)
            return bool(readable), bool(writable)
        poll = select.poll()
        poll.register(self._sock, select.POLLOUT | (select.POLLIN if or_read else 0))
        events = dict(poll.poll(None if seconds is None else seconds * 1000))
        event = next(iter(events.values()), 0)
        # A connection that is broken is both: what is done next raises the error.
        is_broken = bool(event & (select.POLLERR | select.POLLHUP | select.POLLNVAL))
        return or_read and bool(event & select.POLLIN), is_broken or bool(event & select.POLLOUT)
