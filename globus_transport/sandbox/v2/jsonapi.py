"""Requests and responses with JSON:API documents."""

from __future__ import annotations

import json
from typing import Any, cast

from flask import Response

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.transfer_errors import JSON_API, TransferError, bad_request, new_request_id
from globus_transport.sandbox.transfer_requests import read_json_body


def json_api_response(data: Document | list[Document] | None, status: int = 200, **more: Any) -> Response:
    """A successful response.

    :param more: further keys beside ``data``
    """
    document = {"data": data, **more, "meta": {"request_id": new_request_id()}}
    return Response(json.dumps(document), status, content_type=JSON_API)


def read_data(kind: str) -> Document:
    """The resource object in the body of the current request.

    :param kind: its ``type``
    :raises TransferError: if there is no such object
    """
    data = read_json_body().get("data")
    if not isinstance(data, dict) or cast(Document, data).get("type") != kind:
        raise bad_request(f"data must be an object of type {kind}")
    return cast(Document, data)


def attributes_of(data: Document) -> Document:
    """The attributes of a resource object.

    :raises TransferError: if they are not an object
    """
    found = data.get("attributes", {})
    if not isinstance(found, dict):
        raise bad_request("attributes must be an object")
    return cast(Document, found)


def related_id(data: Document, name: str, kind: str) -> str:
    """The id of a related object.

    :param name: of the relationship
    :param kind: the ``type`` of the related object
    :raises TransferError: if there is no such relationship
    """
    try:
        found = data["relationships"][name]["data"]
        if found["type"] == kind and isinstance(found["id"], str):
            return found["id"]
    except (KeyError, TypeError):
        pass
    raise bad_request(f"The relationship {name} to a {kind} is missing")


def relationship(kind: str, id: str) -> Document:
    """The value of a relationship."""
    return {"data": {"type": kind, "id": id}}


def not_found(kind: str, id: str) -> TransferError:
    """The error for an unknown id."""
    return TransferError(404, "NOT_FOUND", f"No such {kind} {id!r}")
