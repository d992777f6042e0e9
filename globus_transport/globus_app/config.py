"""The settings of an application, and the protocols of the objects that make its parts."""

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
    """Log in again when tokens are not valid. The default ``token_validation_error_handler``.

    :param app: the :class:`GlobusApp`
    :param error: the refusal
    :raises IdentityMismatchError: if that is the error, because another login does not fix it
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
        """Make the storage.

        :param app_name: the application's name
        :param config: the application's settings
        :param client_id: the id of the application's client
        :param namespace: separates the tokens of several users in one storage
        """
        ...


@runtime_checkable
class LoginFlowManagerProvider(Protocol):
    """Makes a login flow manager for an application, such as the class ``CommandLineLoginFlowManager``."""

    def for_globus_app(self, *, app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> LoginFlowManager:
        """Make the login flow manager.

        :param app_name: the application's name
        :param config: the application's settings
        :param login_client: the client that the application logs in with
        """
        ...


@runtime_checkable
class IDTokenDecoderProvider(Protocol):
    """Makes a decoder of id tokens for an application, such as the class :class:`~globus_transport.IDTokenDecoder`."""

    def for_globus_app(self, *, app_name: str, config: GlobusAppConfig, login_client: LoginClient) -> IDTokenDecoder:
        """Make the decoder.

        :param app_name: the application's name
        :param config: the application's settings
        :param login_client: the client that the application logs in with
        """
        ...


class TokenValidationErrorHandler(Protocol):
    """Called when stored tokens are not valid. After it returns, the application reads the tokens once more."""

    def __call__(self, app: Any, error: TokenValidationError) -> None:
        """Replace the tokens, for example by a login, or raise.

        :param app: the :class:`GlobusApp`
        :param error: what is wrong with the tokens
        """
        ...


# A dataclass, because globus-sdk's is one: callers use dataclasses.replace() on it.
@dataclass(frozen=True)
class GlobusAppConfig:
    """The settings of a :class:`GlobusApp`. They do not change; ``dataclasses.replace`` makes a changed copy.

    :ivar login_flow_manager: how users log in: ``"command-line"`` (the default), ``"local-server"``, a manager, or a
        provider of one. A :class:`ClientApp` has no users and accepts only ``None``
    :ivar login_redirect_uri: where the browser returns to after the login; by default a page of Globus that shows
        the authorization code
    :ivar token_storage: where tokens are stored: ``"json"``, ``"sqlite"``, ``"memory"``, a storage, or a provider of
        one. The first two are files in ``~/.globus/app``
    :ivar request_refresh_tokens: whether to request refresh tokens, which let the application continue after the
        access tokens expire (after two days)
    :ivar auto_redrive_gares: whether to log in and send the request again when a service refuses it with a Globus
        Auth Requirements Error
    :ivar token_validation_error_handler: called when tokens are missing, expired, or lack a required scope; by
        default it logs in. With ``None`` the error is raised
    :ivar id_token_decoder: a decoder, or a provider of one
    :ivar environment: the Globus environment; by default ``GLOBUS_SDK_ENVIRONMENT``, else production
    """

    login_flow_manager: Union[KnownLoginFlowManager, LoginFlowManagerProvider, LoginFlowManager, None] = None
    login_redirect_uri: str | None = None
    token_storage: Union[KnownTokenStorage, TokenStorageProvider, TokenStorage] = "json"
    request_refresh_tokens: bool = False
    auto_redrive_gares: bool = False
    token_validation_error_handler: TokenValidationErrorHandler | None = resolve_by_login_flow
    id_token_decoder: Union[IDTokenDecoder, IDTokenDecoderProvider] = IDTokenDecoder
    environment: str = field(default_factory=environment_name)
