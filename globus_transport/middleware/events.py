"""Tells a listener what happens to every call: attempts, waits, renewals, redirects, and how long all of it took."""

from __future__ import annotations

import time

import attrs

from globus_transport.core.events import Began, Ended, Event, Listener
from globus_transport.core.flow import Flow
from globus_transport.core.layers import describe
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Events:
    """Give every request a listener. Stands on top of a stack, so that it sees the whole call::

        client = client.with_stack(client.stack.add(Events(print), before="errors"))

    :param listener: is given each :data:`~globus_transport.core.events.Event`, in order for one call; calls that run
        beside each other mix. It is called where the call runs, so it must not block; what it raises ends the call
    """

    listener: Listener

    def __call__(self, request: Request) -> Flow:
        listener = self.listener
        request = request.with_listener(listener if request.notify is None else _both(request.notify, listener))
        listener(Began(request))
        started = time.monotonic()
        try:
            response: Response = yield request
        except BaseException as error:
            listener(Ended(request, error, time.monotonic() - started))
            raise
        listener(Ended(request, response, time.monotonic() - started))
        return response

    def __str__(self) -> str:
        return f"to {describe(self.listener)}"


def _both(first: Listener, second: Listener) -> Listener:
    def tell(event: Event) -> None:
        first(event)
        second(event)

    return tell
