"""A storage that gives out good tokens only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager

from globus_transport.exc.base import ReplyFormatError, ValidationError
from globus_transport.globus_app.errors import MissingTokenError
from globus_transport.globus_app.validators import TokenDataValidator, TokenValidationContext
from globus_transport.services.auth.response import OAuthRefreshTokenResponse
from globus_transport.token_storage.base import StorableReply, TokenStorage
from globus_transport.token_storage.token_data import TokenStorageData


class ValidatingTokenStorage(TokenStorage):
    """Another storage, with checks of what goes into it and what comes out.

    :param token_storage: where the tokens are
    :param validators: the checks, in their order
    :ivar identity_id: whose tokens they are; ``None`` if nobody knows
    :raises ValidationError: if the storage holds tokens of several identities
    """

    def __init__(self, token_storage: TokenStorage, *, validators: Iterable[TokenDataValidator] = ()) -> None:
        super().__init__(token_storage.namespace)
        self.token_storage = token_storage
        self.validators = list(validators)
        self.identity_id: str | None = None
        self.read_identity()

    def read_identity(self) -> None:
        """Look again whose tokens there are.

        :raises ValidationError: if they are of several identities
        """
        self.identity_id = _identity_of(self.token_storage.get_token_data_by_resource_server())

    def store_token_data_by_resource_server(
        self, token_data_by_resource_server: Mapping[str, TokenStorageData]
    ) -> None:
        """Check tokens, and store them.

        :raises TokenValidationError: if they are not good; then nothing is stored
        """
        context = self._context(token_data_by_resource_server)
        for validator in self.validators:
            validator.before_store(token_data_by_resource_server, context)
        self.token_storage.store_token_data_by_resource_server(token_data_by_resource_server)
        if self.identity_id is None:
            self.identity_id = context.token_data_identity_id

    def store_renewal(self, resource_server: str, token_response: StorableReply) -> TokenStorageData:
        """Store what a renewal brought, as it is: a refresh token that is lost would end the login.

        What a renewal leaves out stays as it was.

        :raises ReplyFormatError: if it brought no tokens for this resource server
        """
        if resource_server not in token_response.by_resource_server:
            names = ", ".join(sorted(token_response.by_resource_server)) or "nothing"
            raise ReplyFormatError(f"a renewal of the tokens for {resource_server} brought tokens for {names}")
        known = self.token_storage.get_token_data(resource_server)
        identity_id = self.identity_id if known is None or known.identity_id is None else known.identity_id
        tokens = token_response.by_resource_server[resource_server]
        renewed = TokenStorageData(
            resource_server=resource_server,
            identity_id=identity_id,
            scope=tokens["scope"] or ("" if known is None else known.scope),
            access_token=tokens["access_token"],
            refresh_token=tokens.get("refresh_token") or (None if known is None else known.refresh_token),
            expires_at_seconds=tokens.get("expires_at_seconds"),
            token_type=tokens.get("token_type"),
        )
        self.token_storage.store_token_data_by_resource_server({resource_server: renewed})
        return renewed

    def get_token_data(self, resource_server: str) -> TokenStorageData:
        """The tokens for one resource server, checked.

        :raises MissingTokenError: if there are none
        :raises TokenValidationError: if they are not good
        """
        data = self.token_storage.get_token_data(resource_server)
        if data is None:
            raise MissingTokenError(f"no tokens are stored for {resource_server}; log in: app.login()", resource_server)
        self._check({resource_server: data})
        return data

    def get_token_data_by_resource_server(self) -> dict[str, TokenStorageData]:
        """All tokens, checked, by resource server.

        :raises TokenValidationError: if one is not good
        """
        found = self.token_storage.get_token_data_by_resource_server()
        self._check(found)
        return found

    def _check(self, found: Mapping[str, TokenStorageData]) -> None:
        context = self._context(found)
        if self.identity_id is None:
            self.identity_id = context.token_data_identity_id
        for validator in self.validators:
            validator.after_retrieve(found, context)

    def _context(self, tokens: Mapping[str, TokenStorageData]) -> TokenValidationContext:
        return TokenValidationContext(self.identity_id, _identity_of(tokens))

    def remove_token_data(self, resource_server: str) -> bool:
        """Forget the tokens for a resource server; whether there were any."""
        return self.token_storage.remove_token_data(resource_server)

    def _extract_identity_id(self, token_response: StorableReply) -> str | None:
        # A refresh does not change whose tokens they are, and need not say it again.
        if isinstance(token_response, OAuthRefreshTokenResponse):
            return self.identity_id
        return self.token_storage._extract_identity_id(token_response)

    def exclusive(self) -> AbstractContextManager[object]:
        """Keeps others away as the other storage does."""
        return self.token_storage.exclusive()

    def close(self) -> None:
        """Close the other storage."""
        self.token_storage.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} over {self.token_storage!r}>"


def _identity_of(tokens: Mapping[str, TokenStorageData]) -> str | None:
    found = {data.identity_id for data in tokens.values()} - {None}
    if len(found) > 1:
        raise ValidationError(f"the tokens are those of several identities: {', '.join(sorted(map(str, found)))}")
    return found.pop() if found else None
