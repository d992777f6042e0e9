"""Exceptions of this package for those that httpx raises; and which library, httpx or httpx2, a client is from."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    NetworkError,
    RedirectError,
    ReplyFormatError,
)
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds, timed_out
from globus_transport.terminals.errors import final_if_it_lasts

# What httpx says of a response that breaks off. Its other protocol errors are answers that are no HTTP.
_BROKEN_OFF = ("Server disconnected", "peer closed")


def library_of(client: object, kind: str) -> ModuleType:
    """The module of a client: ``httpx``, or one with the same classes, such as ``httpx2``.

    :param kind: ``"Client"`` or ``"AsyncClient"``
    :raises GlobusSDKUsageError: if it is not such a client
    """
    for cls in type(client).__mro__:
        module = sys.modules.get(cls.__module__.partition(".")[0])
        if cls.__name__ == kind and hasattr(module, "RemoteProtocolError"):
            assert module is not None
            return module
    raise GlobusSDKUsageError(f"client: expected an httpx.{kind}, got a {type(client).__name__}")


def to_globus_error(
    httpx: Any, request: Request, error: Exception, connect_limit: float | None, read_limit: float | None
) -> Exception:
    """The exception to raise instead of httpx's.

    :param httpx: the module that raised it
    :param connect_limit: seconds that the call had to connect
    :param read_limit: seconds that it had for each read
    """
    return final_if_it_lasts(_translated(httpx, request, error, connect_limit, read_limit))


def _translated(
    httpx: Any, request: Request, error: Exception, connect_limit: float | None, read_limit: float | None
) -> Exception:
    origin = request.url.origin
    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return GlobusConnectionTimeoutError(f"no connection to {origin} within {in_seconds(connect_limit)}", error)
    if isinstance(error, httpx.TimeoutException):
        return timed_out(request, "no answer", read_limit, error)
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
        failed = GlobusConnectionError(f"no connection to {origin}: {error}", error, request_began=False)
        failed.final = isinstance(error, httpx.ProxyError) and str(error)[:3] in ("401", "403", "407")
        return failed
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return GlobusSDKUsageError(f"{request!r}: httpx does not send this: {error}")
    if isinstance(error, httpx.DecodingError):
        return ReplyFormatError(f"{request!r}: the body of the answer is not in the encoding that it says")
    if str(error).startswith("Invalid URL in location header"):
        # A client prepares the next request also if it does not follow.
        return RedirectError(f"{request!r}: redirected to a place that is no http(s) URL")
    if isinstance(error, httpx.TransportError):
        # The message may hold what a server of another protocol sent, which may be long.
        broke = GlobusConnectionError(f"{request!r}: {type(error).__name__} {str(error)!r:.200}", error)
        broke.final = isinstance(error, httpx.RemoteProtocolError) and not str(error).startswith(_BROKEN_OFF)
        return broke
    return NetworkError(f"{request!r}: {type(error).__name__}", error)


def was_read(httpx: Any, reply: Any) -> bool:
    """Whether the body of a response of httpx has been read."""
    try:
        reply.content  # noqa: B018
    except httpx.ResponseNotRead:
        return False
    return True
