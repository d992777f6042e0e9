"""The exceptions of Globus Search."""

from __future__ import annotations

from typing import Any

from globus_transport.exc.api import GlobusAPIError
from globus_transport.http.messages import Response
from globus_transport.http.response_like import ResponseLike


class SearchAPIError(GlobusAPIError):
    """Globus Search responded with an error.

    :param r: the response; in a test also a response of ``requests``
    :ivar error_data: details of the error, such as the invalid fields of a document; ``None`` if there are none
    """

    error_data: Any

    def __init__(self, r: Response | ResponseLike) -> None:
        super().__init__(r)
        self.error_data = (self.raw_json or {}).get("error_data")
