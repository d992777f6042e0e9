"""Error documents of Globus Groups: a list of errors, each with a code and details."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from globus_transport.sandbox.authlib_typed import OAuth2Error
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import InvalidFieldsError


class GroupsError(Exception):
    """An error response.

    :param more: further keys of the error
    """

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.more = more

    def document(self) -> Document:
        """The document of the response."""
        return {"errors": [{"code": self.code, "detail": self.detail, **self.more}]}


def group_not_found() -> GroupsError:
    """The error for a group that does not exist, or that the user must not see."""
    return GroupsError(404, "GROUP_NOT_FOUND", "There is no such group")


def forbidden(detail: str) -> GroupsError:
    """The error for what the user may not do."""
    return GroupsError(403, "FORBIDDEN_ACTION", detail)


def login_too_old(identity_id: str) -> GroupsError:
    """The error that asks a user to log in again before they use a high assurance group."""
    message = "The group requires a newer login"
    parameters = {"session_message": message, "session_required_identities": [identity_id]}
    return GroupsError(401, "AuthorizationRequired", message, authorization_parameters=parameters)


def error_document(status: int, code: str, text: str, path: str) -> Document:
    """The error document of the service.

    :param path: unused; all services have the same signature
    """
    return GroupsError(status, code.upper().replace(" ", "_"), text).document()


def install_error_handlers(app: Flask) -> None:
    """Make an application answer every error with this document."""

    @app.errorhandler(GroupsError)
    def handle_groups_error(error: GroupsError) -> ResponseReturnValue:
        return error.document(), error.status

    @app.errorhandler(InvalidFieldsError)
    def handle_invalid_fields(error: InvalidFieldsError) -> ResponseReturnValue:
        return error.document(), 422

    @app.errorhandler(OAuth2Error)
    def handle_oauth_error(error: OAuth2Error) -> ResponseReturnValue:
        detail = error.get_error_description()
        if error.error == "insufficient_scope":
            return GroupsError(403, "MISSING_SCOPES", detail).document(), 403, {"WWW-Authenticate": "Bearer"}
        return GroupsError(401, "UNAUTHORIZED", detail).document(), 401, {"WWW-Authenticate": "Bearer"}

    @app.errorhandler(HTTPException)
    def handle_http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        return error_document(status, error.name, error.description or error.name, ""), status
