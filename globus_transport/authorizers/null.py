"""An authorizer without a credential."""

from __future__ import annotations

from globus_transport.authorizers.base import GlobusAuthorizer, with_authorization
from globus_transport.core.flow import Flow
from globus_transport.http.messages import Request, Response


class NullAuthorizer(GlobusAuthorizer):
    """Sends no Authorization header, and removes one that the request already has."""

    def get_authorization_header(self) -> None:
        """``None``."""

    def authorize(self, request: Request) -> Flow:
        """Send a request without an Authorization header."""
        response: Response = yield with_authorization(request, None)
        return response
