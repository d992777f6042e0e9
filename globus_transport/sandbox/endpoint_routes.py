"""Transfer's routes about collections."""

from collections.abc import Callable

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.listing import number
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.documents import EDITABLE, endpoint_document, servers_of
from globus_transport.sandbox.sharing.permissions import require_role, roles_of, rules_for
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import caller, collection_with, json_body, result, text_of

_SEARCHED = ("display_name", "description", "keywords", "organization", "department", "owner_string")


def install_endpoint_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/endpoint/<endpoint_id>"

    def administered(endpoint_id: str) -> Collection:
        collection = collection_with(state, endpoint_id)
        require_role(state, collection, caller(), "administrator")
        return collection

    @app.get(at)
    def get_endpoint(endpoint_id: str) -> ResponseReturnValue:
        document = endpoint_document(state, collection_with(state, endpoint_id), caller())
        fields = request.args.get("fields")
        if fields:
            document = {key: value for key, value in document.items() if key in {"DATA_TYPE", *fields.split(",")}}
        return document

    @app.put(at)
    def update_endpoint(endpoint_id: str) -> ResponseReturnValue:
        collection, document = administered(endpoint_id), json_body()
        if "display_name" in document:
            collection.display_name = text_of(document, "display_name")
        for key in EDITABLE.keys() & document.keys():
            if not isinstance(document[key], (str, bool, type(None))):
                raise bad_request(f"{key} must be a text or a truth value")
            collection.details[key] = document[key]
        return result("Updated", "The endpoint was updated")

    @app.delete(at)
    def delete_endpoint(endpoint_id: str) -> ResponseReturnValue:
        state.forget(administered(endpoint_id))
        return result("Deleted", "The endpoint was deleted")

    @app.put(f"{at}/subscription")
    def set_subscription(endpoint_id: str) -> ResponseReturnValue:
        collection, subscription = administered(endpoint_id), json_body().get("subscription_id")
        if subscription is not None and not isinstance(subscription, str):
            raise bad_request("subscription_id must be a text or null")
        if subscription == "DEFAULT":
            # The caller's own subscription; in a sandbox everybody's id serves as theirs.
            subscription = caller().id
        collection.details["subscription_id"] = subscription
        return result("Updated", "The subscription was set")

    @app.put(f"{at}/subscription_admin_verified")
    def set_subscription_admin_verified(endpoint_id: str) -> ResponseReturnValue:
        collection, verified = administered(endpoint_id), json_body().get("subscription_admin_verified")
        if not isinstance(verified, bool):
            raise bad_request("subscription_admin_verified must be true or false")
        if verified and not collection.details.get("subscription_id"):
            raise TransferError(409, "Conflict", "The collection has no subscription")
        collection.details["subscription_admin_verified"] = verified
        return result("Updated", "The verification was set")

    @app.get(f"{at}/server_list")
    def server_list(endpoint_id: str) -> ResponseReturnValue:
        servers = servers_of(collection_with(state, endpoint_id))
        return {
            "DATA_TYPE": "endpoint_server_list",
            "endpoint": endpoint_id,
            "DATA": [{"DATA_TYPE": "server", **server} for server in servers],
        }

    @app.get(f"{at}/server/<server_id>")
    def get_server(endpoint_id: str, server_id: str) -> ResponseReturnValue:
        for server in servers_of(collection_with(state, endpoint_id)):
            if str(server["id"]) == server_id:
                return {"DATA_TYPE": "server", **server}
        raise TransferError(404, "ServerNotFound", f"No such server {server_id!r}")

    @app.get("/v0.10/endpoint_search")
    def endpoint_search() -> ResponseReturnValue:
        arguments = request.args
        text, scope = arguments.get("filter_fulltext"), arguments.get("filter_scope")
        if not text and not scope:
            raise bad_request("filter_fulltext or filter_scope is needed")
        limit, offset = number(arguments, "limit", 100, 1, 1000), number(arguments, "offset", 0, 0, 10**9)
        # A scope that the sandbox has not heard of finds nothing.
        in_scope = _SCOPES.get(scope or "all", _none)
        found = [
            document
            for collection in state.collections.all()
            if in_scope(state, collection, caller())
            for document in [endpoint_document(state, collection, caller())]
            if _matches(document, text or "")
        ]
        return {
            "DATA_TYPE": "endpoint_list",
            "DATA": found[offset : offset + limit],
            "limit": limit,
            "offset": offset,
            "has_next_page": offset + limit < len(found),
        }


def _matches(document: Document, text: str) -> bool:
    arguments = request.args
    searched = " ".join(str(document[key] or "") for key in _SEARCHED).lower()
    return (
        all(word in searched for word in text.lower().split())
        and arguments.get("filter_owner_id", document["owner_id"]) == document["owner_id"]
        and arguments.get("filter_host_endpoint", document["host_endpoint_id"]) == document["host_endpoint_id"]
        and arguments.get("filter_entity_type", document["entity_type"]) == document["entity_type"]
        and (arguments.get("filter_non_functional") in ("1", "true", "True")) == document["non_functional"]
    )


def _none(state: State, collection: Collection, identity: Identity) -> bool:
    return False


def _used_by(state: State, collection: Collection, identity: Identity, active_only: bool) -> bool:
    return any(
        task.owner.id == identity.id and (task.status == "ACTIVE" or not active_only)
        for task in state.tasks.at({collection.id})
    )


_SCOPES: dict[str, Callable[[State, Collection, Identity], bool]] = {
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
    "recently-used": lambda state, collection, identity: _used_by(state, collection, identity, False),
    "in-use": lambda state, collection, identity: _used_by(state, collection, identity, True),
}
