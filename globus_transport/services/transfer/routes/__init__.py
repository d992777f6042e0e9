"""The routes of Globus Transfer, one file a subject. Reference: docs.globus.org/api/transfer."""

from __future__ import annotations

from globus_transport.http.messages import Response
from globus_transport.scopes.collections import TransferScopes
from globus_transport.services.transfer.errors import TransferAPIError
from globus_transport.services.transfer.routes.endpoint_manager import EndpointManagerRoutes
from globus_transport.services.transfer.routes.endpoints import EndpointRoutes
from globus_transport.services.transfer.routes.files import FileRoutes
from globus_transport.services.transfer.routes.tasks import TaskRoutes
from globus_transport.services.transfer.routes.tunnels import TunnelRoutes


# A printed table begins with the last base.
class TransferRoutes(TunnelRoutes, EndpointManagerRoutes, TaskRoutes, FileRoutes, EndpointRoutes):
    """Find, share and manage collections, read folders, and submit and monitor tasks."""

    service_name = "transfer"
    resource_server = "transfer.api.globus.org"
    error_class = TransferAPIError
    scopes = TransferScopes
    token_scopes = (TransferScopes.all,)
    # A class attribute, not a property as in the base: TransferClient.default_scope_requirements is public.
    default_scope_requirements = [TransferScopes.all]  # noqa: RUF012  # pyright: ignore

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Whether a retry may succeed: not if the error comes from the collection's own server."""
        code = TransferAPIError(response).code or ""
        return "ExternalError" not in code and "EndpointError" not in code
