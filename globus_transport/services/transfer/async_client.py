"""The client of Globus Transfer for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.bound import AsyncPaginated
from globus_transport.services.transfer.client import TransferClientBase
from globus_transport.services.transfer.routes import TransferRoutes


class AsyncPaginatedTransfer(AsyncPaginated, TransferRoutes):
    """The list calls of :class:`AsyncTransferClient`, as paginators."""


class AsyncTransferClient(TransferClientBase[AsyncSend], AsyncBaseClient):
    """Finds collections, reads folders, and submits and monitors tasks."""

    @property
    def paginated(self) -> AsyncPaginatedTransfer:
        """The list calls, as paginators: ``client.paginated.task_list().items()``."""
        return AsyncPaginatedTransfer(self)
