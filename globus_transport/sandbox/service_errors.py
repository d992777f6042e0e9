"""Error responses: each service has a form of its own, and answers the same failures in it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from http import HTTPStatus

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.records import Document, RecordRemovedError
from globus_transport.sandbox.request_fields import InvalidFieldsError

# RFC 9110, sections 10.2.1 and 10.2.2: a 405 says which methods there are, a redirect where to.
_HEADERS = ("Allow", "Location")

_CHALLENGE = 'Bearer realm="Globus"'

# Why a token is refused. A request without a token gets none of them (RFC 6750, section 3.1).
_TOKEN_ERRORS = ("invalid_token", "insufficient_scope")


class ServiceError(Exception, ABC):
    """An error response in the form of a service.

    :ivar status: of the response
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status

    @abstractmethod
    def document(self, path: str) -> Document:
        """The body of the response.

        :param path: of the request; some services repeat it
        """

    @classmethod
    @abstractmethod
    def for_status(cls, status: int, name: str, text: str) -> ServiceError:
        """The error for a failure that is not the service's own, such as an unknown path.

        :param name: of the status, such as ``Not Found``
        """

    @classmethod
    def for_token(cls, status: int, text: str) -> ServiceError:
        """The error for a token.

        :param status: 401 if it is missing or not valid, 403 if it lacks a scope
        """
        return cls.for_status(status, HTTPStatus(status).phrase, text)

    @classmethod
    def media_type(cls, path: str) -> str:
        """The media type of the documents for a path."""
        return "application/json"

    def response(self, path: str) -> Response:
        """The whole response.

        :param path: of the request
        """
        response = Response(json.dumps(self.document(path)), self.status, content_type=self.media_type(path))
        if self.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = _CHALLENGE
        return response


def install_error_handlers(app: Flask, error_class: type[ServiceError]) -> None:
    """Make an application answer every error in the form of its service.

    The answer to fields that are missing or wrong is that of Groups and Timers: a 422 with a list. A service with
    another one installs its own handler after this.
    """

    @app.errorhandler(ServiceError)
    def handle_service_error(error: ServiceError) -> Response:
        return error.response(request.path)

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> tuple[Document, int]:
        return {"detail": error.errors}, 422

    @app.errorhandler(RecordRemovedError)
    def handle_removed(error: RecordRemovedError) -> Response:
        return error_class.for_status(404, "Not Found", "It has just been removed").response(request.path)

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> Response:
        status = 403 if error.error == "insufficient_scope" else 401
        response = error_class.for_token(status, error.get_error_description()).response(request.path)
        reason = f', error="{error.error}"' if error.error in _TOKEN_ERRORS else ""
        response.headers["WWW-Authenticate"] = _CHALLENGE + reason
        return response

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> Response:
        status = error.code or 500
        response = error_class.for_status(status, error.name, error.description or error.name).response(request.path)
        response.headers.update({name: value for name, value in error.get_headers() if name in _HEADERS})
        return response
