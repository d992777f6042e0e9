"""The settings of an application, and the protocols of what makes its parts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Union, runtime_checkable

from globus_transport.config import environment_name
from globus_transport.globus_app.errors import IdentityMismatchError, TokenValidationError
from globus_transport.login_flows.manager import LoginClient, LoginFlowManager
from globus_transport.services.auth.id_tokens import IDTokenDecoder
from globus_transport.token_storage.base import TokenStorage

KnownLoginFlowManager = Literal["command-line", "local-server"]
KnownTokenStorage = Literal["json", "sqlite", "memory"]


def resolve_by_login_flow(app: Any, error: TokenValidationError) -> None:
    """Log in again when tokens are not good. The default ``token_validation_error_handler``.

    :raises IdentityMismatchError: if that is the error: another login would not mend it
    """
    if isinstance(error, IdentityMismatchError):
        raise error
    app.login(force=True)


@runtime_checkable
class TokenStorageProvider(Protocol):
    """Makes a storage for an application, such as the class ``JSONTokenStorage``."""

    def for_globus_app(
        self, *, app_name: str, config: GlobusAppConfig, client_id: uuid.UUID | str, namespace: str
    ) -> TokenStorage:
        """The storage."""
        ...


@runtime_checkable
class LoginFlowManagerProvider(Protocol):
    """Makes a login flow manager for an application, such as the class ``CommandLineLoginFlowManager``."""

    def for_globus_app(self, *, app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> LoginFlowManager:
        """The login flow manager."""
        ...


@runtime_checkable
class IDTokenDecoderProvider(Protocol):
    """Makes a decoder of id tokens for an application, such as the class :class:`~globus_transport.IDTokenDecoder`."""

    def for_globus_app(self, *, app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> IDTokenDecoder:
        """The decoder."""
        ...


class TokenValidationErrorHandler(Protocol):
    """Does something about tokens that are not good; if it returns, they are looked at once more."""

    def __call__(self, app: Any, error: TokenValidationError) -> None:
        """Do something about it, or raise.

        :param app: the :class:`GlobusApp`
        """
        ...


# A dataclass, so that dataclasses.replace() works as it does for globus-sdk's.
@dataclass(frozen=True)
class GlobusAppConfig:
    """The settings of a :class:`GlobusApp`. They don't change; ``dataclasses.replace`` makes others.

    :ivar login_flow_manager: how users log in: ``"command-line"``, ``"local-server"``, a manager, or what
        makes one. By default at the command line. A :class:`ClientApp` has no users, and takes none
    :ivar login_redirect_uri: where users come back to, if it is not a page of Globus
    :ivar token_storage: where tokens live: ``"json"``, ``"sqlite"``, ``"memory"``, a storage, or what makes one.
        The first two are files in ``~/.globus/app``
    :ivar request_refresh_tokens: whether to ask for refresh tokens, with which an application goes on after the
        access tokens (two days) end
    :ivar auto_redrive_gares: whether to log in again, and send the call again, when a service refuses a call
        and says which login it wants
    :ivar token_validation_error_handler: what to do when tokens are missing, expired, or not enough;
        by default, log in. ``None`` raises the error
    :ivar id_token_decoder: a decoder, or what makes one
    :ivar environment: the Globus environment; by default as ``GLOBUS_SDK_ENVIRONMENT`` says, else production
    """

    login_flow_manager: Union[KnownLoginFlowManager, LoginFlowManagerProvider, LoginFlowManager, None] = None
    login_redirect_uri: str | None = None
    token_storage: Union[KnownTokenStorage, TokenStorageProvider, TokenStorage] = "json"
    request_refresh_tokens: bool = False
    auto_redrive_gares: bool = False
    token_validation_error_handler: TokenValidationErrorHandler | None = resolve_by_login_flow
    id_token_decoder: Union[IDTokenDecoder, IDTokenDecoderProvider] = IDTokenDecoder
    environment: str = field(default_factory=environment_name)
