"""The routes of Globus Transfer, one file a subject. Reference: docs.globus.org/api/transfer."""

from globus_transport.messages import Response
from globus_transport.scopes.collections import TransferScopes
from globus_transport.services.transfer.errors import TransferAPIError
from globus_transport.services.transfer.routes.access import AccessRoutes
from globus_transport.services.transfer.routes.bookmarks import BookmarkRoutes
from globus_transport.services.transfer.routes.endpoint_manager import EndpointManagerRoutes
from globus_transport.services.transfer.routes.endpoints import EndpointRoutes
from globus_transport.services.transfer.routes.files import FileRoutes
from globus_transport.services.transfer.routes.pause_rules import PauseRuleRoutes
from globus_transport.services.transfer.routes.submission import SubmissionRoutes
from globus_transport.services.transfer.routes.tasks import TaskRoutes
from globus_transport.services.transfer.routes.tunnels import TunnelRoutes


# A printed table begins with the last base.
class TransferRoutes(
    TunnelRoutes,
    PauseRuleRoutes,
    EndpointManagerRoutes,
    BookmarkRoutes,
    AccessRoutes,
    TaskRoutes,
    SubmissionRoutes,
    FileRoutes,
    EndpointRoutes,
):
    """Find, share and manage collections, look at files, and submit and watch tasks."""

    service_name = "transfer"
    resource_server = "transfer.api.globus.org"
    error_class = TransferAPIError
    scopes = TransferScopes
    token_scopes = (TransferScopes.all,)
    # A list, though it is a property where nobody says: TransferClient.default_scope_requirements is used, too.
    default_scope_requirements = list(token_scopes)  # noqa: RUF012  # pyright: ignore

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Not an error that comes from the collection: asking the service again does not mend it."""
        code = TransferAPIError(response).code or ""
        return "ExternalError" not in code and "EndpointError" not in code
