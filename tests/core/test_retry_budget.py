"""The token bucket of retries."""

from __future__ import annotations

import copy
import os
import pickle
import time

import pytest

from globus_transport.middleware.retry.config import RetryBudget
from tests.core.stepping import exit_code_of_child


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


def taken(budget: RetryBudget, tries: int = 100) -> int:
    return sum(budget.take() for _ in range(tries))


def test_a_full_bucket_is_emptied_and_fills_up_again(clock: Clock) -> None:
    budget = RetryBudget(capacity=5, per_second=2)
    assert taken(budget) == 5
    clock.now += 0.4
    assert taken(budget) == 0
    clock.now += 0.1
    assert taken(budget) == 1
    clock.now += 1
    assert taken(budget) == 2
    clock.now += 1000
    assert taken(budget) == 5, "it never holds more than its capacity"


def test_an_empty_budget_allows_nothing(clock: Clock) -> None:
    assert taken(RetryBudget(capacity=0, per_second=0)) == 0
    budget = RetryBudget(capacity=0.5, per_second=100)
    clock.now += 10
    assert taken(budget) == 0


def test_the_lock_is_held_from_the_look_to_the_taking(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = RetryBudget(capacity=1, per_second=0)
    held: list[bool] = []

    def look_at_the_clock() -> float:
        held.append(budget._lock.locked())
        return 1000.0

    monkeypatch.setattr(time, "monotonic", look_at_the_clock)
    assert taken(budget, 2) == 1
    assert held == [True, True]
    assert not budget._lock.locked()


def test_copies_begin_full() -> None:
    budget = RetryBudget(capacity=3, per_second=0)
    taken(budget)
    for same in (pickle.loads(pickle.dumps(budget)), copy.deepcopy(budget)):
        assert (same.capacity, same.per_second) == (3, 0)
        assert taken(same) == 3
    assert repr(budget) == "RetryBudget(capacity=3, per_second=0)"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_lock_that_was_held_at_a_fork() -> None:
    budget = RetryBudget(capacity=3, per_second=0)
    with budget._lock:
        assert exit_code_of_child(lambda: taken(budget)) == 3
