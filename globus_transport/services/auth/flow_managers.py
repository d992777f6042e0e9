"""The two ways of logging in a user: with a code for a native app (PKCE, RFC 7636) or for one with a secret."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING, MissingType
from globus_transport.routing.parameters import encode_query
from globus_transport.scopes.text import ScopesLike, scope_text

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}").fullmatch


class GlobusOAuthFlowManager:
    """A login that was started: knows where to send the user, and what the code is exchanged with.

    :ivar auth_client: the client that started it
    :ivar requested_scopes: what is asked for
    :ivar redirect_uri: where the user comes back to
    :ivar state: comes back with the user, unchanged
    :ivar refresh_tokens: whether refresh tokens are asked for
    """

    def __init__(
        self,
        auth_client: Any,
        client_id: str,
        requested_scopes: ScopesLike,
        redirect_uri: str,
        state: str,
        refresh_tokens: bool,
    ) -> None:
        self.auth_client = auth_client
        self.client_id = client_id
        self.requested_scopes = scope_text(requested_scopes)
        self.redirect_uri = redirect_uri
        self.state = state
        self.refresh_tokens = refresh_tokens

    def get_authorize_url(self, query_params: Mapping[str, Any] | None = None) -> str:
        """Where to send the user (RFC 6749, section 4.1.1).

        :param query_params: further parameters
        """
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.requested_scopes,
            "state": self.state,
            "response_type": "code",
            "access_type": "offline" if self.refresh_tokens else "online",
            **self._more_parameters(),
            **(query_params or {}),
        }
        return f"{self.auth_client.base_url.rstrip('/')}/v2/oauth2/authorize?{encode_query(query)}"

    def exchange_code_for_tokens(self, auth_code: str) -> Any:
        """What the auth client's ``oauth2_exchange_code_for_tokens`` gives for the code."""
        return self.auth_client.oauth2_exchange_code_for_tokens(auth_code)

    def token_form(self, auth_code: str) -> dict[str, Any]:
        """The form that the code is exchanged with (RFC 6749, section 4.1.3)."""
        return {"grant_type": "authorization_code", "code": auth_code, "redirect_uri": self.redirect_uri}

    def _more_parameters(self) -> dict[str, Any]:
        return {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self.requested_scopes}>"


class GlobusAuthorizationCodeFlowManager(GlobusOAuthFlowManager):
    """The login of an application that has a secret."""


class GlobusNativeAppFlowManager(GlobusOAuthFlowManager):
    """The login of an application that has none. A verifier (RFC 7636) ties the code to who asked for it.

    :ivar verifier: the secret of this login
    :ivar challenge: its SHA-256, which is all that the browser sees
    :raises GlobusSDKUsageError: if the verifier that was given is none
    """

    def __init__(
        self,
        auth_client: Any,
        client_id: str,
        requested_scopes: ScopesLike,
        redirect_uri: str,
        state: str,
        refresh_tokens: bool,
        verifier: str | MissingType = MISSING,
        prefill_named_grant: str | MissingType = MISSING,
    ) -> None:
        super().__init__(auth_client, client_id, requested_scopes, redirect_uri, state, refresh_tokens)
        if isinstance(verifier, MissingType):
            verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode()
        elif not _VERIFIER(verifier):
            raise GlobusSDKUsageError("verifier: give 43 to 128 letters, digits, '.', '_', '~' or '-'")
        self.verifier = verifier
        self.challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        self.prefill_named_grant = prefill_named_grant

    def _more_parameters(self) -> dict[str, Any]:
        return {
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "prefill_named_grant": self.prefill_named_grant,
        }

    def token_form(self, auth_code: str) -> dict[str, Any]:
        """The form that the code is exchanged with (RFC 7636, section 4.5)."""
        return {**super().token_form(auth_code), "code_verifier": self.verifier, "client_id": self.client_id}
