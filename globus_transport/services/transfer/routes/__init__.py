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
    """Find, share and manage collections, look at files, and submit and watch tasks."""

    service_name = "transfer"
    resource_server = "transfer.api.globus.org"
    error_class = TransferAPIError
    scopes = TransferScopes
    token_scopes = (TransferScopes.all,)
    # On the class, too: TransferClient.default_scope_requirements.
    default_scope_requirements = [TransferScopes.all]  # noqa: RUF012  # pyright: ignore

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Not an error that comes from the collection: asking the service again does not mend it."""
        code = TransferAPIError(response).code or ""
        return "ExternalError" not in code and "EndpointError" not in code
