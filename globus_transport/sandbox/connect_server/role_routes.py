"""The routes for roles. Those on collections are the same as Transfer's."""

from __future__ import annotations

import re

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.connect_server.callers import Callers, find_record, is_on_server, read_id
from globus_transport.sandbox.connect_server.collection_fields import read_data_type
from globus_transport.sandbox.connect_server.errors import GCSError, not_found, permission_denied, result_document
from globus_transport.sandbox.connect_server.pages import list_page, read_words
from globus_transport.sandbox.connect_server.store import ENDPOINT_ROLES
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import PREFIXES
from globus_transport.sandbox.records import Document, Records
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.sharing.permissions import ROLES, applies_to
from globus_transport.sandbox.state import State

_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def install_role_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    on_endpoint = state.connect_server.roles

    def may_manage(collection_id: str | None, user: Identity) -> bool:
        if collection_id is None:
            return callers.is_administrator(user)
        return callers.manages(callers.find(collection_id), user)

    def require_manager(collection_id: str | None) -> Identity:
        user = callers.user()
        if not may_manage(collection_id, user):
            raise permission_denied("This needs an administrator")
        return user

    def find(role_id: str) -> tuple[Records, Document]:
        id = read_id(role_id, "role")
        role = on_endpoint.get(id)
        if role is not None:
            return on_endpoint, role
        role = find_record(state.roles.get(id), "role")
        collection = state.collections.get(role["endpoint"])
        if collection is None or not is_on_server(collection):
            raise not_found("role")
        return state.roles, role

    @app.get("/roles")
    def get_role_list() -> ResponseReturnValue:
        user, include = callers.user(), read_words("include", ("all_roles",))
        collection_id = request.args.get("collection_id")
        roles = state.roles.where(endpoint=callers.find(collection_id).id) if collection_id else on_endpoint.where()
        if include:
            require_manager(collection_id or None)
        else:
            roles = [role for role in roles if applies_to(state, role, user)]
        return list_page([_document(role) for role in roles])

    @app.post("/roles")
    def create_role() -> ResponseReturnValue:
        fields = Fields(read_body())
        read_data_type(fields, "role")
        collection_id = fields.id("collection")
        kind, principal = _read_principal(fields)
        role = fields.choice("role", ROLES if collection_id else ENDPOINT_ROLES, required=True)
        fields.check()
        user = require_manager(collection_id)
        if role == "owner" and "owner" not in callers.endpoint_roles(user):
            raise permission_denied("This needs an owner of the endpoint")
        document = {"principal_type": kind, "principal": principal, "role": role}
        if collection_id:
            document["endpoint"] = collection_id
        records = state.roles if collection_id else on_endpoint
        if records.where(**document):
            raise GCSError(409, "The identity or group has this role already")
        created = records.add(document)
        message = f"Created role {created['id']}"
        return result_document(201, message=message, data=[_document(created)]), 201

    @app.get("/roles/<role_id>")
    def get_role(role_id: str) -> ResponseReturnValue:
        user, (_, role) = callers.user(), find(role_id)
        if not applies_to(state, role, user):
            require_manager(role.get("endpoint"))
        return result_document(data=[_document(role)])

    @app.delete("/roles/<role_id>")
    def delete_role(role_id: str) -> ResponseReturnValue:
        callers.user()
        records, role = find(role_id)
        user = require_manager(role.get("endpoint"))
        if role["role"] == "owner":
            if "owner" not in callers.endpoint_roles(user):
                raise permission_denied("This needs an owner of the endpoint")
            if len(on_endpoint.where(role="owner")) == 1:
                raise GCSError(409, "The endpoint needs an owner")
        records.remove(role["id"])
        return result_document(message=f"Deleted role {role['id']}")


def _document(role: Document) -> Document:
    return {
        "DATA_TYPE": "role#1.0.0",
        "id": role["id"],
        "collection": role.get("endpoint"),
        "principal": f"{PREFIXES[role['principal_type']]}{role['principal']}",
        "role": role["role"],
    }


def _read_principal(fields: Fields) -> tuple[str, str]:
    text = fields.text("principal", required=True) or ""
    for kind, prefix in PREFIXES.items():
        if text.startswith(prefix) and _UUID.fullmatch(text.removeprefix(prefix)):
            return kind, text.removeprefix(prefix).lower()
    fields.refuse("principal", "value is not the URN of an identity or a group")
    return "identity", ""
