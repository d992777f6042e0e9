"""The errors of this package for those of requests, for programs that call requests themselves. Needs the extra."""

from __future__ import annotations

import requests

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    NetworkError,
)

# In this order: a ConnectTimeout is a Timeout and a ConnectionError as well.
_ERRORS: tuple[tuple[type[requests.RequestException], type[NetworkError], str], ...] = (
    (requests.ConnectTimeout, GlobusConnectionTimeoutError, "no connection in time"),
    (requests.Timeout, GlobusTimeoutError, "no answer in time"),
    (requests.ConnectionError, GlobusConnectionError, "the connection could not be made, or it broke"),
    (requests.RequestException, NetworkError, "the request failed"),
)


def convert_request_exception(exc: requests.RequestException) -> NetworkError:
    """Make the error for an exception of requests, which is its ``underlying_exception``."""
    error_class, problem = next((made, text) for known, made, text in _ERRORS if isinstance(exc, known))
    # Not the exception's own text: it shows the URL with its query, which may hold a secret.
    return error_class(f"{problem}: {type(exc).__name__}", exc)
