"""The authorizer of a client whose application logs in for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.core.flow import Flow, Read, Run, Steps
from globus_transport.http.messages import Request
from globus_transport.middleware.errors import ERROR_BODY_LIMIT

if TYPE_CHECKING:
    from globus_transport.routing.app_protocol import AppLike


class AppAuthorizer(GlobusAuthorizer):
    """Sends each request with the authorizer that the application has for the resource server at that time.

    :param app: the application
    :param resource_server: the name under which its tokens are listed
    """

    def __init__(self, app: AppLike, resource_server: str) -> None:
        self.app = app
        self.resource_server = resource_server

    def get_authorization_header(self) -> str | None:
        """The Authorization header. Blocks while the user logs in."""
        return self.app.get_authorizer(self.resource_server).get_authorization_header()

    def handle_missing_authorization(self) -> bool:
        """What the application's authorizer makes of a 401."""
        return self.app.get_authorizer(self.resource_server).handle_missing_authorization()

    def authorize(self, request: Request) -> Flow:
        """Send a request with the credential on; once more if the application logged in as the service demanded."""
        authorizer = yield from self._authorizer()
        response = yield from authorizer.authorize(request)
        if not request.can_replay or not self.app.may_resolve(response):
            return response
        if response.stream is not None:
            response = yield Read(response, ERROR_BODY_LIMIT)
        if not (yield Run(self.app.resolve_refusal, self.resource_server, response)):
            return response
        authorizer = yield from self._authorizer()
        return (yield from authorizer.authorize(request))

    def _authorizer(self) -> Steps[GlobusAuthorizer]:
        # Under asyncio a Run goes through a worker thread, which most requests need not.
        ready = self.app.ready_authorizer(self.resource_server)
        if ready is not None:
            return ready
        found: GlobusAuthorizer = yield Run(self.app.get_authorizer, self.resource_server)
        return found

    def __str__(self) -> str:
        return f"{type(self.app).__name__} {self.app.app_name!r}"
