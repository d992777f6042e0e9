"""The exceptions of Globus Compute."""

from __future__ import annotations

import attrs

from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.documents import ErrorDocument


class ComputeAPIError(GlobusAPIError):
    """Globus Compute responded with an error.

    The service numbers its errors. ``code`` is the number as text, such as ``"3"``, and ``message`` is the service's
    ``reason``. ``raw_json["error_args"]`` has what the error is about, such as the id of a function that is not found.
    """

    MESSAGE_FIELDS = ("message", "detail", "title", "reason")

    def _read(self) -> ErrorDocument:
        read = super()._read()
        number = (self.raw_json or {}).get("code")
        if read.code is None and isinstance(number, int) and not isinstance(number, bool):
            return attrs.evolve(read, code=str(number))
        return read
