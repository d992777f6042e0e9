"""What failures of a connection are raised as."""

from __future__ import annotations

from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from globus_transport.exc.base import GlobusConnectionError, NetworkError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import timed_out


def network_error(request: Request, error: Exception, limit: float | None) -> NetworkError:
    """The error for a request whose exchange failed.

    :param limit: seconds that each read may take
    """
    if isinstance(error, TimeoutError):
        return timed_out(request, "no answer", limit, error)
    return GlobusConnectionError(f"{request!r}: {_describe(error)}", error)


def _describe(error: Exception) -> str:
    if isinstance(error, RemoteDisconnected):
        return "the server closed the connection without an answer"
    if isinstance(error, IncompleteRead):
        return "the connection ended in the middle of the body"
    if isinstance(error, HTTPException):
        # What a server of another protocol sent may be long.
        return f"the answer is not HTTP: {type(error).__name__} {str(error)!r:.200}"
    return f"the connection broke: {error}"
