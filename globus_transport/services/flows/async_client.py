"""The clients of Globus Flows for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.bound import AsyncPaginated
from globus_transport.services.flows.client import SpecificFlowClientBase
from globus_transport.services.flows.routes import FlowsRoutes


class AsyncPaginatedFlows(AsyncPaginated, FlowsRoutes):
    """The list calls of :class:`AsyncFlowsClient`, as paginators."""


class AsyncFlowsClient(AsyncBaseClient, FlowsRoutes):
    """Manages flows, follows and cancels their runs, and answers their web inputs.

    :class:`AsyncSpecificFlowClient` starts runs.
    """

    @property
    def paginated(self) -> AsyncPaginatedFlows:
        """The list calls, as paginators: ``client.paginated.list_runs().items()``."""
        return AsyncPaginatedFlows(self)


class AsyncSpecificFlowClient(SpecificFlowClientBase[AsyncSend], AsyncBaseClient):
    """Starts and resumes runs of one flow. It needs a token for this flow.

    :param flow_id: the id of the flow, which is also the resource server of its tokens

    Its other parameters are those of every client.
    """
