"""Error documents of Globus Flows."""

from __future__ import annotations

import uuid
from typing import Self

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import field_error
from globus_transport.sandbox.service_errors import ServiceError


class FlowsError(ServiceError):
    """An error response.

    :param detail: a text, or a list of problems, each with ``loc``, ``msg`` and ``type``
    """

    def __init__(self, status: int, code: str, detail: str | list[Document], message: str | None = None) -> None:
        super().__init__(status, message or str(detail))
        self.code = code
        self.detail = detail
        self.message = message

    def document(self, path: str) -> Document:
        """The body of the response."""
        error = {"code": self.code, "detail": self.detail} | ({} if self.message is None else {"message": self.message})
        return {"error": error, "debug_id": str(uuid.uuid4())}

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, name.upper().replace(" ", "_"), text)

    @classmethod
    def for_token(cls, status: int, text: str) -> Self:
        """The error for a token."""
        if status == 403:
            return cls(403, "MISSING_SCOPE", text)
        return cls(401, "AUTHENTICATION_ERROR", "The token is expired or not valid")


def problem(msg: str, *loc: str | int, type: str = "value_error") -> Document:
    """One problem of a body.

    :param loc: the keys that lead to it
    """
    return field_error(loc, msg, type)


def unprocessable(problems: list[Document]) -> FlowsError:
    """The error for a body with problems."""
    count = f"{len(problems)} error{'s' if len(problems) > 1 else ''} in the body"
    return FlowsError(422, "UNPROCESSABLE_ENTITY", problems, count)


def not_found(what: str, id: str) -> FlowsError:
    """The error for an id that the caller cannot see."""
    return FlowsError(404, "NOT_FOUND", f"There is no {what} {id}")
