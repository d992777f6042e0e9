"""Renewals of stored tokens: one at a time, whoever shares the storage, and stored before they are used."""

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

#: Asks for new tokens, given those that are stored. It may find others in the storage after all.
Grant = Callable[[Union[TokenStorageData, None]], Union[OAuthTokenResponse, TokenStorageData]]


@attrs.frozen
class StoredReply:
    """What an authorizer needs of a token reply, from the storage.

    :ivar by_resource_server: the tokens for the one resource server
    """

    by_resource_server: Mapping[str, Mapping[str, Any]] = attrs.field(repr=False)

    @classmethod
    def of(cls, data: TokenStorageData) -> StoredReply:
        """The reply that would have brought these tokens."""
        return cls({data.resource_server: {"expires_at_seconds": None, **data.to_dict()}})


class _Renewals(Generic[ClientT]):
    """Stands between an authorizer and its auth client.

    If someone else has put fresh tokens into the storage meanwhile, those are used, and nothing is asked for.

    :param storage: where the tokens are; its lock keeps others away
    :param login_client: asks for new ones
    :param resource_server: that they are for
    :param known: the access token that the authorizer has
    """

    def __init__(
        self, storage: ValidatingTokenStorage, login_client: ClientT, resource_server: str, known: str | None
    ) -> None:
        self.storage = storage
        self.login_client = login_client
        self.resource_server = resource_server
        self._known = known
        self._unstored: OAuthTokenResponse | None = None

    def _renewed(self, grant: Grant) -> StoredReply:
        with self.storage.exclusive():
            fresh = self._fresh_tokens(grant)
        self._known = fresh.access_token
        return StoredReply.of(fresh)

    def _fresh_tokens(self, grant: Grant) -> TokenStorageData:
        # If the last ones could not be stored, they are tried again: their refresh token may be the only good one.
        if self._unstored is None:
            stored = self._stored()
            if stored is not None and stored.access_token != self._known and _is_fresh(stored):
                return stored
            granted = grant(stored)
            if isinstance(granted, TokenStorageData):
                return granted
            self._unstored = granted
        fresh = self.storage.store_renewal(self.resource_server, self._unstored)
        self._unstored = None
        return fresh

    def _stored(self) -> TokenStorageData | None:
        return self.storage.token_storage.get_token_data(self.resource_server)


def _is_fresh(data: TokenStorageData) -> bool:
    return data.expires_at_seconds is None or data.expires_at_seconds - MARGIN > time.time()


class RefreshRenewals(_Renewals[LoginClient]):
    """Renewals with a refresh token.

    :ivar dead: the refresh token that was refused, if one was
    """

    dead: str | None = None

    def oauth2_refresh_token(self, refresh_token: str) -> StoredReply:
        """Fresh tokens. The refresh token is the storage's, which may be newer than the authorizer's.

        :raises LoginRequiredError: if it is no longer good
        """
        return self._renewed(lambda stored: self._refreshed(stored, refresh_token))

    def _refreshed(self, stored: TokenStorageData | None, given: str) -> OAuthTokenResponse | TokenStorageData:
        token = given if stored is None or stored.refresh_token is None else stored.refresh_token
        try:
            return self.login_client.oauth2_refresh_token(token)
        except LoginRequiredError:
            # Someone who does not know of the lock may have used it, and stored what came.
            newer = self._stored()
            if newer is None or newer.refresh_token in (None, token):
                self.dead = token
                raise
        return newer if _is_fresh(newer) else self.login_client.oauth2_refresh_token(str(newer.refresh_token))


class ClientRenewals(_Renewals[ConfidentialAppAuthClient]):
    """Renewals with the client's own credentials."""

    def oauth2_client_credentials_tokens(self, requested_scopes: str) -> StoredReply:
        """Fresh tokens for these scopes."""
        return self._renewed(lambda _: self.login_client.oauth2_client_credentials_tokens(requested_scopes))
