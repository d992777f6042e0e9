"""The routes of Globus Search, one file a subject. Reference: docs.globus.org/api/search."""

from __future__ import annotations

from globus_transport.scopes.collections import SearchScopes
from globus_transport.services.search.errors import SearchAPIError
from globus_transport.services.search.routes.indexes import IndexRoutes, RoleRoutes
from globus_transport.services.search.routes.queries import QueryRoutes
from globus_transport.services.search.routes.writes import WriteRoutes


# A printed table begins with the last base.
class SearchRoutes(RoleRoutes, WriteRoutes, QueryRoutes, IndexRoutes):
    """Manage indexes and their roles, write metadata to them, and search them."""

    service_name = "search"
    error_class = SearchAPIError
    scopes = SearchScopes
    token_scopes = (SearchScopes.search,)
    # A class attribute, not a property as in the base: SearchClient.default_scope_requirements is public.
    default_scope_requirements = [SearchScopes.search]  # noqa: RUF012  # pyright: ignore
