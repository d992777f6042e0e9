"""Turns a status of 400 and above into the service's own exception."""

from __future__ import annotations

from collections.abc import Callable

from globus_transport.flow import Flow, Read
from globus_transport.messages import Request, Response
from globus_transport.values import frozen

#: Bytes of a streamed error body that are read, for its message.
ERROR_BODY_LIMIT = 1 << 20


@frozen
class Errors:
    """Raise for an unsuccessful status.

    :param make_error: makes the exception from the response
    """

    make_error: Callable[[Response], Exception]

    def __call__(self, request: Request) -> Flow:
        response: Response = yield request
        if response.status < 400:
            return response
        if response.stream is not None:
            response = yield Read(response, ERROR_BODY_LIMIT)
        raise self.make_error(response)

    def __str__(self) -> str:
        # A class's from_response() may be inherited: its class says more than its name.
        maker = getattr(self.make_error, "__self__", self.make_error)
        return f"status >= 400 raises {getattr(maker, '__name__', repr(maker))}"
