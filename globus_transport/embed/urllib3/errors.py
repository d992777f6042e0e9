"""What went wrong in a stack, in urllib3's words."""

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

# urllib3's exceptions begin their text with a pool or a connection; behind a stack there may be none to name.
_NO_POOL = cast(Any, "a stack")


def to_urllib3_error(error: NetworkError, url: str | None, connection: Any = _NO_POOL) -> HTTPError:
    """urllib3's exception for one of this package's.

    :param connection: that is said to have failed
    """
    text = str(error)
    if isinstance(error, GlobusConnectionTimeoutError):
        return ConnectTimeoutError(connection, text)
    if isinstance(error, GlobusTimeoutError):
        return ReadTimeoutError(connection, url, text)
    reason = reason_of(error)
    if isinstance(reason, ProxyError):
        return ProxyError(text, error)
    if reason is not None:
        return SSLError(text)
    if isinstance(error, GlobusConnectionError) and not error.request_began:
        return NewConnectionError(connection, text)
    return ProtocolError(text, error)


def reason_of(error: NetworkError) -> BaseException | None:
    """The failure of TLS or of a proxy that stands behind an error."""
    reason: BaseException | None = error
    while reason is not None and not isinstance(reason, (ssl.SSLError, SSLError, ProxyError)):
        reason = reason.__cause__ or reason.__context__
    return reason


def broke_off(error: NetworkError) -> bool:
    """Whether the body of the answer had begun."""
    seen: BaseException | None = error.underlying_exception
    while seen is not None and not isinstance(seen, IncompleteRead):
        # Libraries wrap it, with or without "from". Not __context__: that may be of another call, which this repeats.
        seen = seen.__cause__ or next((one for one in seen.args if isinstance(one, BaseException)), None)
    return seen is not None
