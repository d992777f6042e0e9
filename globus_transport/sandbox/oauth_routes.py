"""Auth's routes for OAuth2 and OpenID Connect."""

from __future__ import annotations

import re

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.authorization_server import GlobusAuthorizationServer
from globus_transport.sandbox.id_tokens import ALGORITHM
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.login_page.login import is_denied, is_from_page, read_login, show_page
from globus_transport.sandbox.login_page.pages import code_page, refused_page
from globus_transport.sandbox.state import State

_OAUTH_PREFIX = "/v2/oauth2/"
AUTHORIZE_PATH = "/v2/oauth2/authorize"
CODE_PAGE_PATH = "/v2/web/auth-code"
#: Of the WSGI environment, for a login in the sandbox's own process: the identity that approves. No request can set it.
USER_KEY = "globus_sandbox.user"
# Parameters that Authlib repeats in error descriptions, and the characters that it can have there (RFC 6749,
# section 5.2). It would raise ValueError for others.
_CHECKED_PARAMETERS = ("client_id", "grant_type", "redirect_uri", "response_mode", "response_type", "scope")
_PARAMETER = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")


def install_oauth_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    server = GlobusAuthorizationServer(state)

    @app.before_request
    def refuse_what_authlib_cannot_read() -> ResponseReturnValue | None:
        if not request.path.startswith(_OAUTH_PREFIX):
            return None
        for name in _CHECKED_PARAMETERS:
            if not all(_PARAMETER.fullmatch(value) for value in request.values.getlist(name)):
                text = f"{name} has a character that is not allowed in it"
                return {"error": "invalid_request", "error_description": text}, 400
        if request.headers.get("Authorization", "").lower().startswith("basic ") and request.authorization is None:
            text = "The credentials are not UTF-8 in base64"
            error = {"error": "invalid_client", "error_description": text}
            return error, 401, {"WWW-Authenticate": 'Basic realm="Globus"'}
        return None

    @app.get(AUTHORIZE_PATH)
    def authorize() -> ResponseReturnValue:
        user: Identity | None = request.environ.get(USER_KEY) or (state.user if state.settings.auto_approve else None)
        grant = server.check_authorization(user or state.user)
        if isinstance(grant, Response):
            return grant if user or grant.location else _refusal(grant)
        return show_page(state, request) if user is None else server.approve(grant, user)

    @app.post(AUTHORIZE_PATH)
    def answer_login_page() -> ResponseReturnValue:
        # Before anything else: not even an error may lead a browser on that another page has sent here.
        if not is_from_page(state, request):
            text = (
                "The form does not belong to this login. Go back to the application, and start the login there again."
            )
            return refused_page("This form cannot be used", text, status=403)
        grant = server.check_authorization(state.user)
        if isinstance(grant, Response):
            return grant if grant.location else _refusal(grant)
        if is_denied(request):
            return server.deny(grant)
        login = read_login(state, request)
        return login if isinstance(login, Response) else server.approve(grant, login.user, login.session)

    @app.get(CODE_PAGE_PATH)
    def show_code() -> ResponseReturnValue:
        return code_page(request.args.get("code", ""), request.args.get("error", ""))

    @app.post("/v2/oauth2/token")
    def token() -> ResponseReturnValue:
        state.pause(state.settings.token_delay)
        return server.create_token_response()

    @app.post("/v2/oauth2/token/revoke")
    def revoke() -> ResponseReturnValue:
        return server.create_endpoint_response("revocation")

    @app.post("/v2/oauth2/token/introspect")
    def introspect() -> ResponseReturnValue:
        return server.create_endpoint_response("introspection")

    @app.post("/v2/oauth2/token/validate")
    def validate() -> ResponseReturnValue:
        return server.create_endpoint_response("validation")

    @app.get("/jwk.json")
    def keys() -> ResponseReturnValue:
        return state.signer.key_set()

    @app.get("/.well-known/openid-configuration")
    def configuration() -> ResponseReturnValue:
        issuer = state.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": issuer + AUTHORIZE_PATH,
            "token_endpoint": f"{issuer}/v2/oauth2/token",
            "revocation_endpoint": f"{issuer}/v2/oauth2/token/revoke",
            "introspection_endpoint": f"{issuer}/v2/oauth2/token/introspect",
            "userinfo_endpoint": f"{issuer}/v2/oauth2/userinfo",
            "jwks_uri": f"{issuer}/jwk.json",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "claims_supported": ["sub", "name", "preferred_username", "email", "organization", "identity_set"],
            "subject_types_supported": ["public"],
        }


def _refusal(response: Response) -> Response:
    """The page for an authorize request that Auth refuses and that leads back to no application."""
    document = response.get_json()
    text = document.get("error_description") or "The application sent a login request that cannot be answered."
    if document["error"] == "invalid_client":
        text = "The sandbox has no client with this id. Add it with --client-id, or with Sandbox.add_client()."
    return refused_page("This login request cannot be used", text, error=document["error"], status=response.status_code)
