"""The OAuth2 server: Authlib's, taught what is special about Globus."""

import json
from collections.abc import Iterable
from typing import Any

from flask import Request, Response
from flask import request as flask_request

from globus_transport.sandbox import scopes
from globus_transport.sandbox.authlib_typed import (
    AuthorizationCodeGrant,
    AuthorizationServer,
    BaseGrant,
    ClientCredentialsGrant,
    CodeChallenge,
    IntrospectionEndpoint,
    InvalidClientError,
    InvalidGrantError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
    RefreshTokenGrant,
    RevocationEndpoint,
    TokenEndpointMixin,
)
from globus_transport.sandbox.clients import DEPENDENT_TOKEN, OAuthClient
from globus_transport.sandbox.codes import AuthorizationCode
from globus_transport.sandbox.demands import session_of
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tokens import HIDDEN, Credential, Issued

_SECRET_OR_PUBLIC = ["client_secret_basic", "none"]


class TokenAnswer(dict[str, Any]):
    """A token answer with the tokens in it. Authlib logs answers at debug level, hence the repr."""

    def __init__(self, issued: Iterable[Issued], **extra: str) -> None:
        self.issued = list(issued)
        first, *others = (pair.document() for pair in self.issued)
        super().__init__(first, **extra, other_tokens=others)

    def __repr__(self) -> str:
        return f"TokenAnswer({HIDDEN})"


