"""What clients need of an application that logs in for them. :class:`~globus_transport.GlobusApp` has it.

Clients know no more of it than this: the application is built on clients, not clients on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, Union

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.http.messages import Response
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
        """Its name, for people."""
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
        """Whether :meth:`resolve_refusal` has a say about such a status. Does not block."""
        ...

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        """Log in as a refusal demands. Whether the request should be sent again, with the new authorizer."""
        ...
