"""Transfer's routes for the access rules (ACLs) of guest collections."""

from __future__ import annotations

import uuid

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.clock import format_iso_time, parse_iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.permissions import require_role
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import (
    caller,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)

_PRINCIPAL_TYPES = ("identity", "group", "all_authenticated_users", "anonymous")


def install_rule_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint/<endpoint_id>"

    def find_managed(endpoint_id: str) -> Collection:
        collection = find_collection(state, endpoint_id)
        require_role(state, collection, caller(), "access_manager")
        return collection

    def find(endpoint_id: str, rule_id: str) -> Document:
        collection, rule = find_managed(endpoint_id), state.rules.get(rule_id)
        if rule is None or rule["endpoint"] != collection.id:
            raise TransferError(404, "AccessRuleNotFound", f"No such access rule {rule_id!r}")
        return rule

    @app.get(f"{prefix}/access_list")
    def access_list(endpoint_id: str) -> ResponseReturnValue:
        collection = find_managed(endpoint_id)
        return access_list_document(state, collection)

    @app.post(f"{prefix}/access")
    def add_rule(endpoint_id: str) -> ResponseReturnValue:
        collection, document = find_managed(endpoint_id), read_json_body()
        if collection.host is None:
            raise TransferError(409, "NotSupported", "Only guest collections have access rules")
        rule = state.rules.add({"endpoint": collection.id, **_read_rule(document)})
        answer = result_document("Created", f"Access rule {rule['id']} was made", "access_create_result")
        return answer | {"access_id": rule["id"]}, 201

    @app.get(f"{prefix}/access/<rule_id>")
    def get_rule(endpoint_id: str, rule_id: str) -> ResponseReturnValue:
        return rule_document(find(endpoint_id, rule_id))

    @app.put(f"{prefix}/access/<rule_id>")
    def update_rule(endpoint_id: str, rule_id: str) -> ResponseReturnValue:
        rule, document = find(endpoint_id, rule_id), read_json_body()
        changes: Document = {key: document[key] for key in ("permissions", "expiration_date") if key in document}
        checked = _read_rule({**rule, **changes})
        state.rules.update(rule["id"], **{key: checked[key] for key in changes})
        return result_document("Updated", f"Access rule {rule_id} was updated")

    @app.delete(f"{prefix}/access/<rule_id>")
    def delete_rule(endpoint_id: str, rule_id: str) -> ResponseReturnValue:
        state.rules.remove(find(endpoint_id, rule_id)["id"])
        return result_document("Deleted", f"Access rule {rule_id} was deleted")


def access_list_document(state: State, collection: Collection) -> Document:
    """All access rules of a collection."""
    rules = state.rules.where(endpoint=collection.id)
    return {"DATA_TYPE": "access_list", "endpoint": collection.id, "DATA": [rule_document(rule) for rule in rules]}


def rule_document(rule: Document) -> Document:
    """The document of an access rule."""
    return {"DATA_TYPE": "access", "role_id": None, "role_type": None} | {
        key: value for key, value in rule.items() if key != "endpoint"
    }


def _read_rule(document: Document) -> Document:
    kind, path = read_text(document, "principal_type"), read_text(document, "path")
    principal = document.get("principal") or ""
    if kind not in _PRINCIPAL_TYPES or not isinstance(principal, str):
        raise bad_request(f"principal_type must be one of {', '.join(_PRINCIPAL_TYPES)}")
    if kind in ("identity", "group"):
        try:
            principal = str(uuid.UUID(principal))
        except ValueError as error:
            raise bad_request("principal is not a UUID") from error
    elif principal:
        raise bad_request(f"principal must be empty for {kind}")
    if not (path.startswith("/") and path.endswith("/")) or ".." in path.split("/"):
        raise bad_request("path must begin and end with a slash")
    if document.get("permissions") not in ("r", "rw"):
        raise bad_request("permissions must be r or rw")
    expiration = document.get("expiration_date")
    if expiration is not None:
        try:
            expiration = format_iso_time(parse_iso_time(str(expiration)))
        except ValueError as error:
            raise bad_request("expiration_date is not a date in ISO 8601") from error
    return {
        "principal_type": kind,
        "principal": principal,
        "path": path,
        "permissions": document["permissions"],
        "expiration_date": expiration,
    }
