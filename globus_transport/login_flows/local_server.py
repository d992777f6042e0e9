"""A login in this computer's browser, which brings the code by itself."""

from __future__ import annotations

import os
import webbrowser
from string import Template
from typing import ClassVar, Self

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.gare import GlobusAuthorizationParameters
from globus_transport.login_flows.landing import (
    LANDING_PAGE,
    LocalServerEnvironmentalLoginError,
    listen,
)
from globus_transport.login_flows.manager import LoginClient, LoginFlowManager, LoginSettings, named_grant
from globus_transport.services.auth.client import NativeAppAuthClient
from globus_transport.services.auth.response import OAuthTokenResponse

# They cannot show the pages of Globus Auth, and take the terminal from the program.
_TEXT_BROWSERS = frozenset({"lynx", "www-browser", "links", "elinks", "w3m"})


class LocalServerLoginFlowManager(LoginFlowManager):
    """Opens a browser, and waits at an address of this computer until it comes back with a code.

    :param login_client: gets the tokens
    :param request_refresh_tokens: whether refresh tokens are asked for
    :param native_prefill_named_grant: what the consent page calls the installation, if it has no secret
    :param server_address: host and port to wait at; port 0 lets the system choose
    :param html_template: the page that the user sees at the end, with ``$login_result`` and ``$post_login_message``
    :cvar wait_timeout: how long the user may take, in seconds
    :raises GlobusSDKUsageError: if the client is of another kind
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
        """The login of an application.

        :raises GlobusSDKUsageError: if the client has a secret, or the settings have a ``login_redirect_uri``
        """
        if config.login_redirect_uri:
            raise GlobusSDKUsageError(
                "login_redirect_uri: the user comes back to this computer; leave it out, or log in at the command line"
            )
        if not isinstance(login_client, NativeAppAuthClient):
            raise GlobusSDKUsageError(
                "only a NativeAppAuthClient may bring users back to this computer; with a secret, log in at the "
                "command line"
            )
        return cls(
            login_client,
            request_refresh_tokens=config.request_refresh_tokens,
            native_prefill_named_grant=named_grant(app_name),
        )

    def run_login_flow(self, auth_parameters: GlobusAuthorizationParameters) -> OAuthTokenResponse:
        """Log in, and get tokens. Blocks until the browser is back.

        :raises LocalServerEnvironmentalLoginError: if there is no browser here
        :raises LocalServerLoginError: if the login fails, or takes longer than ``wait_timeout``
        :raises AuthAPIError: if the code is not good
        """
        if os.environ.get("SSH_TTY") or os.environ.get("SSH_CONNECTION"):
            raise LocalServerEnvironmentalLoginError(
                "the session is a remote one: a browser would open on the wrong computer; log in at the command line"
            )
        landing = listen(self.server_address, self.html_template)
        try:
            with landing.running():
                open_browser(self._get_authorize_url(auth_parameters, landing.redirect_uri, landing.state))
                code = landing.wait_for_code(self.wait_timeout)
        finally:
            landing.close()
        return self.login_client.oauth2_exchange_code_for_tokens(code)


def open_browser(url: str) -> None:
    """Show an address in the user's browser.

    :raises LocalServerEnvironmentalLoginError: if there is none that can
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
