"""The rate limit, stepped by hand, and the law that the rate is never exceeded."""

from __future__ import annotations

import asyncio
import copy as copying
import math
import pickle
import threading
import time
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import (
    AsyncStack,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    RateLimit,
    Request,
    Response,
    Retry,
    Sleep,
    Stack,
)
from tests.core.stepping import end_of, get, unhurried
from tests.middleware.clock import Clock


def wait_of(layer: RateLimit, request: Request | None = None) -> float:
    """How long the next request waits."""
    return seconds_of(next(layer(request or get())))


def seconds_of(step: object) -> float:
    return step.seconds if isinstance(step, Sleep) else 0.0


def test_requests_are_kept_apart() -> None:
    clock = Clock()
    layer = RateLimit(4, per=2.0, clock=clock)
    assert [wait_of(layer) for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    clock.now += 1.0
    assert wait_of(layer) == 1.0


def test_a_burst_after_a_pause() -> None:
    clock = Clock()
    layer = RateLimit(10, burst=3, clock=clock)
    assert [wait_of(layer) for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])
    clock.now += 0.3
    assert wait_of(layer) == pytest.approx(0)
    clock.now += 100
    assert [wait_of(layer) for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])


def test_origins_have_nothing_to_do_with_each_other() -> None:
    layer = RateLimit(1, clock=Clock())
    assert wait_of(layer) == 0
    assert wait_of(layer, Request("GET", "https://other.example.org/")) == 0
    assert wait_of(layer) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_holds_everyone(status: int) -> None:
    clock = Clock()
    layer = RateLimit(10, clock=clock)
    refused = layer(get())
    next(refused)
    waiting = layer(get())
    assert seconds_of(next(waiting)) == pytest.approx(0.1)
    assert end_of(refused, Response(status, {"Retry-After": "5"})).status == status
    assert wait_of(layer) == pytest.approx(5.0)
    # The request that already waited when the refusal came is delayed too.
    clock.now += 0.1
    assert seconds_of(waiting.send(None)) == pytest.approx(5.0)
    clock.now += 5.0
    assert isinstance(waiting.send(None), Request)
    assert wait_of(layer, Request("GET", "https://other.example.org/")) == 0


@pytest.mark.parametrize("answer", [Response(429), Response(200, {"Retry-After": "5"}), Response(500)])
def test_other_answers_delay_no_request(answer: Response) -> None:
    layer = RateLimit(10, clock=Clock())
    flow = layer(get())
    next(flow)
    assert end_of(flow, answer) is answer
    assert wait_of(layer) == pytest.approx(0.1)


def test_a_pause_that_is_too_long_ends_calls_at_once() -> None:
    clock = Clock()
    layer = RateLimit(10, max_retry_after=20, clock=clock)
    refused, waiting = layer(get()), layer(get())
    next(refused)
    next(waiting)
    end_of(refused, Response(503, {"Retry-After": "999999999999"}))
    clock.now += 0.1
    for late in (partial(next, layer(get())), partial(waiting.send, None)):
        with pytest.raises(GlobusTimeoutError, match="asked for a pause of 999999999999 s more; up to 20 s") as raised:
            late()
        assert (raised.value.final, raised.value.request_began) == (True, False)


def test_a_long_pause_is_waited_for_when_enough_of_it_is_over() -> None:
    clock = Clock()
    layer = RateLimit(10, max_retry_after=20, clock=clock)
    refused = layer(get())
    next(refused)
    end_of(refused, Response(429, {"Retry-After": "60"}))
    clock.now += 39
    with pytest.raises(GlobusTimeoutError):
        next(layer(get()))
    clock.now += 2
    assert wait_of(layer) == pytest.approx(19)


def test_one_that_is_cancelled_has_used_its_place_and_no_other() -> None:
    layer = RateLimit(1, clock=Clock())
    assert wait_of(layer) == 0
    gone = layer(get())
    assert seconds_of(next(gone)) == 1
    with pytest.raises(asyncio.CancelledError):
        gone.throw(asyncio.CancelledError())
    assert wait_of(layer) == 2


def test_the_retry_layer_does_not_wait_again_for_a_place_that_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    stack = Stack(lambda request: Response(200), [Retry(), RateLimit(1, per=50, clock=Clock())])
    assert stack.send(get()).status == 200
    with pytest.raises(GlobusTimeoutError):
        stack.send(get(deadline=time.monotonic() + 30))
    assert slept == []


def test_one_layer_in_two_stacks_counts_both() -> None:
    layer = RateLimit(1000, clock=Clock())
    stacks = [Stack(lambda request: Response(200), [layer]) for _ in range(2)]
    for stack in stacks:
        stack.send(get())
    assert wait_of(layer) == pytest.approx(0.002)


def test_a_place_after_the_deadline_is_not_waited_for() -> None:
    layer = RateLimit(1, per=60, clock=Clock())
    assert wait_of(layer) == 0
    with pytest.raises(GlobusTimeoutError, match="after the deadline"):
        next(layer(get(deadline=time.monotonic() + 30)))
    assert wait_of(layer, get(deadline=time.monotonic() + 90)) == pytest.approx(60), "it took no place"


@unhurried
@given(
    st.floats(0.5, 100),
    st.integers(1, 5),
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
)
def test_never_more_than_the_rate_and_the_burst(rate: float, burst: int, pauses: list[float]) -> None:
    clock = Clock()
    layer = RateLimit(rate, burst=burst, clock=clock)
    moments = []
    for pause in pauses:
        clock.now += pause
        moments.append(clock.now + wait_of(layer))
    assert moments == sorted(moments)
    for first, moment in enumerate(moments):
        for last in range(first, len(moments)):
            within = moments[last] - moment
            assert last - first + 1 <= burst + within * rate + 1e-6


def test_threads_and_tasks_share_it() -> None:
    clock = Clock()
    layer = RateLimit(1000, clock=clock)
    waits: list[float] = []
    stack = Stack(lambda request: Response(200), [layer])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", waits.append)
        threads = [threading.Thread(target=lambda: [stack.send(get()) for _ in range(25)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    async def answer(request: Request) -> Response:
        return Response(200)

    async def tasks() -> None:
        await asyncio.gather(*(AsyncStack(answer, [layer]).send(get()) for _ in range(10)))

    yield_to_others = asyncio.sleep
    with pytest.MonkeyPatch.context() as patch:

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            await yield_to_others(0)

        patch.setattr("asyncio.sleep", sleep)
        asyncio.run(tasks())
    assert sorted(waits) == pytest.approx([number / 1000 for number in range(1, 110)])


@pytest.mark.parametrize(
    "settings",
    [
        {"rate": 0},
        {"rate": -1},
        {"rate": math.nan},
        {"rate": 1, "per": 0},
        {"rate": 1, "per": math.inf},
        {"rate": 1, "burst": 0},
        {"rate": 1, "max_retry_after": 0},
    ],
)
def test_bad_settings(settings: dict[str, Any]) -> None:
    with pytest.raises(GlobusSDKUsageError, match="above 0"):
        RateLimit(**settings)


def test_copies_and_print() -> None:
    layer = RateLimit(5, per=2, burst=3, max_retry_after=7)
    wait_of(layer)
    for copy in (pickle.loads(pickle.dumps(layer)), copying.copy(layer), copying.deepcopy(layer)):
        assert (copy.rate, copy.per, copy.burst, copy.max_retry_after) == (5, 2, 3, 7)
        assert wait_of(copy) == 0
    assert str(layer) == "5 requests in 2 s for each origin, 3 at once"
