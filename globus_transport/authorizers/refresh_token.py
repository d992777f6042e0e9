"""An authorizer with a refresh token (RFC 6749, section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from globus_transport.authorizers.renewing import RefreshesTokens, RenewingAuthorizer, ReplyT, check_auth_client
from globus_transport.authorizers.stored import RefreshTokenRenewer
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.base import TokenStorage


class RefreshTokenAuthorizer(RenewingAuthorizer[ReplyT]):
    """Renews its access token with a refresh token. If a reply has a new refresh token, it replaces the old one.

    :param refresh_token: from the token reply
    :param auth_client: the client that the token was issued to; not an Async one, because a renewal runs in a
        worker thread under asyncio
    :param access_token: the first access token, if there is one already
    :param expires_at: when it expires, in seconds since the epoch
    :param on_refresh: called with every token reply before its token is used. A reply may hold a new refresh token,
        which must be stored: the old one may be invalid from then on. Several processes need ``token_storage`` instead
    :param token_storage: where the tokens are kept, for all processes that use them. Its tokens take precedence over
        the given ones. The authorizer renews under its lock, and stores before it uses
    :param resource_server: whose tokens in the storage these are, if it has those of several
    :raises GlobusSDKUsageError: if the refresh token is empty, only one of ``access_token`` and ``expires_at`` is
        given, or ``auth_client`` cannot refresh tokens
    """

    @raises_from_its_caller
    def __init__(
        self,
        refresh_token: str,
        auth_client: RefreshesTokens[ReplyT],
        *,
        access_token: str | None = None,
        expires_at: int | None = None,
        on_refresh: Callable[[ReplyT], Any] | None = None,
        token_storage: TokenStorage | None = None,
        resource_server: str | None = None,
    ) -> None:
        if not isinstance(refresh_token, str) or not refresh_token:
            raise GlobusSDKUsageError("RefreshTokenAuthorizer: the refresh token is empty or not text")
        check_auth_client(self, auth_client, "oauth2_refresh_token")
        self.refresh_token = refresh_token
        # An application gives its renewer, which wraps the client.
        given: Any = auth_client
        self._renewer = given if isinstance(given, RefreshTokenRenewer) else None
        client: Any = given if self._renewer is None else self._renewer.client
        self.auth_client: RefreshesTokens[ReplyT] = client
        if token_storage is not None:
            self._renewer = RefreshTokenRenewer(token_storage, auth_client, resource_server, access_token)
        super().__init__(access_token, expires_at, on_refresh)

    def _get_token_response(self) -> ReplyT:
        client: Any = self._renewer or self.auth_client
        reply: ReplyT = client.oauth2_refresh_token(self.refresh_token)
        return reply

    def _keep_token_data(self, token_data: Mapping[str, Any]) -> None:
        new = token_data.get("refresh_token")
        if new:
            self.refresh_token = new
