"""The JSON:API routes for stream access points."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.listing import read_number
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.v2.jsonapi import json_api_response, not_found, relationship

_NOT_ATTRIBUTES = {"id", "host_endpoint"}
_LIMIT, _OFFSET = "page[limit]", "page[offset]"


def install_access_point_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    access_points = state.streams.access_points

    @app.get("/v2/stream_access_points")
    def list_access_points() -> ResponseReturnValue:
        limit, start = read_number(request.args, _LIMIT, 100, 1, 100), read_number(request.args, _OFFSET, 0, 0, 10**9)
        found, end = access_points.where(), start + limit
        query = urlencode({**request.args.to_dict(), _LIMIT: limit, _OFFSET: end})
        following = f"{request.base_url}?{query}" if end < len(found) else None
        return json_api_response(
            [_resource(access_point) for access_point in found[start:end]], links={"next": following}
        )

    @app.get("/v2/stream_access_points/<access_point_id>")
    def get_access_point(access_point_id: str) -> ResponseReturnValue:
        found = access_points.get(access_point_id)
        if found is None:
            raise not_found("stream access point", access_point_id)
        return json_api_response(_resource(found))


def _resource(access_point: Document) -> Document:
    return {
        "type": "StreamAccessPoint",
        "id": access_point["id"],
        "attributes": {key: value for key, value in access_point.items() if key not in _NOT_ATTRIBUTES},
        "relationships": {"host_endpoint": relationship("Endpoint", access_point["host_endpoint"])},
    }
