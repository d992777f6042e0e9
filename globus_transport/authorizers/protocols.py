"""What authorizers need of token replies and of the clients that get them, for type checkers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar


class TokenReply(Protocol):
    """What an authorizer needs of a token reply."""

    @property
    def by_resource_server(self) -> Mapping[str, Mapping[str, Any]]: ...


ReplyT_co = TypeVar("ReplyT_co", bound=TokenReply, covariant=True)


class RefreshesTokens(Protocol[ReplyT_co]):
    """An auth client that can refresh: ``NativeAppAuthClient``, ``ConfidentialAppAuthClient``."""

    @property
    def oauth2_refresh_token(self) -> Callable[[str], ReplyT_co]: ...


class GrantsClientCredentials(Protocol[ReplyT_co]):
    """An auth client with credentials of its own: ``ConfidentialAppAuthClient``."""

    @property
    def oauth2_client_credentials_tokens(self) -> Callable[[str], ReplyT_co]: ...
