"""The OAuth2 authorization server: Authlib's, with the grants and replies of Globus Auth."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

import attrs
from flask import Request, Response
from flask import request as flask_request

from globus_transport.sandbox import scopes
from globus_transport.sandbox.access_requirements import LoginSession, session_from_parameters
from globus_transport.sandbox.auth_errors import AuthError
from globus_transport.sandbox.authlib_typed import (
    AuthorizationCodeGrant,
    AuthorizationServer,
    BaseGrant,
    ClientCredentialsGrant,
    CodeChallenge,
    InvalidClientError,
    InvalidGrantError,
    InvalidScopeError,
    OAuth2Error,
    OAuth2Request,
    RefreshTokenGrant,
    TokenEndpointMixin,
)
from globus_transport.sandbox.authorization_codes import AuthorizationCode
from globus_transport.sandbox.clients import CODE_PAGE, DEPENDENT_TOKEN, OAuthClient
from globus_transport.sandbox.dependent_scopes import dependencies_of, missing_scopes
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.state import State
from globus_transport.sandbox.token_endpoints import AUTH_METHODS, Introspection, Revocation, Validation
from globus_transport.sandbox.token_faults import SHIFT, TokenFault, break_signature, spoil_tokens
from globus_transport.sandbox.tokens import HIDDEN, Credential, IssuedTokens

# RFC 6749, section 5.2: an error_description has no other characters.
_NOT_IN_DESCRIPTION = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


class TokenResponse(dict[str, Any]):
    """The document of a token response. Authlib logs it at debug level, so its repr hides the tokens."""

    def __init__(self, issued: Iterable[IssuedTokens], **extra: str) -> None:
        self.issued = list(issued)
        first, *others = (tokens.document() for tokens in self.issued)
        super().__init__(first, **extra, other_tokens=others)

    def __repr__(self) -> str:
        return f"TokenResponse({HIDDEN})"


class GlobusAuthorizationServer(AuthorizationServer):
    """Authlib's server with the state of one sandbox."""

    def __init__(self, state: State) -> None:
        super().__init__(query_client=state.clients.get, save_token=self._save_tokens)
        self.state = state
        self.register_grant(_CodeGrant, [CodeChallenge(required=True)])
        self.register_grant(_RefreshGrant)
        self.register_grant(_ClientGrant)
        self.register_grant(_DependentGrant)
        for endpoint in (Revocation, Introspection, Validation):
            self.register_endpoint(endpoint)

    def _save_tokens(self, response: TokenResponse, request: OAuth2Request) -> None:
        self.state.tokens.add(response.issued)
        self.state.count_grant(request.payload.grant_type)

    def create_oauth2_request(self, request: Request | None) -> OAuth2Request:
        # Some releases of Authlib refuse http:// even on 127.0.0.1, unless an environment variable of the whole process
        # allows it. This server listens on the loopback interface only.
        flask_request.scheme = "https"
        return super().create_oauth2_request(request)

    def validate_requested_scope(self, scope: str | None) -> None:
        try:
            scopes.check_resource_servers(scopes.parse(scope or ""))
        except scopes.ScopeError as error:
            raise InvalidScopeError(_NOT_IN_DESCRIPTION.sub("?", str(error))) from error

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Response:
        if isinstance(error, InvalidClientError):
            error.status_code = 401
        return super().handle_error_response(request, error)

    def check_authorization(self, user: Identity) -> BaseGrant | Response:
        """The grant of the current authorize request, or the response if the request is refused.

        :param user: who is about to decide
        """
        try:
            return self.get_consent_grant(end_user=user)
        except OAuth2Error as error:
            return self.handle_error_response(self.create_oauth2_request(None), error)

    def approve(self, grant: BaseGrant, user: Identity, session: LoginSession | None = None) -> Response:
        """The redirect to the application with an authorization code.

        :param grant: from :meth:`check_authorization`
        :param session: how the user logged in; ``None`` for the way that the request asks for
        """
        if isinstance(grant, _CodeGrant):
            grant.session = session
        return self._lead_to_code_page(self.create_authorization_response(grant_user=user, grant=grant))

    def deny(self, grant: BaseGrant) -> Response:
        """The redirect to the application with the error ``access_denied`` (RFC 6749, section 4.1.2.1)."""
        return self._lead_to_code_page(self.create_authorization_response(grant_user=None, grant=grant))

    def _lead_to_code_page(self, response: Response) -> Response:
        # Programs have the address of Globus's own page built in. The sandbox has the same page.
        location = response.location or ""
        if location.startswith(f"{CODE_PAGE}?"):
            response.headers["Location"] = self.state.issuer + location.removeprefix("https://auth.globus.org")
        return response

    def make_token_response(
        self,
        client: OAuthClient,
        user: Identity,
        requested: Iterable[scopes.Scope],
        *,
        refresh: bool,
        login: str | None = None,
        nonce: str | None = None,
        **extra: str,
    ) -> TokenResponse:
        """Mint tokens, and an ID token if the scope ``openid`` is requested.

        :param refresh: whether there are refresh tokens
        :param login: the id of the approval that the tokens come from; ``None`` for a new one
        :param extra: further fields of the response
        """
        requested = tuple(requested)
        issued = self.state.tokens.mint(client.client_id, user, requested, refresh=refresh, login=login)
        is_openid = any(scope.name == "openid" for scope in requested)
        fault = self.state.token_faults.take(has_id_token=is_openid, servers=len(issued))
        issued = spoil_tokens(issued, fault)
        if is_openid and fault != "missing_id_token":
            extra["id_token"] = self._make_id_token(client, user, issued[0].access, nonce, fault)
        return TokenResponse(issued, **extra)

    def _make_id_token(
        self, client: OAuthClient, user: Identity, access: Credential, nonce: str | None, fault: TokenFault | None
    ) -> str:
        signed = self.state.signer.sign(
            issuer="https://issuer.invalid" if fault == "other_issuer" else self.state.issuer,
            client_id="00000000-0000-0000-0000-000000000000" if fault == "other_audience" else client.client_id,
            user=user,
            access_token=access.value,
            issued_at=access.issued_at + (SHIFT if fault == "not_yet_valid" else 0.0),
            lifetime=access.expires_at - access.issued_at,
            nonce="another-nonce" if fault == "other_nonce" else nonce,
        )
        return break_signature(signed) if fault == "bad_signature" else signed


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    server: GlobusAuthorizationServer
    #: How the user logged in on the login page; ``None`` without the page.
    session: LoginSession | None = None

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        parameters, state = request.payload.data, self.server.state
        session = self.session or session_from_parameters(parameters, request.user.id, request.user.username)
        state.codes.add(
            AuthorizationCode(
                value=code,
                client_id=request.client.client_id,
                user=request.user,
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                offline=parameters.get("access_type") == "offline",
                state=request.payload.state,
                nonce=parameters.get("nonce"),
                code_challenge=parameters.get("code_challenge"),
                code_challenge_method=parameters.get("code_challenge_method"),
                session=attrs.evolve(session, time=state.clock.now()),
            )
        )

    def query_authorization_code(self, code: str, client: OAuthClient) -> AuthorizationCode | None:
        found = self.server.state.codes.find(code, client.client_id)
        if found and found.used:
            # RFC 6749, section 4.1.2: a code that is used twice may be stolen, so its tokens are revoked.
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
    ) -> TokenResponse:
        code, state = self.request.authorization_code, self.server.state
        # Only here all checks of the request have passed; a wrong request must not use up the code.
        if not state.codes.claim(code):
            state.tokens.revoke_login(code.login)
            raise InvalidGrantError()
        requested = scopes.parse(code.scope)
        state.sessions[code.login] = code.session
        state.registry.consents.grant(code.client_id, code.user.id, requested, state.clock.now(), refresh=code.offline)
        return self.server.make_token_response(
            self.request.client,
            code.user,
            requested,
            refresh=code.offline,
            login=code.login,
            nonce=code.nonce,
            **({"state": code.state} if code.state else {}),
        )

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        # The code stays, marked as used, so that a second use is noticed.
        pass

    def authenticate_user(self, authorization_code: AuthorizationCode) -> Identity:
        return authorization_code.user


