"""What Transfer's routes ask about the request that they serve."""

import json
from typing import Any, cast

from flask import g, request

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request, new_request_id


def set_caller(identity: Identity) -> None:
    """Remember who sent the current request."""
    g.caller = identity


def caller() -> Identity:
    """Who sent the current request."""
    return cast(Identity, g.caller)


def json_body() -> dict[str, Any]:
    """The document that the current request carries.

    :raises TransferError: There is none.
    """
    try:
        document: object = json.loads(request.get_data())
    except ValueError as error:
        raise bad_request("The body is not JSON") from error
    if not isinstance(document, dict):
        raise bad_request("The body is not a JSON object")
    return cast(dict[str, Any], document)


def text_of(document: dict[str, Any], key: str) -> str:
    """A text that a document must have.

    :raises TransferError: It has not.
    """
    found = document.get(key)
    if not isinstance(found, str) or not found:
        raise bad_request(f"{key} is missing")
    return found


def collection_with(state: State, id: str) -> Collection:
    """The collection with this id.

    :raises TransferError: There is none.
    """
    found = state.collections.get(id.lower())
    if found is None:
        raise TransferError(404, "EndpointNotFound", f"No such endpoint {id!r}")
    return found


def result(code: str, message: str, kind: str = "result") -> dict[str, Any]:
    """The document that says that something was done."""
    return {
        "DATA_TYPE": kind,
        "code": code,
        "message": message,
        "request_id": new_request_id(),
        "resource": request.path,
    }
