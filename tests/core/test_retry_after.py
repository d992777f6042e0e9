"""The Retry-After header, in both its forms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.http.headers import Headers
from globus_transport.http.messages import Response
from globus_transport.middleware.retry.retry_after import retry_after
from tests.core.stepping import unhurried


def asked(value: str) -> float | None:
    return retry_after(Response(503, Headers.received([("Retry-After", value)])))


@pytest.mark.parametrize(
    ("value", "seconds"), [("0", 0.0), ("5", 5.0), (" 120 ", 120.0), ("007", 7.0), ("0" * 17 + "1", 1.0), ("000", 0.0)]
)
def test_seconds(value: str, seconds: float) -> None:
    assert asked(value) == seconds


def test_huge_seconds_are_still_a_long_time() -> None:
    assert (asked("9" * 5000) or 0) > 1e9


@pytest.mark.parametrize("ahead", [30, 86400])
def test_a_date(ahead: int) -> None:
    earliest = time.time()
    # A date has whole seconds.
    seconds = asked(formatdate(earliest + ahead, usegmt=True))
    assert seconds is not None
    assert ahead - 2 < seconds <= ahead


@pytest.mark.parametrize("wrong_by", [-86400, 3600])
def test_a_date_of_a_server_whose_clock_is_wrong(wrong_by: int) -> None:
    now = time.time() + wrong_by
    fields = [("Date", formatdate(now, usegmt=True)), ("Retry-After", formatdate(now + 30, usegmt=True))]
    assert retry_after(Response(503, Headers.received(fields))) in (29, 30, 31)
    unreadable = [("Date", "soon"), ("Retry-After", formatdate(time.time() + 30, usegmt=True))]
    assert 28 < (retry_after(Response(503, Headers.received(unreadable))) or 0) <= 30


def test_the_three_date_formats_of_rfc_9110() -> None:
    # All are in the past.
    assert asked("Sun, 06 Nov 1994 08:49:37 GMT") == 0
    assert asked("Sunday, 06-Nov-94 08:49:37 GMT") == 0
    assert asked("Sun Nov  6 08:49:37 1994") == 0


def test_a_date_in_another_zone() -> None:
    moment = datetime.now(timezone(timedelta(hours=5))) + timedelta(seconds=100)
    seconds = asked(format_datetime(moment))
    assert seconds is not None
    assert 98 < seconds <= 100


@pytest.fixture
def far_from_gmt() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_from_gmt")
def test_a_date_without_a_zone_is_in_gmt() -> None:
    seconds = asked((datetime.now(UTC) + timedelta(seconds=100)).strftime("%a, %d %b %Y %H:%M:%S -0000"))
    assert seconds is not None
    assert 98 < seconds <= 100


@pytest.mark.parametrize(
    "value", ["", "  ", "soon", "-5", "+5", "1.5", "5s", "٣", "²", "Sun, 99 Nov 1994 99:99:99 GMT"]
)
def test_what_cannot_be_read_is_as_good_as_nothing(value: str) -> None:
    assert asked(value) is None
    assert retry_after(Response(503)) is None


@unhurried
@given(
    st.text(max_size=30)
    | st.text("0123456789,: -+ADFGJMNOSTWabcdeghilmnoprtuvy", max_size=40)
    | st.tuples(st.integers(-5, 40), st.integers(-1, 10**5), st.integers(-99999, 99999)).map(
        lambda one: f"Sun, {one[0]} Nov {one[1]} 08:49:37 {one[2]:+05d}"
    )
)
def test_whatever_a_server_sends(value: str) -> None:
    seconds = asked(value)
    assert seconds is None or seconds >= 0
