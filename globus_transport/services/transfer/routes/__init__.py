"""The routes of Globus Transfer, one file a subject. Reference: docs.globus.org/api/transfer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_transport.http.messages import Response
from globus_transport.routing.table import LateValue
from globus_transport.services.transfer.routes.endpoint_manager import EndpointManagerRoutes
from globus_transport.services.transfer.routes.endpoints import EndpointRoutes
from globus_transport.services.transfer.routes.files import FileRoutes
from globus_transport.services.transfer.routes.tasks import TaskRoutes
from globus_transport.services.transfer.routes.tunnels import TunnelRoutes

if TYPE_CHECKING:
    from globus_transport.scopes.collections import TransferScopeCollection
    from globus_transport.services.transfer.errors import TransferAPIError


def _scopes() -> TransferScopeCollection:
    from globus_transport.scopes.collections import TransferScopes

    return TransferScopes


def _error_class() -> type[TransferAPIError]:
    from globus_transport.services.transfer.errors import TransferAPIError

    return TransferAPIError


# A printed table begins with the last base.
class TransferRoutes(TunnelRoutes, EndpointManagerRoutes, TaskRoutes, FileRoutes, EndpointRoutes):
    """Find, share and manage collections, look at files, and submit and watch tasks."""

    service_name = "transfer"
    resource_server = "transfer.api.globus.org"
    error_class = LateValue(_error_class)  # pyright: ignore
    scopes = LateValue(_scopes)
    token_scopes = LateValue(lambda: (_scopes().all,))  # pyright: ignore
    # On the class, too: TransferClient.default_scope_requirements.
    default_scope_requirements = LateValue(lambda: [_scopes().all])  # pyright: ignore

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Not an error that comes from the collection: asking the service again does not mend it."""
        code = _error_class()(response).code or ""
        return "ExternalError" not in code and "EndpointError" not in code
