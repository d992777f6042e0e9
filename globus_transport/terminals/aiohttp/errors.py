"""Exceptions of this package for the exceptions that aiohttp raises."""

from __future__ import annotations

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError
from multidict import CIMultiDict, CIMultiDictProxy

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    NetworkError,
    ReplyFormatError,
)
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import in_seconds, timed_out
from globus_transport.terminals.aiohttp.secrets import hide_secrets
from globus_transport.terminals.errors import final_if_it_lasts

_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ServerFingerprintMismatch, aiohttp.ClientHttpProxyError)


def to_globus_error(
    request: Request, error: Exception, limits: aiohttp.ClientTimeout, failure: Exception | None = None
) -> Exception:
    """The exception to raise instead of aiohttp's.

    :param limits: time limits of the call
    :param failure: the exception of a streamed request body; if there is one, it is returned
    """
    return failure or final_if_it_lasts(_translated(request, error, limits))


def _translated(request: Request, error: Exception, limits: aiohttp.ClientTimeout) -> Exception:
    # Mocks of aiohttp raise this error without a request_info.
    if isinstance(error, aiohttp.ClientResponseError) and isinstance(error.request_info, aiohttp.RequestInfo):
        _hide_secrets(error)
    origin = request.url.origin
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return GlobusConnectionTimeoutError(f"no connection to {origin} within {in_seconds(limits.connect)}", error)
    if isinstance(error, _NOT_CONNECTED):
        return GlobusConnectionError(f"no connection to {origin}: {_reason(error)}", error, request_began=False)
    if isinstance(error, TimeoutError):
        return timed_out(request, "no answer", limits.sock_read, error)
    if isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)):
        return GlobusSDKUsageError(f"{request!r}: aiohttp does not take this address: {type(error).__name__}")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return GlobusConnectionError(f"{request!r}: the server closed the connection without an answer", error)
    if isinstance(error, aiohttp.ClientPayloadError):
        if _is_about_encoding(error):
            return ReplyFormatError(f"{request!r}: the body of the answer is not in the encoding that it says")
        return GlobusConnectionError(f"{request!r}: the connection ended in the middle of the body", error)
    if isinstance(error, aiohttp.ClientResponseError):
        # The message may hold what a server of another protocol sent, which may be long.
        not_http = GlobusConnectionError(f"{request!r}: the answer is not HTTP: {error.message!r:.200}", error)
        not_http.final = True
        return not_http
    if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
        return GlobusConnectionError(f"{request!r}: the connection broke: {error!s:.200}", error)
    return NetworkError(f"{request!r}: {type(error).__name__}", error)


def _hide_secrets(error: aiohttp.ClientResponseError) -> None:
    # The error prints the headers that were sent. A middleware of the session or a proxy may have added credentials.
    info = error.request_info
    headers = CIMultiDictProxy(CIMultiDict(hide_secrets(info.headers.items())))
    error.request_info = info._replace(headers=headers)
    error.args = (error.request_info, *error.args[1:])


def _is_about_encoding(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ContentEncodingError):
            return True
        error = error.__cause__
    return False


def _reason(error: Exception) -> str:
    # The message of the operating system. aiohttp's own text repeats the host and the settings.
    return str(getattr(error, "os_error", None) or error)
