"""Reading the schedules of timers.

A timer runs at its start, and then in intervals of a minute to a year. A start is at most a year ahead.
"""

from __future__ import annotations

import math

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields
from globus_transport.sandbox.timers.timer import Schedule

_MIN_INTERVAL = 60
_YEAR = 365 * 86400
# The service wants a start that is "close to the current time" and gives no number.
_MAX_PAST = 600
_MAX_RUNS = 10**9


def read_schedule(fields: Fields, now: float) -> tuple[Schedule, Document]:
    """The schedule of a new timer, and its document with what was left out.

    What is wrong is noted in ``fields``.
    """
    kind = fields.choice("type", ("once", "recurring"), required=True)
    if kind == "recurring":
        return _read_recurring(fields, now)
    schedule = Schedule(start=_read_start(fields, "datetime", now, now - _MAX_PAST))
    return schedule, _document(schedule, None)


def read_job_schedule(fields: Fields, now: float) -> tuple[Schedule, Document]:
    """The schedule of a new job: ``start``, ``interval`` and, by one of two forms, when it stops."""
    start = _read_start(fields, "start", now, 0.0, required=True)
    interval = fields.seconds("interval", _MIN_INTERVAL, _YEAR)
    end, max_runs = None, fields.integer("stop_after_n", 1, _MAX_RUNS)
    if isinstance(fields.document.get("stop_after"), str):
        end = _read_end(fields, "stop_after", start)
    elif (stop_after := fields.nested("stop_after")) is not None:
        end = _read_end(stop_after, "date", start)
        max_runs = stop_after.integer("n_runs", 1, _MAX_RUNS) or max_runs
    if interval is None:
        if max_runs is not None and max_runs > 1:
            fields.refuse("interval", "field required for more than one run", "value_error.missing")
        schedule = Schedule(start=start)
    else:
        _check_runs(fields, "interval", max_runs)
        schedule = Schedule(start=start, interval=interval, end=end, max_runs=max_runs)
    return schedule, _document(schedule, _end_document(end, max_runs))


def _read_recurring(fields: Fields, now: float) -> tuple[Schedule, Document]:
    start = _read_start(fields, "start", now, now - _MAX_PAST)
    interval = fields.seconds("interval_seconds", _MIN_INTERVAL, _YEAR, required=True)
    end, max_runs = None, None
    if (condition := fields.nested("end")) is not None:
        # The service's specification says "count", clients say "iterations", and some leave out the condition.
        name = "count" if "count" in condition.document else "iterations"
        kind = condition.choice("condition", ("iterations", "time"), required=name not in condition.document)
        if kind == "time":
            end = _read_end(condition, "datetime", start, required=True)
        elif kind == "iterations" or name in condition.document:
            max_runs = condition.integer(name, 1, _MAX_RUNS, required=True)
    _check_runs(fields, "interval_seconds", max_runs)
    schedule = Schedule(start=start, interval=interval, end=end, max_runs=max_runs)
    return schedule, _document(schedule, fields.document.get("end"))


def _read_start(fields: Fields, name: str, now: float, earliest: float, *, required: bool = False) -> float:
    start = fields.date(name, required=required)
    if start is None:
        return float(math.floor(now))
    if not earliest <= start <= now + _YEAR:
        fields.refuse(name, "the start is not within a year from now, or too long ago")
    return start


def _read_end(fields: Fields, name: str, start: float, *, required: bool = False) -> float | None:
    end = fields.date(name, required=required)
    if end is not None and end < start:
        fields.refuse(name, "the end is before the start")
    return end


def _check_runs(fields: Fields, name: str, max_runs: int | None) -> None:
    if max_runs == 1:
        fields.refuse(name, "a timer that runs once has no interval")


def _document(schedule: Schedule, end: object) -> Document:
    if schedule.interval is None:
        return {"type": "once", "datetime": format_iso_time(schedule.start)}
    return {
        "type": "recurring",
        "interval_seconds": schedule.interval,
        "start": format_iso_time(schedule.start),
        "end": end,
    }


def _end_document(end: float | None, max_runs: int | None) -> Document | None:
    if max_runs is not None:
        return {"condition": "iterations", "iterations": max_runs}
    return None if end is None else {"condition": "time", "datetime": format_iso_time(end)}
