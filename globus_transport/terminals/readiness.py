"""Asks the system whether a socket has something to read."""

from __future__ import annotations

import select
import socket


class Readiness:
    """Whether the other side sent something on a socket, or closed it.

    :param sock: connected
    """

    __slots__ = ("_poll", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._poll: select.poll | None = None
        # Windows has none.
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)

    def __bool__(self) -> bool:
        if self._poll is None:
            return bool(select.select([self._sock], [], [], 0.0)[0])
        return bool(self._poll.poll(0))
