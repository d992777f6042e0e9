"""What httpx raises, as this package's exceptions; and which httpx it is that a client comes from."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    NetworkError,
    ReplyFormatError,
)
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds, timed_out


def library_of(client: object, kind: str) -> ModuleType:
    """The module that a client is from: httpx, or another of its shape such as httpx2.

    :param kind: ``"Client"`` or ``"AsyncClient"``
    :raises GlobusSDKUsageError: if it is no such client
    """
    for cls in type(client).__mro__:
        module = sys.modules.get(cls.__module__.partition(".")[0])
        if cls.__name__ == kind and hasattr(module, "RemoteProtocolError"):
            assert module is not None
            return module
    raise GlobusSDKUsageError(f"client: expected an httpx.{kind}, got a {type(client).__name__}")


def mapped(httpx: Any, request: Request, error: Exception, connect: float | None, read: float | None) -> Exception:
    """The exception to raise in the place of httpx's.

    :param httpx: the module that raised it
    """
    origin = request.url.origin
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return GlobusConnectionTimeoutError(f"no connection to {origin} within {in_seconds(connect)}", error)
    if isinstance(error, httpx.TimeoutException):
        return timed_out(request, "no answer", read, error)
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
        return GlobusConnectionError(f"no connection to {origin}: {error}", error, request_began=False)
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return GlobusSDKUsageError(f"{request!r}: httpx does not send this: {error}")
    if isinstance(error, httpx.DecodingError):
        return ReplyFormatError(f"{request!r}: the body of the answer is not in the encoding that it says")
    if isinstance(error, httpx.TransportError):
        # What a server that speaks something else sent may be long.
        return GlobusConnectionError(f"{request!r}: {type(error).__name__} {str(error)!r:.200}", error)
    return NetworkError(f"{request!r}: {type(error).__name__}", error)


def was_read(httpx: Any, reply: Any) -> bool:
    """Whether a response of httpx holds its body."""
    try:
        reply.content  # noqa: B018
    except httpx.ResponseNotRead:
        return False
    return True
