"""The client for asyncio."""

from __future__ import annotations

from typing import Self

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import AsyncSend
from globus_transport.core.layers import Layer
from globus_transport.routing.bound import AsyncPaginated, AwaitedCalls
from globus_transport.routing.client_base import ClientBase
from globus_transport.transport import Transport


class AsyncBaseClient(AwaitedCalls, ClientBase[AsyncSend]):
    """A client of a service whose calls are awaited. May be shared by tasks, and by event loops.

    Its parameters are those of :class:`~globus_transport.routing.client_base.ClientBase`. Its own
    connections are those of :class:`AsyncioTerminal`.
    """

    stack: AsyncStack

    def _new_stack(self, settings: Transport, terminal: AsyncSend | None, layers: list[Layer]) -> AsyncStack:
        return AsyncStack(settings.make_async_terminal() if terminal is None else terminal, layers)

    @property
    def paginated(self) -> AsyncPaginated:
        """The lists of the service, as asynchronous paginators; none if no route has pages."""
        return AsyncPaginated(self)

    async def close(self) -> None:
        """Close the layers, and the client's connections if they are its own. A later call opens new connections."""
        if self._owns_terminal:
            await self.stack.close()
        else:
            await self.stack.close_layers()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()
