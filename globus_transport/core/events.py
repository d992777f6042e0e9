"""What happens to a call, in order, told while it happens.

A request may carry a listener, ``request.notify``. The layers tell it what they do: the retry layer of every
attempt and every wait, the redirect layer of every hop, an authorizer of every renewal. Put the layer
:class:`~globus_transport.middleware.events.Events` on top of a stack to give all requests one.

Each event prints as one line, in which no secret is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Union

import attrs

from globus_transport.http.messages import Request, Response


def call_of(request: Request) -> str:
    """How a call is named in a line: by its route, else by method and URL."""
    return request.route or f"{request.method} {request.url.redacted()}"


def outcome_of(outcome: Response | BaseException) -> str:
    """How an outcome is named in a line. The text of an exception may hold more than a log should."""
    if isinstance(outcome, Response):
        return f"status {outcome.status}"
    return type(outcome).__name__


@attrs.frozen
class Began:
    """A call entered the stack."""

    request: Request

    def __str__(self) -> str:
        return f"{call_of(self.request)}: began"


@attrs.frozen
class Attempt:
    """The request was sent once, and this came of it.

    :ivar request: with its ``attempt`` number
    :ivar outcome: the response, or the exception
    :ivar seconds: that it took, renewals and redirects below the retry layer included
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
    """The retry layer is going to wait, and then to send the request again.

    :ivar outcome: what the attempt before came to
    :ivar seconds: to wait
    """

    request: Request
    outcome: Response | Exception = attrs.field(repr=outcome_of)
    seconds: float

    def __str__(self) -> str:
        return f"{call_of(self.request)}: {outcome_of(self.outcome)}; sending again in {self.seconds:.3f} s"


@attrs.frozen
class Renewal:
    """The call has a new access token: it renewed the old one, or waited while another call did.

    :ivar reason: ``"stale"`` if there was none, or it had expired or was about to; ``"refused"`` after a 401
    :ivar seconds: that it took
    """

    request: Request
    reason: Literal["stale", "refused"]
    seconds: float

    def __str__(self) -> str:
        why = "after a 401" if self.reason == "refused" else "ahead of the request"
        return f"{call_of(self.request)}: new access token {why}, in {self.seconds:.3f} s"


@attrs.frozen
class Redirected:
    """The redirect layer is going to follow a redirect.

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
    """No answer came in time, so the request was sent a second time beside the first.

    :ivar seconds: that were waited for the first answer
    """

    request: Request
    seconds: float

    def __str__(self) -> str:
        return f"{call_of(self.request)}: no answer in {self.seconds:.3f} s; sent a second time beside the first"


@attrs.frozen
class Ended:
    """A call left the stack.

    :ivar outcome: the response, or the exception; a cancellation too
    :ivar seconds: for the whole call; for a streamed body until its headers
    """

    request: Request
    outcome: Response | BaseException = attrs.field(repr=outcome_of)
    seconds: float

    def __str__(self) -> str:
        return f"{call_of(self.request)}: {outcome_of(self.outcome)} after {self.seconds:.3f} s in all"


Event = Union[Began, Attempt, Waiting, Renewal, Redirected, Hedged, Ended]

#: Is given each event in the thread or task where it happens, and must not block. What it raises ends the call.
Listener = Callable[[Event], object]
