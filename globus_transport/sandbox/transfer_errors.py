"""Error documents of the Globus Transfer API."""

from __future__ import annotations

import errno
import secrets
import string
from typing import Any, Self

from flask import Flask, request
from werkzeug.wrappers import Response

from globus_transport.sandbox import service_errors
from globus_transport.sandbox.records import Document

_CHARACTERS = string.ascii_letters + string.digits
JSON_API = "application/vnd.api+json"
_CODES = {400: "ClientError.BadRequest", 404: "ClientError.NotFound", 405: "ClientError.MethodNotAllowed"}


class TransferError(service_errors.ServiceError):
    """An error response.

    :param more: further keys of its document
    """

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(status, message)
        self.code = code
        self.message = message
        self.more = more

    def document(self, path: str) -> Document:
        """The body of the response, in the form of the routes at ``path``."""
        code = self.code.replace(" ", "")
        if is_json_api(path):
            error = {"status": str(self.status), "code": code, "title": self.code, "detail": self.message}
            return {"errors": [error], "meta": {"request_id": new_request_id()}, **self.more}
        return {
            "code": code,
            "message": self.message,
            "request_id": new_request_id(),
            "resource": path,
            **self.more,
        }

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, _CODES.get(status, name), text)

    @classmethod
    def for_token(cls, status: int, text: str) -> Self:
        """The error for a token. It is a 401 also if the token lacks a scope."""
        return cls(401, "AuthenticationFailed", text)

    @classmethod
    def media_type(cls, path: str) -> str:
        """The media type of the documents for a path."""
        return JSON_API if is_json_api(path) else super().media_type(path)


def bad_request(message: str, detail: str = "") -> TransferError:
    """The error for a malformed request.

    :param detail: appended to the error code
    """
    return TransferError(400, f"ClientError.BadRequest{detail}", message)


def new_request_id() -> str:
    """A request id: nine random characters, as in the results and errors of Transfer."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(9))


def is_json_api(path: str) -> bool:
    """Whether the routes at a path use JSON:API."""
    return path.startswith("/v2/")


def to_transfer_error(error: OSError) -> TransferError:
    """The error for a failure of the file system, without the real file's name."""
    reason = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError):
        return TransferError(404, "ClientError.NotFound", reason)
    if isinstance(error, PermissionError):
        return TransferError(403, "EndpointPermissionDenied", reason)
    if error.errno == errno.ENOTEMPTY:
        return TransferError(502, "ExternalError.NotEmpty", reason)
    return TransferError(502, "ExternalError", reason)


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""
    service_errors.install_error_handlers(app, TransferError)

    @app.errorhandler(OSError)
    def handle_os_error(error: OSError) -> Response:
        return to_transfer_error(error).response(request.path)
