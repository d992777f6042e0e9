"""The JSON:API routes about stream access points."""

from urllib.parse import urlencode

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.listing import number
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.v2.jsonapi import answer, not_found, reference

_NOT_SHOWN = {"id", "host_endpoint"}
_LIMIT, _OFFSET = "page[limit]", "page[offset]"


def install_access_point_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    access_points = state.streams.access_points

    @app.get("/v2/stream_access_points")
    def list_access_points() -> ResponseReturnValue:
        limit, start = number(request.args, _LIMIT, 100, 1, 100), number(request.args, _OFFSET, 0, 0, 10**9)
        found, end = access_points.where(), start + limit
        query = urlencode({**request.args.to_dict(), _LIMIT: limit, _OFFSET: end})
        following = f"{request.base_url}?{query}" if end < len(found) else None
        return answer([_resource(one) for one in found[start:end]], links={"next": following})

    @app.get("/v2/stream_access_points/<access_point_id>")
    def get_access_point(access_point_id: str) -> ResponseReturnValue:
        found = access_points.get(access_point_id)
        if found is None:
            raise not_found("stream access point", access_point_id)
        return answer(_resource(found))


def _resource(access_point: Document) -> Document:
    return {
        "type": "StreamAccessPoint",
        "id": access_point["id"],
        "attributes": {key: value for key, value in access_point.items() if key not in _NOT_SHOWN},
        "relationships": {"host_endpoint": reference("Endpoint", access_point["host_endpoint"])},
    }
