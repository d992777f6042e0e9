"""An authorizer that acts as the application itself (RFC 6749, section 4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from globus_transport.authorizers.renewing import GrantsClientCredentials, RenewingAuthorizer, ReplyT, check_auth_client
from globus_transport.authorizers.stored import ClientCredentialsRenewer
from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.scopes.text import ScopesLike, scope_text
from globus_transport.token_storage.base import TokenStorage


class ClientCredentialsAuthorizer(RenewingAuthorizer[ReplyT]):
    """Gets and renews its access token with the client's own credentials.

    :param confidential_client: the client; not an Async one, because a renewal runs in a worker thread under asyncio
    :param scopes: the scopes of the token; all of one resource server
    :param access_token: the first access token, if there is one already
    :param expires_at: when it expires, in seconds since the epoch
    :param on_refresh: called with every token reply before its token is used
    :param token_storage: where the tokens are kept, for all processes that use them. The authorizer renews under its
        lock, and only if nobody else has
    :param resource_server: whose tokens in the storage these are, if it has those of several
    :raises GlobusSDKUsageError: if no scope is given, only one of ``access_token`` and ``expires_at``, or a client
        without credentials
    """

    @raises_from_its_caller
    def __init__(
        self,
        confidential_client: GrantsClientCredentials[ReplyT],
        scopes: ScopesLike,
        *,
        access_token: str | None = None,
        expires_at: int | None = None,
        on_refresh: Callable[[ReplyT], Any] | None = None,
        token_storage: TokenStorage | None = None,
        resource_server: str | None = None,
    ) -> None:
        check_auth_client(self, confidential_client, "oauth2_client_credentials_tokens")
        # An application gives its renewer, which wraps the client.
        given: Any = confidential_client
        self._renewer = given if isinstance(given, ClientCredentialsRenewer) else None
        client: Any = given if self._renewer is None else self._renewer.client
        self.confidential_client: GrantsClientCredentials[ReplyT] = client
        if token_storage is not None:
            self._renewer = ClientCredentialsRenewer(token_storage, confidential_client, resource_server, access_token)
        self.scopes = scope_text(scopes)
        super().__init__(access_token, expires_at, on_refresh)

    def _get_token_response(self) -> ReplyT:
        client: Any = self._renewer or self.confidential_client
        reply: ReplyT = client.oauth2_client_credentials_tokens(self.scopes)
        return reply
