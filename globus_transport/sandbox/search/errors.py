"""Error documents of Globus Search: a ``GError``. Reference: docs.globus.org/api/search/errors."""

from __future__ import annotations

import uuid
from typing import Self

from flask import Flask
from werkzeug.wrappers import Response

from globus_transport.sandbox import service_errors
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import InvalidFieldsError


class SearchError(service_errors.ServiceError):
    """An error response.

    :param error_data: details, an object or a list; ``None`` for none
    """

    def __init__(self, status: int, code: str, message: str, error_data: object = None) -> None:
        super().__init__(status, message)
        self.code = code
        self.message = message
        self.error_data = error_data

    def document(self, path: str) -> Document:
        """The body of the response."""
        document: Document = {
            "@datatype": "GError",
            "@version": "2017-09-01",
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "request_id": uuid.uuid4().hex,
        }
        return document if self.error_data is None else {**document, "error_data": self.error_data}

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, f"{name.replace(' ', '')}.Generic", text)


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


def install_error_handlers(app: Flask) -> None:
    """Make the application answer every error with this document."""
    service_errors.install_error_handlers(app, SearchError)

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> Response:
        return bad_request("The request is not valid", error.errors).response("")
