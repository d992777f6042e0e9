"""A login at the command line: the user opens a URL in any browser, and pastes the authorization code."""

from __future__ import annotations

from typing import Self

from globus_transport.exc.base import GlobusError, GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.login_flows.manager import LoginClient, LoginFlowManager, LoginSettings, make_named_grant
from globus_transport.services.auth.client import ConfidentialAppAuthClient
from globus_transport.services.auth.response import OAuthTokenResponse


class CommandLineLoginFlowEOFError(GlobusError, EOFError):
    """The standard input ended before the user entered the authorization code."""


class CommandLineLoginFlowManager(LoginFlowManager):
    """Prints a URL, and asks for the authorization code that the page shows after the login.

    :param login_client: gets the tokens
    :param redirect_uri: a page that shows the code to the user. By default a page of Globus; a client with a secret has
        no default
    :param request_refresh_tokens: whether to request refresh tokens
    :param native_prefill_named_grant: the name of this installation on the consent page, for a client without a secret
    :raises GlobusSDKUsageError: if the client is of another type, or has a secret and ``redirect_uri`` is missing
    """

    def __init__(
        self,
        login_client: LoginClient,
        *,
        redirect_uri: str | None = None,
        request_refresh_tokens: bool = False,
        native_prefill_named_grant: str | None = None,
    ) -> None:
        super().__init__(
            login_client,
            request_refresh_tokens=request_refresh_tokens,
            native_prefill_named_grant=native_prefill_named_grant,
        )
        if redirect_uri is None:
            if isinstance(login_client, ConfidentialAppAuthClient):
                raise GlobusSDKUsageError(
                    "redirect_uri: a client with a secret has redirect addresses of its own; give redirect_uri=, or, "
                    "with an app, GlobusAppConfig(login_redirect_uri=...)"
                )
            redirect_uri = f"{self.login_client.base_url.rstrip('/')}/v2/web/auth-code"
        self.redirect_uri = redirect_uri

    @classmethod
    def for_globus_app(
        cls,
        app_name: str,
        login_client: LoginClient,
        config: LoginSettings,
    ) -> Self:
        """Make the login flow manager of an application.

        :param app_name: the application's name
        :param config: the application's settings
        :raises GlobusSDKUsageError: if the client has a secret, and the settings have no ``login_redirect_uri``
        """
        return cls(
            login_client,
            redirect_uri=config.login_redirect_uri,
            request_refresh_tokens=config.request_refresh_tokens,
            native_prefill_named_grant=make_named_grant(app_name),
        )

    @raises_from_its_caller
    def run_login_flow(self, auth_parameters: GlobusAuthorizationParameters) -> OAuthTokenResponse:
        """Log in, and get tokens. Blocks until the user enters the code.

        :raises CommandLineLoginFlowEOFError: if the standard input ends before that
        :raises AuthAPIError: if Globus Auth refuses the code
        """
        self.print_authorize_url(self._get_authorize_url(auth_parameters, self.redirect_uri))
        return self.login_client.oauth2_exchange_code_for_tokens(self.prompt_for_code())

    def print_authorize_url(self, authorize_url: str) -> None:
        """Print the URL at which the user logs in.

        :param authorize_url: where the user logs in
        """
        print(f"\nLog in with Globus at this address:\n\n{authorize_url}\n", flush=True)

    def prompt_for_code(self) -> str:
        """Ask the user for the authorization code.

        :raises CommandLineLoginFlowEOFError: if the standard input ends
        """
        try:
            return input("Paste the authorization code here: ").strip()
        except EOFError as error:
            raise CommandLineLoginFlowEOFError(
                "the input ended before the authorization code was entered; log in at a terminal"
            ) from error
