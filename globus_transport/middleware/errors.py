"""Turns a status of 400 and above into the service's own exception."""

from __future__ import annotations

from collections.abc import Callable

from globus_transport.core.flow import Flow, Steps, read
from globus_transport.exc.base import NetworkError, ReplyFormatError
from globus_transport.http.messages import Request, Response
from globus_transport.values import evolve, frozen

#: Bytes of a streamed error body that are read, for its message.
ERROR_BODY_LIMIT = 1 << 20


def off_the_wire(response: Response, limit: int = ERROR_BODY_LIMIT) -> Steps[Response]:
    """A response that a layer goes on without, or makes an exception of: its body is not on the wire any more.

    If that breaks off, the status still says what it said, so it is no error: the body is empty and ``truncated``.

    :param limit: bytes that are read at most; the rest is dropped
    """
    if response.stream is None:
        return response
    try:
        return (yield from read(response, limit))
    except (NetworkError, ReplyFormatError):
        return evolve(response, body=b"", stream=None, truncated=True)


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
        raise self.make_error((yield from off_the_wire(response)))

    def __str__(self) -> str:
        # A class's method may be inherited: its class says more than its name, and a client's class names another.
        maker = getattr(self.make_error, "__self__", self.make_error)
        maker = getattr(maker, "error_class", maker)
        return f"status >= 400 raises {getattr(maker, '__name__', repr(maker))}"
