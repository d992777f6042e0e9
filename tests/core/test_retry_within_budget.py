"""The retry layer and its budget."""

from __future__ import annotations

import time

from globus_transport.http.messages import Response
from globus_transport.middleware.retry.config import RetryBudget, RetryConfig
from globus_transport.middleware.retry.retry import Retry
from tests.core.retrying import BUSY, LOST, OK, after, begin, pause, stands
from tests.core.stepping import get, post


def test_an_empty_budget_ends_the_call() -> None:
    config = RetryConfig(budget=RetryBudget(capacity=3, per_second=0))
    first = begin(Retry(config), get())
    for _ in range(2):
        pause(first, BUSY)
        first.send(None)
    second = begin(Retry(config), get())
    pause(second, LOST)
    second.send(None)
    assert stands(first, BUSY)
    assert stands(second, LOST)
    assert stands(begin(Retry(config), get()), BUSY)


def test_only_retries_take_from_the_budget() -> None:
    budget = RetryBudget(capacity=1, per_second=0)
    retry = Retry(RetryConfig(budget=budget, max_retries=0))
    for outcome in (OK, Response(404), BUSY, LOST, ValueError()):
        assert stands(begin(retry, get()), outcome)
    once = Retry(RetryConfig(budget=budget))
    assert stands(begin(once, post()), BUSY)
    assert stands(begin(once, get(deadline=time.monotonic())), BUSY)
    assert stands(begin(once, get()), after(3600))
    pause(begin(once, get()), BUSY)
    assert stands(begin(once, get()), BUSY)


def test_each_stack_has_a_budget_of_its_own_unless_it_is_shared() -> None:
    first, second = RetryConfig(), RetryConfig()
    assert first.budget is not None
    assert first.budget is not second.budget
    assert RetryConfig(budget=None).budget is None
