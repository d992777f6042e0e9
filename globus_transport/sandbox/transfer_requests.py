"""What Transfer's routes ask about the request that they serve."""

import json
from typing import Any, cast

from flask import g, request

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tokens import Credential
from globus_transport.sandbox.transfer_errors import TransferError, bad_request, new_request_id


def set_credential(credential: Credential) -> None:
    """Remember the token that came with the current request."""
    g.credential = credential


def caller() -> Identity:
    """Who sent the current request."""
    return cast(Credential, g.credential).user


def check_demands(state: State, collection: Collection) -> None:
    """Refuse a token without the consent or the kind of login that a collection demands.

    :raises TransferError: It lacks one, and the error says what to ask for.
    """
    credential = cast(Credential, g.credential)
    missing = state.demands.missing_consents(collection.id, credential.scopes)
    if missing:
        raise TransferError(403, "ConsentRequired", "Missing required data_access consent", required_scopes=missing)
    wanted = state.demands.sessions.get(collection.id)
    if wanted and not state.session_of(credential).fulfils(wanted[0]):
        session, message = wanted
        raise TransferError(403, "AuthorizationRequired", message, authorization_parameters=session.parameters(message))


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


def texts_of(document: dict[str, Any], key: str) -> list[str]:
    """A list of texts that a document must have.

    :raises TransferError: It has not.
    """
    found = document.get(key)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in cast(list[object], found)):
        raise bad_request(f"{key} must be a list of texts")
    return cast(list[str], found)


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
