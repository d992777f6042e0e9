"""Which timers a list has, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.request_fields import InvalidFieldsError, field_error, parse_digits
from globus_transport.sandbox.timers.timer import Timer

_STATUSES = {"new": "active", "loaded": "active", "active": "active", "inactive": "inactive", "ended": "ended"}
_ORDERS: dict[str, Any] = {
    "name": lambda timer: timer.name or "",
    "status": lambda timer: timer.status,
    "start": lambda timer: timer.schedule.start,
    "interval": lambda timer: timer.schedule.interval or 0,
    "submitted_at": lambda timer: timer.submitted_at,
    "last_ran_at": lambda timer: timer.last_ran_at or 0.0,
    "next_run": lambda timer: timer.next_run or 0.0,
    "n_runs": lambda timer: timer.n_runs,
    "n_errors": lambda timer: timer.n_errors,
}


def list_timers(timers: list[Timer], arguments: Mapping[str, str]) -> list[Timer]:
    """The timers that the parameters of a query ask for.

    :raises InvalidFieldsError: if a parameter is wrong
    """
    statuses = _read_statuses(arguments)
    after, before = (_read_date(arguments, name) for name in ("submitted_after", "submitted_before"))
    name = arguments.get("filter_name", "").lower()
    found = [
        timer
        for timer in timers
        if _STATUSES[timer.status] in statuses
        and name in (timer.name or "").lower()
        and (after is None or timer.submitted_at > after)
        and (before is None or timer.submitted_at < before)
    ]
    if order := arguments.get("order"):
        field, _, direction = order.partition(" ")
        if field not in _ORDERS or direction not in ("", "asc", "desc"):
            raise _wrong("order", f"an order is one of {', '.join(_ORDERS)}, with asc or desc")
        found.sort(key=_ORDERS[field], reverse=direction == "desc")
    return found


def read_count(arguments: Mapping[str, str], name: str, default: int, *, least: int = 0) -> int:
    """A whole number.

    :raises InvalidFieldsError: if it is something else, or below ``least``
    """
    text = arguments.get(name)
    if text is None:
        return default
    number = parse_digits(text)
    if number is None:
        raise _wrong(name, "value is not a valid integer")
    if number < least:
        raise _wrong(name, f"ensure this value is greater than or equal to {least}")
    return number


def _read_statuses(arguments: Mapping[str, str]) -> set[str]:
    for name, status in (("filter_active", "active"), ("filter_stopped", "ended")):
        if arguments.get(name, "").lower() in ("true", "1"):
            return {status}
    known = {*_STATUSES.values()}
    statuses = {status for status in arguments.get("filter_status", "").split(",") if status}
    if not statuses <= known:
        raise _wrong("filter_status", f"valid statuses are {', '.join(sorted(known))}")
    return statuses or known


def _read_date(arguments: Mapping[str, str], name: str) -> float | None:
    text = arguments.get(name)
    try:
        return None if text is None else parse_iso_time(text)
    except ValueError:
        raise _wrong(name, "invalid datetime format") from None


def _wrong(name: str, message: str) -> InvalidFieldsError:
    return InvalidFieldsError([field_error(("query", name), message)])
