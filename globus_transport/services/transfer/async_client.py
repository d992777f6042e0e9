"""The client of Globus Transfer, for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.routing.async_client import AsyncBaseClient, AsyncPaginated
from globus_transport.services.transfer.client_settings import TransferClientSettings
from globus_transport.services.transfer.routes import TransferRoutes


class AsyncPaginatedTransfer(AsyncPaginated, TransferRoutes):
    """The lists of :class:`AsyncTransferClient`, page after page."""


class AsyncTransferClient(TransferClientSettings[AsyncSend], AsyncBaseClient):
    """Globus Transfer: find collections, look at files, and submit and watch tasks."""

    @property
    def paginated(self) -> AsyncPaginatedTransfer:
        """The lists, as paginators: ``client.paginated.task_list().items()``."""
        return AsyncPaginatedTransfer(self)
