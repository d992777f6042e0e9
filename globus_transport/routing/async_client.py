"""The client for asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import AsyncSend
from globus_transport.core.layers import Layer
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.async_bound import (
    AsyncOperationCall,
    AsyncPagedRouteCall,
    AsyncPaginatorCall,
    AsyncRouteCall,
)
from globus_transport.routing.generic import GenericCalls
from globus_transport.routing.table import Awaiting, AwaitingPages, RouteTable
from globus_transport.transport import Transport

if TYPE_CHECKING:
    from typing import Self


class AsyncBaseClient(Awaiting, GenericCalls[AsyncSend]):
    """A client of a service whose calls are awaited. May be shared by tasks, and by event loops.

    Its parameters are those of :class:`~globus_transport.routing.mounting.MountedRoutes`. Its own
    connections are urllib3's, in worker threads.
    """

    stack: AsyncStack

    _bound_classes: ClassVar[dict[str, type]] = {
        "route": AsyncRouteCall,
        "paged route": AsyncPagedRouteCall,
        "operation": AsyncOperationCall,
    }

    def _new_stack(self, settings: Transport, terminal: AsyncSend | None, layers: list[Layer]) -> AsyncStack:
        return AsyncStack(settings.make_async_terminal() if terminal is None else terminal, layers)

    @property
    def paginated(self) -> AsyncPaginated:
        """The lists of the service, as asynchronous paginators; none if no route has pages."""
        return AsyncPaginated(self)

    async def close(self) -> None:
        """Close the client's connections, if they are its own. A later call opens new ones."""
        if self._owns_terminal:
            await self.stack.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()


class AsyncPaginated(AwaitingPages, RouteTable):
    """``client.paginated``: the paged routes of a client, as asynchronous paginators."""

    def __init__(self, client: AsyncBaseClient) -> None:
        self._client = client

    def _bind(self, route: Any) -> Any:
        if route.kind != "paged route":
            raise GlobusSDKUsageError(f"{route.name} has no pages; await client.{route.name}")
        return AsyncPaginatorCall(route, self._client)
