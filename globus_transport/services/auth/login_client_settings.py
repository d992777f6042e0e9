"""What the clients of Globus Auth's OAuth2 part are made from. The same for threads and asyncio."""

from __future__ import annotations

from globus_transport.authorizers.basic import BasicAuthorizer
from globus_transport.http.ids import checked_client_id
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.routing.mounting import AnyAuthorizer, MountedRoutes, SendT
from globus_transport.routing.parameters import UUIDLike
from globus_transport.services.auth.login_routes import ConfidentialAppRoutes, LoginRoutes, NativeAppRoutes
from globus_transport.transport import Transport


class LoginClientSettings(MountedRoutes[SendT], LoginRoutes):
    """A client of the OAuth2 part, with whatever authorizer it is given.

    :param client_id: goes into the forms that no credential accompanies
    """

    def __init__(
        self,
        client_id: UUIDLike | None = None,
        environment: str | None = None,
        base_url: str | None = None,
        authorizer: AnyAuthorizer | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        *,
        terminal: SendT | None = None,
    ) -> None:
        self._client_id = None if client_id is None else checked_client_id(client_id)
        super().__init__(
            environment=environment,
            base_url=base_url,
            authorizer=authorizer,
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )


class NativeAppClientSettings(NativeAppRoutes, LoginClientSettings[SendT]):
    """A client for an application without a secret.

    :param client_id: of the application
    """

    def __init__(
        self,
        client_id: UUIDLike,
        environment: str | None = None,
        base_url: str | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        *,
        terminal: SendT | None = None,
    ) -> None:
        super().__init__(
            client_id,
            environment=environment,
            base_url=base_url,
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )


class ConfidentialAppClientSettings(ConfidentialAppRoutes, LoginClientSettings[SendT]):
    """A client for an application with a secret.

    :param client_id: of the application
    :param client_secret: of the application
    """

    def __init__(
        self,
        client_id: UUIDLike,
        client_secret: str,
        environment: str | None = None,
        base_url: str | None = None,
        app_name: str | None = None,
        transport: Transport | None = None,
        retry_config: RetryConfig | None = None,
        *,
        terminal: SendT | None = None,
    ) -> None:
        super().__init__(
            client_id,
            environment=environment,
            base_url=base_url,
            authorizer=BasicAuthorizer(checked_client_id(client_id), client_secret),
            app_name=app_name,
            transport=transport,
            retry_config=retry_config,
            terminal=terminal,
        )
