"""The base of login flow managers."""

from __future__ import annotations

import platform
from abc import ABC, abstractmethod
from typing import Protocol, Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.routing.missing import MISSING
from globus_transport.services.auth.client import AuthLoginClient, ConfidentialAppAuthClient, NativeAppAuthClient
from globus_transport.services.auth.response import OAuthTokenResponse

#: A client that gets tokens; not an Async client.
LoginClient = Union[AuthLoginClient, NativeAppAuthClient, ConfidentialAppAuthClient]


class LoginSettings(Protocol):
    """The settings of an application that a login flow manager reads."""

    @property
    def login_redirect_uri(self) -> str | None:
        """The URL that the browser returns to."""
        ...

    @property
    def request_refresh_tokens(self) -> bool:
        """Whether to request refresh tokens."""
        ...


class LoginFlowManager(ABC):
    """Leads a user through a login. A custom manager implements :meth:`run_login_flow`.

    :param login_client: gets the tokens; not an Async client
    :param request_refresh_tokens: whether to request refresh tokens
    :param native_prefill_named_grant: the name of this installation on the consent page, for a client without a secret
    :raises GlobusSDKUsageError: if the client is of another type
    """

    def __init__(
        self,
        login_client: LoginClient,
        *,
        request_refresh_tokens: bool = False,
        native_prefill_named_grant: str | None = None,
    ) -> None:
        if not isinstance(login_client, (NativeAppAuthClient, ConfidentialAppAuthClient)):
            raise GlobusSDKUsageError(
                f"{type(self).__name__} needs a NativeAppAuthClient or a ConfidentialAppAuthClient, "
                f"not a {type(login_client).__name__}"
            )
        self.login_client = login_client
        self.request_refresh_tokens = request_refresh_tokens
        self.native_prefill_named_grant = native_prefill_named_grant

    @abstractmethod
    def run_login_flow(self, auth_parameters: GlobusAuthorizationParameters) -> OAuthTokenResponse:
        """Log in, and get tokens. Blocks until the user has logged in.

        :param auth_parameters: what the login requires; its ``required_scopes`` are the scopes of the tokens
        """

    def _get_authorize_url(
        self, auth_parameters: GlobusAuthorizationParameters, redirect_uri: str, state: str = "_default"
    ) -> str:
        """Start a login, and return the URL that the user opens.

        :param state: returned unchanged with the authorization code
        :raises GlobusSDKUsageError: if ``required_scopes`` is empty
        """
        scopes = auth_parameters.required_scopes
        if not scopes:
            raise GlobusSDKUsageError(f"{type(self).__name__}: auth_parameters has no required_scopes; give some")
        if isinstance(self.login_client, NativeAppAuthClient):
            self.login_client.oauth2_start_flow(
                scopes,
                redirect_uri=redirect_uri,
                state=state,
                refresh_tokens=self.request_refresh_tokens,
                prefill_named_grant=self.native_prefill_named_grant or MISSING,
            )
        else:
            self.login_client.oauth2_start_flow(
                redirect_uri, scopes, state=state, refresh_tokens=self.request_refresh_tokens
            )
        names = (
            "session_required_identities",
            "session_required_single_domain",
            "session_required_policies",
            "session_required_mfa",
            "session_message",
            "prompt",
        )
        given = {name: getattr(auth_parameters, name) for name in names}
        return self.login_client.oauth2_get_authorize_url(
            **{name: value for name, value in given.items() if value is not None}
        )


def make_named_grant(app_name: str) -> str:
    """Name this installation of an application for the consent page: the application's name and the host name."""
    # macOS adds this suffix to the name that the user chose.
    host = platform.node().removesuffix(".local")
    return f"{app_name} on {host}" if host else app_name
