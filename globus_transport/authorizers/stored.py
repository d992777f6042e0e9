"""Renews stored tokens for an authorizer.

A renewer has the same method as the auth client that it wraps, so that an authorizer can call it in the client's
place. It holds the storage's lock, reads the stored tokens again, requests new ones only if the stored ones are still
stale, and stores the new tokens before it returns them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, Union

import attrs

from globus_transport.authorizers.renewing import MARGIN
from globus_transport.globus_app.validating import ValidatingTokenStorage
from globus_transport.login_flows.manager import LoginClient
from globus_transport.services.auth.client import ConfidentialAppAuthClient
from globus_transport.services.auth.errors import LoginRequiredError
from globus_transport.services.auth.response import OAuthTokenResponse
from globus_transport.token_storage.token_data import TokenStorageData

ClientT = TypeVar("ClientT", bound=LoginClient)

#: Requests new tokens. It is given the stored tokens, and may return newer stored tokens instead of a token reply.
RequestTokens = Callable[[Union[TokenStorageData, None]], Union[OAuthTokenResponse, TokenStorageData]]


@attrs.frozen
class StoredTokens:
    """The part of a token reply that an authorizer reads, made from stored tokens.

    :ivar by_resource_server: the tokens; the only key is the renewer's resource server
    """

    by_resource_server: Mapping[str, Mapping[str, Any]] = attrs.field(repr=False)

    @classmethod
    def from_token_data(cls, data: TokenStorageData) -> StoredTokens:
        """Present tokens of a storage as a token reply."""
        return cls({data.resource_server: {"expires_at_seconds": None, **data.to_dict()}})


class _TokenRenewer(Generic[ClientT]):
    """The base of renewers.

    If another thread or process has stored fresh tokens in the meantime, those are returned and no request is sent.

    :param storage: where the tokens are stored; its lock excludes other renewers
    :param login_client: requests new tokens
    :param resource_server: the resource server that the tokens are for
    :param known_access_token: the access token that the authorizer has
    """

    def __init__(
        self,
        storage: ValidatingTokenStorage,
        login_client: ClientT,
        resource_server: str,
        known_access_token: str | None,
    ) -> None:
        self.storage = storage
        self.login_client = login_client
        self.resource_server = resource_server
        self._known_access_token = known_access_token
        self._unstored_response: OAuthTokenResponse | None = None

    def _renew(self, request_tokens: RequestTokens) -> StoredTokens:
        with self.storage.exclusive():
            fresh = self._get_fresh_tokens(request_tokens)
        self._known_access_token = fresh.access_token
        return StoredTokens.from_token_data(fresh)

    def _get_fresh_tokens(self, request_tokens: RequestTokens) -> TokenStorageData:
        # If the last reply could not be stored, it is stored now: it may hold the only valid refresh token.
        if self._unstored_response is None:
            stored = self._read_stored_tokens()
            if stored is not None and stored.access_token != self._known_access_token and _is_fresh(stored):
                return stored
            granted = request_tokens(stored)
            if isinstance(granted, TokenStorageData):
                return granted
            self._unstored_response = granted
        fresh = self.storage.store_renewal(self.resource_server, self._unstored_response)
        self._unstored_response = None
        return fresh

    def _read_stored_tokens(self) -> TokenStorageData | None:
        return self.storage.token_storage.get_token_data(self.resource_server)


def _is_fresh(data: TokenStorageData) -> bool:
    return data.expires_at_seconds is None or data.expires_at_seconds - MARGIN > time.time()


class RefreshTokenRenewer(_TokenRenewer[LoginClient]):
    """Renews tokens with a refresh token.

    :ivar refused_token: the refresh token that Globus Auth refused; ``None`` if it refused none
    """

    refused_token: str | None = None

    def oauth2_refresh_token(self, refresh_token: str) -> StoredTokens:
        """Get fresh tokens.

        :param refresh_token: the authorizer's; a refresh token in the storage takes precedence, because it may be newer
        :raises LoginRequiredError: if Globus Auth refuses the refresh token
        """
        return self._renew(lambda stored: self._refresh(stored, refresh_token))

    def _refresh(self, stored: TokenStorageData | None, given: str) -> OAuthTokenResponse | TokenStorageData:
        token = given if stored is None or stored.refresh_token is None else stored.refresh_token
        try:
            return self.login_client.oauth2_refresh_token(token)
        except LoginRequiredError:
            # A program that does not take the lock may have used the refresh token and stored new tokens.
            newer = self._read_stored_tokens()
            if newer is None or newer.refresh_token in (None, token):
                self.refused_token = token
                raise
        return newer if _is_fresh(newer) else self.login_client.oauth2_refresh_token(str(newer.refresh_token))


class ClientCredentialsRenewer(_TokenRenewer[ConfidentialAppAuthClient]):
    """Renews tokens with the client's own credentials."""

    def oauth2_client_credentials_tokens(self, requested_scopes: str) -> StoredTokens:
        """Get fresh tokens for these scopes."""
        return self._renew(lambda _: self.login_client.oauth2_client_credentials_tokens(requested_scopes))
