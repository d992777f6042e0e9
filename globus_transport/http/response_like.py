"""Responses of other libraries, from which tests of programs make errors and replies."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response


class ResponseLike(Protocol):
    """A response of ``requests``, or an object that replaces it in a test.

    A ``reason``, and a ``request`` with ``method`` and ``url``, are used if they are there.
    """

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


def response_from(given: ResponseLike) -> Response:
    """The :class:`Response` of such an object, with the whole body."""
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
        # A test may have a URL that cannot be sent to.
        with suppress(GlobusSDKUsageError):
            return Request(method, url)
    return None
