"""Events: what happens to a call, reported in order while it happens.

A request may have a listener, ``request.notify``. The layers call it: the retry layer for every attempt and every wait,
the redirect layer for every hop, an authorizer for every renewal. The layer
:class:`~globus_transport.middleware.events.Events` on top of a stack gives every request a listener.

Each event prints as one line, without secrets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Union

import attrs

from globus_transport.http.messages import Request, Response


def call_of(request: Request) -> str:
    """The name of a call in a line: its route, else its method and URL."""
    return request.route or f"{request.method} {request.url.redacted()}"


def outcome_of(outcome: Response | BaseException) -> str:
    """The name of an outcome in a line. The text of an exception may hold more than a log should show."""
    if isinstance(outcome, Response):
        return f"status {outcome.status}"
    return type(outcome).__name__


@attrs.frozen
class Began:
    """A call entered the stack.

    :param request: the request of the call
    """

    request: Request

    def __str__(self) -> str:
        return f"{call_of(self.request)}: began"


@attrs.frozen
class Attempt:
    """The request was sent once, with this outcome.

    :ivar request: with its ``attempt`` number
    :ivar outcome: the response, or the exception
    :ivar seconds: duration, with renewals and redirects below the retry layer
    """

    request: Request
    outcome: Response | Exception = attrs.field(repr=outcome_of)
    seconds: float

    def __str__(self) -> str:
        return (
            f"{call_of(self.request)}: attempt {self.request.attempt}: {outcome_of(self.outcome)} "
            f"after {self.seconds:.3f} s"
        )


@attrs.frozen
class Waiting:
    """The retry layer waits, and sends the request again after that.

    :ivar request: the request of the call
    :ivar outcome: of the attempt before
    :ivar seconds: to wait
    """

    request: Request
    outcome: Response | Exception = attrs.field(repr=outcome_of)
    seconds: float

    def __str__(self) -> str:
        return f"{call_of(self.request)}: {outcome_of(self.outcome)}; sending again in {self.seconds:.3f} s"


@attrs.frozen
class Renewal:
    """The call has a new access token: it renewed the token, or waited while another call renewed it.

    :ivar request: the request of the call
    :ivar reason: ``"stale"`` if there was no token, or it had expired or was about to; ``"refused"`` after a 401
    :ivar seconds: duration
    """

    request: Request
    reason: Literal["stale", "refused"]
    seconds: float

    def __str__(self) -> str:
        why = "after a 401" if self.reason == "refused" else "ahead of the request"
        return f"{call_of(self.request)}: new access token {why}, in {self.seconds:.3f} s"


@attrs.frozen
class Redirected:
    """The redirect layer follows a redirect.

    :ivar request: that was redirected
    :ivar following: the next request
    :ivar status: of the redirect
    """

    request: Request
    following: Request
    status: int

    def __str__(self) -> str:
        return f"{call_of(self.request)}: status {self.status}; following to {self.following.url.redacted()}"


@attrs.frozen
class Hedged:
    """No response came in time, so the request was sent a second time beside the first.

    :ivar request: the request of the call
    :ivar seconds: that the first request had before
    """

    request: Request
    seconds: float

    def __str__(self) -> str:
        return f"{call_of(self.request)}: no answer in {self.seconds:.3f} s; sent a second time beside the first"


@attrs.frozen
class Ended:
    """A call left the stack.

    :ivar request: the request of the call
    :ivar outcome: the response or the exception, which may be a cancellation
    :ivar seconds: duration of the whole call; for a streamed body until its headers
    """

    request: Request
    outcome: Response | BaseException = attrs.field(repr=outcome_of)
    seconds: float

    def __str__(self) -> str:
        return f"{call_of(self.request)}: {outcome_of(self.outcome)} after {self.seconds:.3f} s in all"


Event = Union[Began, Attempt, Waiting, Renewal, Redirected, Hedged, Ended]

#: Called with each event in the thread or task where it happens. It must not block. An exception from it ends the call.
Listener = Callable[[Event], object]
