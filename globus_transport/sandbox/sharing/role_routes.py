"""Transfer's routes for roles."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.permissions import ROLES, require_role
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import (
    caller,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)


def install_role_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint/<endpoint_id>"

    def find_administered(endpoint_id: str) -> Collection:
        collection = find_collection(state, endpoint_id)
        require_role(state, collection, caller(), "administrator")
        return collection

    def find(endpoint_id: str, role_id: str) -> Document:
        collection, role = find_administered(endpoint_id), state.roles.get(role_id)
        if role is None or role["endpoint"] != collection.id:
            raise TransferError(404, "RoleNotFound", f"No such role {role_id!r}")
        return role

    @app.get(f"{prefix}/role_list")
    def role_list(endpoint_id: str) -> ResponseReturnValue:
        roles = state.roles.where(endpoint=find_administered(endpoint_id).id)
        return {"DATA_TYPE": "role_list", "DATA": [_document(role) for role in roles]}

    @app.post(f"{prefix}/role")
    def add_role(endpoint_id: str) -> ResponseReturnValue:
        collection, document = find_administered(endpoint_id), read_json_body()
        kind, role = read_text(document, "principal_type"), read_text(document, "role")
        if kind not in ("identity", "group") or role not in ROLES:
            raise bad_request("A role needs principal_type identity or group, and a role that exists")
        fields = {"endpoint": collection.id, "principal_type": kind, "role": role}
        fields["principal"] = read_text(document, "principal")
        if state.roles.where(**fields):
            raise TransferError(409, "Exists", "The identity or group has this role already")
        return _document(state.roles.add(fields)), 201

    @app.get(f"{prefix}/role/<role_id>")
    def get_role(endpoint_id: str, role_id: str) -> ResponseReturnValue:
        return _document(find(endpoint_id, role_id))

    @app.delete(f"{prefix}/role/<role_id>")
    def delete_role(endpoint_id: str, role_id: str) -> ResponseReturnValue:
        state.roles.remove(find(endpoint_id, role_id)["id"])
        return result_document("Deleted", f"Role {role_id} was deleted")


def _document(role: Document) -> Document:
    return {"DATA_TYPE": "role", **{key: value for key, value in role.items() if key != "endpoint"}}
