"""The client of Globus Transfer's routes under ``/v2`` for asyncio."""

from __future__ import annotations

from globus_transport.experimental.transfer_v2.routes import TransferRoutesV2
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.bound import AsyncPaginated


class AsyncPaginatedTransferV2(AsyncPaginated, TransferRoutesV2):
    """The list calls of :class:`AsyncTransferClientV2`, as paginators."""


class AsyncTransferClientV2(TransferRoutesV2, AsyncBaseClient):
    """Manages tunnels and bookmarks, and lists stream access points, by the routes of Globus Transfer under ``/v2``.

    :class:`~globus_transport.AsyncTransferClient` has everything else of Globus Transfer.
    """

    @property
    def paginated(self) -> AsyncPaginatedTransferV2:
        """The list calls, as paginators: ``client.paginated.list_stream_access_points().items()``."""
        return AsyncPaginatedTransferV2(self)
