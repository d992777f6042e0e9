"""The routes of Globus Compute, one file a version of the API. Reference: compute.api.globus.org/redoc."""

from __future__ import annotations

from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import ComputeScopes
from globus_transport.services.compute.errors import ComputeAPIError


class ComputeRoutes(RouteTable):
    """What the tables of both versions have in common."""

    service_name = "compute"
    resource_server = ComputeScopes.resource_server
    error_class = ComputeAPIError
    scopes = ComputeScopes
    token_scopes = (ComputeScopes.all,)
    # A class attribute, not a property as in the base: ComputeClientV2.default_scope_requirements is public.
    default_scope_requirements = [ComputeScopes.all]  # noqa: RUF012  # pyright: ignore
