"""Notifies a listener of what happens in every call: attempts, waits, renewals and redirects, with their durations."""

from __future__ import annotations

import attrs

from globus_transport.core.call_log import report
from globus_transport.core.events import Listener
from globus_transport.core.flow import Flow
from globus_transport.core.layers import describe
from globus_transport.http.messages import Request


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
        return report(request, self.listener)

    def __str__(self) -> str:
        return f"to {describe(self.listener)}"
