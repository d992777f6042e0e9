"""Turns a status of 400 and above into the service's own exception."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from globus_transport.core.flow import Flow, read_bounded
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Errors:
    """Raise for an unsuccessful status.

    :param make_error: makes the exception from the response
    """

    make_error: Callable[[Response], Exception]

    def __call__(self, request: Request) -> Flow:
        response: Response = yield request
        if response.status < 400:
            return response
        raise self.make_error((yield from read_bounded(response)))

    def __str__(self) -> str:
        # A class's method may be inherited: its class says more than its name, and a client's class names another.
        maker = getattr(self.make_error, "__self__", self.make_error)
        maker = getattr(maker, "error_class", maker)
        return f"status >= 400 raises {getattr(maker, '__name__', repr(maker))}"
