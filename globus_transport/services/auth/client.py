"""The clients of Globus Auth for threads, and the bases that they share with the clients for asyncio."""

from __future__ import annotations

from globus_transport.authorizers.basic import BasicAuthorizer
from globus_transport.core.flow import Send
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.http.ids import checked_client_id
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.routing.app import AppLike
from globus_transport.routing.client import BaseClient
from globus_transport.routing.client_base import AnyAuthorizer, ClientBase, SendT
from globus_transport.routing.parameters import UUIDLike, kind_of
from globus_transport.scopes.scope import Scope
from globus_transport.services.auth.routes import AuthRoutes
from globus_transport.services.auth.routes.login import ConfidentialAppRoutes, LoginRoutes, NativeAppRoutes
from globus_transport.transport import Transport


class AuthClientBase(ClientBase[SendT], AuthRoutes):
    """The base of the API's clients. The parameters may be given by position, as in globus-sdk."""

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


class AuthLoginClientBase(ClientBase[SendT], LoginRoutes):
    """The base of the clients of the OAuth2 endpoints.

    :param client_id: the application's client id, sent in the form if the client has no authorizer
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


class NativeAppAuthClientBase(NativeAppRoutes, AuthLoginClientBase[SendT]):
    """The base of the clients for an application without a secret.

    :param client_id: the application's client id
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


class ConfidentialAppAuthClientBase(ConfidentialAppRoutes, AuthLoginClientBase[SendT]):
    """The base of the clients for an application with a secret.

    :param client_id: the application's client id
    :param client_secret: the application's secret
    """

    @raises_from_its_caller
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
        if not isinstance(client_secret, str):
            raise GlobusSDKUsageError(f"client_secret: expected the application's secret, got {kind_of(client_secret)}")
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


class AuthClient(AuthClientBase[Send], BaseClient):
    """The API of Globus Auth: identities, projects, policies, clients and scopes."""


class AuthLoginClient(AuthLoginClientBase[Send], BaseClient):
    """The OAuth2 endpoints of Globus Auth, with any authorizer."""


class NativeAppAuthClient(NativeAppAuthClientBase[Send], AuthLoginClient):
    """Logs users in with PKCE (RFC 7636), for an application without a secret."""


class ConfidentialAppAuthClient(ConfidentialAppAuthClientBase[Send], AuthLoginClient):
    """Gets tokens for users and for the application itself, for an application with a secret."""
