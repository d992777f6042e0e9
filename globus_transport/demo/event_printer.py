"""Tells what the layers do, as a listener that anybody could write for :class:`~globus_transport.Events`."""

from __future__ import annotations

from collections.abc import Callable

from globus_transport.core.events import Event, Renewal, Waiting, call_of
from globus_transport.http.messages import Response

Say = Callable[[str, str], None]


class EventPrinter:
    """Says what went wrong on the way, and what was done about it; the rest goes without saying.

    :param say: is given the name of a layer, and what it did
    """

    def __init__(self, say: Say) -> None:
        self._say = say

    def __call__(self, event: Event) -> None:
        if isinstance(event, Waiting):
            why = "" if event.request.method == "GET" else " (safe: it carries a submission id)"
            call = call_of(event.request)
            self._say("retry", f"{call}: {_failure(event.outcome)}; sending again in {event.seconds:.2f} s{why}")
        elif isinstance(event, Renewal) and event.reason == "refused":
            took = f"{event.seconds * 1000:.0f} ms"
            self._say("authorizer", f"{call_of(event.request)}: status 401; renewed in {took}, sending again with that")

    def __str__(self) -> str:
        return "the lines below"


def _failure(outcome: Response | Exception) -> str:
    if isinstance(outcome, Response):
        asked = outcome.headers.get("Retry-After")
        return f"status {outcome.status}" + (f", Retry-After {asked} s" if asked else "")
    return "the connection was dropped" if outcome.__cause__ is not None else str(outcome)
