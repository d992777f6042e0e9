"""A login in this computer's browser, which returns the authorization code to a local HTTP server."""

from __future__ import annotations

import os
import webbrowser
from string import Template
from typing import ClassVar, Self

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.login_flows.landing import (
    LANDING_PAGE,
    LocalServerEnvironmentalLoginError,
    open_landing_server,
)
from globus_transport.login_flows.manager import LoginClient, LoginFlowManager, LoginSettings, make_named_grant
from globus_transport.services.auth.client import NativeAppAuthClient
from globus_transport.services.auth.response import OAuthTokenResponse

# These cannot show the pages of Globus Auth, and they take over the program's terminal.
_TEXT_BROWSERS = frozenset({"lynx", "www-browser", "links", "elinks", "w3m"})


class LocalServerLoginFlowManager(LoginFlowManager):
    """Opens a browser, and waits until it returns to a local HTTP server with the authorization code.

    :param login_client: gets the tokens
    :param request_refresh_tokens: whether to request refresh tokens
    :param native_prefill_named_grant: the name of this installation on the consent page, for a client without a secret
    :param server_address: host and port to listen at; port 0 lets the system choose
    :param html_template: the page that the browser shows after the login, with the placeholders ``$login_result`` and
        ``$post_login_message``
    :cvar wait_timeout: how long to wait for the user, in seconds
    :raises GlobusSDKUsageError: if the client is of another type
    """

    wait_timeout: ClassVar[float] = 900.0

    def __init__(
        self,
        login_client: LoginClient,
        *,
        request_refresh_tokens: bool = False,
        native_prefill_named_grant: str | None = None,
        server_address: tuple[str, int] = ("localhost", 0),
        html_template: Template = LANDING_PAGE,
    ) -> None:
        super().__init__(
            login_client,
            request_refresh_tokens=request_refresh_tokens,
            native_prefill_named_grant=native_prefill_named_grant,
        )
        self.server_address = server_address
        self.html_template = html_template

    @classmethod
    def for_globus_app(cls, app_name: str, login_client: LoginClient, config: LoginSettings) -> Self:
        """Make the login flow manager of an application.

        :param app_name: the application's name
        :param config: the application's settings
        :raises GlobusSDKUsageError: if the client has a secret, or the settings have a ``login_redirect_uri``
        """
        if config.login_redirect_uri:
            raise GlobusSDKUsageError(
                "login_redirect_uri: this login returns to a local server; leave it out, or use "
                "login_flow_manager='command-line'"
            )
        if not isinstance(login_client, NativeAppAuthClient):
            raise GlobusSDKUsageError(
                "login_client: only a NativeAppAuthClient may redirect to a local server; for a client with a secret, "
                "use login_flow_manager='command-line'"
            )
        return cls(
            login_client,
            request_refresh_tokens=config.request_refresh_tokens,
            native_prefill_named_grant=make_named_grant(app_name),
        )

    @raises_from_its_caller
    def run_login_flow(self, auth_parameters: GlobusAuthorizationParameters) -> OAuthTokenResponse:
        """Log in, and get tokens. Blocks until the browser returns.

        :raises LocalServerEnvironmentalLoginError: if this computer has no usable browser
        :raises LocalServerLoginError: if the login fails, or takes longer than ``wait_timeout``
        :raises AuthAPIError: if Globus Auth refuses the code
        """
        if os.environ.get("SSH_TTY") or os.environ.get("SSH_CONNECTION"):
            raise LocalServerEnvironmentalLoginError(
                "the session is a remote one: a browser would open on the wrong computer; log in at the command line"
            )
        server = open_landing_server(self.server_address, self.html_template)
        try:
            with server.serve_in_thread():
                open_browser(self._get_authorize_url(auth_parameters, server.redirect_uri, server.state))
                code = server.wait_for_code(self.wait_timeout)
        finally:
            server.close()
        return self.login_client.oauth2_exchange_code_for_tokens(code)


def open_browser(url: str) -> None:
    """Open a URL in the user's browser.

    :raises LocalServerEnvironmentalLoginError: if there is no browser, or it is a text browser, or it does not open
    """
    try:
        browser = webbrowser.get()
    except webbrowser.Error as error:
        raise LocalServerEnvironmentalLoginError("there is no browser here; log in at the command line") from error
    name = str(getattr(browser, "name", type(browser).__name__))
    if os.path.basename(name) in _TEXT_BROWSERS:
        raise LocalServerEnvironmentalLoginError(f"{name} cannot show the login; log in at the command line")
    if not browser.open(url, new=1):
        raise LocalServerEnvironmentalLoginError(f"the browser {name} did not open; log in at the command line")
