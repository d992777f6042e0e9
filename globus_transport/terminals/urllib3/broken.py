"""What a broken connection is raised as."""

from __future__ import annotations

from http.client import HTTPException, IncompleteRead, RemoteDisconnected

from globus_transport.exc.base import GlobusConnectionError, NetworkError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import timed_out


def broken(request: Request, error: Exception, limit: float | None) -> NetworkError:
    """The error for a request on whose connection another one came up.

    :param limit: seconds that each read may take
    """
    if isinstance(error, TimeoutError):
        return timed_out(request, "no answer", limit, error)
    return GlobusConnectionError(f"{request!r}: {_what_broke(error)}", error)


def _what_broke(error: Exception) -> str:
    if isinstance(error, RemoteDisconnected):
        return "the server closed the connection without an answer"
    if isinstance(error, IncompleteRead):
        return "the connection ended in the middle of the body"
    # What a server that speaks something else sent may be long.
    text = f"{str(error)!r:.200}"
    if isinstance(error, HTTPException):
        return f"the answer is not HTTP: {type(error).__name__} {text}"
    return f"the connection broke: {error}"
