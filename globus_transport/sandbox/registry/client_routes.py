"""Auth's routes for clients and their credentials. A registered client can use the OAuth2 routes at once."""

from __future__ import annotations

import secrets

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.auth_requests import Callers, read_body, read_text
from globus_transport.sandbox.registry.client_documents import changes_in, make_oauth_client, new_client
from globus_transport.sandbox.state import State


def install_client_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    registry, prefix = state.registry, "/v2/api/clients"

    def find(client_id: str, identity: Identity) -> Document:
        client = registry.clients.get(client_id)
        if client is None or not callers.manages(client, identity):
            abort(404, f"No such client {client_id!r}")
        return client

    def register(document: Document) -> Document:
        client = registry.clients.add(document)
        state.clients[client["id"]] = make_oauth_client(client, {})
        if not client["public_client"]:
            state.identities.add(state.clients[client["id"]].identity)
        return client

    def add_credential(client_id: str, name: str) -> Document:
        secret = secrets.token_urlsafe(32)
        fields = {"client": client_id, "name": name, "created": format_iso_time(state.clock.now())}
        credential = registry.credentials.add(fields)
        state.clients[client_id].credentials[credential["id"]] = secret
        return {**credential, "secret": secret}

    @app.get(prefix)
    def get_clients() -> ResponseReturnValue:
        caller, fqdn = callers.require_reader(), request.args.get("fqdn")
        if fqdn is None:
            return {"clients": [client for client in registry.clients.where() if callers.manages(client, caller)]}
        for client in registry.clients.where():
            if fqdn in client["fqdns"]:
                return {"client": client}
        abort(404, f"No client with the name {fqdn!r}")

    @app.post(prefix)
    def create_client() -> ResponseReturnValue:
        document = read_body("client")
        if "template_id" in document:
            # This needs no token: an installed native app gets its own secret this way.
            template = state.clients.get(str(document["template_id"]))
            if template is None or template.has_secrets:
                abort(404, "No such template")
            fields = new_client({"name": read_text(document, "name"), "public_client": False})
            client = register({**fields, "parent_client": template.client_id, "prompt_for_named_grant": False})
            credential = add_credential(client["id"], "Made with the client")
            return {"client": client, "included": {"client_credential": credential}}, 201
        parent = callers.authenticate_client()
        fields = new_client(document)
        if parent is not None:
            fields |= {"parent_client": parent.client_id, "project": None}
        elif not callers.administers(fields["project"], callers.require_writer()):
            abort(403, "Only an administrator of the project may do this")
        return {"client": register(fields)}, 201

    @app.get(f"{prefix}/<client_id>")
    def get_client(client_id: str) -> ResponseReturnValue:
        return {"client": find(client_id, callers.require_reader())}

    @app.put(f"{prefix}/<client_id>")
    def update_client(client_id: str) -> ResponseReturnValue:
        client = find(client_id, callers.require_writer())
        changed = registry.clients.update(client_id, **changes_in(client, read_body("client")))
        state.clients[client_id] = make_oauth_client(changed, state.clients[client_id].credentials)
        return {"client": changed}

    @app.delete(f"{prefix}/<client_id>")
    def delete_client(client_id: str) -> ResponseReturnValue:
        client = find(client_id, callers.require_writer())
        registry.clients.remove(client_id)
        registry.credentials.remove_where(client=client_id)
        registry.scopes.remove_where(client=client_id)
        del state.clients[client_id]
        return {"client": client}

    @app.get(f"{prefix}/<client_id>/credentials")
    def get_credentials(client_id: str) -> ResponseReturnValue:
        find(client_id, callers.require_reader())
        # A secret is shown once, in the reply to its creation.
        credentials = registry.credentials.where(client=client_id)
        return {"credentials": [{**credential, "secret": None} for credential in credentials]}

    @app.post(f"{prefix}/<client_id>/credentials")
    def create_credential(client_id: str) -> ResponseReturnValue:
        client = find(client_id, callers.require_writer())
        if client["public_client"]:
            abort(409, "A public client has no secrets")
        return {"credential": add_credential(client_id, read_text(read_body("credential"), "name"))}, 201

    @app.delete(f"{prefix}/<client_id>/credentials/<credential_id>")
    def delete_credential(client_id: str, credential_id: str) -> ResponseReturnValue:
        find(client_id, callers.require_writer())
        credential = registry.credentials.get(credential_id)
        if credential is None or credential["client"] != client_id:
            abort(404, f"No such credential {credential_id!r}")
        registry.credentials.remove(credential_id)
        state.clients[client_id].credentials.pop(credential_id, None)
        return {"credential": {**credential, "secret": None}}
