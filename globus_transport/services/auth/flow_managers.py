"""The state of a user's login with the authorization code grant: with PKCE (RFC 7636), or with a client secret."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.routing.missing import MISSING, MissingType
from globus_transport.routing.parameters import encode_query
from globus_transport.scopes.text import ScopesLike, scope_text

_match_verifier = re.compile(r"[A-Za-z0-9._~-]{43,128}").fullmatch


class GlobusOAuthFlowManager:
    """A login in progress: builds the URL that the user opens, and the form that exchanges the code for tokens.

    :ivar auth_client: the client that started the login
    :ivar requested_scopes: the scopes of the tokens
    :ivar redirect_uri: the URL that the browser returns to
    :ivar state: returned unchanged with the authorization code
    :ivar refresh_tokens: whether to request refresh tokens
    """

    def __init__(
        self,
        auth_client: Any,
        requested_scopes: ScopesLike,
        redirect_uri: str,
        state: str,
        refresh_tokens: bool,
    ) -> None:
        self.auth_client = auth_client
        self.client_id: str = auth_client.client_id
        self.requested_scopes = scope_text(requested_scopes)
        self.redirect_uri = redirect_uri
        self.state = state
        self.refresh_tokens = refresh_tokens

    def get_authorize_url(self, query_params: Mapping[str, Any] | None = None) -> str:
        """Build the URL that the user opens to log in (RFC 6749, section 4.1.1).

        :param query_params: further query parameters, which override the others
        """
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.requested_scopes,
            "state": self.state,
            "response_type": "code",
            "access_type": "offline" if self.refresh_tokens else "online",
            **self._extra_parameters(),
            **(query_params or {}),
        }
        return f"{self.auth_client.base_url.rstrip('/')}/v2/oauth2/authorize?{encode_query(query)}"

    @raises_from_its_caller
    def exchange_code_for_tokens(self, auth_code: str) -> Any:
        """Get tokens for the code of this login, whichever login the client started last.

        :param auth_code: the code from the login page
        :return: tokens; with an Async client, an awaitable of them
        :raises AuthAPIError: if Globus Auth refuses the code
        """
        return self.auth_client._oauth2_exchange_code(self.token_form(auth_code))

    def token_form(self, auth_code: str) -> dict[str, Any]:
        """Make the form that exchanges the code for tokens (RFC 6749, section 4.1.3)."""
        return {"grant_type": "authorization_code", "code": auth_code, "redirect_uri": self.redirect_uri}

    def _extra_parameters(self) -> dict[str, Any]:
        return {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self.requested_scopes}>"


class GlobusAuthorizationCodeFlowManager(GlobusOAuthFlowManager):
    """The login of an application with a secret.

    :param auth_client: the client that starts the login
    :param redirect_uri: the URL that the browser returns to
    :param requested_scopes: the scopes of the tokens
    :param state: returned unchanged with the authorization code
    :param refresh_tokens: whether to request refresh tokens
    :raises GlobusSDKUsageError: if ``redirect_uri`` is empty
    """

    def __init__(
        self,
        auth_client: Any,
        redirect_uri: str,
        requested_scopes: ScopesLike,
        state: str = "_default",
        refresh_tokens: bool = False,
    ) -> None:
        if not redirect_uri:
            raise GlobusSDKUsageError("redirect_uri: give the URL that the browser returns to")
        super().__init__(auth_client, requested_scopes, redirect_uri, state, refresh_tokens)


class GlobusNativeAppFlowManager(GlobusOAuthFlowManager):
    """The login of an application without a secret. Only the program that has the verifier can use the code (PKCE).

    :param auth_client: the client that starts the login
    :param requested_scopes: the scopes of the tokens
    :param redirect_uri: the URL that the browser returns to; by default a page of Globus that shows the code
    :param state: returned unchanged with the authorization code
    :param verifier: 43 to 128 characters; by default a random one
    :param refresh_tokens: whether to request refresh tokens
    :param prefill_named_grant: the name of this installation on the consent page
    :ivar verifier: the secret of this login (RFC 7636, section 4.1)
    :ivar challenge: the SHA-256 of the verifier, which is part of the URL that the browser opens
    :raises GlobusSDKUsageError: if ``verifier`` is not 43 to 128 of the allowed characters
    """

    def __init__(
        self,
        auth_client: Any,
        requested_scopes: ScopesLike,
        redirect_uri: str | MissingType = MISSING,
        state: str = "_default",
        verifier: str | MissingType = MISSING,
        refresh_tokens: bool = False,
        prefill_named_grant: str | MissingType = MISSING,
    ) -> None:
        if isinstance(redirect_uri, MissingType) or not redirect_uri:
            redirect_uri = f"{auth_client.base_url.rstrip('/')}/v2/web/auth-code"
        super().__init__(auth_client, requested_scopes, redirect_uri, state, refresh_tokens)
        if isinstance(verifier, MissingType) or not verifier:
            verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
        elif not _match_verifier(verifier):
            raise GlobusSDKUsageError("verifier: give 43 to 128 letters, digits, '.', '_', '~' or '-'")
        self.verifier = verifier
        self.challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        self.prefill_named_grant = prefill_named_grant

    def _extra_parameters(self) -> dict[str, Any]:
        return {
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "prefill_named_grant": self.prefill_named_grant,
        }

    def token_form(self, auth_code: str) -> dict[str, Any]:
        """Make the form that exchanges the code for tokens (RFC 7636, section 4.5).

        :param auth_code: the code from the login page
        """
        return {**super().token_form(auth_code), "code_verifier": self.verifier, "client_id": self.client_id}
