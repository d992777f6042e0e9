"""Auth's routes for scopes, which belong to clients."""

from __future__ import annotations

import re
from typing import cast

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.registry.auth_requests import Callers, read_body, read_flag, read_text, read_texts
from globus_transport.sandbox.registry.ids import scope_id
from globus_transport.sandbox.state import State

_EDITABLE = (
    "name",
    "description",
    "scope_suffix",
    "advertised",
    "allows_refresh_token",
    "required_domains",
    "dependent_scopes",
)

# Of RFC 6749, section 3.3, without what has a meaning in a scope of Globus.
_SUFFIX = re.compile(r"[\x21\x23-\x29\x2b-\x5a\x5e-\x7e]+")


def install_scope_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    scopes, clients = state.registry.scopes, state.registry.clients

    def manages(scope: Document, identity: Identity) -> bool:
        client = clients.get(scope["client"])
        return client is not None and callers.manages(client, identity)

    def find(scope_id: str, identity: Identity) -> Document:
        scope = scopes.get(scope_id)
        if scope is None or not manages(scope, identity):
            abort(404, f"No such scope {scope_id!r}")
        return scope

    def update_client_scopes(client_id: str) -> None:
        if clients.get(client_id):
            clients.update(client_id, scopes=[scope["id"] for scope in scopes.where(client=client_id)])

    @app.get("/v2/api/scopes")
    def get_scopes() -> ResponseReturnValue:
        caller = callers.require_reader()
        strings, ids = request.args.get("scope_strings"), request.args.get("ids")
        if strings is not None and ids is not None:
            abort(400, "Either scope_strings or ids, and not both")
        key, wanted = ("scope_string", strings) if strings is not None else ("id", ids)
        if wanted is None:
            found = [scope for scope in scopes.where() if manages(scope, caller)]
        else:
            named = [scope for scope in scopes.where() if scope[key] in wanted.split(",")]
            found = [scope for scope in named if scope["advertised"] or manages(scope, caller)]
        return {"scopes": [_scope_document(scope) for scope in found]}

    @app.post("/v2/api/clients/<client_id>/scopes")
    def create_scope(client_id: str) -> ResponseReturnValue:
        caller, document = callers.require_writer(), read_body("scope")
        client = clients.get(client_id)
        if client is None or not callers.manages(client, caller):
            abort(404, f"No such client {client_id!r}")
        fields = _read_fields(document, client_id)
        if scopes.where(scope_string=fields["scope_string"]):
            abort(409, "The client has a scope with this suffix already")
        scope = scopes.add({"id": scope_id(fields["scope_string"]), "client": client_id, **fields})
        update_client_scopes(client_id)
        return {"scope": _scope_document(scope)}, 201

    @app.get("/v2/api/scopes/<scope_id>")
    def get_scope(scope_id: str) -> ResponseReturnValue:
        caller, scope = callers.require_reader(), scopes.get(scope_id)
        if scope is None or not (scope["advertised"] or manages(scope, caller)):
            abort(404, f"No such scope {scope_id!r}")
        return {"scope": _scope_document(scope)}

    @app.put("/v2/api/scopes/<scope_id>")
    def update_scope(scope_id: str) -> ResponseReturnValue:
        scope, document = find(scope_id, callers.require_writer()), read_body("scope")
        changes = {key: document[key] for key in _EDITABLE if key in document}
        return {
            "scope": _scope_document(scopes.update(scope_id, **_read_fields({**scope, **changes}, scope["client"])))
        }

    @app.delete("/v2/api/scopes/<scope_id>")
    def delete_scope(scope_id: str) -> ResponseReturnValue:
        scope = find(scope_id, callers.require_writer())
        scopes.remove(scope_id)
        update_client_scopes(scope["client"])
        return {"scope": _scope_document(scope)}


def _read_fields(document: Document, client_id: str) -> Document:
    suffix = read_text(document, "scope_suffix")
    if not _SUFFIX.fullmatch(suffix):
        abort(400, "scope_suffix must be printable ASCII without spaces, quotes, backslashes, brackets and asterisks")
    return {
        "name": read_text(document, "name"),
        "description": read_text(document, "description"),
        "scope_suffix": suffix,
        "scope_string": f"https://auth.globus.org/scopes/{client_id}/{suffix}",
        "advertised": read_flag(document, "advertised", False),
        "allows_refresh_token": read_flag(document, "allows_refresh_token", True),
        "required_domains": read_texts(document, "required_domains"),
        "dependent_scopes": _read_dependencies(document),
    }


def _read_dependencies(document: Document) -> list[Document]:
    found: object = document.get("dependent_scopes") or []
    if not isinstance(found, list):
        abort(400, "dependent_scopes must be a list")
    dependencies: list[Document] = []
    for entry in cast(list[object], found):
        if not isinstance(entry, dict):
            abort(400, "dependent_scopes must be a list of objects")
        scope = cast(Document, entry)
        dependencies.append(
            {
                "scope": read_text(scope, "scope"),
                "optional": read_flag(scope, "optional", False),
                "requires_refresh_token": read_flag(scope, "requires_refresh_token", False),
            }
        )
    return dependencies


def _scope_document(scope: Document) -> Document:
    return {key: value for key, value in scope.items() if key != "scope_suffix"}
