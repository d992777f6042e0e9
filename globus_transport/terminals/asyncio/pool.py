"""The connections of one event loop to one origin: kept open between requests, and limited in number."""

from __future__ import annotations

import asyncio
from collections import deque

from globus_transport.exc.base import GlobusConnectionTimeoutError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import deadline_passed, ends_now, in_seconds, time_left
from globus_transport.terminals.asyncio.connecting import Connector
from globus_transport.terminals.asyncio.connection import Connection
from globus_transport.terminals.destination import Destination


class _Turn:
    """Of a request that waits for a connection.

    :ivar waiter: wakes the request
    :ivar has_come: whether it may use a connection now
    :ivar is_given_up: whether nobody waits any more
    """

    def __init__(self, waiter: asyncio.Future[None]) -> None:
        self.waiter = waiter
        self.has_come = False
        self.is_given_up = False

    def wake(self) -> None:
        """Have the request look whether its turn has come, or its time is over."""
        if not self.waiter.done():
            self.waiter.set_result(None)


class ConnectionPool:
    """Keeps idle connections, and makes new ones. Used in one event loop only.

    :param size: the most connections that are open at a time; further requests wait for their turn
    :param max_head_size: bytes that the head of a response may have
    """

    def __init__(self, destination: Destination, size: int, max_head_size: int) -> None:
        self.destination = destination
        self.max_head_size = max_head_size
        self._connector = Connector(destination)
        self._size = size
        # Connections that are in use, or being made.
        self._in_use = 0
        self._waiting: deque[_Turn] = deque()
        self._idle: list[Connection] = []
        self._given_back = 0
        self._closed = False

    async def take(self, request: Request, limit: float | None) -> Connection:
        """A connection that nobody else uses until it is given back or discarded.

        :param limit: seconds that connecting may take, and that may pass without any connection becoming free
        :raises GlobusConnectionTimeoutError: if it takes longer
        :raises GlobusTimeoutError: if the request's deadline passes before
        :raises GlobusConnectionError: if there is no connection
        """
        if self._in_use < self._size:
            self._in_use += 1
        else:
            await self._wait_for_turn(request, limit)
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable():
                return connection
            self._connector.close(connection)
        try:
            return await self._connector.connect(request, limit)
        except BaseException:
            self._end_turn()
            raise

    async def _wait_for_turn(self, request: Request, limit: float | None) -> None:
        loop = asyncio.get_running_loop()
        turn = _Turn(loop.create_future())
        self._waiting.append(turn)
        try:
            while not turn.has_come:
                given_back = self._given_back
                left = time_left(request, limit, began=False)
                timer = None if left is None else loop.call_later(left, turn.wake)
                try:
                    await turn.waiter
                finally:
                    if timer is not None:
                        timer.cancel()
                if not turn.has_come and given_back == self._given_back:
                    if ends_now(request):
                        raise deadline_passed(request, began=False)
                    raise GlobusConnectionTimeoutError(
                        f"no connection to {self.destination} within {in_seconds(left)}: "
                        f"all {self._size} are in use. Is a streamed response open that is not read?"
                    )
                turn.waiter = loop.create_future()
        except BaseException:
            turn.is_given_up = True
            if turn.has_come:
                # It came as the task was cancelled.
                self._end_turn()
            raise

    def _end_turn(self) -> None:
        """Let the next one use a connection, who has waited longest."""
        self._given_back += 1
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.is_given_up:
                turn.has_come = True
                turn.wake()
                return
        self._in_use -= 1

    def give_back(self, connection: Connection, closes: bool) -> None:
        """Keep a connection whose response was read to its end.

        :param closes: whether it ends with this response
        """
        if closes or self._closed:
            self._connector.close(connection)
        else:
            self._idle.append(connection)
        self._end_turn()

    def close(self) -> None:
        """Close the idle connections, and those in use when they come back."""
        self._closed = True
        while self._idle:
            self._connector.close(self._idle.pop())

    def abort(self) -> None:
        """Close all connections, as their event loop ends."""
        self.close()
        for connection in list(self._connector.connections):
            self._connector.close(connection)

    def forget(self) -> None:
        """Close this process's copies of the sockets, in a forked child."""
        for connection in self._connector.connections:
            connection.forget()
