"""Error documents of Globus Timers: one error with a code, details and the status."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import InvalidFieldsError


class TimersError(Exception):
    """An error response.

    :param more: further keys of its document
    """

    def __init__(self, status: int, code: str, detail: str, more: Document | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more or {}

    def document(self) -> Document:
        """The document of the response."""
        return {"error": {"code": self.code, "detail": self.detail, "status": self.status}, **self.more}


def timer_not_found() -> TimersError:
    """The error for a timer that does not exist, or that another user owns."""
    return TimersError(404, "NOT_FOUND", "There is no such timer")


def error_document(status: int, code: str, text: str, path: str) -> Document:
    """The error document of the service.

    :param path: unused; all services have the same signature
    """
    return TimersError(status, code.upper().replace(" ", "_"), text).document()


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(TimersError)
    def handle_timers_error(error: TimersError) -> ResponseReturnValue:
        return error.document(), error.status

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> ResponseReturnValue:
        return error.document(), 422

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        status, code = (403, "FORBIDDEN") if error.error == "insufficient_scope" else (401, "UNAUTHORIZED")
        document = TimersError(status, code, error.get_error_description()).document()
        return document, status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, ""), status
