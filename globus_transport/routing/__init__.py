"""Routes: API operations as declarations, and the clients that they are mounted on.

A route table for another service, and its client, are made of these names::

    from globus_transport.routing import BaseClient, QueryParams, RouteTable, get
"""

from globus_transport.public_names import lazy_names

_NAMES = {
    "routing.async_client": ("AsyncBaseClient",),
    "routing.client": ("BaseClient",),
    "routing.missing": ("MISSING", "MissingType"),
    "routing.paging": ("Marker", "NextLink", "Offset", "Paging"),
    "routing.paginators": (
        "HasNextPaginator",
        "JSONAPIPaginator",
        "LastKeyPaginator",
        "LimitOffsetTotalPaginator",
        "MarkerPaginator",
        "NextTokenPaginator",
        "NullableMarkerPaginator",
        "Paginator",
        "has_paginator",
    ),
    "routing.parameters": (
        "Body",
        "BodyParams",
        "CommaList",
        "DateLike",
        "Field",
        "LowerBool",
        "Maybe",
        "MoreFields",
        "MoreQuery",
        "OneZero",
        "Query",
        "QueryParams",
        "UUIDLike",
    ),
    "routing.payload": ("GlobusPayload",),
    "routing.replies": ("ArrayResponse", "GlobusHTTPResponse", "IterableResponse"),
    "routing.route": ("delete", "get", "operation", "patch", "post", "put"),
    "routing.table": ("RouteTable",),
}
# Loaded when they are first used, which a call does not.
_SUBMODULES = ("client_settings", "globus_sdk_app", "nearest_parameter", "paginators", "readable_types", "route_help")

__all__, __getattr__, __dir__ = lazy_names(__name__, _NAMES, _SUBMODULES)
