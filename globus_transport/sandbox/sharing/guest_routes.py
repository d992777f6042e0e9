"""Transfer's routes for guest collections."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.filesystem import locate
from globus_transport.sandbox.listing import read_number
from globus_transport.sandbox.sharing.endpoint_documents import endpoint_document, read_editable_fields
from globus_transport.sandbox.sharing.permissions import require_access, require_role
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import (
    caller,
    check_access_requirements,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)


def install_guest_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint/<endpoint_id>"

    @app.post("/v0.10/shared_endpoint")
    def create_shared_endpoint() -> ResponseReturnValue:
        document = read_json_body()
        host, path = find_collection(state, read_text(document, "host_endpoint")), read_text(document, "host_path")
        name, details = read_text(document, "display_name"), read_editable_fields(document)
        if host.host is not None:
            raise bad_request("A guest collection cannot be made on a guest collection")
        check_access_requirements(state, host)
        require_access(state, host, caller(), path, "rw")
        folder = locate(host, path)
        if not folder.is_dir():
            raise TransferError(404, "ClientError.NotFound", f"No such directory: {path}")
        guest = state.collections.add_guest(host, path if path.endswith("/") else f"{path}/", folder, name, caller().id)
        guest.details.update(details)
        answer = result_document("Created", "The guest collection was made", "shared_endpoint_create_result")
        return answer | {"id": guest.id}, 201

    @app.get(f"{prefix}/my_shared_endpoint_list")
    def my_shared_endpoint_list(endpoint_id: str) -> ResponseReturnValue:
        guests = state.collections.guests_of(find_collection(state, endpoint_id))
        owned = [guest for guest in guests if guest.owner_id == caller().id]
        documents = [endpoint_document(state, guest, caller()) for guest in owned]
        return {"DATA_TYPE": "endpoint_list", "DATA": documents}

    @app.get(f"{prefix}/shared_endpoint_list")
    def shared_endpoint_list(endpoint_id: str) -> ResponseReturnValue:
        host = find_collection(state, endpoint_id)
        require_role(state, host, caller(), "activity_monitor")
        guests = state.collections.guests_of(host)
        start = read_number(request.args, "next_token", 0, 0, 10**9)
        end = start + read_number(request.args, "max_results", 1000, 1, 1000)
        return {
            "DATA_TYPE": "shared_endpoint_list",
            "shared_endpoints": [{"id": guest.id} for guest in guests[start:end]],
            "next_token": str(end) if end < len(guests) else None,
        }
