"""Helpers for Transfer's routes: the caller, the body and the collection of the current request."""

from __future__ import annotations

from typing import Any, cast

from flask import g, request

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.json_bodies import parse_json
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tokens import Credential
from globus_transport.sandbox.transfer_errors import TransferError, bad_request, new_request_id


def set_credential(credential: Credential) -> None:
    """Store the token of the current request."""
    g.credential = credential


def caller() -> Identity:
    """The identity that sent the current request."""
    return cast(Credential, g.credential).user


def check_access_requirements(state: State, collection: Collection) -> None:
    """Check that the current token has the consents and the session that a collection requires.

    :raises TransferError: if it does not; the error says what to request
    """
    credential = cast(Credential, g.credential)
    missing = state.access_requirements.missing_consents(collection.id, credential.scopes)
    if missing:
        raise TransferError(403, "ConsentRequired", "Missing required data_access consent", required_scopes=missing)
    session, message = state.access_requirements.sessions.get(collection.id, (None, ""))
    if session is not None and not state.session_of(credential).satisfies(session):
        parameters = session.authorization_parameters(message)
        raise TransferError(403, "AuthorizationRequired", message, authorization_parameters=parameters)


def read_json_body() -> dict[str, Any]:
    """The document in the body of the current request.

    :raises TransferError: if the body is not a JSON object
    """
    try:
        document = parse_json(request.get_data())
    except ValueError as error:
        raise bad_request("The body is not JSON") from error
    if not isinstance(document, dict):
        raise bad_request("The body is not a JSON object")
    return cast(dict[str, Any], document)


def read_text(document: dict[str, Any], key: str) -> str:
    """A required text in a document.

    :raises TransferError: if it is missing, empty or not text
    """
    found = document.get(key)
    if not isinstance(found, str) or not found:
        raise bad_request(f"{key} is missing")
    return found


def read_texts(document: dict[str, Any], key: str) -> list[str]:
    """A required list of texts in a document.

    :raises TransferError: if it is missing or not such a list
    """
    found = document.get(key)
    if not isinstance(found, list) or not all(isinstance(entry, str) for entry in cast(list[object], found)):
        raise bad_request(f"{key} must be a list of texts")
    return cast(list[str], found)


def find_collection(state: State, id: str) -> Collection:
    """The collection with this id.

    :raises TransferError: if there is no such collection
    """
    found = state.collections.get(id.lower())
    if found is None:
        raise TransferError(404, "EndpointNotFound", f"No such endpoint {id!r}")
    return found


def result_document(code: str, message: str, kind: str = "result") -> dict[str, Any]:
    """The document that reports success.

    :param kind: its ``DATA_TYPE``
    """
    return {
        "DATA_TYPE": kind,
        "code": code,
        "message": message,
        "request_id": new_request_id(),
        "resource": request.path,
    }
