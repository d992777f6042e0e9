"""The circuit breaker, stepped by hand."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest

from globus_transport import (
    CircuitBreaker,
    CircuitOpenError,
    GlobusConnectionError,
    GlobusSDKUsageError,
    Request,
    Response,
    Retry,
    Stack,
)
from tests.core.stepping import ORIGIN, Canned, end_of, get
from tests.middleware.clock import Clock


def call(layer: CircuitBreaker, outcome: int | BaseException, request: Request | None = None) -> None:
    """One call with this status, or this exception."""
    flow = layer(request or get())
    next(flow)
    if isinstance(outcome, int):
        assert end_of(flow, Response(outcome)).status == outcome
    else:
        with pytest.raises(type(outcome)):
            flow.throw(outcome)


def opened(clock: Clock, **settings: Any) -> CircuitBreaker:
    layer = CircuitBreaker(2, 30.0, clock=clock, **settings)
    call(layer, 503)
    call(layer, GlobusConnectionError("lost"))
    return layer


def is_open(layer: CircuitBreaker) -> bool:
    flow = layer(get())
    try:
        next(flow)
    except CircuitOpenError:
        return True
    flow.close()
    return False


def test_failures_in_a_row_open_it() -> None:
    clock = Clock()
    layer = CircuitBreaker(2, 30.0, clock=clock)
    for outcome in (500, 200, 500, 404, 500):
        call(layer, outcome)
    assert not is_open(layer)
    call(layer, 500)
    with pytest.raises(CircuitOpenError, match=rf"{ORIGIN} failed 2 times in a row; it is tried again in 30\.0 s"):
        next(layer(get()))


def test_other_origins_go_on() -> None:
    layer = opened(Clock())
    assert is_open(layer)
    call(layer, 200, Request("GET", "https://other.example.org/"))


def test_one_probe_closes_it() -> None:
    clock = Clock()
    layer = opened(clock)
    clock.now += 29.9
    assert is_open(layer)
    clock.now += 0.2
    probe = layer(get())
    assert isinstance(next(probe), Request)
    with pytest.raises(CircuitOpenError, match="by another request just now"):
        next(layer(get()))
    end_of(probe, Response(200))
    call(layer, 200)
    assert not is_open(layer)


def test_a_probe_that_fails_opens_it_again() -> None:
    clock = Clock()
    layer = opened(clock)
    clock.now += 31
    call(layer, 500)
    clock.now += 29
    assert is_open(layer)
    clock.now += 2
    call(layer, 200)
    assert not is_open(layer)


@pytest.mark.parametrize("end", [asyncio.CancelledError(), ValueError("of a layer below")])
def test_an_abandoned_probe_leaves_room_for_the_next(end: BaseException) -> None:
    clock = Clock()
    layer = opened(clock)
    clock.now += 31
    call(layer, end)
    call(layer, 200)
    assert not is_open(layer)


def test_what_is_a_failure_can_be_said() -> None:
    layer = CircuitBreaker(1, clock=Clock(), is_failure=lambda response: response.status == 418)
    call(layer, 500)
    assert not is_open(layer)
    call(layer, 418)
    assert is_open(layer)


def test_the_retry_layer_does_not_repeat_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    terminal = Canned(GlobusConnectionError("lost"), GlobusConnectionError("lost"))
    with pytest.raises(CircuitOpenError) as raised:
        Stack(terminal, [Retry(), CircuitBreaker(2)]).send(get())
    assert len(terminal.requests) == 2
    assert not raised.value.request_began


def test_settings_copies_and_print() -> None:
    for settings in ({"failures": 0}, {"recovery": 0}):
        with pytest.raises(GlobusSDKUsageError, match="above 0"):
            CircuitBreaker(**settings)  # type: ignore[arg-type]
    copy = pickle.loads(pickle.dumps(CircuitBreaker(3, 10)))
    assert not is_open(copy)
    assert str(copy) == "opens for 10 s after 3 failures in a row, for each origin"
    error = pickle.loads(pickle.dumps(CircuitOpenError("closed for now")))
    assert (str(error), error.final, error.request_began) == ("closed for now", True, False)
