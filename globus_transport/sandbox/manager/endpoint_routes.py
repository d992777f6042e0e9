"""Transfer's routes for managed and monitored collections."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.manager.lookup import MANAGER, MONITOR, find_collection_with_role, list_collections
from globus_transport.sandbox.sharing.endpoint_documents import endpoint_document
from globus_transport.sandbox.sharing.rule_routes import access_list_document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_requests import caller


def install_managed_endpoint_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint_manager"

    def collection_list(collections: list[Collection]) -> ResponseReturnValue:
        documents = [endpoint_document(state, collection, caller()) for collection in collections]
        return {"DATA_TYPE": "endpoint_list", "DATA": documents}

    @app.get(f"{prefix}/monitored_endpoints")
    def monitored_endpoints() -> ResponseReturnValue:
        return collection_list(list_collections(state, caller(), MONITOR))

    @app.get(f"{prefix}/endpoint/<endpoint_id>")
    def managed_endpoint(endpoint_id: str) -> ResponseReturnValue:
        return endpoint_document(state, find_collection_with_role(state, endpoint_id, caller(), MONITOR), caller())

    @app.get(f"{prefix}/endpoint/<endpoint_id>/hosted_endpoint_list")
    def hosted_endpoint_list(endpoint_id: str) -> ResponseReturnValue:
        guests = state.collections.guests_of(find_collection_with_role(state, endpoint_id, caller(), MONITOR))
        return collection_list(guests)

    @app.get(f"{prefix}/endpoint/<endpoint_id>/access_list")
    def managed_access_list(endpoint_id: str) -> ResponseReturnValue:
        return access_list_document(state, find_collection_with_role(state, endpoint_id, caller(), MANAGER))
