"""Responses of other libraries, for which tests of programs like to make errors and replies."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response


class ResponseLike(Protocol):
    """What a response of ``requests`` has, and what stands in its place in a test.

    If it has a ``reason``, and a ``request`` with a ``method`` and a ``url``, these count as well.
    """

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


def response_from(given: ResponseLike) -> Response:
    """The same as a :class:`Response`, with its whole body."""
    reason = getattr(given, "reason", "")
    return Response(
        given.status_code,
        Headers.received(given.headers.items()),
        given.content,
        reason=reason if isinstance(reason, str) else "",
        request=_request_of(getattr(given, "request", None)),
    )


def _request_of(given: Any) -> Request | None:
    method, url = getattr(given, "method", None), getattr(given, "url", None)
    if isinstance(method, str) and isinstance(url, str):
        # Tests may have addresses that nothing could be sent to.
        with suppress(GlobusSDKUsageError):
            return Request(method, url)
    return None
