"""No credential."""

from __future__ import annotations

from globus_transport.authorizers.base import GlobusAuthorizer, with_authorization
from globus_transport.core.flow import Flow
from globus_transport.http.messages import Request, Response


class NullAuthorizer(GlobusAuthorizer):
    """Sends no Authorization header, and takes one away that the request brings."""

    def get_authorization_header(self) -> None:
        """``None``."""

    def authorize(self, request: Request) -> Flow:
        """Send a request without a credential."""
        response: Response = yield with_authorization(request, None)
        return response
