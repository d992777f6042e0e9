"""Error documents of the Globus Auth API.

The OAuth2 routes have another form (RFC 6749, section 5.2), which Authlib writes.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error


def error_document(status: int, name: str, text: str, path: str) -> dict[str, Any]:
    """Auth's error document.

    :param path: unused; both services have the same signature
    """
    code = name.replace(" ", "_")
    error = {"status": str(status), "id": str(uuid.uuid4()), "code": code.upper(), "title": name, "detail": text}
    return {"errors": [error], "error": code.lower(), "error_description": text}


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        insufficient = error.error == "insufficient_scope"
        status, name = (403, "Forbidden") if insufficient else (401, "Unauthorized")
        document = error_document(status, name, error.get_error_description(), "")
        return document, status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, ""), status
