"""The exceptions of Globus Timers."""

from __future__ import annotations

from typing import Any

import attrs

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.documents import ErrorDocument, ErrorSubdocument


class TimersAPIError(GlobusAPIError):
    """Globus Timers responded with an error.

    For a document that is not valid (status 422), ``errors`` has one entry for each field that is wrong, and
    ``messages`` names the fields: ``field required: body.start``.
    """

    def _read(self) -> ErrorDocument:
        read = super()._read()
        document = self.raw_json or {}
        errors = _read_field_errors(document.get("detail"))
        if not errors or read.messages or isinstance(document.get("error"), dict):
            return read
        codes = {error.code for error in errors}
        messages = [_add_location(error) for error in errors if error.message is not None]
        return attrs.evolve(read, code=codes.pop() if len(codes) == 1 else read.code, errors=errors, messages=messages)


def _read_field_errors(details: Any) -> list[ErrorSubdocument]:
    """Read FastAPI's list of what is wrong in a request: ``{"loc": [...], "msg": text, "type": text}`` for each."""
    if not isinstance(details, list) or not all(isinstance(detail, dict) for detail in details):
        return []
    return [ErrorSubdocument(detail, message_fields=("msg",)) for detail in details]


def _add_location(error: ErrorSubdocument) -> str:
    location = error.get("loc")
    if not isinstance(location, list) or not location:
        return f"{error.message}"
    # The names of fields, and for an item of a list its index.
    return f"{error.message}: {'.'.join(str(part) for part in location)}"
