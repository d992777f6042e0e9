"""The client for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.flow import Send
from globus_transport.middleware.retry import RetryConfig
from globus_transport.routing.bound import OperationCall, PagedRouteCall, PaginatorCall, RouteCall
from globus_transport.routing.generic import GenericCalls
from globus_transport.routing.mounting import AnyAuthorizer, check_transport
from globus_transport.routing.table import Blocking, BlockingPages, RouteTable
from globus_transport.stack import Stack
from globus_transport.transport import Transport

if TYPE_CHECKING:
    from typing import Self


class BaseClient(Blocking, GenericCalls):
    """A client of a service: a route table on a stack. May be shared by threads.

    :param environment: the Globus environment; by default as ``GLOBUS_SDK_ENVIRONMENT`` says, else production
    :param base_url: the service's address, instead of the environment's
    :param authorizer: puts the credential on. It is sent to the client's own origin only, or to those
        that it was bound to with ``bound_to()``
    :param app_name: told to the service in the User-Agent header
    :param transport: time-outs, TLS and pool size of the client's own connections
    :param retry_config: when and how often a call is repeated
    :param terminal: sends the requests, instead of the client's own connections; it is not closed
    :raises GlobusSDKUsageError: if a parameter, or the environment variable in its place, is no use
    """

    stack: Stack

    _bound_classes: ClassVar[dict[str, type]] = {
        "route": RouteCall,
        "paged route": PagedRouteCall,
        "operation": OperationCall,
    }

    def __init__(
        self,
        *,
        environment: str | None = None,
        base_url: str | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        terminal: Send | None = None,
    ) -> None:
        self._mount(environment, base_url, app_name)
        self.authorizer = authorizer
        settings = check_transport(transport, terminal)
        layers = self._layers(authorizer, retry_config, settings.deadline)
        self._owns_terminal = terminal is None
        self.stack = Stack(settings.make_terminal() if terminal is None else terminal, layers)

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
