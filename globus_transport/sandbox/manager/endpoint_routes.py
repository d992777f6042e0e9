"""Transfer's routes about the collections that someone manages."""

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.manager.reach import MANAGER, MONITOR, collection_for, collections_of
from globus_transport.sandbox.sharing.documents import endpoint_document
from globus_transport.sandbox.sharing.rule_routes import access_list_document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_requests import caller


def install_managed_endpoint_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/endpoint_manager"

    @app.get(f"{at}/monitored_endpoints")
    def monitored_endpoints() -> ResponseReturnValue:
        found = collections_of(state, caller(), MONITOR)
        return {"DATA_TYPE": "endpoint_list", "DATA": [endpoint_document(state, one, caller()) for one in found]}

    @app.get(f"{at}/endpoint/<endpoint_id>")
    def managed_endpoint(endpoint_id: str) -> ResponseReturnValue:
        return endpoint_document(state, collection_for(state, endpoint_id, caller(), MONITOR), caller())

    @app.get(f"{at}/endpoint/<endpoint_id>/hosted_endpoint_list")
    def hosted_endpoint_list(endpoint_id: str) -> ResponseReturnValue:
        guests = state.collections.guests_of(collection_for(state, endpoint_id, caller(), MONITOR))
        return {"DATA_TYPE": "endpoint_list", "DATA": [endpoint_document(state, one, caller()) for one in guests]}

    @app.get(f"{at}/endpoint/<endpoint_id>/access_list")
    def managed_access_list(endpoint_id: str) -> ResponseReturnValue:
        return access_list_document(state, collection_for(state, endpoint_id, caller(), MANAGER))
