"""Prints what the layers do: a listener for :class:`~globus_transport.Events`."""

from __future__ import annotations

from collections.abc import Callable

from globus_transport.core.events import Event, Renewal, Waiting, call_of
from globus_transport.http.messages import Response

Report = Callable[[str, str], None]


class EventPrinter:
    """Prints failures and how the layers handle them. It ignores other events.

    :param report: called with the name of a layer and a text
    """

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, event: Event) -> None:
        if isinstance(event, Waiting):
            reason = "" if event.request.method == "GET" else " (safe: it carries a submission id)"
            call = call_of(event.request)
            self._report("retry", f"{call}: {_describe(event.outcome)}; sending again in {event.seconds:.2f} s{reason}")
        elif isinstance(event, Renewal) and event.reason == "refused":
            duration = f"{event.seconds * 1000:.0f} ms"
            self._report(
                "authorizer", f"{call_of(event.request)}: status 401; renewed in {duration}, sending again with that"
            )

    def __str__(self) -> str:
        return "the lines below"


def _describe(outcome: Response | Exception) -> str:
    if isinstance(outcome, Response):
        retry_after = outcome.headers.get("Retry-After")
        return f"status {outcome.status}" + (f", Retry-After {retry_after} s" if retry_after else "")
    return "the connection was dropped" if outcome.__cause__ is not None else str(outcome)
