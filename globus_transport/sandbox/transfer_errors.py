"""Error documents of the Globus Transfer API."""

from __future__ import annotations

import errno
import secrets
import string
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error

_CHARACTERS = string.ascii_letters + string.digits
JSON_API = "application/vnd.api+json"
_CODES = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed"}


class TransferError(Exception):
    """An error response.

    :param more: further keys of its document
    """

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.more = more
        self.status = status
        self.code = code
        self.message = message


def bad_request(message: str, detail: str = "") -> TransferError:
    """The error for a malformed request.

    :param detail: appended to the error code
    """
    return TransferError(400, f"ClientError.BadRequest{detail}", message)


def new_request_id() -> str:
    """A request id: nine random characters, as in the results and errors of Transfer."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(9))


def error_document(status: int, code: str, text: str, path: str) -> dict[str, Any]:
    """Transfer's error document, in the form of the routes at ``path``.

    :param code: its spaces are removed
    """
    if is_json_api(path):
        error = {"status": str(status), "code": code.replace(" ", ""), "title": code, "detail": text}
        return {"errors": [error], "meta": {"request_id": new_request_id()}}
    return {"code": code.replace(" ", ""), "message": text, "request_id": new_request_id(), "resource": path}


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

    def error_response(error: TransferError) -> tuple[dict[str, Any], int, dict[str, str]]:
        document = error_document(error.status, error.code, error.message, request.path) | error.more
        media_type = JSON_API if is_json_api(request.path) else "application/json"
        return document, error.status, {"Content-Type": media_type}

    app.register_error_handler(TransferError, error_response)

    @app.errorhandler(OSError)
    def handle_os_error(error: OSError) -> ResponseReturnValue:
        return error_response(to_transfer_error(error))

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        unauthorized = TransferError(401, "AuthenticationFailed", error.get_error_description())
        document, status, headers = error_response(unauthorized)
        return document, status, {**headers, "WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        kind = "ClientError" if status < 500 else "ServiceError"
        code = f"{kind}.{_CODES.get(status, error.name)}"
        return error_response(TransferError(status, code, error.description or error.name))
