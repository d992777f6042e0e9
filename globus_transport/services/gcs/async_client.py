"""The client of Globus Connect Server for asyncio."""

from __future__ import annotations

from globus_transport.core.flow import AsyncSend
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.bound import AsyncPaginated
from globus_transport.services.gcs.client import GCSClientBase
from globus_transport.services.gcs.routes import GCSRoutes


class AsyncPaginatedGCS(AsyncPaginated, GCSRoutes):
    """The list calls of :class:`AsyncGCSClient`, as paginators."""


class AsyncGCSClient(GCSClientBase[AsyncSend], AsyncBaseClient):
    """Manages an endpoint of Globus Connect Server: its collections, storage gateways, roles and user credentials.

    :param gcs_address: the host name of the endpoint, such as ``abc.def.data.globus.org``, or its URL

    Its other parameters are those of every client, without ``base_url``.
    """

    def _find_endpoint_client_id(self) -> str:
        raise GlobusSDKUsageError(
            "the endpoint's client id is not known yet: `await client.find_endpoint_client_id()` fetches it"
        )

    @property
    def paginated(self) -> AsyncPaginatedGCS:
        """The list calls, as paginators: ``client.paginated.get_collection_list().items()``."""
        return AsyncPaginatedGCS(self)
