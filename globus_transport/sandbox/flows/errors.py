"""Error documents of Globus Flows."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.records import Document


class FlowsError(Exception):
    """An error response.

    :param detail: a text, or a list of problems, each with ``loc``, ``msg`` and ``type``
    """

    def __init__(self, status: int, code: str, detail: str | list[Document], message: str | None = None) -> None:
        super().__init__(message or detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.message = message


def problem(msg: str, *loc: str | int, type: str = "value_error") -> Document:
    """One problem of a body.

    :param loc: the keys that lead to it
    """
    return {"loc": list(loc), "msg": msg, "type": type}


def unprocessable(problems: list[Document]) -> FlowsError:
    """The error for a body with problems."""
    count = f"{len(problems)} error{'s' if len(problems) > 1 else ''} in the body"
    return FlowsError(422, "UNPROCESSABLE_ENTITY", problems, count)


def not_found(what: str, id: str) -> FlowsError:
    """The error for an id that the caller cannot see."""
    return FlowsError(404, "NOT_FOUND", f"There is no {what} {id}")


def error_document(status: int, code: str, text: str, path: str) -> dict[str, Any]:
    """The error document of the service.

    :param path: unused; all services have the same signature
    """
    return _document(code.upper().replace(" ", "_"), text)


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(FlowsError)
    def handle_flows_error(error: FlowsError) -> ResponseReturnValue:
        return _document(error.code, error.detail, error.message), error.status

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        if error.error == "insufficient_scope":
            return _document("MISSING_SCOPE", error.get_error_description()), 403
        document = _document("AUTHENTICATION_ERROR", "The token is expired or not valid")
        return document, 401, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, ""), status


def _document(code: str, detail: object, message: str | None = None) -> dict[str, Any]:
    error = {"code": code, "detail": detail} | ({} if message is None else {"message": message})
    return {"error": error, "debug_id": str(uuid.uuid4())}
