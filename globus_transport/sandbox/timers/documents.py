"""The documents of timers in replies.

The service has two forms: that of ``create_timer``, and the older one of all other replies, in which a timer is a job.
"""

from __future__ import annotations

from datetime import UTC, datetime

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.timers.timer import Timer

#: How many results a reply has unless it was asked for another number.
PAGE_SIZE = 50


def precise_time(seconds: float) -> str:
    """A time in seconds since the epoch as ISO 8601 text, in UTC and to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def job_document(timer: Timer, *, first: int = 0, count: int = PAGE_SIZE) -> Document:
    """The document of a timer as a job.

    :param first: the index of the first result
    :param count: the number of results at most
    """
    schedule, following = timer.schedule, first + count
    return {
        "job_id": timer.id,
        "name": timer.name,
        "status": timer.status,
        "start": format_iso_time(schedule.start),
        "interval": None if schedule.interval is None else float(schedule.interval),
        "stop_after": _stop_after(timer),
        "callback_url": timer.callback_url,
        "callback_body": timer.callback_body,
        "scope": timer.scope,
        "inactive_reason": timer.inactive_reason,
        "activity": _activity(timer),
        "submitted_at": precise_time(timer.submitted_at),
        "last_ran_at": None if timer.last_ran_at is None else precise_time(timer.last_ran_at),
        "next_run": None if timer.next_run is None else format_iso_time(timer.next_run),
        "n_runs": timer.n_runs,
        "n_errors": timer.n_errors,
        "schedule": timer.document,
        "results": {
            "data": timer.results[first:following],
            "page_next": str(following) if following < len(timer.results) else None,
        },
    }


def timer_document(timer: Timer) -> Document:
    """The document of a timer in the reply to its creation."""
    document: Document = {
        "job_id": timer.id,
        "name": timer.name,
        "status": timer.status,
        "timer_type": timer.kind,
        "inactive_reason": None,
        "submitted_at": format_iso_time(timer.submitted_at),
        "last_ran_at": None,
        "next_run": None if timer.next_run is None else format_iso_time(timer.next_run),
        "schedule": timer.document,
    }
    if timer.kind == "transfer":
        return {**document, "number_of_runs": 0, "number_of_errors": 0, "body": timer.body}
    interval = timer.schedule.interval
    return {
        **document,
        "n_runs": 0,
        "n_errors": 0,
        "interval": None if interval is None else float(interval),
        "stop_after": _stop_after(timer),
        "results": [],
        "callback_url": timer.callback_url,
        "callback_body": timer.callback_body,
        "scope": timer.scope,
    }


def _activity(timer: Timer) -> Document | None:
    """What the timer does now. A run takes no time, so that none is ever under way."""
    if timer.status == "ended":
        return None
    return {"code": "paused" if timer.status == "inactive" else "awaiting_next_run"}


def _stop_after(timer: Timer) -> Document | None:
    schedule = timer.schedule
    if schedule.interval is None:
        return {"date": None, "n_runs": 1}
    if schedule.end is None and schedule.max_runs is None:
        return None
    return {"date": None if schedule.end is None else format_iso_time(schedule.end), "n_runs": schedule.max_runs}
