"""What the clients of Globus Auth's API are made from. The same for threads and asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.routing.mounting import AnyAuthorizer, MountedRoutes, SendT
from globus_transport.scopes.scope import Scope
from globus_transport.services.auth.routes import AuthRoutes
from globus_transport.transport import Transport

if TYPE_CHECKING:
    from globus_transport.routing.app_protocol import AppLike


class AuthClientSettings(MountedRoutes[SendT], AuthRoutes):
    """A client of the API. Its parameters may be given by position."""

    def __init__(
        self,
        environment: str | None = None,
        base_url: str | None = None,
        app: AppLike | None = None,
        app_scopes: list[Scope] | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        *,
        terminal: SendT | None = None,
    ) -> None:
        super().__init__(
            environment=environment,
            base_url=base_url,
            app=app,
            app_scopes=app_scopes,
            authorizer=authorizer,
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )
