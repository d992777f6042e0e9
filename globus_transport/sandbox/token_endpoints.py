"""What clients ask about tokens that exist: revocation, introspection and validation."""

from __future__ import annotations

from typing import Any, Protocol

from globus_transport.sandbox.authlib_typed import (
    IntrospectionEndpoint,
    InvalidGrantError,
    OAuth2Request,
    RevocationEndpoint,
)
from globus_transport.sandbox.clients import OAuthClient
from globus_transport.sandbox.identities import IDENTITY_PROVIDER
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tokens import Credential

AUTH_METHODS = ["client_secret_basic", "none"]


class _Server(Protocol):
    state: State


class Revocation(RevocationEndpoint):
    """Revokes a token for the application that it was issued to (RFC 7009).

    A program such as globus-cli makes clients of its own, and revokes their tokens as the client that it is made from.
    """

    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: _Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> Credential | None:
        return self.server.state.tokens.find(token_string)

    def authenticate_token(self, request: OAuth2Request, client: OAuthClient) -> Credential | None:
        self.check_params(request, client)
        token = self.query_token(request.form["token"], None)
        if token and not self.server.state.registry.are_related(token.client_id, client.client_id):
            raise InvalidGrantError()
        return token

    def revoke_token(self, token: Credential, request: OAuth2Request) -> None:
        self.server.state.tokens.revoke(token)

    def create_endpoint_response(self, request: OAuth2Request) -> tuple[int, Any, list[tuple[str, str]]]:
        status, _, headers = super().create_endpoint_response(request)
        return status, {"active": False}, headers


class Validation(IntrospectionEndpoint):
    """Whether a token of the asking application is valid. Its other properties stay hidden.

    globus-cli asks this before each command. Other than introspection, a public client may ask too.
    """

    ENDPOINT_NAME = "validation"
    CLIENT_AUTH_METHODS = AUTH_METHODS
    server: _Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> Credential | None:
        return self.server.state.tokens.find(token_string)

    def check_permission(self, token: Credential, client: OAuthClient, request: OAuth2Request) -> bool:
        return self.server.state.registry.are_related(token.client_id, client.client_id)

    def introspect_token(self, token: Credential) -> dict[str, Any]:
        return {"active": True}


class Introspection(IntrospectionEndpoint):
    """The properties of a token (RFC 7662), with Globus's additions.

    The parameter ``include`` is a list of further fields, separated by commas: ``identity_set`` (also called
    ``identities_set``), ``identity_set_detail`` and ``session_info``.
    """

    server: _Server

    def query_token(self, token_string: str, token_type_hint: str | None) -> Credential | None:
        return self.server.state.tokens.find(token_string)

    def check_permission(self, token: Credential, client: OAuthClient, request: OAuth2Request) -> bool:
        return True

    def create_endpoint_response(self, request: OAuth2Request) -> tuple[int, Any, list[tuple[str, str]]]:
        status, document, headers = super().create_endpoint_response(request)
        token = self.query_token(request.form["token"], None)
        if token is not None and document["active"]:
            for name in request.form.get("include", "").split(","):
                document |= _additions(self.server.state, token, name.strip())
        return status, document, headers

    def introspect_token(self, token: Credential) -> dict[str, Any]:
        document: dict[str, Any] = {
            "active": True,
            "token_type": "Bearer",
            "scope": token.get_scope(),
            "client_id": token.client_id,
            "username": token.user.username,
            "name": token.user.name,
            "email": token.user.email,
            "iat": int(token.issued_at),
            "nbf": int(token.issued_at),
            "sub": token.user.id,
            "aud": [token.resource_server, token.client_id],
            "iss": self.server.state.issuer,
        }
        if token.kind == "access":
            document["exp"] = int(token.expires_at)
        return document


def _additions(state: State, token: Credential, name: str) -> Document:
    """The fields that a name in ``include`` adds. Names that Auth does not know add none."""
    if name in ("identity_set", "identities_set"):
        # An identity of the sandbox is not linked to others.
        return {name: [token.user.id]}
    if name == "identity_set_detail":
        return {name: [token.user.document() | {"sub": token.user.id}]}
    if name == "session_info":
        return {name: _session_info(state, token)}
    return {}


def _session_info(state: State, token: Credential) -> Document:
    session = state.session_of(token)
    names = sorted(session.identities)
    identities = [*state.identities.find_by_ids(names), *state.identities.find_by_usernames(names, provision=False)]
    return {
        "session_id": token.login,
        "authentications": {
            identity.id: {
                "idp": IDENTITY_PROVIDER,
                "auth_time": int(token.issued_at if session.time is None else session.time),
                "acr": None,
                "amr": ["mfa"] if session.mfa else None,
                "custom_claims": {},
            }
            for identity in identities
        },
    }
