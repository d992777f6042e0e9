"""Results and errors of Globus Connect Server, which have the same form: a code, a message and a list of documents."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import InvalidFieldsError
from globus_transport.sandbox.transfer_errors import TransferError, to_transfer_error

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "precondition_failed",
    416: "range_not_satisfiable",
    422: "unprocessable_entity",
}


class GCSError(Exception):
    """An error response. Its code follows from the status unless ``code`` is given.

    :param more: further keys of the document
    """

    def __init__(self, status: int, message: str, *, code: str | None = None, detail: Any = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.document: Document = {
            **result_document(status, code or _CODES[status], message),
            "detail": detail,
            "marker": "",
            **more,
        }


def result_document(
    status: int = 200, code: str = "success", message: str = "Operation successful", data: list[Document] | None = None
) -> Document:
    """The document around every response of the service.

    :param data: the documents in it
    """
    return {
        "DATA_TYPE": "result#1.0.0",
        "http_response_code": status,
        "code": code,
        "message": message,
        "detail": "success",
        "data": data or [],
        "has_next_page": False,
    }


def not_found(what: str) -> GCSError:
    """The error for something that does not exist.

    :param what: such as ``collection``
    """
    return GCSError(404, f"There is no such {what}")


def permission_denied(message: str) -> GCSError:
    """The error for what the user may not do."""
    return GCSError(403, message)


def error_document(status: int, code: str, text: str, path: str) -> Document:
    """The error document of the service.

    :param path: unused; all services have the same signature
    """
    return GCSError(status, text, code=_CODES.get(status, code.lower().replace(" ", "_"))).document


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(GCSError)
    def handle_gcs_error(error: GCSError) -> ResponseReturnValue:
        return error.document, error.status

    @app.errorhandler(TransferError)
    def handle_path_error(error: TransferError) -> ResponseReturnValue:
        # The file system of the collections is Transfer's.
        status = error.status if error.status < 500 else 409
        return error_document(status, "conflict", str(error), ""), status

    @app.errorhandler(OSError)
    def handle_os_error(error: OSError) -> ResponseReturnValue:
        return handle_path_error(to_transfer_error(error))

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> ResponseReturnValue:
        wrong = "; ".join(f"{'.'.join(str(key) for key in each['loc'])}: {each['msg']}" for each in error.errors)
        return GCSError(422, f"The document is not valid: {wrong}", detail=wrong).document, 422

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        status = 403 if error.error == "insufficient_scope" else 401
        document = error_document(status, "unauthorized", error.get_error_description(), "")
        return document, status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Location")}
        return error_document(status, error.name, error.description or error.name, ""), status, headers
