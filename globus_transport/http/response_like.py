"""Responses of other libraries, from which tests of programs make errors and replies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response


class ResponseLike(Protocol):
    """A response of ``requests``, or an object that replaces it in a test, such as a ``MagicMock``.

    What it has is used: ``status_code``, ``content`` or else ``text`` or ``json()``, ``headers``, ``reason``, and a
    ``request`` with ``method`` and ``url``.
    """

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


def response_from(given: ResponseLike) -> Response:
    """The :class:`Response` of such an object, with the whole body."""
    reason, headers = getattr(given, "reason", ""), getattr(given, "headers", ())
    return Response(
        # A response of requests that is still empty has None.
        getattr(given, "status_code", None),  # type: ignore[arg-type]
        Headers.received(headers.items() if isinstance(headers, Mapping) else ()),
        _body_of(given),
        reason=reason if isinstance(reason, str) else "",
        request=_request_of(getattr(given, "request", None)),
    )


def _body_of(given: Any) -> bytes:
    content = getattr(given, "content", None)
    if isinstance(content, bytes):
        return content
    text = getattr(given, "text", None)
    if isinstance(text, str) and text:
        return text.encode()
    try:
        # Raises if it is no JSON, or if a mock was not told what its json() returns.
        return json.dumps(given.json()).encode()
    except (AttributeError, TypeError, ValueError):
        return b""


def _request_of(given: Any) -> Request | None:
    method, url = getattr(given, "method", None), getattr(given, "url", None)
    if isinstance(method, str) and isinstance(url, str):
        # A test may have a URL that cannot be sent to.
        with suppress(GlobusSDKUsageError):
            return Request(method, url)
    return None