class _RefreshGrant(RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    server: GlobusAuthorizationServer

    def authenticate_refresh_token(self, refresh_token: str) -> Credential | None:
        return self.server.state.tokens.find_refresh(refresh_token)

    def authenticate_user(self, refresh_token: Credential) -> Identity:
        return refresh_token.user

    def issue_token(self, user: Identity, refresh_token: Credential) -> TokenResponse:
        state = self.server.state
        rotate = state.settings.rotate_refresh_tokens
        # Replaces the old token before the new one exists, so that of two requests at once one gets a new token.
        if rotate and not state.tokens.replace(refresh_token):
            raise InvalidGrantError()
        return self.server.make_token_response(
            self.request.client, user, refresh_token.scopes, refresh=rotate, login=refresh_token.login
        )

    def revoke_old_credential(self, refresh_token: Credential) -> None:
        # issue_token has replaced it.
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
    ) -> TokenResponse:
        client = self.request.client
        return self.server.make_token_response(client, client.identity, scopes.parse(scope or ""), refresh=False)


class _DependentGrant(BaseGrant, TokenEndpointMixin):
    """Globus's dependent token grant: a service exchanges the token of a call for tokens of further services."""

    GRANT_TYPE = DEPENDENT_TOKEN
    server: GlobusAuthorizationServer

    def validate_token_request(self) -> None:
        self.request.client = self.authenticate_token_endpoint_client()
        if self.request.payload.scope:
            self.server.validate_requested_scope(self.request.payload.scope)

    def create_token_response(self) -> tuple[int, Any, list[tuple[str, str]]]:
        form = self.request.form
        client = self.request.client
        subject = self.server.state.tokens.find(form.get("token", ""))
        # The resource server of a client's scopes is the client's id. A service that has got hold of a token for
        # another service must not act for its user there.
        if subject is None or subject.kind != "access" or subject.resource_server != client.client_id:
            raise InvalidGrantError()
        granted = dependencies_of(subject.scopes, self.server.state.registry.scopes)
        if self.request.payload.scope:
            requested = scopes.parse(self.request.payload.scope)
            missing = missing_scopes(requested, granted)
            if missing:
                return 403, _consent_required(subject.scopes[0], missing), self.TOKEN_RESPONSE_HEADER
            # A dependent token has all dependencies that the user consented to, also if the request names none.
            names = {scope.name for scope in requested}
            granted = tuple(scope for scope in granted if scope.name in names)
        state, login = self.server.state, str(uuid.uuid4())
        if subject.login in state.sessions:
            # The services further on see how the user logged in, too.
            state.sessions[login] = state.sessions[subject.login]
        issued = state.tokens.mint(
            client.client_id, subject.user, granted, refresh=form.get("access_type") == "offline", login=login
        )
        state.tokens.add(issued)
        state.count_grant(DEPENDENT_TOKEN)
        return 200, json.dumps([tokens.document() for tokens in issued]), self.TOKEN_RESPONSE_HEADER


def _consent_required(root: scopes.Scope, missing: Iterable[scopes.Scope]) -> dict[str, Any]:
    unapproved = [scopes.to_tree_text([attrs.evolve(root, dependencies=(scope,))]) for scope in missing]
    detail = "The user has not consented to the scopes"
    return AuthError(403, "Dependent Consent Required", detail, unapproved_scopes=unapproved).document("")
