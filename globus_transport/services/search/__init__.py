"""Globus Search: indexes of metadata, which users query. Reference: docs.globus.org/api/search."""

from globus_transport.public_names import lazy_names

_NAMES = {
    "services.search.async_client": ("AsyncSearchClient",),
    "services.search.client": ("SearchClient",),
    "services.search.data": ("SearchQueryV1", "SearchScrollQuery"),
    "services.search.errors": ("SearchAPIError",),
    "services.search.response": ("IndexListResponse", "SearchResponse"),
}

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES)
