"""The client of Globus Transfer's routes under ``/v2`` for threads."""

from __future__ import annotations

from globus_transport.experimental.transfer_v2.routes import TransferRoutesV2
from globus_transport.routing.bound import Paginated
from globus_transport.routing.client import BaseClient


class PaginatedTransferV2(Paginated, TransferRoutesV2):
    """The list calls of :class:`TransferClientV2`, as paginators."""


class TransferClientV2(TransferRoutesV2, BaseClient):
    """Manages tunnels and bookmarks, and lists stream access points, by the routes of Globus Transfer under ``/v2``.

    :class:`~globus_transport.TransferClient` has everything else of Globus Transfer.
    """

    @property
    def paginated(self) -> PaginatedTransferV2:
        """The list calls, as paginators: ``client.paginated.list_stream_access_points().items()``."""
        return PaginatedTransferV2(self)
