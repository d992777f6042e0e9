"""Error documents in the form that most services share: a code, a message and an id of the request."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error


class ServiceError(Exception):
    """An error response.

    :param more: further keys of its document
    """

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.more = more


def error_document(status: int, code: str, text: str, path: str) -> dict[str, Any]:
    """The error document of a service.

    :param code: its spaces are removed
    """
    return {"code": code.replace(" ", ""), "message": text, "request_id": uuid.uuid4().hex, "resource": path}


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(ServiceError)
    def handle_service_error(error: ServiceError) -> ResponseReturnValue:
        return error_document(error.status, error.code, error.message, request.path) | error.more, error.status

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        insufficient = error.error == "insufficient_scope"
        status, code = (403, "Forbidden") if insufficient else (401, "Unauthorized")
        document = error_document(status, code, error.get_error_description(), request.path)
        return document, status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, request.path), status
