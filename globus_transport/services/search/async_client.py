"""The client of Globus Search for asyncio."""

from __future__ import annotations

from globus_transport.routing.async_client import AsyncBaseClient
from globus_transport.routing.bound import AsyncPaginated
from globus_transport.services.search.routes import SearchRoutes


class AsyncPaginatedSearch(AsyncPaginated, SearchRoutes):
    """The list calls of :class:`AsyncSearchClient`, as paginators."""


class AsyncSearchClient(AsyncBaseClient, SearchRoutes):
    """Manages indexes, writes metadata to them, and searches them. Public entries can be searched without a login.

    A program that writes needs more than the default scope: ``app_scopes=[SearchScopes.all]``.
    """

    @property
    def paginated(self) -> AsyncPaginatedSearch:
        """The list calls, as paginators: ``client.paginated.post_search(index_id, query).items()``."""
        return AsyncPaginatedSearch(self)
