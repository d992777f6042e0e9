"""Exceptions of urllib3 for the exceptions that a stack raises."""

from __future__ import annotations

import ssl
from http.client import IncompleteRead
from typing import Any, cast

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    NetworkError,
)

# The texts of urllib3's exceptions begin with a pool or a connection. A stack may have neither.
_NO_POOL = cast(Any, "a stack")


def to_urllib3_error(error: NetworkError, url: str | None, connection: Any = _NO_POOL) -> HTTPError:
    """The exception that urllib3's own connection would have raised.

    :param connection: the connection that failed, to be named in the exception
    """
    text = str(error)
    if isinstance(error, GlobusConnectionTimeoutError):
        return ConnectTimeoutError(connection, text)
    if isinstance(error, GlobusTimeoutError):
        return ReadTimeoutError(connection, url, text)
    cause = tls_or_proxy_error(error)
    if isinstance(cause, ProxyError):
        return ProxyError(text, error)
    if cause is not None:
        return SSLError(text)
    if isinstance(error, GlobusConnectionError) and not error.request_began:
        return NewConnectionError(connection, text)
    return ProtocolError(text, error)


def tls_or_proxy_error(error: NetworkError) -> BaseException | None:
    """The failure of TLS or of a proxy that caused an error; ``None`` if another failure did."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, (ssl.SSLError, SSLError, ProxyError)):
        cause = cause.__cause__ or cause.__context__
    return cause


def broke_in_body(error: NetworkError) -> bool:
    """Whether the connection broke in the body of the response."""
    cause: BaseException | None = error.underlying_exception
    while cause is not None and not isinstance(cause, IncompleteRead):
        # Libraries wrap it, with or without "from". __context__ is not used: in a retry it belongs to the first try.
        cause = cause.__cause__ or next((arg for arg in cause.args if isinstance(arg, BaseException)), None)
    return cause is not None
