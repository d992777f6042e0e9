"""An application that acts for itself, with its client secret."""

from __future__ import annotations

import uuid

from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.authorizers.client_credentials import ClientCredentialsAuthorizer
from globus_transport.authorizers.stored import ClientCredentialsRenewer
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.globus_app.app import DEFAULT_CONFIG, GlobusApp, ScopeRequirements
from globus_transport.globus_app.config import GlobusAppConfig
from globus_transport.login_flows.manager import LoginClient
from globus_transport.services.auth.client import ConfidentialAppAuthClient


class ClientApp(GlobusApp):
    """An application that acts for itself, as a service does. No user logs in. Needs the extra ``app``.

    ::

        app = ClientApp("my-service", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
        client = TransferClient(app=app)

    :param app_name: part of the token file's path and of the User-Agent header
    :param login_client: gets the tokens: a ``ConfidentialAppAuthClient``. Replaces ``client_id`` and ``client_secret``
    :param client_id: the application's client id
    :param client_secret: the application's secret
    :param scope_requirements: scopes to request, by resource server, in addition to those of the clients
    :param config: the settings
    :raises GlobusSDKUsageError: if the client or its secret is missing, given twice, of the wrong type, or for another
        environment; or if a setting is invalid
    """

    _login_client: ConfidentialAppAuthClient

    @raises_from_its_caller
    def __init__(
        self,
        app_name: str = "Unnamed Globus App",
        *,
        login_client: ConfidentialAppAuthClient | None = None,
        client_id: uuid.UUID | str | None = None,
        client_secret: str | None = None,
        scope_requirements: ScopeRequirements | None = None,
        config: GlobusAppConfig = DEFAULT_CONFIG,
    ) -> None:
        if config.login_flow_manager is not None:
            raise GlobusSDKUsageError("ClientApp: no user logs in; leave login_flow_manager out of the config")
        if login_client is not None and not isinstance(login_client, ConfidentialAppAuthClient):
            raise GlobusSDKUsageError(
                f"ClientApp: login_client must be a ConfidentialAppAuthClient, not a {type(login_client).__name__}"
            )
        super().__init__(
            app_name,
            login_client=login_client,
            client_id=client_id,
            client_secret=client_secret,
            scope_requirements=scope_requirements,
            config=config,
        )

    def _initialize_login_client(
        self, app_name: str, config: GlobusAppConfig, client_id: uuid.UUID | str, client_secret: str | None
    ) -> LoginClient:
        if not client_secret:
            raise GlobusSDKUsageError("ClientApp: give client_secret= along with client_id=")
        return ConfidentialAppAuthClient(client_id, client_secret, environment=config.environment, app_name=app_name)

    def _make_authorizer(self, resource_server: str) -> tuple[GlobusAuthorizer, float | None]:
        scopes = self._scope_requirements.get(resource_server)
        if not scopes:
            raise self._no_scopes_error(resource_server)
        token, expires_at = None, None
        # If none are stored, the authorizer requests them with its first renewal, which needs only the secret.
        if self.token_storage.token_storage.get_token_data(resource_server) is not None:
            data = self.token_storage.get_token_data(resource_server)
            expires_at = data.expires_at_seconds
            token = None if expires_at is None else data.access_token
        storage = self.token_storage
        renewer = ClientCredentialsRenewer(
            storage.token_storage, self._login_client, resource_server, token, storage.store_renewal
        )
        return ClientCredentialsAuthorizer(renewer, scopes, access_token=token, expires_at=expires_at), None

    def login_required(self) -> bool:
        """Whether tokens of a resource server are missing, or lack a required scope. Expired ones are renewed."""
        with self._lock:
            storage = self.token_storage.token_storage
            if any(storage.get_token_data(server) is None for server in self._scope_requirements):
                return True
        return super().login_required()

    def _run_login_flow(self, auth_params: GlobusAuthorizationParameters | None = None) -> None:
        scopes = self._add_required_scopes(auth_params).required_scopes
        if not scopes:
            raise GlobusSDKUsageError("ClientApp: the app requires no scopes; call app.add_scope_requirements()")
        self.token_storage.store_token_response(self._login_client.oauth2_client_credentials_tokens(scopes))
