"""The client of Globus Search for threads."""

from __future__ import annotations

from globus_transport.routing.bound import Paginated
from globus_transport.routing.client import BaseClient
from globus_transport.services.search.routes import SearchRoutes


class PaginatedSearch(Paginated, SearchRoutes):
    """The list calls of :class:`SearchClient`, as paginators."""


class SearchClient(BaseClient, SearchRoutes):
    """Manages indexes, writes metadata to them, and searches them. Public entries can be searched without a login.

    A program that writes needs more than the default scope: ``app_scopes=[SearchScopes.all]``.
    """

    @property
    def paginated(self) -> PaginatedSearch:
        """The list calls, as paginators: ``client.paginated.post_search(index_id, query).items()``."""
        return PaginatedSearch(self)
