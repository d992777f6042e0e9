"""The check of bearer tokens (RFC 6750), by Authlib."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Request

from globus_transport.sandbox.authlib_typed import BearerTokenValidator, InvalidTokenError, ResourceProtector
from globus_transport.sandbox.tokens import Credential, TokenStore


class BearerCheck:
    """Accepts the valid access tokens of one resource server."""

    def __init__(self, tokens: TokenStore, resource_server: str) -> None:
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_Validator(tokens, resource_server))

    def __call__(self, request: Request, *scopes: str) -> Credential:
        """The token of a request.

        :param scopes: the token must have one of them; without any, every scope is accepted
        :raises OAuth2Error: if there is no token, or it is not valid here, or it lacks the scopes
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
