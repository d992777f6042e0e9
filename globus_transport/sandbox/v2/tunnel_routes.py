"""The JSON:API routes about tunnels, which only their owner sees."""

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.streams import STOPPED
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import caller, text_of
from globus_transport.sandbox.v2.jsonapi import answer, attributes_of, not_found, read_data, reference, related

_ACCESS_POINT = "StreamAccessPoint"
_MOST_MINUTES = 60 * 24 * 7
_SHOWN = (
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
            "attributes": {**{key: tunnel[key] for key in _SHOWN}, "status": streams.status_of(tunnel)},
            "relationships": {
                "listener": reference(_ACCESS_POINT, tunnel["listener"]),
                "initiator": reference(_ACCESS_POINT, tunnel["initiator"]),
                "owner": reference("Identity", tunnel["owner_id"]),
            },
        }

    @app.get("/v2/tunnels")
    def list_tunnels() -> ResponseReturnValue:
        mine = streams.tunnels.where(owner_id=caller().id)
        return answer([resource(find(one["id"])) for one in mine], links=None)

    @app.post("/v2/tunnels")
    def create_tunnel() -> ResponseReturnValue:
        data = read_data("Tunnel")
        attributes = attributes_of(data)
        ends = {name: related(data, name, _ACCESS_POINT) for name in ("listener", "initiator")}
        for id in ends.values():
            if streams.access_points.get(id) is None:
                raise not_found("stream access point", id)
        fields: Document = {
            **ends,
            "owner_id": caller().id,
            "submission_id": text_of(attributes, "submission_id"),
            "label": attributes.get("label"),
            "restartable": attributes.get("restartable", False),
            "lifetime_mins": _whole_number(attributes.get("lifetime_mins", 360), "lifetime_mins", _MOST_MINUTES),
            **_address(attributes),
        }
        # The same submission again is the same tunnel: its answer may have been lost.
        earlier = streams.tunnels.where(owner_id=caller().id, submission_id=fields["submission_id"])
        return answer(resource(earlier[0] if earlier else streams.open(fields)), 200 if earlier else 201)

    @app.get("/v2/tunnels/<tunnel_id>")
    def get_tunnel(tunnel_id: str) -> ResponseReturnValue:
        return answer(resource(find(tunnel_id)))

    @app.patch("/v2/tunnels/<tunnel_id>")
    def update_tunnel(tunnel_id: str) -> ResponseReturnValue:
        tunnel, attributes = find(tunnel_id), attributes_of(read_data("Tunnel"))
        changes = _address(attributes)
        if "label" in attributes:
            changes["label"] = attributes["label"]
        wanted = attributes.get("state")
        if wanted not in (None, "STOPPING", STOPPED):
            raise bad_request("A tunnel can be told to be STOPPING only")
        if tunnel["state"] == STOPPED:
            raise TransferError(409, "CONFLICT", "The tunnel has stopped")
        tunnel = streams.change(tunnel_id, changes)
        return answer(resource(streams.stop(tunnel_id) if wanted else tunnel))

    @app.delete("/v2/tunnels/<tunnel_id>")
    def delete_tunnel(tunnel_id: str) -> ResponseReturnValue:
        if find(tunnel_id)["state"] != STOPPED:
            raise TransferError(409, "CONFLICT", "The tunnel has not stopped")
        streams.tunnels.remove(tunnel_id)
        return answer(None)

    @app.get("/v2/tunnels/<tunnel_id>/events")
    def tunnel_events(tunnel_id: str) -> ResponseReturnValue:
        return answer(find(tunnel_id)["events"], links=None)


def _address(attributes: Document) -> Document:
    found: Document = {}
    if attributes.get("listener_ip_address") is not None:
        found["listener_ip_address"] = text_of(attributes, "listener_ip_address")
    if attributes.get("listener_port") is not None:
        found["listener_port"] = _whole_number(attributes["listener_port"], "listener_port", 65535)
    return found


def _whole_number(value: Any, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise bad_request(f"{name} must be a number from 1 to {most}")
    return value
