"""Error documents of Globus Groups: a list of errors, each with a code and details."""

from __future__ import annotations

from typing import Any, Self

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.service_errors import ServiceError


class GroupsError(ServiceError):
    """An error response.

    :param more: further keys of the error
    """

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(status, detail)
        self.code = code
        self.detail = detail
        self.more = more

    def document(self, path: str) -> Document:
        """The body of the response."""
        return {"errors": [{"code": self.code, "detail": self.detail, **self.more}]}

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, name.upper().replace(" ", "_"), text)

    @classmethod
    def for_token(cls, status: int, text: str) -> Self:
        """The error for a token. One that lacks a scope has a code of its own."""
        return cls(403, "MISSING_SCOPES", text) if status == 403 else cls.for_status(status, "Unauthorized", text)


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
