"""The parts of an application, from what its settings say."""

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


def make_storage(app_name: str, config: GlobusAppConfig, client_id: uuid.UUID | str) -> tuple[TokenStorage, bool]:
    """The storage, and whether it was made here.

    :raises GlobusSDKUsageError: if the setting is no use
    """
    given = config.token_storage
    if isinstance(given, TokenStorage):
        return given, False
    provider = _known_storage(given) if isinstance(given, str) else given
    if not isinstance(provider, TokenStorageProvider):
        raise GlobusSDKUsageError(
            f"token_storage={given!r}: expected 'json', 'sqlite', 'memory', a TokenStorage, or what makes one"
        )
    made = provider.for_globus_app(app_name=app_name, config=config, client_id=client_id, namespace="DEFAULT")
    return made, True


def _known_storage(name: str) -> object:
    if name == "sqlite":
        return SQLiteTokenStorage
    return {"json": JSONTokenStorage, "memory": MemoryTokenStorage}.get(name)


def make_decoder(app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> IDTokenDecoder:
    """The decoder of id tokens.

    :raises GlobusSDKUsageError: if it needs an extra that is not installed
    """
    given = config.id_token_decoder
    if isinstance(given, IDTokenDecoder):
        return given
    if given is IDTokenDecoder:
        # Now, and not after the user has logged in.
        check_installed()
    return given.for_globus_app(app_name=app_name, config=config, login_client=login_client)


def make_login_flow_manager(app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> LoginFlowManager:
    """The way in which users log in.

    :raises GlobusSDKUsageError: if the setting is no use, or does not fit the client
    """
    given = config.login_flow_manager
    if isinstance(given, LoginFlowManager):
        return given
    provider = _known_login(given) if given is None or isinstance(given, str) else given
    if not isinstance(provider, LoginFlowManagerProvider):
        raise GlobusSDKUsageError(
            f"login_flow_manager={given!r}: expected 'command-line', 'local-server', a LoginFlowManager, or what "
            "makes one"
        )
    return provider.for_globus_app(app_name=app_name, config=config, login_client=login_client)


def _known_login(name: str | None) -> object:
    if name == "local-server":
        return LocalServerLoginFlowManager
    return CommandLineLoginFlowManager if name in (None, "command-line") else None
