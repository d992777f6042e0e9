"""The client of Globus Transfer, for threads."""

from __future__ import annotations

from globus_transport.core.flow import Send
from globus_transport.routing.client import BaseClient, Paginated
from globus_transport.services.transfer.client_settings import TransferClientSettings
from globus_transport.services.transfer.routes import TransferRoutes


class PaginatedTransfer(Paginated, TransferRoutes):
    """The lists of :class:`TransferClient`, page after page."""


class TransferClient(TransferClientSettings[Send], BaseClient):
    """Globus Transfer: find collections, look at files, and submit and watch tasks."""

    @property
    def paginated(self) -> PaginatedTransfer:
        """The lists, as paginators: ``client.paginated.task_list().items()``."""
        return PaginatedTransfer(self)
