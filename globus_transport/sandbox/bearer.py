"""Who may call a service: Authlib's check of bearer tokens."""

from collections.abc import Sequence

from flask import Request

from globus_transport.sandbox.authlib_typed import BearerTokenValidator, InvalidTokenError, ResourceProtector
from globus_transport.sandbox.tokens import Credential, TokenStore


class BearerCheck:
    """Accepts good access tokens of one resource server."""

    def __init__(self, tokens: TokenStore, resource_server: str) -> None:
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_Validator(tokens, resource_server))

    def __call__(self, request: Request, *scopes: str) -> Credential:
        """The token of a request; it must have one of the scopes, if any are named.

        :raises OAuth2Error: There is no token, or not a right one.
        """
        return self._protector.validate_request(scopes, request)


class _Validator(BearerTokenValidator):
    def __init__(self, tokens: TokenStore, resource_server: str) -> None:
        super().__init__()
        self._tokens = tokens
        self._resource_server = resource_server

    def authenticate_token(self, token_string: str) -> Credential | None:
        return self._tokens.find(token_string)

    def validate_token(self, token: Credential | None, scopes: Sequence[str], request: Request) -> None:
        if token and (token.kind != "access" or token.resource_server != self._resource_server):
            raise InvalidTokenError()
        super().validate_token(token, scopes, request)
