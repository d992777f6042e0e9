"""Routes of the control API for clients, tokens and logins."""

from __future__ import annotations

import attrs
from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.control.bodies import read_body, require, texts
from globus_transport.sandbox.control.content_routes import find_person
from globus_transport.sandbox.local_globus import LocalGlobus


def install_login_routes(app: Flask, sandbox: LocalGlobus, prefix: str) -> None:
    """Add the routes to an application."""

    @app.post(f"{prefix}/clients")
    def add_client() -> ResponseReturnValue:
        """Add a client: if wanted ``id``, ``secret``, ``native``, ``redirect_uris`` and ``name``."""
        given = read_body(id=str, secret=str, native=bool, redirect_uris=list, name=str)
        added = sandbox.add_client(**{**given, "redirect_uris": texts(given, "redirect_uris")})
        return {"id": added.id, "secret": added.secret}, 201

    @app.post(f"{prefix}/tokens")
    def issue_token() -> ResponseReturnValue:
        """Issue tokens for a ``scope``, and if wanted a ``client_id``, a ``username``, and no ``refresh`` token."""
        given = read_body(scope=str, client_id=str, username=str, refresh=bool)
        issued = sandbox.issue_token(
            require(given, "scope"),
            client_id=given.get("client_id"),
            refresh=given.get("refresh", True),
            user=find_person(sandbox, given["username"]) if "username" in given else None,
        )
        return attrs.asdict(issued), 201

    @app.post(f"{prefix}/tokens/revoke")
    def revoke_tokens() -> ResponseReturnValue:
        """Revoke every access token issued so far."""
        read_body()
        sandbox.revoke_all_access_tokens()
        return {}

    @app.post(f"{prefix}/tokens/expire")
    def expire_tokens() -> ResponseReturnValue:
        """Expire every access token issued so far."""
        read_body()
        sandbox.expire_access_tokens()
        return {}

    @app.post(f"{prefix}/approve")
    def approve() -> ResponseReturnValue:
        """Log in at ``authorize_url`` as a person in a browser does. Returns the authorization ``code``."""
        return {"code": sandbox.approve(require(read_body(authorize_url=str), "authorize_url"))}
