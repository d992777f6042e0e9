"""Transfer's routes about roles."""

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.permissions import ROLES, require_role
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import caller, collection_with, json_body, result, text_of


def install_role_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/endpoint/<endpoint_id>"

    def administered(endpoint_id: str) -> Collection:
        collection = collection_with(state, endpoint_id)
        require_role(state, collection, caller(), "administrator")
        return collection

    def find(endpoint_id: str, role_id: str) -> Document:
        collection, role = administered(endpoint_id), state.roles.get(role_id)
        if role is None or role["endpoint"] != collection.id:
            raise TransferError(404, "RoleNotFound", f"No such role {role_id!r}")
        return role

    @app.get(f"{at}/role_list")
    def role_list(endpoint_id: str) -> ResponseReturnValue:
        roles = state.roles.where(endpoint=administered(endpoint_id).id)
        return {"DATA_TYPE": "role_list", "DATA": [_document(role) for role in roles]}

    @app.post(f"{at}/role")
    def add_role(endpoint_id: str) -> ResponseReturnValue:
        collection, document = administered(endpoint_id), json_body()
        kind, role = text_of(document, "principal_type"), text_of(document, "role")
        if kind not in ("identity", "group") or role not in ROLES:
            raise bad_request("A role needs principal_type identity or group, and a role that exists")
        fields = {"endpoint": collection.id, "principal_type": kind, "role": role}
        fields["principal"] = text_of(document, "principal")
        if state.roles.where(**fields):
            raise TransferError(409, "Exists", "There is such a role")
        return _document(state.roles.add(fields)), 201

    @app.get(f"{at}/role/<role_id>")
    def get_role(endpoint_id: str, role_id: str) -> ResponseReturnValue:
        return _document(find(endpoint_id, role_id))

    @app.delete(f"{at}/role/<role_id>")
    def delete_role(endpoint_id: str, role_id: str) -> ResponseReturnValue:
        state.roles.remove(find(endpoint_id, role_id)["id"])
        return result("Deleted", f"Role {role_id} was deleted")


def _document(role: Document) -> Document:
    return {"DATA_TYPE": "role", **{key: value for key, value in role.items() if key != "endpoint"}}
