"""Transfer's routes for collections (endpoints)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.listing import read_number
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.endpoint_documents import endpoint_document, list_servers, read_editable_fields
from globus_transport.sandbox.sharing.permissions import require_role, roles_of, rules_for
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import (
    caller,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)

_SEARCHED = ("display_name", "description", "keywords", "organization", "department", "owner_string")


def install_endpoint_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint/<endpoint_id>"

    def find_administered(endpoint_id: str) -> Collection:
        collection = find_collection(state, endpoint_id)
        require_role(state, collection, caller(), "administrator")
        return collection

    @app.post("/v0.10/endpoint")
    def create_personal_collection() -> ResponseReturnValue:
        document = read_json_body()
        if document.get("is_globus_connect") is not True:
            raise bad_request("is_globus_connect must be true: other endpoints are made by Globus Connect Server")
        name, details = read_text(document, "display_name"), read_editable_fields(document)
        subscription = document.get("subscription_id")
        if subscription is not None and not isinstance(subscription, str):
            raise bad_request("subscription_id must be a text or null")
        # It counts as connected at once, with a new folder: nobody installs Globus Connect Personal here.
        collection = state.collections.add(name, None, owner_id=caller().id)
        collection.details.update(details)
        if subscription is not None:
            collection.details["subscription_id"] = caller().id if subscription == "DEFAULT" else subscription
        answer = result_document("Created", "The collection was made", "endpoint_create_result")
        return answer | {"id": collection.id, "globus_connect_setup_key": str(uuid.uuid4())}, 201

    @app.get(prefix)
    def get_endpoint(endpoint_id: str) -> ResponseReturnValue:
        document = endpoint_document(state, find_collection(state, endpoint_id), caller())
        fields = request.args.get("fields")
        if fields:
            document = {key: value for key, value in document.items() if key in {"DATA_TYPE", *fields.split(",")}}
        return document

    @app.put(prefix)
    def update_endpoint(endpoint_id: str) -> ResponseReturnValue:
        collection, document = find_administered(endpoint_id), read_json_body()
        changes = read_editable_fields(document)
        if "display_name" in document:
            collection.display_name = read_text(document, "display_name")
        collection.details.update(changes)
        return result_document("Updated", "The endpoint was updated")

    @app.delete(prefix)
    def delete_endpoint(endpoint_id: str) -> ResponseReturnValue:
        state.delete_collection(find_administered(endpoint_id))
        return result_document("Deleted", "The endpoint was deleted")

    @app.put(f"{prefix}/subscription")
    def set_subscription(endpoint_id: str) -> ResponseReturnValue:
        collection, subscription = find_administered(endpoint_id), read_json_body().get("subscription_id")
        if subscription is not None and not isinstance(subscription, str):
            raise bad_request("subscription_id must be a text or null")
        if subscription == "DEFAULT":
            # The caller's own subscription. The sandbox has none, so the id of the identity stands for it.
            subscription = caller().id
        collection.details["subscription_id"] = subscription
        return result_document("Updated", "The subscription was set")

    @app.put(f"{prefix}/subscription_admin_verified")
    def set_subscription_admin_verified(endpoint_id: str) -> ResponseReturnValue:
        collection, verified = find_administered(endpoint_id), read_json_body().get("subscription_admin_verified")
        if not isinstance(verified, bool):
            raise bad_request("subscription_admin_verified must be true or false")
        if verified and not collection.details.get("subscription_id"):
            raise TransferError(409, "Conflict", "The collection has no subscription")
        collection.details["subscription_admin_verified"] = verified
        return result_document("Updated", "The verification was set")

    @app.get(f"{prefix}/server_list")
    def server_list(endpoint_id: str) -> ResponseReturnValue:
        servers = list_servers(find_collection(state, endpoint_id))
        return {
            "DATA_TYPE": "endpoint_server_list",
            "endpoint": endpoint_id,
            "DATA": [{"DATA_TYPE": "server", **server} for server in servers],
        }

    @app.get(f"{prefix}/server/<server_id>")
    def get_server(endpoint_id: str, server_id: str) -> ResponseReturnValue:
        for server in list_servers(find_collection(state, endpoint_id)):
            if str(server["id"]) == server_id:
                return {"DATA_TYPE": "server", **server}
        raise TransferError(404, "ServerNotFound", f"No such server {server_id!r}")

    @app.get("/v0.10/endpoint_search")
    def endpoint_search() -> ResponseReturnValue:
        arguments = request.args
        text, scope = arguments.get("filter_fulltext"), arguments.get("filter_scope")
        if not text and not scope:
            raise bad_request("filter_fulltext or filter_scope is needed")
        limit, offset = read_number(arguments, "limit", 100, 1, 1000), read_number(arguments, "offset", 0, 0, 10**9)
        # An unknown scope finds nothing.
        in_scope = _SEARCH_SCOPES.get(scope or "all", _matches_nothing)
        found = [
            document
            for collection in state.collections.all()
            if in_scope(state, collection, caller())
            for document in [endpoint_document(state, collection, caller())]
            if _matches_query(document, text or "")
        ]
        return {
            "DATA_TYPE": "endpoint_list",
            "DATA": found[offset : offset + limit],
            "limit": limit,
            "offset": offset,
            "has_next_page": offset + limit < len(found),
        }


def _matches_query(document: Document, text: str) -> bool:
    arguments = request.args
    searched = " ".join(str(document[key] or "") for key in _SEARCHED).lower()
    return (
        all(word in searched for word in text.lower().split())
        and arguments.get("filter_owner_id", document["owner_id"]) == document["owner_id"]
        and arguments.get("filter_host_endpoint", document["host_endpoint_id"]) == document["host_endpoint_id"]
        and arguments.get("filter_entity_type", document["entity_type"]) == document["entity_type"]
        and (arguments.get("filter_non_functional") in ("1", "true", "True")) == document["non_functional"]
    )


def _matches_nothing(state: State, collection: Collection, identity: Identity) -> bool:
    return False


def _has_task_of(state: State, collection: Collection, identity: Identity, *, active_only: bool) -> bool:
    return any(
        task.owner.id == identity.id and (task.status == "ACTIVE" or not active_only)
        for task in state.tasks.on_collections({collection.id})
    )


_SEARCH_SCOPES: dict[str, Callable[[State, Collection, Identity], bool]] = {
    "all": lambda state, collection, identity: True,
    "my-endpoints": lambda state, collection, identity: collection.owner_id == identity.id,
    "my-gcp-endpoints": lambda state, collection, identity: (
        collection.owner_id == identity.id and collection.entity_type == "GCP_mapped_collection"
    ),
    "administered-by-me": lambda state, collection, identity: "administrator" in roles_of(state, collection, identity),
    "shared-by-me": lambda state, collection, identity: (
        collection.host is not None and collection.owner_id == identity.id
    ),
    "shared-with-me": lambda state, collection, identity: (
        collection.owner_id != identity.id and bool(rules_for(state, collection, identity))
    ),
    "recently-used": lambda state, collection, identity: _has_task_of(state, collection, identity, active_only=False),
    "in-use": lambda state, collection, identity: _has_task_of(state, collection, identity, active_only=True),
}
