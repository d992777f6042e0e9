"""The retry layer, stepped by hand: what it repeats, when it gives up, how long it waits."""

from __future__ import annotations

import asyncio
import pickle
import random
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
import tenacity

from globus_transport.core.flow import Read
from globus_transport.exc.base import (
    GlobusSDKUsageError,
    RedirectError,
)
from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry import Retry
from tests.core.retrying import BUSY, LOST, OK, after, begin, pause, stands
from tests.core.stepping import FakeStream, World, get, in_both_worlds


@pytest.mark.parametrize("status", [200, 201, 204, 302, 304, 399])
def test_success_passes(status: int) -> None:
    assert stands(begin(Retry(), get()), Response(status))


def test_a_success_does_not_consult_tenacity() -> None:
    def refuse(state: tenacity.RetryCallState) -> Any:
        raise AssertionError

    assert stands(begin(Retry(RetryConfig(stop=refuse, wait=refuse)), get()), OK)


def test_sends_again_after_a_pause_and_counts_the_attempts() -> None:
    flow = begin(Retry(), get(headers={"X": "1"}))
    for attempt in (2, 3, 4):
        pause(flow, BUSY)
        again = flow.send(None)
        assert isinstance(again, Request)
        assert (again.attempt, again.headers["X"], again.method) == (attempt, "1", "GET")
    assert stands(flow, OK)


def test_the_request_that_came_is_not_changed() -> None:
    request = get()
    flow = begin(Retry(), request)
    pause(flow, BUSY)
    flow.send(None)
    assert request.attempt == 1


@pytest.mark.parametrize("last", [BUSY, LOST, Response(404), RedirectError("loop")])
def test_the_last_outcome_stands(last: Response | Exception) -> None:
    flow = begin(Retry(RetryConfig(max_retries=2)), get())
    for outcome in (LOST, BUSY):
        pause(flow, outcome)
        flow.send(None)
    assert stands(flow, last)


def test_no_retries() -> None:
    assert stands(begin(Retry(RetryConfig(max_retries=0)), get()), BUSY)
    assert stands(begin(Retry(RetryConfig(max_retries=0)), get()), LOST)


def test_five_retries_by_default() -> None:
    flow = begin(Retry(), get())
    for _ in range(5):
        pause(flow, BUSY)
        flow.send(None)
    assert stands(flow, BUSY)


def test_full_jitter() -> None:
    random.seed(20)
    retry = Retry(RetryConfig(max_retries=8, budget=None))
    pauses: list[list[float]] = []
    for _ in range(100):
        flow = begin(retry, get())
        row = []
        for _ in range(8):
            row.append(pause(flow, BUSY))
            flow.send(None)
        pauses.append(row)
    for column, bound in zip(zip(*pauses, strict=True), [0.5, 1, 2, 4, 8, 10, 10, 10], strict=True):
        assert 0 <= min(column) < 0.1 * bound
        assert 0.9 * bound < max(column) <= bound


def test_max_sleep() -> None:
    flow = begin(Retry(RetryConfig(max_retries=20, max_sleep=0.001)), get())
    for _ in range(20):
        assert 0 <= pause(flow, BUSY) <= 0.001
        flow.send(None)


def test_retry_after_is_a_floor() -> None:
    retry = Retry(RetryConfig(wait=tenacity.wait_fixed(3)))
    assert pause(begin(retry, get()), after(7)) == 7
    assert pause(begin(retry, get()), after(2)) == 3
    assert pause(begin(retry, get()), BUSY) == 3
    assert pause(begin(retry, get()), after("soon")) == 3
    assert pause(begin(retry, get()), LOST) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retry_after_as_a_date(status: int) -> None:
    date = formatdate(time.time() + 30, usegmt=True)
    assert 28 < pause(begin(Retry(), get()), after(date, status)) <= 30


def test_a_retry_after_that_is_too_long_ends_the_call() -> None:
    assert stands(begin(Retry(), get()), after(61))
    assert pause(begin(Retry(), get()), after(60)) == 60
    patient = Retry(RetryConfig(max_retry_after=3600))
    assert pause(begin(patient, get()), after(61)) == 61
    assert stands(begin(patient, get()), after(formatdate(time.time() + 4000, usegmt=True)))


def test_a_pause_that_would_pass_the_deadline_is_not_begun() -> None:
    retry = Retry(RetryConfig(wait=tenacity.wait_fixed(5)))
    assert stands(begin(retry, get(deadline=time.monotonic() + 4)), BUSY)
    assert stands(begin(retry, get(deadline=time.monotonic() - 1)), LOST)
    assert pause(begin(retry, get(deadline=time.monotonic() + 60)), BUSY) == 5


