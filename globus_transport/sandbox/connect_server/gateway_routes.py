"""The routes for storage gateways and user credentials."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.connect_server.callers import Callers, find_record, is_on_server, read_id
from globus_transport.sandbox.connect_server.collection_fields import read_data_type, read_texts, refuse_changes
from globus_transport.sandbox.connect_server.documents import gateway_id_of
from globus_transport.sandbox.connect_server.errors import GCSError, not_found, permission_denied, result_document
from globus_transport.sandbox.connect_server.pages import list_page, read_words
from globus_transport.sandbox.connect_server.store import new_gateway
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.state import State
from globus_transport.services.gcs.connector_table import ConnectorTable

_PRIVATE = ("identity_mappings", "policies", "root", "users_allow", "users_deny")
_INCLUDED = ("accounts", "private_policies")
_MOST_MINUTES = 10**6


def install_gateway_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes for storage gateways to an application."""
    gateways = state.connect_server.gateways

    def find(gateway_id: str) -> Document:
        return find_record(gateways.get(read_id(gateway_id, "storage gateway")), "storage gateway")

    def document_for(gateway: Document, user: Identity, include: set[str]) -> Document:
        document = {"DATA_TYPE": "storage_gateway#1.1.0", **gateway}
        if not callers.is_administrator(user):
            document = {key: value for key, value in document.items() if key not in _PRIVATE}
        if "accounts" in include:
            # The usual mapping of identities: the account is the part of the username before the @.
            document["accounts"] = [user.username.partition("@")[0]]
        return document

    @app.get("/storage_gateways")
    def get_storage_gateway_list() -> ResponseReturnValue:
        user, include = callers.user(), read_words("include", _INCLUDED)
        return list_page([document_for(gateway, user, include) for gateway in gateways.where()])

    @app.get("/storage_gateways/<storage_gateway_id>")
    def get_storage_gateway(storage_gateway_id: str) -> ResponseReturnValue:
        user, include = callers.user(), read_words("include", _INCLUDED)
        gateway = find(storage_gateway_id)
        if "private_policies" in include:
            callers.require_administrator()
        return result_document(data=[document_for(gateway, user, include)])

    @app.post("/storage_gateways")
    def create_storage_gateway() -> ResponseReturnValue:
        user, fields = callers.require_administrator(), Fields(read_body())
        name, connector_id = fields.text("display_name", required=True), _read_connector(fields, required=True)
        changes = _read_gateway(fields)
        fields.check()
        created = gateways.add({**new_gateway(str(name), str(connector_id), "/"), **changes})
        message = f"Created storage gateway {created['id']}"
        return result_document(message=message, data=[document_for(created, user, set())])

    @app.patch("/storage_gateways/<storage_gateway_id>")
    def update_storage_gateway(storage_gateway_id: str) -> ResponseReturnValue:
        user, gateway, fields = callers.require_administrator(), find(storage_gateway_id), Fields(read_body())
        changes = _read_gateway(fields)
        if "display_name" in fields.document:
            changes["display_name"] = fields.text("display_name", required=True)
        refuse_changes(fields, gateway, ("id", "connector_id", "high_assurance"))
        fields.check()
        changed = gateways.update(gateway["id"], **changes)
        message = f"Updated storage gateway {gateway['id']}"
        return result_document(message=message, data=[document_for(changed, user, set())])

    @app.delete("/storage_gateways/<storage_gateway_id>")
    def delete_storage_gateway(storage_gateway_id: str) -> ResponseReturnValue:
        callers.require_administrator()
        gateway = find(storage_gateway_id)
        collections = [collection for collection in state.collections.all() if is_on_server(collection)]
        if any(gateway_id_of(state, collection) == gateway["id"] for collection in collections):
            raise GCSError(409, "The storage gateway has collections")
        gateways.remove(gateway["id"])
        state.connect_server.credentials.remove_where(storage_gateway_id=gateway["id"])
        return result_document(message=f"Deleted storage gateway {gateway['id']}")


