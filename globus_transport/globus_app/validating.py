"""A token storage that validates the tokens of another storage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager

from globus_transport.authorizers.stored import store_renewal
from globus_transport.exc.base import ValidationError
from globus_transport.globus_app.errors import MissingTokenError
from globus_transport.globus_app.validators import TokenDataValidator, TokenValidationContext
from globus_transport.services.auth.response import OAuthRefreshTokenResponse
from globus_transport.token_storage.base import StorableReply, TokenStorage
from globus_transport.token_storage.token_data import TokenStorageData


class ValidatingTokenStorage(TokenStorage):
    """Wraps a storage, and validates tokens before they are stored and after they are read.

    :param token_storage: where the tokens are stored
    :param validators: called in this order
    :ivar identity_id: the identity that the tokens belong to; ``None`` if unknown
    :raises ValidationError: if the storage holds tokens of several identities
    """

    def __init__(self, token_storage: TokenStorage, *, validators: Iterable[TokenDataValidator] = ()) -> None:
        super().__init__(token_storage.namespace)
        self.token_storage = token_storage
        self.validators = list(validators)
        self.identity_id: str | None = None
        self.read_identity()

    def read_identity(self) -> None:
        """Read the identity of the stored tokens again.

        :raises ValidationError: if they belong to several identities
        """
        self.identity_id = _find_identity(self.token_storage.get_token_data_by_resource_server())

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Validate tokens, and store them.

        :raises TokenValidationError: if they are not valid; nothing is stored then
        """
        context = self._make_context(token_data_by_resource_server)
        for validator in self.validators:
            validator.before_store(token_data_by_resource_server, context)
        self.token_storage.store_token_data_by_resource_server(token_data_by_resource_server)
        if self.identity_id is None:
            self.identity_id = context.token_data_identity_id

    def store_renewal(self, resource_server: str, token_response: StorableReply) -> TokenStorageData:
        """Store the tokens of a renewal without validation: losing a rotated refresh token would end the login.

        Fields that the token reply leaves out keep their stored values.

        :param resource_server: the name of the service, as token replies have it
        :param token_response: the token reply, as the login client returns it
        :raises ReplyFormatError: if the reply has no tokens for this resource server
        """
        return store_renewal(self.token_storage, resource_server, token_response, self.identity_id)

    def get_token_data(self, resource_server: str) -> TokenStorageData:
        """Read and validate the tokens for one resource server.

        :raises MissingTokenError: if none are stored
        :raises TokenValidationError: if they are not valid
        """
        data = self.token_storage.get_token_data(resource_server)
        if data is None:
            raise MissingTokenError(f"no tokens are stored for {resource_server}; log in: app.login()", resource_server)
        self._validate({resource_server: data})
        return data

    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """Read and validate all tokens, by resource server.

        :raises TokenValidationError: if one is not valid
        """
        tokens = self.token_storage.get_token_data_by_resource_server()
        self._validate(tokens)
        return tokens

    def _validate(self, tokens: Mapping[str, TokenStorageData]) -> None:
        context = self._make_context(tokens)
        if self.identity_id is None:
            self.identity_id = context.token_data_identity_id
        for validator in self.validators:
            validator.after_retrieve(tokens, context)

    def _make_context(self, tokens: Mapping[str, TokenStorageData]) -> TokenValidationContext:
        return TokenValidationContext(self.identity_id, _find_identity(tokens))

    def remove_token_data(self, resource_server: str) -> bool:
        """Remove the tokens for a resource server.

        :return: whether there were any
        """
        return self.token_storage.remove_token_data(resource_server)

    def _extract_identity_id(self, token_response: StorableReply) -> str | None:
        # A refresh does not change the identity, and its reply need not have an id token.
        if isinstance(token_response, OAuthRefreshTokenResponse):
            return self.identity_id
        return self.token_storage._extract_identity_id(token_response)

    def exclusive(self) -> AbstractContextManager[object]:
        """The lock of the wrapped storage."""
        return self.token_storage.exclusive()

    def close(self) -> None:
        """Close the wrapped storage."""
        self.token_storage.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self.token_storage!r}>"


def _find_identity(tokens: Mapping[str, TokenStorageData]) -> str | None:
    identities = {data.identity_id for data in tokens.values()} - {None}
    if len(identities) > 1:
        raise ValidationError(f"the tokens are those of several identities: {', '.join(sorted(map(str, identities)))}")
    return identities.pop() if identities else None
