"""tenacity's own objects, and functions in their place."""

from __future__ import annotations

import time
from typing import Any

import pytest
import tenacity

from globus_transport.http.messages import Response
from globus_transport.middleware.retry.config import RetryConfig
from globus_transport.middleware.retry.retry import Retry
from tests.core.retrying import BUSY, LOST, OK, begin, give, is_repeated, pause, stands
from tests.core.stepping import get


def test_tenacitys_stop_objects() -> None:
    flow = begin(Retry(RetryConfig(stop=tenacity.stop_after_attempt(2) | tenacity.stop_after_delay(3600))), get())
    pause(flow, BUSY)
    flow.send(None)
    assert stands(flow, BUSY)


def test_tenacitys_stop_before_delay_sees_the_time_since_the_first_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    config = RetryConfig(stop=tenacity.stop_before_delay(10), wait=tenacity.wait_fixed(3))
    flow = begin(Retry(config), get())
    now += 5
    assert pause(flow, BUSY) == 3
    flow.send(None)
    now += 3
    assert stands(flow, BUSY), "8 s have passed, and the pause would pass 10 s"


def test_tenacitys_wait_objects() -> None:
    wait = tenacity.wait_chain(tenacity.wait_fixed(1), tenacity.wait_fixed(2)) + tenacity.wait_fixed(0.25)
    flow = begin(Retry(RetryConfig(wait=wait)), get())
    for expected in (1.25, 2.25, 2.25):
        assert pause(flow, BUSY) == expected
        flow.send(None)


def test_tenacitys_conditions() -> None:
    condition: Any = tenacity.retry_if_result(lambda response: response.status == 202)
    condition |= tenacity.retry_if_exception_type(KeyError)
    config = RetryConfig(retry=condition)
    assert is_repeated(get(), Response(202), config)
    assert is_repeated(get(), KeyError(), config)
    assert not is_repeated(get(), BUSY, config)
    assert not is_repeated(get(), LOST, config)
    assert not is_repeated(get(), OK, config)


def test_plain_functions_will_do() -> None:
    numbers: list[int] = []

    def wait(state: tenacity.RetryCallState) -> float:
        numbers.append(state.attempt_number)
        return state.attempt_number * 1.5

    flow = begin(Retry(RetryConfig(wait=wait)), get())
    assert pause(flow, LOST) == 1.5
    flow.send(None)
    assert pause(flow, BUSY) == 3.0
    assert numbers == [1, 2]


def test_the_state_tells_the_outcome() -> None:
    seen: list[object] = []

    def stop(state: tenacity.RetryCallState) -> bool:
        assert state.outcome is not None
        seen.append(state.outcome.exception() or state.outcome.result())
        return False

    flow = begin(Retry(RetryConfig(stop=stop)), get())
    pause(flow, LOST)
    flow.send(None)
    pause(flow, BUSY)
    assert seen == [LOST, BUSY]


def fail(state: tenacity.RetryCallState) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("config", [RetryConfig(stop=fail), RetryConfig(wait=fail), RetryConfig(retry=fail)])
@pytest.mark.parametrize("outcome", [BUSY, LOST], ids=["response", "exception"])
def test_an_exception_of_the_users_own_object_surfaces(config: RetryConfig, outcome: Response | Exception) -> None:
    flow = begin(Retry(config), get())
    with pytest.raises(ZeroDivisionError):
        give(flow, outcome)
