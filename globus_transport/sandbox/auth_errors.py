"""Errors in the form of Globus Auth's API (its OAuth2 errors have another one, which is Authlib's too)."""

import uuid
from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error


def error_document(status: int, name: str, text: str, path: str) -> dict[str, Any]:
    """Auth's error document; ``path`` is not part of it."""
    code = name.replace(" ", "_")
    error = {"status": str(status), "id": str(uuid.uuid4()), "code": code.upper(), "title": name, "detail": text}
    return {"errors": [error], "error": code.lower(), "error_description": text}


def install_error_handlers(app: Flask) -> None:
    """Let all errors of an application have this form."""

    @app.errorhandler(OAuth2Error)
    def refused(error: OAuth2Error) -> ResponseReturnValue:
        insufficient = error.error == "insufficient_scope"
        status, name = (403, "Forbidden") if insufficient else (401, "Unauthorized")
        document = error_document(status, name, error.get_error_description(), "")
        return document, status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, ""), status
