"""An authorizer with a refresh token (RFC 6749, section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from globus_transport.authorizers.renewing import RefreshesTokens, RenewingAuthorizer, ReplyT
from globus_transport.exc.base import GlobusSDKUsageError


class RefreshTokenAuthorizer(RenewingAuthorizer[ReplyT]):
    """Renews its access token with a refresh token. If a reply has a new refresh token, it replaces the old one.

    :param refresh_token: from the token reply
    :param auth_client: the client that the token was issued to; not an Async one, because a renewal runs in a
        worker thread under asyncio
    :param access_token: the first access token, if there is one already
    :param expires_at: when it expires, in seconds since the epoch
    :param on_refresh: called with every token reply before its token is used. A reply may hold a new refresh token,
        which must be stored: the old one may be invalid from then on
    :raises GlobusSDKUsageError: if the refresh token is empty, or only one of ``access_token`` and
        ``expires_at`` is given
    """

    def __init__(
        self,
        refresh_token: str,
        auth_client: RefreshesTokens[ReplyT],
        *,
        access_token: str | None = None,
        expires_at: int | None = None,
        on_refresh: Callable[[ReplyT], Any] | None = None,
    ) -> None:
        if not isinstance(refresh_token, str) or not refresh_token:
            raise GlobusSDKUsageError("RefreshTokenAuthorizer: the refresh token is empty or not text")
        self.refresh_token = refresh_token
        self.auth_client = auth_client
        super().__init__(access_token, expires_at, on_refresh)

    def _get_token_response(self) -> ReplyT:
        return self.auth_client.oauth2_refresh_token(self.refresh_token)

    def _keep_token_data(self, token_data: Mapping[str, Any]) -> None:
        new = token_data.get("refresh_token")
        if new:
            self.refresh_token = new
