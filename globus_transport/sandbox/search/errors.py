"""Error documents of Globus Search: a ``GError``. Reference: docs.globus.org/api/search/errors."""

from __future__ import annotations

import uuid

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import InvalidFieldsError


class SearchError(Exception):
    """An error response.

    :param error_data: details, an object or a list; ``None`` for none
    """

    def __init__(self, status: int, code: str, message: str, error_data: object = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.error_data = error_data

    def document(self) -> Document:
        """The document of the response."""
        document: Document = {
            "@datatype": "GError",
            "@version": "2017-09-01",
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "request_id": uuid.uuid4().hex,
        }
        return document if self.error_data is None else {**document, "error_data": self.error_data}


def bad_request(message: str, error_data: object = None) -> SearchError:
    """The error for a malformed request."""
    return SearchError(400, "BadRequest.Generic", message, error_data)


def query_syntax(message: str) -> SearchError:
    """The error for a query that cannot be parsed."""
    return SearchError(400, "BadRequest.QuerySyntax", f"The query cannot be parsed: {message}")


def needs_token(what: str) -> SearchError:
    """The error for what a request without a token cannot have."""
    return SearchError(401, "Unauthorized.Generic", f"{what} needs a token")


def not_found(what: str) -> SearchError:
    """The error for what does not exist, or what the user must not see."""
    return SearchError(404, "NotFound.Generic", f"There is no such {what}")


def forbidden(cause: str) -> SearchError:
    """The error for what the user may not do."""
    resolution = "Ask an owner of the index for a role"
    return SearchError(
        403, "Forbidden.Generic", "You may not do this", {"cause": cause, "recommended_resolution": resolution}
    )


def limit_exceeded(cause: str, constraint: str) -> SearchError:
    """The error for one role too many."""
    return SearchError(409, "Conflict.LimitExceeded", "Role limit exceeded", {"cause": cause, "constraint": constraint})


def wrong_status(status: str) -> SearchError:
    """The error for what an index with this status does not allow."""
    message = f"The status of the index ({status}) does not allow this"
    return SearchError(409, "Conflict.IncompatibleIndexStatus", message)


def error_document(status: int, code: str, text: str, path: str) -> Document:
    """The error document of the service.

    :param code: the name of the status; its spaces are removed
    :param path: unused; all services have the same signature
    """
    return SearchError(status, f"{code.replace(' ', '')}.Generic", text).document()


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(SearchError)
    def handle_search_error(error: SearchError) -> ResponseReturnValue:
        return error.document(), error.status

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> ResponseReturnValue:
        return bad_request("The request is not valid", error.errors).document(), 400

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        status, name = (403, "Forbidden") if error.error == "insufficient_scope" else (401, "Unauthorized")
        document = SearchError(status, f"{name}.Generic", error.get_error_description()).document()
        return document, status, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, ""), status
