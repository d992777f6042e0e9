"""The connection pools of one event loop, and how they end with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from weakref import WeakSet

from globus_transport.terminals.asyncio.pool import ConnectionPool
from globus_transport.terminals.settings import MOST_ORIGINS

# Seconds between two looks at whether the last calls of a program have ended, and that these calls have.
_PAUSE = 0.01
_LAST_CALLS = 5.0


class LoopPools:
    """The pools of one event loop, by origin.

    :ivar calls: the number of calls that are in progress
    """

    def __init__(self) -> None:
        self.calls = 0
        self._by_origin: dict[str, ConnectionPool] = {}
        # Also those that were closed, while their last connections are in use.
        self._every: WeakSet[ConnectionPool] = WeakSet()
        self._has_ended = False

    def get(self, origin: str) -> ConnectionPool | None:
        """The pool of an origin, if there is one."""
        return self._by_origin.get(origin)

    def add(self, origin: str, pool: ConnectionPool) -> ConnectionPool:
        """Keep a pool. If there are too many, the oldest is closed."""
        if len(self._by_origin) >= MOST_ORIGINS:
            self._by_origin.pop(next(iter(self._by_origin))).close()
        self._by_origin[origin] = pool
        self._every.add(pool)
        if self._has_ended:
            # Nobody would close its idle connections.
            pool.close()
        return pool

    def close(self) -> None:
        """Close the idle connections, and those in use when they come back."""
        pools = list(self._by_origin.values())
        self._by_origin.clear()
        for pool in pools:
            pool.close()

    def forget(self) -> None:
        """Close this process's copies of the sockets, in a forked child or after the end of the loop."""
        for pool in self._every:
            pool.forget()

    async def close_with_loop(self) -> AsyncGenerator[None, None]:
        """Close the connections when the event loop ends, or when nobody has the terminal any more.

        An event loop runs the generators that were started in it to their end before it is closed.
        """
        try:
            yield
        finally:
            self._has_ended = True
            self.close()
            # It ends other generators at the same time, which may make calls. A program that did not cancel its tasks
            # has calls of these, too, which may take as long as they like.
            until = time.monotonic() + _LAST_CALLS
            while self.calls and time.monotonic() < until:
                await asyncio.sleep(_PAUSE)
            for pool in list(self._every):
                pool.abort()
            # The loop closes a socket at its next turn.
            await asyncio.sleep(0)
