"""Dates in fields and in queries.

A date in a field is in one of the forms that the service documents. A date in a query may be less precise, and then
means a span of time: ``2014`` is the whole year, ``2014-11-07`` the whole day.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

from globus_transport.sandbox.clock import parse_iso_time

_DAY = r"\d{4}(?:-\d\d-\d\d|/\d\d/\d\d)"
_TIME = r"[ T]\d\d:\d\d:\d\d(?P<fraction>\.\d{1,6})? ?(?:Z|[+-]\d\d:?\d\d)?"
_FIELD_DATE = re.compile(f"{_DAY}(?P<time>{_TIME})?")
_YEAR, _MONTH = re.compile(r"\d{4}"), re.compile(r"(\d{4})-(0[1-9]|1[0-2])")

#: How the begin of each interval of a histogram is written.
INTERVALS = {
    "year": "%Y",
    "quarter": "%Y-%m",
    "month": "%Y-%m",
    "week": "%Y-%m-%d",
    "day": "%Y-%m-%d",
    "hour": "%Y-%m-%d %H:%M:%S",
    "minute": "%Y-%m-%d %H:%M:%S",
    "second": "%Y-%m-%d %H:%M:%S",
}


def parse_field_date(text: str) -> float | None:
    """A date in a field, in seconds since the epoch; ``None`` if the text is not a date of the documented forms."""
    span = date_span(text) if _FIELD_DATE.fullmatch(text) else None
    return None if span is None else span[0]


def date_span(text: str) -> tuple[float, float] | None:
    """The first and the last moment that a date in a query means, in seconds since the epoch, to the millisecond.

    ``None`` if the text is not a date.
    """
    if _YEAR.fullmatch(text):
        return _span(f"{text}-01-01", days=366 if calendar.isleap(int(text)) else 365)
    match = _MONTH.fullmatch(text)
    if match is not None:
        return _span(f"{text}-01", days=calendar.monthrange(int(match[1]), int(match[2]))[1])
    match = _FIELD_DATE.fullmatch(text)
    if match is None:
        return None
    iso = text.replace("/", "-").replace(" Z", "Z").replace(" +", "+").replace(" -", "-")
    if not match["time"]:
        return _span(iso, days=1)
    return _span(iso, milliseconds=1 if match["fraction"] else 1000)


def interval_start(seconds: float, interval: str) -> str:
    """The begin of the interval in which a moment is, as text.

    :param interval: one of :data:`INTERVALS`
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    if interval == "week":
        moment -= timedelta(days=moment.weekday())
    elif interval == "quarter":
        moment = moment.replace(day=1, month=moment.month - (moment.month - 1) % 3)
    elif interval in ("hour", "minute"):
        moment = moment.replace(second=0, minute=0 if interval == "hour" else moment.minute)
    # strftime writes a year below 1000 with fewer than four digits.
    return moment.strftime(INTERVALS[interval].replace("%Y", f"{moment.year:04}"))


def _span(iso: str, **length: float) -> tuple[float, float] | None:
    try:
        start = parse_iso_time(iso)
    except ValueError:
        return None
    return start, start + timedelta(**length).total_seconds() - 0.001
