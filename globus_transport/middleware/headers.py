"""Headers that every request carries: who asks, and what it understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request


class DefaultHeaders:
    """Add headers that the request does not bring itself.

    :param headers: names and values
    :raises GlobusSDKUsageError: if a name or value is malformed
    """

    def __init__(self, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        self.headers = Headers(headers)

    def __call__(self, request: Request) -> Request:
        return request.with_headers(request.headers.with_defaults(self.headers))

    def __str__(self) -> str:
        return ", ".join(self.headers)
