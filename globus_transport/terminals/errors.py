"""What failures of a connection are raised as."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import TypeVar

from globus_transport.exc.base import GlobusConnectionError, NetworkError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import timed_out

_REFUSALS = (401, 403, 407)
_REFUSED_TUNNEL = tuple(f"Tunnel connection failed: {status}" for status in _REFUSALS)

ErrorT = TypeVar("ErrorT", bound=Exception)


class TunnelRefusedError(OSError):
    """A proxy opened no tunnel. ``status`` says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"it refused the tunnel: {status} {reason}")
        self.status = status


def network_error(request: Request, error: Exception, limit: float | None) -> NetworkError:
    """The error for a request whose exchange failed.

    :param limit: seconds that each read may take
    """
    if isinstance(error, TimeoutError):
        return timed_out(request, "no answer", limit, error)
    return final_if_it_lasts(GlobusConnectionError(f"{request!r}: {_describe(error)}", error))


def _describe(error: Exception) -> str:
    if isinstance(error, RemoteDisconnected):
        return "the server closed the connection without an answer"
    if isinstance(error, IncompleteRead):
        return "the connection ended in the middle of the body"
    if isinstance(error, HTTPException):
        # What a server of another protocol sent may be long.
        return f"the answer is not HTTP: {type(error).__name__} {str(error)!r:.200}"
    return f"the connection broke: {error}"


def final_if_it_lasts(error: ErrorT) -> ErrorT:
    """Mark a network error as final if another try would fail in the same way.

    So it is with a certificate that is not trusted, a proxy that refuses, and an answer that is no HTTP: trying again
    takes time, and may lock an account.
    """
    if isinstance(error, NetworkError) and any(map(_lasts, _causes(error.underlying_exception))):
        error.final = True
    return error


def _lasts(cause: BaseException) -> bool:
    if isinstance(cause, HTTPException):
        return not isinstance(cause, (RemoteDisconnected, IncompleteRead))
    # The second form is that of http.client; aiohttp's errors have the status of a proxy's answer, too.
    refused = getattr(cause, "status", None) in _REFUSALS or str(cause).startswith(_REFUSED_TUNNEL)
    return refused or isinstance(cause, ssl.SSLCertVerificationError)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those below it. HTTP libraries keep them as cause, context, argument or ``reason``."""
    left, seen = [error], set[int]()
    while left:
        cause = left.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            left += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
