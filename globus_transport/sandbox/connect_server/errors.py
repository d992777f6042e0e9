"""Results and errors of Globus Connect Server, which have the same form: a code, a message and a list of documents."""

from __future__ import annotations

from typing import Any, Self

from flask import Flask
from werkzeug.wrappers import Response

from globus_transport.sandbox import service_errors
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


class GCSError(service_errors.ServiceError):
    """An error response. Its code follows from the status unless ``code`` is given.

    :param more: further keys of the document
    """

    def __init__(self, status: int, message: str, *, code: str | None = None, detail: Any = None, **more: Any) -> None:
        super().__init__(status, message)
        self._document: Document = {
            **result_document(status, code or _CODES[status], message),
            "detail": detail,
            "marker": "",
            **more,
        }

    def document(self, path: str) -> Document:
        """The body of the response."""
        return self._document

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, text, code=_CODES.get(status, name.lower().replace(" ", "_")))


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


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""
    service_errors.install_error_handlers(app, GCSError)

    @app.errorhandler(TransferError)
    def handle_path_error(error: TransferError) -> Response:
        # The file system of the collections is Transfer's.
        return GCSError.for_status(error.status if error.status < 500 else 409, "Conflict", str(error)).response("")

    @app.errorhandler(OSError)
    def handle_os_error(error: OSError) -> Response:
        return handle_path_error(to_transfer_error(error))

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> Response:
        wrong = "; ".join(f"{'.'.join(str(key) for key in each['loc'])}: {each['msg']}" for each in error.errors)
        return GCSError(422, f"The document is not valid: {wrong}", detail=wrong).response("")
