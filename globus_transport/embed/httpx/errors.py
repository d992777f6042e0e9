"""Exceptions of httpx or httpx2 for the exceptions that a stack raises."""

from __future__ import annotations

from http.client import HTTPException
from typing import Any

from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    ReplyFormatError,
)

_MODULES = {"httpx": "globus_transport.embed.httpx", "httpx2": "globus_transport.embed.httpx2"}


def wrong_library(name: str, library: Any, request: object) -> GlobusSDKUsageError:
    """The error for an object of this package that is made for another library than the client that uses it.

    :param name: of the object's class
    :param library: the module that it is made for
    :param request: what the client gave it
    """
    own, other = library.__name__, type(request).__module__.partition(".")[0]
    if type(request).__name__ != "Request" or other not in _MODULES or other == own:
        return GlobusSDKUsageError(f"{name}: expected a request of a client of {own}, got a {type(request).__name__}")
    return GlobusSDKUsageError(
        f"{name}: this one is made for {own}, and the client is one of {other}; import {name} from {_MODULES[other]}"
    )


def checked_url(library: Any, request: Any) -> str:
    """The URL of a request, without user name and password: httpx has made a credential of them before.

    :param library: the module ``httpx`` or ``httpx2``
    :raises UnsupportedProtocol: the library's, if the scheme is neither http nor https
    """
    url = request.url
    if url.scheme not in ("http", "https"):
        problem = (
            f"has an unsupported protocol '{url.scheme}://'" if url.scheme else "is missing 'http://' or 'https://'"
        )
        raise library.UnsupportedProtocol(f"the URL of the request {problem}", request=request)
    return str(url.copy_with(userinfo=b"") if url.userinfo else url)


def to_httpx_error(library: Any, error: NetworkError | ReplyFormatError, request: Any) -> Exception:
    """The exception that httpx's own transport would have raised.

    :param library: the module ``httpx`` or ``httpx2``
    """
    httpx_error: Exception = _error_class(library, error)(str(error), request=request)
    return httpx_error


def _error_class(library: Any, error: NetworkError | ReplyFormatError) -> Any:
    if isinstance(error, ReplyFormatError):
        return library.DecodingError
    cause = error.underlying_exception
    if isinstance(cause, library.TransportError):
        return type(cause)
    if isinstance(error, GlobusConnectionTimeoutError):
        return library.ConnectTimeout
    if isinstance(error, GlobusTimeoutError):
        return library.ReadTimeout
    if not error.request_began:
        return library.ConnectError
    innermost = _innermost(cause)
    if isinstance(innermost, OSError) and not isinstance(innermost, HTTPException):
        return library.ReadError
    return library.RemoteProtocolError


def _innermost(error: BaseException | None) -> BaseException | None:
    # requests and urllib3 pass the exception that they caught as the last argument of the one that they raise.
    while error is not None and error.args and isinstance(error.args[-1], Exception):
        error = error.args[-1]
    return error
