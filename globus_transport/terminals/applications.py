"""How a request is described to a WSGI or ASGI application, and which of its responses have no body."""

from __future__ import annotations

import re

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Pair
from globus_transport.http.messages import Request

_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_WITHOUT_BODY = frozenset({204, 304})


def check_mount_path(parameter: str, path: str) -> None:
    """:raises GlobusSDKUsageError: if a path to mount an application at is neither ``""`` nor of the form ``/path``"""
    if path and (not path.startswith("/") or path.endswith("/")):
        raise GlobusSDKUsageError(f"{parameter}={path!r}: give '/path', or '' for the root")


def is_below(path: str, mount_path: str) -> bool:
    """Whether a path belongs to an application that is mounted at ``mount_path``."""
    return path == mount_path or path.startswith(f"{mount_path}/")


def server_of(request: Request) -> tuple[str, str, str, int]:
    """The scheme, the value for a Host header, the host name and the port of a request."""
    scheme, _, authority = request.url.origin.partition("://")
    name, _, port = authority.rpartition(":") if re.search(r":\d+$", authority) else (authority, "", "")
    return scheme, authority, name, int(port or {"http": 80, "https": 443}[scheme])


def framing_header(request: Request) -> Pair | None:
    """The header that announces the body (RFC 9112, section 6); ``None`` if the request has none and needs none."""
    body = request.body
    if isinstance(body, StreamBody):
        return ("Transfer-Encoding", "chunked") if body.length is None else ("Content-Length", str(body.length))
    if body is not None or request.method in _EXPECT_A_BODY:
        return "Content-Length", str(len(body or b""))
    return None


def has_no_body(request: Request, status: int) -> bool:
    """Whether a response has no body, whatever the application sends (RFC 9110, sections 9.3.2, 15.3.5, 15.4.5)."""
    return request.method == "HEAD" or status in _WITHOUT_BODY
