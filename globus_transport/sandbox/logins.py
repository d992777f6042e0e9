"""Logins, tokens and clients that a program in the sandbox's own process makes, without HTTP."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import Flask

from globus_transport.sandbox import scopes
from globus_transport.sandbox.clients import OAuthClient, SandboxClient
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.oauth_routes import AUTHORIZE_PATH, USER_KEY
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tokens import SandboxToken


def add_client(state: State, client: OAuthClient) -> SandboxClient:
    """Add a client, or replace the one with its id.

    :raises ValueError: if the client with this id is one of the sandbox's own, or was registered through the API
    """
    id = client.client_id
    if id in (state.client.client_id, state.native_client.client_id) or state.registry.clients.get(id):
        raise ValueError(f"id={id!r}: the sandbox has a client with this id already; give another one")
    state.clients[id] = client
    if client.has_secrets:
        state.identities.add(client.identity)
    return SandboxClient(id, client.secret)


def issue_token(state: State, scope: object, client_id: str, user: Identity, *, refresh: bool) -> SandboxToken:
    """Issue tokens without a login.

    :param scope: one or more scopes of one resource server: text, or an object whose ``str()`` is such text
    :raises ValueError: if the scopes are malformed or of several resource servers, or the client is unknown
    """
    if client_id not in state.clients:
        raise ValueError(f"client_id={client_id!r}: the sandbox has no client with this id")
    user = state.identities.add(user)
    requested = scopes.parse(str(scope))
    scopes.check_resource_servers(requested)
    issued = state.tokens.mint(client_id, user, requested, refresh=refresh)
    if len(issued) != 1:
        raise ValueError(f"scope={str(scope)!r}: a token is for one resource server; call issue_token() once for each")
    state.tokens.add(issued)
    return issued[0].to_sandbox_token()


def approve(state: State, auth: Flask, auth_url: str, authorize_url: str, user: Identity) -> str:
    """Log in and consent.

    :param auth: the application of Auth
    :param auth_url: its base URL
    :return: the authorization code
    :raises ValueError: if this is not an authorize URL of this sandbox, or Auth refuses it
    """
    parts = urlsplit(authorize_url)
    if not authorize_url.startswith(auth_url) or parts.path != AUTHORIZE_PATH:
        raise ValueError(f"Not an authorize address of this sandbox: it has to start with {auth_url}")
    with auth.test_client() as browser:
        response = browser.get(f"{parts.path}?{parts.query}", environ_base={USER_KEY: state.identities.add(user)})
    parameters = parse_qs(urlsplit(response.headers.get("Location", "")).query)
    if "code" not in parameters:
        document = response.get_json(silent=True) or {}
        reason = parameters.get("error") or [document.get("error", f"status {response.status_code}")]
        raise ValueError(f"Auth refused: {reason[0]}")
    return parameters["code"][0]
