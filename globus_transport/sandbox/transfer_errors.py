"""Errors in the form of Globus Transfer's API."""

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
    """An answer other than success; ``more`` are further keys of its document."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.more = more
        self.status = status
        self.code = code
        self.message = message


def bad_request(message: str, detail: str = "") -> TransferError:
    """The error for a request that makes no sense; ``detail`` narrows its code."""
    return TransferError(400, f"ClientError.BadRequest{detail}", message)


def new_request_id() -> str:
    """Nine characters, as every Transfer answer about an action or an error carries them."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(9))


def error_document(status: int, code: str, text: str, path: str) -> dict[str, Any]:
    """Transfer's error document; the status is not part of it, and a code has no spaces."""
    if is_json_api(path):
        error = {"status": str(status), "code": code.replace(" ", ""), "title": code, "detail": text}
        return {"errors": [error], "meta": {"request_id": new_request_id()}}
    return {"code": code.replace(" ", ""), "message": text, "request_id": new_request_id(), "resource": path}


def is_json_api(path: str) -> bool:
    """Whether documents at a path are JSON:API."""
    return path.startswith("/v2/")


def from_os_error(error: OSError) -> TransferError:
    """What Transfer says of a failure of the file system. The name of the real file stays out of it."""
    reason = error.strerror or type(error).__name__
    if isinstance(error, FileNotFoundError):
        return TransferError(404, "ClientError.NotFound", reason)
    if isinstance(error, PermissionError):
        return TransferError(403, "EndpointPermissionDenied", reason)
    if error.errno == errno.ENOTEMPTY:
        return TransferError(502, "ExternalError.NotEmpty", reason)
    return TransferError(502, "ExternalError", reason)


def install_error_handlers(app: Flask) -> None:
    """Let all errors of an application have this form."""

    def answer(error: TransferError) -> tuple[dict[str, Any], int, dict[str, str]]:
        document = error_document(error.status, error.code, error.message, request.path) | error.more
        media_type = JSON_API if is_json_api(request.path) else "application/json"
        return document, error.status, {"Content-Type": media_type}

    app.register_error_handler(TransferError, answer)

    @app.errorhandler(OSError)
    def file_system_failed(error: OSError) -> ResponseReturnValue:
        return answer(from_os_error(error))

    @app.errorhandler(OAuth2Error)
    def refused(error: OAuth2Error) -> ResponseReturnValue:
        answer_of_401 = answer(TransferError(401, "AuthenticationFailed", error.get_error_description()))
        return *answer_of_401[:2], {**answer_of_401[2], "WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        kind = "ClientError" if status < 500 else "ServiceError"
        code = f"{kind}.{_CODES.get(status, error.name)}"
        return answer(TransferError(status, code, error.description or error.name))
