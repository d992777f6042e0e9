"""What makes an application's parts, when it is made. The classes of this package for these parts can."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from globus_transport.globus_app.errors import TokenValidationError
from globus_transport.login_flows.manager import LoginClient, LoginFlowManager
from globus_transport.services.auth.id_tokens import IDTokenDecoder
from globus_transport.token_storage.base import TokenStorage

if TYPE_CHECKING:
    from globus_transport.globus_app.app import GlobusApp
    from globus_transport.globus_app.config import GlobusAppConfig


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

    def __call__(self, app: GlobusApp, error: TokenValidationError) -> None:
        """Do something about it, or raise."""
        ...
