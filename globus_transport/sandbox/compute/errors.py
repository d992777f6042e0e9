"""Error documents of Globus Compute."""

from __future__ import annotations

import uuid
from typing import Self

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.service_errors import ServiceError


class ComputeError(ServiceError):
    """An error response."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.code = code
        self.message = message

    def document(self, path: str) -> Document:
        """The body of the response. It repeats the path."""
        return {"code": self.code, "message": self.message, "request_id": uuid.uuid4().hex, "resource": path}

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, name.replace(" ", ""), text)
