"""What a stack raises, as httpx's own exceptions, whichever module of its shape they are from."""

from __future__ import annotations

from http.client import HTTPException
from typing import Any

from globus_transport.exc.base import (
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    NetworkError,
    ReplyFormatError,
)


def checked_scheme(library: Any, request: Any) -> str:
    """The request's URL, without a user name, of which httpx has made a credential before.

    :raises UnsupportedProtocol: httpx's own, if it is neither http nor https
    """
    url = request.url
    if url.scheme not in ("http", "https"):
        what = f"has an unsupported protocol '{url.scheme}://'" if url.scheme else "is missing 'http://' or 'https://'"
        raise library.UnsupportedProtocol(f"the URL of the request {what}", request=request)
    return str(url.copy_with(userinfo=b"") if url.userinfo else url)


def mapped(library: Any, error: NetworkError | ReplyFormatError, request: Any) -> Exception:
    """The exception that httpx's own transport would have raised.

    :param library: the module that it is to be from
    """
    raised: Exception = _kind_of(library, error)(str(error), request=request)
    return raised


def _kind_of(library: Any, error: NetworkError | ReplyFormatError) -> Any:
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
    # requests and urllib3 put what they caught into the arguments of what they raise.
    while error is not None and error.args and isinstance(error.args[-1], Exception):
        error = error.args[-1]
    return error
