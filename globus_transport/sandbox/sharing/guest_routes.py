"""Transfer's routes about guest collections."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.filesystem import locate
from globus_transport.sandbox.listing import number
from globus_transport.sandbox.sharing.documents import EDITABLE, endpoint_document
from globus_transport.sandbox.sharing.permissions import require_access, require_role
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import (
    caller,
    check_demands,
    collection_with,
    json_body,
    result,
    text_of,
)


def install_guest_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/endpoint/<endpoint_id>"

    @app.post("/v0.10/shared_endpoint")
    def create_shared_endpoint() -> ResponseReturnValue:
        document = json_body()
        host, path = collection_with(state, text_of(document, "host_endpoint")), text_of(document, "host_path")
        name = text_of(document, "display_name")
        if host.host is not None:
            raise bad_request("A guest collection cannot be made on a guest collection")
        check_demands(state, host)
        require_access(state, host, caller(), path, "rw")
        folder = locate(host, path)
        if not folder.is_dir():
            raise TransferError(404, "ClientError.NotFound", f"No such directory: {path}")
        guest = state.collections.share(host, path if path.endswith("/") else f"{path}/", folder, name, caller().id)
        guest.details.update({key: document[key] for key in EDITABLE if key in document})
        answer = result("Created", "The guest collection was made", "shared_endpoint_create_result")
        return answer | {"id": guest.id}, 201

    @app.get(f"{at}/my_shared_endpoint_list")
    def my_shared_endpoint_list(endpoint_id: str) -> ResponseReturnValue:
        guests = state.collections.guests_of(collection_with(state, endpoint_id))
        mine = [endpoint_document(state, one, caller()) for one in guests if one.owner_id == caller().id]
        return {"DATA_TYPE": "endpoint_list", "DATA": mine}

    @app.get(f"{at}/shared_endpoint_list")
    def shared_endpoint_list(endpoint_id: str) -> ResponseReturnValue:
        host = collection_with(state, endpoint_id)
        require_role(state, host, caller(), "activity_monitor")
        guests = state.collections.guests_of(host)
        start = number(request.args, "next_token", 0, 0, 10**9)
        end = start + number(request.args, "max_results", 1000, 1, 1000)
        return {
            "DATA_TYPE": "shared_endpoint_list",
            "shared_endpoints": [{"id": guest.id} for guest in guests[start:end]],
            "next_token": str(end) if end < len(guests) else None,
        }
