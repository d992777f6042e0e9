"""The client for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from globus_transport.core.flow import Send
from globus_transport.core.layers import Layer
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.bound import OperationCall, PagedRouteCall, PaginatorCall, RouteCall
from globus_transport.routing.generic import GenericCalls
from globus_transport.routing.table import Blocking, BlockingPages, RouteTable
from globus_transport.transport import Transport

if TYPE_CHECKING:
    from typing import Self


class BaseClient(Blocking, GenericCalls[Send]):
    """A client of a service: a route table on a stack. May be shared by threads.

    Its parameters are those of :class:`~globus_transport.routing.mounting.MountedRoutes`.
    """

    stack: Stack

    _bound_classes: ClassVar[dict[str, type]] = {
        "route": RouteCall,
        "paged route": PagedRouteCall,
        "operation": OperationCall,
    }

    def _new_stack(self, settings: Transport, terminal: Send | None, layers: list[Layer]) -> Stack:
        return Stack(settings.make_terminal() if terminal is None else terminal, layers)

    @property
    def paginated(self) -> Paginated:
        """The lists of the service, as paginators; none if no route has pages."""
        return Paginated(self)

    def close(self) -> None:
        """Close the client's connections, if they are its own. A later call opens new ones."""
        if self._owns_terminal:
            self.stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class Paginated(BlockingPages, RouteTable):
    """``client.paginated``: the paged routes of a client, as paginators."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def _bind(self, route: Any) -> Any:
        if route.kind != "paged route":
            raise GlobusSDKUsageError(f"{route.name} has no pages; call client.{route.name}")
        return PaginatorCall(route, self._client)
