"""The circuit breaker, stepped by hand."""

from __future__ import annotations

import asyncio
import copy as copying
import pickle
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import (
    AsyncStack,
    Cache,
    CircuitBreaker,
    CircuitOpenError,
    Flow,
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    RateLimit,
    Request,
    Response,
    Retry,
    Stack,
)
from globus_transport.core.layers import LayerLike
from tests.core.stepping import ORIGIN, Canned, end_of, get, unhurried
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


@pytest.mark.parametrize("answer", [200, 500, GlobusConnectionError("lost")])
def test_a_late_answer_from_before_it_opened_changes_nothing(answer: int | BaseException) -> None:
    clock = Clock()
    layer = CircuitBreaker(2, 30.0, clock=clock)
    late = layer(get())
    next(late)
    call(layer, 503)
    call(layer, 503)
    clock.now += 20
    if isinstance(answer, int):
        end_of(late, Response(answer))
    else:
        with pytest.raises(type(answer)):
            late.throw(answer)
    assert is_open(layer)
    clock.now += 11
    call(layer, 200)
    assert not is_open(layer)


def test_what_is_not_about_this_server_does_not_open_it() -> None:
    layer = CircuitBreaker(1, clock=Clock())
    lost_grant = NetworkError("the answer to the grant was lost")
    lost_grant.final = True
    call(layer, lost_grant)
    assert not is_open(layer)
    # A deadline that is too short for the rate limit is no failure of the server.
    limited: list[LayerLike] = [layer, RateLimit(1, per=50, clock=Clock())]
    terminal = Canned(Response(200))
    Stack(terminal, limited).send(get())
    with pytest.raises(GlobusTimeoutError):
        Stack(terminal, limited).send(get(deadline=time.monotonic() + 10))
    assert not is_open(layer)


def test_a_deadline_that_passes_before_anything_is_sent_does_not_open_it() -> None:
    layer = CircuitBreaker(1, clock=Clock())
    call(layer, GlobusTimeoutError("the deadline passed while the token was being renewed", request_began=False))
    assert not is_open(layer)
    # A server that does not answer, and one that cannot be reached in time, do.
    for failure in (GlobusTimeoutError("no answer"), GlobusConnectionTimeoutError("no connection")):
        layer = CircuitBreaker(1, clock=Clock())
        call(layer, failure)
        assert is_open(layer)


def test_what_no_cache_has_is_no_failure() -> None:
    terminal = Canned()
    layers: list[LayerLike] = [Retry(), CircuitBreaker(1, clock=Clock()), Cache()]
    request = get(headers={"Cache-Control": "only-if-cached"})
    for _ in range(2):
        assert Stack(terminal, layers).send(request).status == 504
    assert terminal.requests == []


def test_of_many_threads_one_probes() -> None:
    clock = Clock()
    layer = opened(clock)
    clock.now += 31
    inside, go_on = threading.Event(), threading.Event()
    probes: list[Request] = []
    refused: list[CircuitOpenError] = []

    def answer(request: Request) -> Response:
        probes.append(request)
        inside.set()
        assert go_on.wait(20)
        return Response(200)

    stack = Stack(answer, [layer])

    def send_one() -> None:
        try:
            stack.send(get())
        except CircuitOpenError as error:
            refused.append(error)

    first = threading.Thread(target=send_one)
    first.start()
    assert inside.wait(20)
    others = [threading.Thread(target=send_one) for _ in range(8)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join(20)
    go_on.set()
    first.join(20)
    assert (len(probes), len(refused)) == (1, 8)
    assert not is_open(layer)


def test_a_task_that_is_cancelled_while_it_probes() -> None:
    clock = Clock()
    layer = opened(clock)
    clock.now += 31

    async def never(_request: Request) -> Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> None:
        task = asyncio.create_task(AsyncStack(never, [layer]).send(get()))
        await asyncio.sleep(0)
        assert is_open(layer), "the probe is under way"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    call(layer, 200)
    assert not is_open(layer)


@unhurried
@given(
    st.integers(1, 4),
    st.lists(st.sampled_from(["start", "succeed", "fail", "cancel", "time"]), max_size=80),
)
def test_it_opens_only_after_failures_and_never_stays_open(failures: int, story: list[str]) -> None:
    clock = Clock()
    layer = CircuitBreaker(failures, 30.0, clock=clock)
    under_way: list[Flow] = []
    failed = 0
    for event in story:
        if event == "start":
            flow = layer(get())
            try:
                next(flow)
            except CircuitOpenError:
                assert failed >= failures, "it refuses though too few failed"
            else:
                under_way.append(flow)
        elif event == "time":
            clock.now += 10
        elif under_way:
            flow = under_way.pop(0)
            if event == "cancel":
                flow.close()
            else:
                end_of(flow, Response(500 if event == "fail" else 200))
                failed += event == "fail"
    for flow in under_way:
        flow.close()
    clock.now += 31
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
    broken = CircuitBreaker(1, 10)
    call(broken, 500)
    for copy in (pickle.loads(pickle.dumps(broken)), copying.copy(broken)):
        assert not is_open(copy)
        assert str(copy) == "opens for 10 s after 1 failures in a row, for each origin"
    assert is_open(broken)
    error = pickle.loads(pickle.dumps(CircuitOpenError("closed for now")))
    assert (str(error), error.final, error.request_began) == ("closed for now", True, False)