def test_a_retry_after_beyond_the_deadline_ends_the_call_at_once() -> None:
    assert stands(begin(Retry(), get(deadline=time.monotonic() + 4)), after(5))
    assert pause(begin(Retry(), get(deadline=time.monotonic() + 60)), after(5)) == 5
    date = formatdate(time.time() + 40, usegmt=True)
    assert stands(begin(Retry(), get(deadline=time.monotonic() + 30)), after(date))


def test_one_retry_layer_serves_calls_that_overlap() -> None:
    retry = Retry(RetryConfig(max_retries=2, wait=lambda state: float(state.attempt_number)))
    first, second = begin(retry, get("/1")), begin(retry, get("/2"))
    assert pause(first, BUSY) == 1
    assert pause(second, LOST) == 1
    first.send(None)
    assert pause(first, BUSY) == 2
    again = second.send(None)
    assert isinstance(again, Request)
    assert (again.url.target, again.attempt) == ("/2", 2)
    first.send(None)
    assert stands(first, BUSY)
    assert pause(second, BUSY) == 2


def in_another_thread(function: Callable[[], object]) -> None:
    failures: list[BaseException] = []

    def target() -> None:
        try:
            function()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    assert failures == []


def test_a_flow_may_go_on_in_another_thread() -> None:
    flow = begin(Retry(RetryConfig(max_retries=2, wait=lambda state: float(state.attempt_number))), get())
    assert pause(flow, BUSY) == 1

    def second_attempt() -> None:
        again = flow.send(None)
        assert isinstance(again, Request)
        assert again.attempt == 2
        assert pause(flow, LOST) == 2

    def third_attempt() -> None:
        flow.send(None)
        assert stands(flow, BUSY)

    in_another_thread(second_attempt)
    in_another_thread(third_attempt)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit])
@pytest.mark.parametrize("where", ["request", "sleep"])
def test_cancellation_passes(error: type[BaseException], where: str) -> None:
    everything = RetryConfig(retry=lambda state: True)
    flow = begin(Retry(everything), get())
    if where == "sleep":
        pause(flow, BUSY)
    with pytest.raises(error):
        flow.throw(error())
    with pytest.raises(StopIteration):
        next(flow)


def test_a_streamed_error_is_read_before_anyone_judges_it() -> None:
    retry = Retry(may_pass=lambda response: response.body == b"passing")
    flow = begin(retry, get(stream=True))
    streamed = Response(503, stream=FakeStream(b"passing"))
    assert flow.send(streamed) == Read(streamed, ERROR_BODY_LIMIT)
    pause(flow, Response(503, body=b"passing"))


@pytest.mark.parametrize("status", [200, 404])
def test_a_streamed_answer_that_is_final_by_its_status_stays_on_the_wire(status: int) -> None:
    assert stands(begin(Retry(), get(stream=True)), Response(status, stream=FakeStream(b"1")))


@in_both_worlds
def test_a_streamed_success_that_is_not_wanted_is_let_go(world: World) -> None:
    unwanted, wanted = world.stream(b"pending"), world.stream(b"done")
    config = RetryConfig(retry=tenacity.retry_if_result(lambda response: response.status == 202), wait=lambda _: 0.0)
    terminal = world.terminal(Response(202, stream=unwanted), Response(200, stream=wanted))
    response = world.send(get(stream=True), [Retry(config)], terminal)
    assert response.stream is wanted
    assert unwanted.closed >= 1
    assert wanted.closed == 0


@in_both_worlds
def test_through_a_stack(world: World) -> None:
    retry = Retry(RetryConfig(wait=tenacity.wait_none()))
    terminal = world.terminal(LOST, BUSY, OK)
    assert world.send(get(), [retry], terminal) is OK
    assert [request.attempt for request in terminal.requests] == [1, 2, 3]


@pytest.mark.parametrize("name", ["max_retries", "max_sleep", "max_retry_after"])
def test_numbers_are_not_negative(name: str) -> None:
    numbers: dict[str, Any] = {name: -1}
    with pytest.raises(GlobusSDKUsageError, match=rf"{name}=-1\): give a number that is not negative"):
        RetryConfig(**numbers)


def test_printing() -> None:
    assert str(Retry()) == "up to 5 times, after network errors and 429, 500, 502, 503, 504"
    own = RetryConfig(stop=tenacity.stop_never, retry=tenacity.retry_always)
    assert str(Retry(own)) == "as its stop object says, as its condition says"


def test_pickling() -> None:
    config = RetryConfig(max_retries=1, stop=tenacity.stop_after_attempt(2), wait=tenacity.wait_fixed(3))
    flow = begin(pickle.loads(pickle.dumps(Retry(config))), get())
    assert pause(flow, BUSY) == 3
    flow.send(None)
    assert stands(flow, BUSY)
