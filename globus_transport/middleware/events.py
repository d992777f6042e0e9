"""Notifies a listener of what happens in every call: attempts, waits, renewals and redirects, with their durations."""

from __future__ import annotations

import time

import attrs

from globus_transport.core.events import Began, Ended, Event, Listener
from globus_transport.core.flow import Flow
from globus_transport.core.layers import describe
from globus_transport.http.messages import Request, Response


@attrs.frozen
class Events:
    """Attach a listener to every request. Place it on top of the stack, so that it observes the whole call::

        client = client.with_stack(client.stack.add(Events(print), before="errors"))

    :param listener: called with each :data:`~globus_transport.core.events.Event`. The events of one call come in
        order; those of concurrent calls may alternate. It is called where the call runs, so it must not block. If it
        raises, the call ends with that exception
    """

    listener: Listener

    def __call__(self, request: Request) -> Flow:
        listener = self.listener
        request = request.with_listener(listener if request.notify is None else _notify_both(request.notify, listener))
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


def _notify_both(first: Listener, second: Listener) -> Listener:
    def notify(event: Event) -> None:
        first(event)
        second(event)

    return notify
