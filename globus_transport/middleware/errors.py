"""Raises the service's own exception for a status of 400 or above."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from globus_transport.core.flow import Flow, read_bounded
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Errors:
    """Raise an exception for a status of 400 or above.

    :param make_error: makes the exception from the response
    """

    make_error: Callable[[Response], Exception]

    def __call__(self, request: Request) -> Flow:
        response: Response = yield request
        if response.status < 400:
            return response
        raise self.make_error((yield from read_bounded(response)))

    def __str__(self) -> str:
        # For a bound method, the name of its class says more than its own; a client names its error class.
        maker = getattr(self.make_error, "__self__", self.make_error)
        maker = getattr(maker, "error_class", maker)
        return f"status >= 400 raises {getattr(maker, '__name__', repr(maker))}"
