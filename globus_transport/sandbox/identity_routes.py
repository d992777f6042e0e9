"""Auth's routes for identities, identity providers and consents."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.authlib_typed import InvalidTokenError
from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.identities import IDENTITY_PROVIDER, PROVIDERS
from globus_transport.sandbox.scopes import AUTH
from globus_transport.sandbox.state import State

_CONSENT_SCOPES = tuple(f"urn:globus:auth:scope:{AUTH}:{name}" for name in ("view_consents", "manage_projects"))


def install_identity_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    check = BearerCheck(state.tokens, AUTH)

    @app.get("/v2/oauth2/userinfo")
    def userinfo() -> ResponseReturnValue:
        token = check(request, "openid")
        user, allowed = token.user, {scope.name for scope in token.scopes}
        document: dict[str, Any] = {"sub": user.id}
        if "email" in allowed:
            document["email"] = user.email
        if "profile" in allowed:
            document |= {
                "name": user.name,
                "preferred_username": user.username,
                "organization": user.organization,
                "identity_provider": IDENTITY_PROVIDER,
                "identity_set": [user.document() | {"sub": user.id}],
            }
        return document

    @app.get("/v2/api/identities")
    def identities() -> ResponseReturnValue:
        _check_token_or_client()
        ids, usernames = request.args.get("ids"), request.args.get("usernames")
        if (ids is None) == (usernames is None):
            abort(400, "Either ids or usernames is needed, and not both")
        if ids is not None:
            found = state.identities.find_by_ids(ids.split(","))
        else:
            provision = request.args.get("provision") == "true"
            found = state.identities.find_by_usernames((usernames or "").split(","), provision)
        return {"identities": [identity.document() for identity in found]}

    @app.get("/v2/api/identity_providers")
    def identity_providers() -> ResponseReturnValue:
        _check_token_or_client()
        ids, domains = request.args.get("ids"), request.args.get("domains")
        if (ids is None) == (domains is None):
            abort(400, "Either ids or domains is needed, and not both")
        wanted = set((ids if ids is not None else domains or "").split(","))
        if ids is not None:
            found = [provider for provider in PROVIDERS if provider["id"] in wanted]
        else:
            found = [provider for provider in PROVIDERS if wanted & set(provider["domains"])]
        return {"identity_providers": found}

    @app.get("/v2/api/identities/<identity_id>/consents")
    def consents(identity_id: str) -> ResponseReturnValue:
        all_clients = request.args.get("all", "").lower() == "true"
        # The consents for the calling client need no special scope.
        token = check(request, *(_CONSENT_SCOPES if all_clients else ()))
        if identity_id != token.user.id:
            abort(403, "Only one's own consents can be seen")
        found = state.registry.consents.find_by_identity(identity_id)
        if not all_clients:
            # A dependent consent belongs to the client at the root of its path.
            roots = {
                consent["id"]
                for consent in found
                if consent["client"] == token.client_id and len(consent["dependency_path"]) == 1
            }
            found = [consent for consent in found if consent["dependency_path"][0] in roots]
        return {"consents": found}

    def _check_token_or_client() -> None:
        basic = request.authorization
        if basic is None or basic.type != "basic":
            check(request)
            return
        client = state.clients.get(basic.username or "")
        if client is None or not client.check_client_secret(basic.password or ""):
            raise InvalidTokenError()
