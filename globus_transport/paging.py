"""Paginators, under the name that globus-sdk has for this part."""

from globus_transport.routing.bound import Paginated as PaginatorTable
from globus_transport.routing.paginators import (
    HasNextPaginator,
    JSONAPIPaginator,
    LastKeyPaginator,
    LimitOffsetTotalPaginator,
    MarkerPaginator,
    NextTokenPaginator,
    NullableMarkerPaginator,
    Paginator,
    has_paginator,
)

__all__ = [
    "HasNextPaginator",
    "JSONAPIPaginator",
    "LastKeyPaginator",
    "LimitOffsetTotalPaginator",
    "MarkerPaginator",
    "NextTokenPaginator",
    "NullableMarkerPaginator",
    "Paginator",
    "PaginatorTable",
    "has_paginator",
]
