"""An application that acts for a user, who logs in."""

from __future__ import annotations

import uuid

from globus_transport.authorizers.access_token import AccessTokenAuthorizer
from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.authorizers.stored import RefreshTokenRenewer
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.globus_app.app import DEFAULT_CONFIG, GlobusApp, ScopeRequirements
from globus_transport.globus_app.config import GlobusAppConfig
from globus_transport.globus_app.errors import DeadLoginError
from globus_transport.globus_app.parts import make_login_flow_manager
from globus_transport.globus_app.validators import (
    HasRefreshTokensValidator,
    NotExpiredValidator,
    UnchangingIdentityIDValidator,
)
from globus_transport.login_flows.manager import LoginClient
from globus_transport.services.auth.client import ConfidentialAppAuthClient, NativeAppAuthClient


class UserApp(GlobusApp):
    """An application that acts for a user. Needs the extra ``app``, to identify the user.

    ::

        app = UserApp("my-app", client_id=CLIENT_ID)
        client = TransferClient(app=app)
        client.operation_ls(COLLECTION_ID)      # the first call logs in, at the command line

    :param app_name: shown on consent pages, and part of the token file's path and of the User-Agent header
    :param login_client: gets the tokens; not an Async client. Replaces ``client_id`` and ``client_secret``
    :param client_id: the application's client id
    :param client_secret: the application's secret, if it has one. With a secret, or with a
        ``ConfidentialAppAuthClient``, ``config.login_redirect_uri`` is required
    :param scope_requirements: scopes to request, by resource server, in addition to those of the clients
    :param config: the settings
    :raises GlobusSDKUsageError: if the client is missing, given twice, of the wrong type, or for another environment;
        or if a setting is invalid
    """

    @raises_from_its_caller
    def __init__(
        self,
        app_name: str = "Unnamed Globus App",
        *,
        login_client: LoginClient | None = None,
        client_id: uuid.UUID | str | None = None,
        client_secret: str | None = None,
        scope_requirements: ScopeRequirements | None = None,
        config: GlobusAppConfig = DEFAULT_CONFIG,
    ) -> None:
        super().__init__(
            app_name,
            login_client=login_client,
            client_id=client_id,
            client_secret=client_secret,
            scope_requirements=scope_requirements,
            config=config,
        )
        self._login_flow_manager = make_login_flow_manager(app_name, config, self._login_client)
        self._renewers: dict[str, RefreshTokenRenewer] = {}
        lifetime_validator = HasRefreshTokensValidator() if config.request_refresh_tokens else NotExpiredValidator()
        self.token_storage.validators.insert(0, lifetime_validator)
        self.token_storage.validators.append(UnchangingIdentityIDValidator())

    def _initialize_login_client(
        self, app_name: str, config: GlobusAppConfig, client_id: uuid.UUID | str, client_secret: str | None
    ) -> LoginClient:
        if client_secret:
            return ConfidentialAppAuthClient(
                client_id, client_secret, environment=config.environment, app_name=app_name
            )
        return NativeAppAuthClient(client_id, environment=config.environment, app_name=app_name)

    def _make_authorizer(self, resource_server: str) -> tuple[GlobusAuthorizer, float | None]:
        is_required = resource_server in self._scope_requirements
        if not is_required and self.token_storage.token_storage.get_token_data(resource_server) is None:
            raise self._no_scopes_error(resource_server)
        data = self.token_storage.get_token_data(resource_server)
        if not self.config.request_refresh_tokens:
            return AccessTokenAuthorizer(data.access_token), data.expires_at_seconds
        refresh_token = data.refresh_token or ""
        previous = self._renewers.get(resource_server)
        if previous is not None and previous.refused_token == refresh_token:
            raise DeadLoginError(f"the login for {resource_server} is no longer valid; log in again: app.login()")
        token = None if data.expires_at_seconds is None else data.access_token
        storage = self.token_storage
        renewer = RefreshTokenRenewer(
            storage.token_storage, self._login_client, resource_server, data.access_token, storage.store_renewal
        )
        self._renewers[resource_server] = renewer
        authorizer = RefreshTokenAuthorizer(
            refresh_token, renewer, access_token=token, expires_at=data.expires_at_seconds
        )
        return authorizer, None

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        """The cached authorizer for a resource server, or ``None``. Does not block.

        :param resource_server: the name of the service, as token replies have it
        """
        renewer = self._renewers.get(resource_server)
        return None if renewer is not None and renewer.refused_token else super().ready_authorizer(resource_server)

    def _run_login_flow(self, auth_params: GlobusAuthorizationParameters | None = None) -> None:
        response = self._login_flow_manager.run_login_flow(self._add_required_scopes(auth_params))
        self.token_storage.store_token_response(response)
