"""Error documents of the Globus Auth API.

The OAuth2 routes have another form (RFC 6749, section 5.2), which Authlib writes.
"""

from __future__ import annotations

import uuid
from typing import Any, Self

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.service_errors import ServiceError


class AuthError(ServiceError):
    """An error response.

    :param title: a name of the error; its code is the same with underscores
    :param more: further keys of the error
    """

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(status, detail)
        self.title = title
        self.detail = detail
        self.more = more

    def document(self, path: str) -> Document:
        """The body of the response."""
        code = self.title.replace(" ", "_")
        error = {
            "status": str(self.status),
            "id": str(uuid.uuid4()),
            "code": code.upper(),
            "title": self.title,
            "detail": self.detail,
            **self.more,
        }
        return {"errors": [error], "error": code.lower(), "error_description": self.detail}

    @classmethod
    def for_status(cls, status: int, name: str, text: str) -> Self:
        """The error for a failure that is not the service's own."""
        return cls(status, name, text)