class GlobusAuthorizationServer(AuthorizationServer):
    """Authlib's server over the state of one sandbox."""

    def __init__(self, state: State) -> None:
        super().__init__(query_client=state.clients.get, save_token=self._save)
        self.state = state
        self.register_grant(_CodeGrant, [CodeChallenge(required=True)])
        self.register_grant(_RefreshGrant)
        self.register_grant(_ClientGrant)
        self.register_grant(_DependentGrant)
        self.register_endpoint(_Revocation)
        self.register_endpoint(_Introspection)

    def _save(self, answer: TokenAnswer, request: OAuth2Request) -> None:
        self.state.tokens.add(answer.issued)
        self.state.count_grant(request.payload.grant_type)

    def create_oauth2_request(self, request: Request | None) -> OAuth2Request:
        # Some releases of Authlib refuse plain http even on 127.0.0.1, and only an environment variable of the whole
        # process would change their mind. This server listens on the loopback interface only.
        flask_request.scheme = "https"
        return super().create_oauth2_request(request)

    def validate_requested_scope(self, scope: str | None) -> None:
        try:
            scopes.by_resource_server(scopes.parse(scope or ""))
        except scopes.InvalidScope as error:
            raise InvalidScopeError() from error

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Response:
        if isinstance(error, InvalidClientError):
            error.status_code = 401
        return super().handle_error_response(request, error)

    def answer(
        self,
        client: OAuthClient,
        user: Identity,
        wanted: Iterable[scopes.Scope],
        *,
        refresh: bool,
        login: str | None = None,
        nonce: str | None = None,
        **extra: str,
    ) -> TokenAnswer:
        """New tokens in Globus's form, with an ID token if the scope ``openid`` is among the wanted ones."""
        wanted = tuple(wanted)
        issued = self.state.tokens.mint(client.client_id, user, wanted, refresh=refresh, login=login)
        if any(scope.name == "openid" for scope in wanted):
            access = issued[0].access
            extra["id_token"] = self.state.signer.sign(
                issuer=self.state.issuer,
                client_id=client.client_id,
                user=user,
                access_token=access.value,
                issued_at=access.issued_at,
                lifetime=access.expires_at - access.issued_at,
                nonce=nonce,
            )
        return TokenAnswer(issued, **extra)


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _SECRET_OR_PUBLIC
    server: GlobusAuthorizationServer

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked = request.payload.data
        self.server.state.codes.add(
            AuthorizationCode(
                value=code,
                client_id=request.client.client_id,
                user=request.user,
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                offline=asked.get("access_type") == "offline",
                state=request.payload.state,
                nonce=asked.get("nonce"),
                code_challenge=asked.get("code_challenge"),
                code_challenge_method=asked.get("code_challenge_method"),
                session=session_of(asked, request.user.id, request.user.username),
            )
        )

    def query_authorization_code(self, code: str, client: OAuthClient) -> AuthorizationCode | None:
        found = self.server.state.codes.find(code, client.client_id)
        if found and found.used:
            # Someone else may have used it, so what it brought is no longer safe.
            self.server.state.tokens.revoke_login(found.login)
            return None
        return found

    def generate_token(
        self,
        user: Identity | None = None,
        scope: str | None = None,
        grant_type: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> TokenAnswer:
        code, state = self.request.authorization_code, self.server.state
        # Only here is the request known to be right in every way; a wrong one must not use up the code.
        if not state.codes.claim(code):
            raise InvalidGrantError()
        wanted = scopes.parse(code.scope)
        state.sessions[code.login] = code.session
        state.registry.consents.grant(code.client_id, code.user.id, wanted, state.clock.now(), refresh=code.offline)
        return self.server.answer(
            self.request.client,
            code.user,
            wanted,
            refresh=code.offline,
            login=code.login,
            nonce=code.nonce,
            **({"state": code.state} if code.state else {}),
        )

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        # It stays, marked as used: its reuse is to be noticed.
        pass

    def authenticate_user(self, authorization_code: AuthorizationCode) -> Identity:
        return authorization_code.user


class _RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = _SECRET_OR_PUBLIC
    server: GlobusAuthorizationServer

    def authenticate_refresh_token(self, refresh_token: str) -> Credential | None:
        return self.server.state.tokens.find_refresh(refresh_token)

    def authenticate_user(self, refresh_token: Credential) -> Identity:
        return refresh_token.user

    def issue_token(self, user: Identity, refresh_token: Credential) -> TokenAnswer:
        state = self.server.state
        rotate = state.settings.rotate_refresh_tokens
        # The old token ends before the new one exists, so that two requests at once cannot both have one.
        if rotate and not state.tokens.replace(refresh_token):
            raise InvalidGrantError()
        return self.server.answer(
            self.request.client, user, refresh_token.scopes, refresh=rotate, login=refresh_token.login
        )

    def revoke_old_credential(self, refresh_token: Credential) -> None:
        # issue_token did.
        pass


class _ClientGrant(ClientCredentialsGrant):
    server: GlobusAuthorizationServer

    def generate_token(
        self,
        user: Identity | None = None,
        scope: str | None = None,
        grant_type: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> TokenAnswer:
        client = self.request.client
        return self.server.answer(client, client.identity, scopes.parse(scope or ""), refresh=False)


class _DependentGrant(BaseGrant, TokenEndpointMixin):
    """A service that was called with a token gets tokens to call further services for the same user."""

    GRANT_TYPE = DEPENDENT_TOKEN
    server: GlobusAuthorizationServer

    def validate_token_request(self) -> None:
        self.request.client = self.authenticate_token_endpoint_client()
        if self.request.payload.scope:
            self.server.validate_requested_scope(self.request.payload.scope)

    def create_token_response(self) -> tuple[int, Any, list[tuple[str, str]]]:
        form = self.request.form
        given = self.server.state.tokens.find(form.get("token", ""))
        if given is None or given.kind != "access":
            raise InvalidGrantError()
        asked = self.request.payload.scope
        wanted = (
            scopes.parse(asked) if asked else tuple(inner for scope in given.scopes for inner in scope.dependencies)
        )
        issued = self.server.state.tokens.mint(
            self.request.client.client_id, given.user, wanted, refresh=form.get("access_type") == "offline"
        )
        self.server.state.tokens.add(issued)
        self.server.state.count_grant(DEPENDENT_TOKEN)
        return 200, json.dumps([pair.document() for pair in issued]), self.TOKEN_RESPONSE_HEADER


class _Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = _SECRET_OR_PUBLIC
    server: GlobusAuthorizationServer

    def query_token(self, token_string: str, token_type_hint: str | None) -> Credential | None:
        return self.server.state.tokens.find(token_string)

    def revoke_token(self, token: Credential, request: OAuth2Request) -> None:
        self.server.state.tokens.revoke(token)

    def create_endpoint_response(self, request: OAuth2Request) -> tuple[int, Any, list[tuple[str, str]]]:
        status, _, headers = super().create_endpoint_response(request)
        return status, {"active": False}, headers


class _Introspection(IntrospectionEndpoint):
    server: GlobusAuthorizationServer

    def query_token(self, token_string: str, token_type_hint: str | None) -> Credential | None:
        return self.server.state.tokens.find(token_string)

    def check_permission(self, token: Credential, client: OAuthClient, request: OAuth2Request) -> bool:
        return True

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
