"""Default headers of every request, such as User-Agent and Accept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request


class DefaultHeaders:
    """Add headers to requests that do not have them.

    A request with ``Range`` asks for ``Accept-Encoding: identity``, unless it has its own: a part of a compressed body
    cannot be decoded (Fetch, section 4.5).

    :param headers: names and values
    :raises GlobusSDKUsageError: if a name or value is malformed
    """

    def __init__(self, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        self.headers = Headers(headers)

    def __call__(self, request: Request) -> Request:
        headers = request.headers.with_defaults(self.headers)
        if "range" in request.headers and "accept-encoding" not in request.headers:
            headers = Headers.received([*headers.without("Accept-Encoding").pairs, ("Accept-Encoding", "identity")])
        return request.with_headers(headers)

    def __str__(self) -> str:
        return ", ".join(self.headers)
