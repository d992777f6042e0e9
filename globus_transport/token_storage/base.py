"""What every token storage can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from globus_transport.token_storage.token_data import TokenStorageData


class StorableReply(Protocol):
    """What a storage needs of a token reply."""

    @property
    def by_resource_server(self) -> Mapping[str, Mapping[str, Any]]:
        """The tokens, by resource server."""
        ...

    @property
    def data(self) -> Any:
        """The document."""
        ...

    def decode_id_token(self) -> Mapping[str, Any]:
        """The claims of the id token in the document."""
        ...


class DecodesIdTokens(Protocol):
    """What a storage needs of an :class:`~globus_transport.IDTokenDecoder`."""

    def decode(self, id_token: str, /) -> Mapping[str, Any]:
        """The claims of an id token."""
        ...


class TokenStorage(ABC):
    """Keeps the tokens of one namespace, by resource server. All calls block.

    For one of your own, write the three abstract methods; what they are given is stored when they return.

    :param namespace: keeps several sets of tokens apart in one place
    :ivar id_token_decoder: says whose tokens are stored, from their id token; if it is ``None``, the reply is asked
    """

    def __init__(self, namespace: str = "DEFAULT") -> None:
        self.namespace = namespace
        self.id_token_decoder: DecodesIdTokens | None = None

    @abstractmethod
    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens, each in the place of those for the same resource server."""

    @abstractmethod
    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """All tokens, by resource server."""

    def get_token_data(self, resource_server: str) -> TokenStorageData | None:
        """The tokens for one resource server, or ``None``."""
        return self.get_token_data_by_resource_server().get(resource_server)

    @abstractmethod
    def remove_token_data(self, resource_server: str) -> bool:
        """Forget the tokens for a resource server; whether there were any."""

    def store_token_response(self, token_response: StorableReply) -> None:
        """Store all tokens of a reply.

        :raises IDTokenError: if the id token in it must not be believed
        """
        identity_id = self._extract_identity_id(token_response)
        self.store_token_data_by_resource_server(
            {
                server: TokenStorageData(
                    resource_server=tokens["resource_server"],
                    identity_id=identity_id,
                    scope=tokens["scope"],
                    access_token=tokens["access_token"],
                    refresh_token=tokens.get("refresh_token"),
                    expires_at_seconds=tokens.get("expires_at_seconds"),
                    token_type=tokens.get("token_type"),
                )
                for server, tokens in token_response.by_resource_server.items()
            }
        )

    def _extract_identity_id(self, token_response: StorableReply) -> str | None:
        document = token_response.data
        id_token = document.get("id_token") if isinstance(document, Mapping) else None
        if not isinstance(id_token, str):
            return None
        decoder = self.id_token_decoder
        claims = token_response.decode_id_token() if decoder is None else decoder.decode(id_token)
        identity_id: str = claims["sub"]
        return identity_id

    def exclusive(self) -> AbstractContextManager[object]:
        """Keeps others away while tokens are renewed. Entered again by the same thread, it does nothing more.

        By default it keeps nobody away. A storage that several processes share should: otherwise two of
        them may use the same refresh token.
        """
        return nullcontext()

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """Let go of files and connections."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, namespace {self.namespace!r}>"