def install_credential_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes for user credentials to an application. Users see their own only."""
    store = state.connect_server
    credentials = store.credentials

    def find(credential_id: str) -> Document:
        credential = credentials.get(read_id(credential_id, "user credential"))
        if credential is None or credential["identity_id"] != callers.user().id:
            raise not_found("user credential")
        return credential

    @app.get("/user_credentials")
    def get_user_credential_list() -> ResponseReturnValue:
        gateway_id = request.args.get("storage_gateway")
        own = {"identity_id": callers.user().id}
        if gateway_id:
            own["storage_gateway_id"] = read_id(gateway_id, "storage gateway")
        return list_page([_credential_document(credential) for credential in credentials.where(**own)])

    @app.post("/user_credentials")
    def create_user_credential() -> ResponseReturnValue:
        user, fields = callers.user(), Fields(read_body())
        gateway_id, connector_id = fields.id("storage_gateway_id", required=True), fields.id("connector_id")
        owner_id, changes = fields.id("identity_id"), _read_credential(fields)
        fields.check()
        if owner_id not in (None, user.id):
            raise permission_denied("A user credential belongs to the user who registers it")
        gateway = find_record(store.gateways.get(str(gateway_id)), "storage gateway")
        if connector_id not in (None, gateway["connector_id"]):
            raise GCSError(422, "The storage gateway has another connector")
        created = credentials.add(
            {
                "identity_id": user.id,
                "connector_id": gateway["connector_id"],
                "storage_gateway_id": gateway["id"],
                "username": user.username.partition("@")[0],
                "display_name": None,
                "invalid": False,
                "provisioned": False,
                "policies": {},
                **changes,
            }
        )
        message = f"Created user credential {created['id']}"
        return result_document(201, message=message, data=[_credential_document(created)]), 201

    @app.get("/user_credentials/<user_credential_id>")
    def get_user_credential(user_credential_id: str) -> ResponseReturnValue:
        return result_document(data=[_credential_document(find(user_credential_id))])

    @app.patch("/user_credentials/<user_credential_id>")
    def update_user_credential(user_credential_id: str) -> ResponseReturnValue:
        credential, fields = find(user_credential_id), Fields(read_body())
        changes = _read_credential(fields)
        refuse_changes(fields, credential, ("id", "identity_id", "connector_id", "storage_gateway_id"))
        fields.check()
        changed = credentials.update(credential["id"], **changes)
        message = f"Updated user credential {credential['id']}"
        return result_document(message=message, data=[_credential_document(changed)])

    @app.delete("/user_credentials/<user_credential_id>")
    def delete_user_credential(user_credential_id: str) -> ResponseReturnValue:
        credential = find(user_credential_id)
        credentials.remove(credential["id"])
        return result_document(message=f"Deleted user credential {credential['id']}")


def _credential_document(credential: Document) -> Document:
    return {"DATA_TYPE": "user_credential#1.0.0", **credential}


def _read_credential(fields: Fields) -> Document:
    read_data_type(fields, "user_credential")
    found: Document = {name: fields.text(name) for name in ("display_name", "username") if name in fields.document}
    if fields.document.get("policies") is not None:
        found["policies"] = fields.object("policies")
    return found


def _read_connector(fields: Fields, *, required: bool) -> str | None:
    connector_id = fields.id("connector_id", required=required)
    if connector_id is not None and ConnectorTable.lookup(connector_id) is None:
        fields.refuse("connector_id", "there is no such connector")
    return connector_id


def _read_gateway(fields: Fields) -> Document:
    read_data_type(fields, "storage_gateway")
    given = fields.document
    found: Document = {}
    if given.get("root") is not None:
        root = fields.text("root") or ""
        if not root.startswith("/") or ".." in root.split("/"):
            fields.refuse("root", "give an absolute path without ..")
        found["root"] = root
    if given.get("policies") is not None:
        found["policies"] = fields.object("policies")
    for name in ("allowed_domains", "users_allow", "users_deny"):
        if given.get(name) is not None:
            found[name] = read_texts(fields, name)
    if given.get("identity_mappings") is not None:
        found["identity_mappings"] = [mapping.document for mapping in fields.each("identity_mappings")]
    found |= {name: fields.flag(name) for name in ("high_assurance", "require_mfa") if given.get(name) is not None}
    if given.get("authentication_timeout_mins") is not None:
        found["authentication_timeout_mins"] = fields.integer("authentication_timeout_mins", 1, _MOST_MINUTES)
    return found
