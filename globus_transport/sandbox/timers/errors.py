"""Error documents of Globus Timers: one error with a code, details and the status."""

from __future__ import annotations

from typing import Self

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.service_errors import ServiceError


class TimersError(ServiceError):
    """An error response.

    :param more: further keys of its document
    """

    def __init__(self, status: int, code: str, detail: str, more: Document | None = None) -> None:
        super().__init__(status, detail)
        self.code = code
        self.detail = detail
        self.more = more or {}

    def document(self, path: str) -> Document:
        """The body of the response."""
        return {"error": {"code": self.code, "detail": self.detail, "status": self.status}, **self.more}

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, name.upper().replace(" ", "_"), text)


def timer_not_found() -> TimersError:
    """The error for a timer that does not exist, or that another user owns."""
    return TimersError(404, "NOT_FOUND", "There is no such timer")
