"""Renews the tokens of a storage, which other threads, processes and hosts may share.

A renewer has the same method as the auth client that it wraps, so that an authorizer can call it in the client's
place. It holds the storage's lock, reads the stored tokens again, requests new ones only if the stored ones are still
stale, and stores the new tokens before it returns them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, Union

import attrs

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.token_storage.base import TokenStorage
from globus_transport.token_storage.token_data import TokenStorageData

ClientT = TypeVar("ClientT")

#: Requests new tokens. It is given the stored tokens, and may return newer stored tokens instead of a token reply.
RequestTokens = Callable[[Union[TokenStorageData, None]], Any]

# Stored tokens with less time than this, in seconds, are not worth taking over. Those that live long are renewed by
# their margin anyway, and those that live short are renewed once for all.
_LEAST_TIME = 5.0


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


def store_renewal(
    storage: TokenStorage, resource_server: str, reply: Any, identity_id: str | None = None
) -> TokenStorageData:
    """Store the tokens of a renewal. Fields that the reply leaves out keep their stored values.

    :param identity_id: whose tokens they are, if the stored ones do not say it
    :raises ReplyFormatError: if the reply has no tokens for this resource server
    """
    if resource_server not in reply.by_resource_server:
        names = ", ".join(sorted(reply.by_resource_server)) or "nothing"
        raise ReplyFormatError(f"a renewal of the tokens for {resource_server} brought tokens for {names}")
    known = storage.get_token_data(resource_server)
    tokens = reply.by_resource_server[resource_server]
    renewed = TokenStorageData(
        resource_server=resource_server,
        identity_id=identity_id if known is None or known.identity_id is None else known.identity_id,
        scope=tokens["scope"] or ("" if known is None else known.scope),
        access_token=tokens["access_token"],
        refresh_token=tokens.get("refresh_token") or (None if known is None else known.refresh_token),
        expires_at_seconds=tokens.get("expires_at_seconds"),
        token_type=tokens.get("token_type"),
    )
    storage.store_token_data_by_resource_server({resource_server: renewed})
    return renewed


class _TokenRenewer(Generic[ClientT]):
    """The base of renewers.

    If another thread or process has stored fresh tokens in the meantime, those are returned and no request is sent.

    :param storage: where the tokens are stored; its lock excludes other renewers
    :param client: requests new tokens
    :param resource_server: the resource server that the tokens are for; by default that of the only stored tokens, or
        of the first reply
    :param known_access_token: the access token that the authorizer has
    :param store: stores a reply, and returns the stored tokens; by default :func:`store_renewal`
    """

    def __init__(
        self,
        storage: TokenStorage,
        client: ClientT,
        resource_server: str | None,
        known_access_token: str | None,
        store: Callable[[str, Any], TokenStorageData] | None = None,
    ) -> None:
        self.storage = storage
        self.client = client
        self.resource_server = resource_server
        self._known_access_token = known_access_token
        self._store = store
        self._unstored_response: Any = None
        # The stored tokens that it replaces.
        self._replaced: TokenStorageData | None = None

    def _renew(self, request_tokens: RequestTokens) -> StoredTokens:
        with self.storage.exclusive():
            fresh = self._get_fresh_tokens(request_tokens)
        self._known_access_token = fresh.access_token
        return StoredTokens.from_token_data(fresh)

    def _get_fresh_tokens(self, request_tokens: RequestTokens) -> TokenStorageData:
        stored = self._read_stored_tokens()
        if stored != self._replaced:
            # Newer tokens were stored meanwhile. A child that was forked while its parent stored a reply has a copy of
            # it, and must not store that when it is old; nor must a parent whose child has stored the reply for it.
            self._unstored_response = None
        # If the last reply could not be stored, it is stored now: it may hold the only valid refresh token.
        if self._unstored_response is None:
            if stored is not None and stored.access_token != self._known_access_token and _is_fresh(stored):
                return stored
            self._replaced = stored
            granted = request_tokens(stored)
            if isinstance(granted, TokenStorageData):
                return granted
            self._unstored_response = granted
        fresh = self._store_reply(self._unstored_response)
        self._unstored_response = None
        return fresh

    def _store_reply(self, reply: Any) -> TokenStorageData:
        if self.resource_server is None:
            self.resource_server = _only(reply.by_resource_server, "the token reply")
        if self._store is not None:
            return self._store(self.resource_server, reply)
        return store_renewal(self.storage, self.resource_server, reply)

    def _read_stored_tokens(self) -> TokenStorageData | None:
        if self.resource_server is None:
            stored = self.storage.get_token_data_by_resource_server()
            if not stored:
                return None
            self.resource_server = _only(stored, "the token storage")
        return self.storage.get_token_data(self.resource_server)


def _only(by_resource_server: Mapping[str, object], where: str) -> str:
    if len(by_resource_server) != 1:
        names = ", ".join(sorted(by_resource_server)) or "none"
        raise GlobusSDKUsageError(f"{where} has tokens for several resource servers, {names}; give resource_server=")
    (resource_server,) = by_resource_server
    return resource_server


def _is_fresh(data: TokenStorageData) -> bool:
    return data.expires_at_seconds is None or data.expires_at_seconds - _LEAST_TIME > time.time()


class RefreshTokenRenewer(_TokenRenewer[Any]):
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

    def _refresh(self, stored: TokenStorageData | None, given: str) -> Any:
        token = given if stored is None or stored.refresh_token is None else stored.refresh_token
        try:
            return self.client.oauth2_refresh_token(token)
        except GlobusAPIError as error:
            # RFC 6749, section 5.2. Other refusals, of the client's secret say, are not about the refresh token.
            if error.code != "invalid_grant":
                raise
            # A program that does not take the lock may have used the refresh token and stored new tokens.
            newer = self._read_stored_tokens()
            if newer is None or newer.refresh_token in (None, token):
                self.refused_token = token
                raise
        if _is_fresh(newer):
            return newer
        self._replaced = newer
        return self.client.oauth2_refresh_token(str(newer.refresh_token))


class ClientCredentialsRenewer(_TokenRenewer[Any]):
    """Renews tokens with the client's own credentials."""

    def oauth2_client_credentials_tokens(self, requested_scopes: str) -> StoredTokens:
        """Get fresh tokens for these scopes."""
        return self._renew(lambda _: self.client.oauth2_client_credentials_tokens(requested_scopes))
