"""The connections of one event loop to one origin: kept open between requests, and limited in number."""

from __future__ import annotations

from globus_transport.exc.base import GlobusConnectionTimeoutError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds
from globus_transport.terminals.asyncio.connecting import Connector
from globus_transport.terminals.asyncio.connection import Connection
from globus_transport.terminals.asyncio.turns import Turns
from globus_transport.terminals.destination import Destination


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
        # Who has a turn uses a connection, or makes one.
        self._turns = Turns(size)
        self._idle: list[Connection] = []
        self._closed = False

    async def take(self, request: Request, limit: float | None) -> Connection:
        """A connection that nobody else uses until it is given back or discarded.

        :param limit: seconds that connecting may take, and that may pass without any connection becoming free
        :raises GlobusConnectionTimeoutError: if it takes longer
        :raises GlobusTimeoutError: if the request's deadline passes before
        :raises GlobusConnectionError: if there is no connection
        """
        if not self._turns.take():
            try:
                await self._turns.wait(request, limit)
            except TimeoutError:
                raise GlobusConnectionTimeoutError(
                    f"no connection to {self.destination} within {in_seconds(limit)}: "
                    f"all {self._size} are in use. Is a streamed response open that is not read?"
                ) from None
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable():
                return connection
            self._connector.close(connection)
        try:
            return await self._connector.connect(request, limit)
        except BaseException:
            self._turns.end()
            raise

    def give_back(self, connection: Connection, closes: bool) -> None:
        """Keep a connection whose response was read to its end.

        :param closes: whether it ends with this response
        """
        if closes or self._closed:
            self._connector.close(connection)
        else:
            self._idle.append(connection)
        self._turns.end()

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
