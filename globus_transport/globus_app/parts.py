"""Makes the parts of an application (token storage, id token decoder, login flow manager) from its settings."""

from __future__ import annotations

import uuid

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.globus_app.config import GlobusAppConfig, LoginFlowManagerProvider, TokenStorageProvider
from globus_transport.login_flows.command_line import CommandLineLoginFlowManager
from globus_transport.login_flows.local_server import LocalServerLoginFlowManager
from globus_transport.login_flows.manager import LoginClient, LoginFlowManager
from globus_transport.services.auth.id_tokens import IDTokenDecoder, check_installed
from globus_transport.token_storage.base import TokenStorage
from globus_transport.token_storage.json import JSONTokenStorage
from globus_transport.token_storage.memory import MemoryTokenStorage
from globus_transport.token_storage.sqlite import SQLiteTokenStorage

_STORAGES: dict[str, object] = {
    "json": JSONTokenStorage,
    "sqlite": SQLiteTokenStorage,
    "memory": MemoryTokenStorage,
}
_LOGIN_FLOW_MANAGERS: dict[str, object] = {
    "command-line": CommandLineLoginFlowManager,
    "local-server": LocalServerLoginFlowManager,
}


def make_storage(app_name: str, config: GlobusAppConfig, client_id: uuid.UUID | str) -> tuple[TokenStorage, bool]:
    """Make the token storage, or take the one in the settings.

    :return: the storage, and whether it was made here, so that the application closes it
    :raises GlobusSDKUsageError: if the setting is invalid
    """
    given = config.token_storage
    if isinstance(given, TokenStorage):
        return given, False
    provider = _STORAGES.get(given) if isinstance(given, str) else given
    if not isinstance(provider, TokenStorageProvider):
        raise GlobusSDKUsageError(
            f"token_storage={given!r}: expected 'json', 'sqlite', 'memory', a TokenStorage, or a TokenStorageProvider"
        )
    made = provider.for_globus_app(app_name=app_name, config=config, client_id=client_id, namespace="DEFAULT")
    return made, True


def make_decoder(app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> IDTokenDecoder:
    """Make the decoder of id tokens, or take the one in the settings.

    :raises GlobusSDKUsageError: if it needs an extra that is not installed
    """
    given = config.id_token_decoder
    if isinstance(given, IDTokenDecoder):
        return given
    if given is IDTokenDecoder:
        # Fail here, and not after the user has logged in.
        check_installed()
    return given.for_globus_app(app_name=app_name, config=config, login_client=login_client)


def make_login_flow_manager(app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> LoginFlowManager:
    """Make the login flow manager, or take the one in the settings.

    :raises GlobusSDKUsageError: if the setting is invalid, or does not fit the client
    """
    given = "command-line" if config.login_flow_manager is None else config.login_flow_manager
    if isinstance(given, LoginFlowManager):
        return given
    provider = _LOGIN_FLOW_MANAGERS.get(given) if isinstance(given, str) else given
    if not isinstance(provider, LoginFlowManagerProvider):
        raise GlobusSDKUsageError(
            f"login_flow_manager={given!r}: expected 'command-line', 'local-server', a LoginFlowManager, or a "
            "LoginFlowManagerProvider"
        )
    return provider.for_globus_app(app_name=app_name, config=config, login_client=login_client)
