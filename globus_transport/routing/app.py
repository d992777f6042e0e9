"""What clients need of an application that logs in for them, and the authorizer of such a client.

:class:`~globus_transport.GlobusApp` has what :class:`AppLike` asks for. Clients know no more of it than this: the
application is built on clients, not clients on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, Union

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.core.flow import Flow, Read, Run, Steps
from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Request, Response
from globus_transport.scopes.scope import Scope

#: A scope, a text of scopes, or several of either.
ScopeCollectionLike = Union[str, Scope, Iterable[Union[str, Scope]]]


class AppSettings(Protocol):
    """The settings of an application that matter to a client."""

    @property
    def environment(self) -> str:
        """The Globus environment."""
        ...


class AppLike(Protocol):
    """An application: knows which scopes are needed, keeps tokens, and logs in. Its methods block."""

    @property
    def app_name(self) -> str:
        """Its name."""
        ...

    @property
    def config(self) -> AppSettings:
        """Its settings."""
        ...

    def add_scope_requirements(self, scope_requirements: Mapping[str, ScopeCollectionLike]) -> None:
        """Ask for more scopes, by resource server, in the next login."""
        ...

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        """The authorizer for a resource server, if there is one that needs no storage and no login. Does not block."""
        ...

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        """The authorizer for a resource server, after a login if that is needed."""
        ...

    def may_resolve(self, response: Response) -> bool:
        """Whether :meth:`resolve_refusal` handles such a response. Does not block."""
        ...

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        """Log in as a refusal demands.

        :return: whether the request should be sent again, with the new authorizer
        """
        ...


class AppAuthorizer(GlobusAuthorizer):
    """Sends each request with the application's current authorizer for the resource server.

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
        """Let the application's authorizer handle a 401."""
        return self.app.get_authorizer(self.resource_server).handle_missing_authorization()

    def authorize(self, request: Request) -> Flow:
        """Send a request with the credential, and once more if the application logged in as the service demanded."""
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
        # Under asyncio a Run takes a worker thread, which most requests do not need.
        ready = self.app.ready_authorizer(self.resource_server)
        if ready is not None:
            return ready
        found: GlobusAuthorizer = yield Run(self.app.get_authorizer, self.resource_server)
        return found

    def __str__(self) -> str:
        return f"{type(self.app).__name__} {self.app.app_name!r}"
