"""Hedging, stepped by hand. The tests of the drivers show that both requests run in parallel."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import GlobusConnectionError, GlobusSDKUsageError, Hedge, Hedging, Request, Response, RetryBudget
from globus_transport.core.events import Event, Hedged
from globus_transport.middleware import hedging
from globus_transport.middleware.hedging import Latencies
from tests.core.stepping import end_of, get, post, unhurried


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(hedging, "time", clock)
    return clock


def call(layer: Hedging, clock: Clock, seconds: float, request: Request | None = None) -> object:
    """Make one call that takes this long, and return the step of the layer."""
    flow = layer(request or get(route="a"))
    step = next(flow)
    clock.now += seconds
    answer = Response(200)
    assert end_of(flow, answer) is answer
    return step


def taught(clock: Clock, *, calls: int = 20, seconds: float = 0.1, **settings: Any) -> Hedging:
    layer = Hedging(**settings)
    for _ in range(calls):
        assert isinstance(call(layer, clock, seconds), Request)
    return layer


def test_it_learns_first_and_then_hedges(clock: Clock) -> None:
    layer = taught(clock)
    request = get(route="a")
    step = call(layer, clock, 0.1, request)
    assert isinstance(step, Hedge)
    assert step.request is request
    assert step.after == pytest.approx(0.1)
    assert step.second() is True


def test_every_kind_of_call_has_its_own_time(clock: Clock) -> None:
    layer = taught(clock)
    assert isinstance(call(layer, clock, 0.1, get(route="b")), Request)
    assert isinstance(call(layer, clock, 0.1, get()), Request)
    assert isinstance(call(layer, clock, 0.1), Hedge)


@pytest.mark.parametrize(
    "request_",
    [
        post(route="a"),
        post(route="a", repeatable=True),
        get(route="a", stream=True),
        get(route="a", repeatable=False),
        Request("DELETE", "https://service.example.org/x", route="a"),
    ],
)
def test_only_plain_gets(request_: Request, clock: Clock) -> None:
    assert isinstance(call(taught(clock), clock, 0.1, request_), Request)


def test_the_least_time(clock: Clock) -> None:
    step = call(taught(clock, seconds=0.001, at_least=0.5), clock, 0.001)
    assert isinstance(step, Hedge)
    assert step.after == 0.5


def test_the_budget_ends_it(clock: Clock) -> None:
    layer = taught(clock, budget=RetryBudget(capacity=2, per_second=0))
    steps = [call(layer, clock, 0.1) for _ in range(4)]
    assert all(isinstance(step, Hedge) for step in steps)
    assert [step.second() for step in steps if isinstance(step, Hedge)] == [True, True, False, False]


def test_a_listener_is_told(clock: Clock) -> None:
    told: list[Event] = []
    layer = taught(clock, budget=RetryBudget(capacity=1, per_second=0))
    request = get(route="a", notify=told.append)
    step = call(layer, clock, 0.1, request)
    assert isinstance(step, Hedge)
    assert told == []
    step.second()
    assert told == [Hedged(request, step.after)]
    step.second()
    assert len(told) == 1, "nothing was sent"


def test_a_failure_teaches_nothing(clock: Clock) -> None:
    layer = taught(clock, calls=19)
    for _ in range(5):
        flow = layer(get(route="a"))
        next(flow)
        with pytest.raises(GlobusConnectionError):
            flow.throw(GlobusConnectionError("lost"))
    assert isinstance(call(layer, clock, 0.1), Request)
    assert isinstance(call(layer, clock, 0.1), Hedge)


def test_kinds_without_end_do_not_fill_the_memory(clock: Clock) -> None:
    layer = Hedging()
    for number in range(1000):
        call(layer, clock, 0.1, get(route=str(number)))
    assert len(layer._kinds) <= 256


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"percentile": 0}, "percentile=0"),
        ({"percentile": 100}, "percentile=100"),
        ({"percentile": math.nan}, "percentile=nan"),
        ({"at_least": -1}, "at_least=-1"),
        ({"samples": 19}, "samples=19"),
    ],
)
def test_bad_settings(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(GlobusSDKUsageError, match=named):
        Hedging(**settings)


def test_copies_have_the_settings(clock: Clock) -> None:
    layer = taught(clock, percentile=90, at_least=0.2, samples=50)
    copy = pickle.loads(pickle.dumps(layer))
    assert (copy.percentile, copy.at_least, copy.samples) == (90, 0.2, 50)
    assert isinstance(call(copy, clock, 0.1), Request), "a copy has no durations yet"


def test_printed() -> None:
    assert str(Hedging(99)) == "a second GET once the first takes longer than 99 % of those before"


@unhurried
@given(
    st.lists(st.floats(0, 1e6), min_size=20, max_size=120).filter(lambda seen: len(seen) % 10 == 0),
    st.floats(1, 99),
    st.integers(20, 60),
)
def test_the_percentile_by_nearest_rank(seen: list[float], percentile: float, size: int) -> None:
    latencies = Latencies(percentile, size)
    for seconds in seen:
        latencies.add(seconds)
    last = seen[-size:]
    usual = latencies.usual
    assert usual in last
    assert sum(value <= usual for value in last) >= len(last) * percentile / 100
    assert sum(value < usual for value in last) < len(last) * percentile / 100
