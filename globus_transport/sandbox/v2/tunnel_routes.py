"""The JSON:API routes for tunnels. Only the owner sees a tunnel."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.streams import STOPPED
from globus_transport.sandbox.submissions import read_label
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import caller, read_text
from globus_transport.sandbox.v2.jsonapi import (
    attributes_of,
    json_api_response,
    not_found,
    read_data,
    related_id,
    relationship,
)

_ACCESS_POINT = "StreamAccessPoint"
_MAX_MINUTES = 60 * 24 * 7
_ATTRIBUTES = (
    "label",
    "submission_id",
    "restartable",
    "lifetime_mins",
    "listener_ip_address",
    "listener_port",
    "initiator_ip_address",
    "initiator_port",
    "created_time",
    "state",
)


def install_tunnel_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    streams = state.streams

    def find(tunnel_id: str) -> Document:
        found = streams.get(tunnel_id)
        if found is None or found["owner_id"] != caller().id:
            raise not_found("tunnel", tunnel_id)
        return found

    def resource(tunnel: Document) -> Document:
        return {
            "type": "Tunnel",
            "id": tunnel["id"],
            "attributes": {**{key: tunnel[key] for key in _ATTRIBUTES}, "status": streams.status_of(tunnel)},
            "relationships": {
                "listener": relationship(_ACCESS_POINT, tunnel["listener"]),
                "initiator": relationship(_ACCESS_POINT, tunnel["initiator"]),
                "owner": relationship("Identity", tunnel["owner_id"]),
            },
        }

    @app.get("/v2/tunnels")
    def list_tunnels() -> ResponseReturnValue:
        tunnels = streams.tunnels.where(owner_id=caller().id)
        return json_api_response([resource(find(tunnel["id"])) for tunnel in tunnels], links=None)

    @app.post("/v2/tunnels")
    def create_tunnel() -> ResponseReturnValue:
        data = read_data("Tunnel")
        attributes = attributes_of(data)
        restartable = attributes.get("restartable", False)
        if not isinstance(restartable, bool):
            raise bad_request("restartable must be true or false")
        access_point_ids = {name: related_id(data, name, _ACCESS_POINT) for name in ("listener", "initiator")}
        for id in access_point_ids.values():
            if streams.access_points.get(id) is None:
                raise not_found("stream access point", id)
        fields: Document = {
            **access_point_ids,
            "owner_id": caller().id,
            "submission_id": read_text(attributes, "submission_id"),
            "label": read_label(attributes),
            "restartable": restartable,
            "lifetime_mins": _whole_number(attributes.get("lifetime_mins", 360), "lifetime_mins", _MAX_MINUTES),
            **_listener_address(attributes),
        }
        # The same submission id again is the same tunnel, because the client may have lost the reply.
        earlier = streams.tunnels.where(owner_id=caller().id, submission_id=fields["submission_id"])
        return json_api_response(resource(earlier[0] if earlier else streams.open(fields)), 200 if earlier else 201)

    @app.get("/v2/tunnels/<tunnel_id>")
    def get_tunnel(tunnel_id: str) -> ResponseReturnValue:
        return json_api_response(resource(find(tunnel_id)))

    @app.patch("/v2/tunnels/<tunnel_id>")
    def update_tunnel(tunnel_id: str) -> ResponseReturnValue:
        tunnel, attributes = find(tunnel_id), attributes_of(read_data("Tunnel"))
        changes = _listener_address(attributes)
        if "label" in attributes:
            changes["label"] = read_label(attributes)
        wanted = attributes.get("state")
        if wanted not in (None, "STOPPING", STOPPED):
            raise bad_request("state can be set to STOPPING only")
        if tunnel["state"] == STOPPED:
            raise TransferError(409, "CONFLICT", "The tunnel has stopped")
        tunnel = streams.update(tunnel_id, changes)
        return json_api_response(resource(streams.stop(tunnel_id) if wanted else tunnel))

    @app.delete("/v2/tunnels/<tunnel_id>")
    def delete_tunnel(tunnel_id: str) -> ResponseReturnValue:
        if find(tunnel_id)["state"] != STOPPED:
            raise TransferError(409, "CONFLICT", "The tunnel has not stopped")
        streams.tunnels.remove(tunnel_id)
        return json_api_response(None)

    @app.get("/v2/tunnels/<tunnel_id>/events")
    def tunnel_events(tunnel_id: str) -> ResponseReturnValue:
        return json_api_response(find(tunnel_id)["events"], links=None)


def _listener_address(attributes: Document) -> Document:
    found: Document = {}
    if attributes.get("listener_ip_address") is not None:
        found["listener_ip_address"] = read_text(attributes, "listener_ip_address")
    if attributes.get("listener_port") is not None:
        found["listener_port"] = _whole_number(attributes["listener_port"], "listener_port", 65535)
    return found


def _whole_number(value: Any, name: str, maximum: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= maximum:
        raise bad_request(f"{name} must be a number from 1 to {maximum}")
    return value
