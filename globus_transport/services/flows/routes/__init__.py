"""The routes of Globus Flows, one file a subject. Reference: docs.globus.org/api/flows.

``specific_flow`` has the routes that need a token for one flow. :class:`FlowsRoutes` has all the others.
"""

from __future__ import annotations

from globus_transport.scopes.collections import FlowsScopes
from globus_transport.services.flows.errors import FlowsAPIError
from globus_transport.services.flows.routes.apis_and_inputs import RegisteredAPIRoutes, WebInputRoutes
from globus_transport.services.flows.routes.flows import FlowRoutes
from globus_transport.services.flows.routes.runs import RunRoutes


# A printed table begins with the last base.
class FlowsRoutes(WebInputRoutes, RegisteredAPIRoutes, RunRoutes, FlowRoutes):
    """Manage flows, follow and cancel their runs, and answer their web inputs."""

    service_name = "flows"
    error_class = FlowsAPIError
    scopes = FlowsScopes
    token_scopes = (FlowsScopes.all,)
    # A class attribute, not a property as in the base: FlowsClient.default_scope_requirements is public.
    default_scope_requirements = [FlowsScopes.all]  # noqa: RUF012  # pyright: ignore
