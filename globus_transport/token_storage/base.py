"""The base of token storages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

from globus_transport.exc.tracebacks import raises_from_its_caller
from globus_transport.token_storage.token_data import TokenStorageData


class StorableReply(Protocol):
    """The part of a token reply that a storage reads."""

    @property
    def by_resource_server(self) -> Mapping[str, Mapping[str, Any]]:
        """The tokens, by resource server."""
        ...

    @property
    def data(self) -> Any:
        """The JSON document."""
        ...

    def decode_id_token(self) -> Mapping[str, Any]:
        """Decode the id token in the document, and return its claims."""
        ...


class IDTokenDecoderLike(Protocol):
    """The part of an :class:`~globus_transport.IDTokenDecoder` that a storage calls."""

    def decode(self, id_token: str, /) -> Mapping[str, Any]:
        """Decode an id token, and return its claims."""
        ...


class TokenStorage(ABC):
    """Stores the tokens of one namespace, by resource server. All calls block.

    A custom storage implements the three abstract methods. When they return, the change must be stored.

    :param namespace: separates several sets of tokens in one storage
    :ivar id_token_decoder: decodes the id token of a token reply, which identifies the user; if it is ``None``, the
        reply's own ``decode_id_token`` is called
    """

    def __init__(self, namespace: str = "DEFAULT") -> None:
        self.namespace = namespace
        self.id_token_decoder: IDTokenDecoderLike | None = None

    @abstractmethod
    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Store tokens. They replace stored tokens for the same resource servers.

        :param token_data_by_resource_server: the tokens, by resource server
        """

    @abstractmethod
    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read all tokens, by resource server."""

    def get_token_data(self, resource_server: str) -> TokenStorageData | None:
        """Read the tokens for one resource server; ``None`` if none are stored.

        :param resource_server: the name of the service, as token replies have it
        """
        return self.get_token_data_by_resource_server().get(resource_server)

    @abstractmethod
    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :param resource_server: the name of the service, as token replies have it
        :return: whether there were any
        """

    @raises_from_its_caller
    def store_token_response(self, token_response: StorableReply) -> None:
        """Store all tokens of a token reply.

        :param token_response: the token reply, as the login client returns it
        :raises IDTokenError: if the reply's id token is not valid
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
        id_token = _find_id_token(token_response)
        if id_token is None:
            return None
        decoder = self.id_token_decoder
        claims = token_response.decode_id_token() if decoder is None else decoder.decode(id_token)
        identity_id: str = claims["sub"]
        return identity_id

    def exclusive(self) -> AbstractContextManager[object]:
        """Lock the storage for the renewal of tokens. The thread that holds the lock may enter it again.

        By default there is no lock. A storage that several processes share should have one: otherwise two
        processes may use the same refresh token.
        """
        return nullcontext()

    def close(self) -> None:  # noqa: B027 - most storages have nothing to close
        """Close files and connections."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, namespace {self.namespace!r}>"


def _find_id_token(token_response: Any) -> str | None:
    """The id token of a reply, or of what stands in for one in a test: that need not have a document."""
    document = getattr(token_response, "data", None)
    if isinstance(document, Mapping):
        found = document.get("id_token")
    elif isinstance(document, list):
        # The reply with dependent tokens has none.
        found = None
    else:
        get = getattr(token_response, "get", None)
        found = get("id_token") if callable(get) else getattr(token_response, "id_token", None)
    return found if isinstance(found, str) else None
