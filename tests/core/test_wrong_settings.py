"""Settings of a wrong type are refused when they are given, with the name of the parameter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from globus_transport import (
    CircuitBreaker,
    CompressBodies,
    ConcurrencyLimit,
    Deadline,
    GlobusSDKUsageError,
    Hedging,
    MemoryStore,
    RateLimit,
    RetryConfig,
    Stack,
    TransferClient,
    Transport,
)
from globus_transport.http.messages import Response
from globus_transport.http.numbers import is_number
from globus_transport.terminals.threads import ThreadsTerminal

MAKERS: dict[str, Callable[[Any], object]] = {
    "http_timeout": lambda value: Transport(http_timeout=value).make_terminal(),
    "connect_timeout": lambda value: Transport(connect_timeout=value).make_async_terminal(),
    "pool_size": lambda value: Transport(pool_size=value).make_terminal(),
    "deadline": Deadline,
    "max_retries": lambda value: RetryConfig(max_retries=value),
    "max_sleep": lambda value: RetryConfig(max_sleep=value),
    "max_retry_after": lambda value: RetryConfig(max_retry_after=value),
    "rate": RateLimit,
    "per": lambda value: RateLimit(1.0, per=value),
    "burst": lambda value: RateLimit(1.0, burst=value),
    "ConcurrencyLimit": ConcurrencyLimit,
    "failures": lambda value: CircuitBreaker(value),
    "recovery": lambda value: CircuitBreaker(recovery=value),
    "percentile": Hedging,
    "at_least": lambda value: Hedging(at_least=value),
    "samples": lambda value: Hedging(samples=value),
    "minimum": CompressBodies,
    "level": lambda value: CompressBodies(level=value),
    "max_bytes": MemoryStore,
    "threads": lambda value: ThreadsTerminal(lambda _request: Response(200), threads=value),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("value", ["20", [1], True, float("nan"), float("inf")], ids=repr)
def test_what_is_no_number_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(GlobusSDKUsageError, match=name):
        MAKERS[name](value)


@pytest.mark.parametrize("name", ["timeout", "polling_interval"])
def test_task_wait(name: str) -> None:
    client = TransferClient(terminal=lambda _request: Response(200, body=b"{}"))
    numbers: dict[str, Any] = {name: "60"}
    with pytest.raises(GlobusSDKUsageError, match=f"{name}='60'"):
        client.task_wait("x", **numbers)


@pytest.mark.parametrize("value", [3, ["a"]])
def test_verify_ssl(value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="verify_ssl"):
        Transport(verify_ssl=value).make_terminal()


@pytest.mark.parametrize("value", [3, None, []])
def test_a_stack_that_is_none(value: Any) -> None:
    client = TransferClient(terminal=lambda _request: Response(200, body=b"{}"))
    before = client.stack
    with pytest.raises(GlobusSDKUsageError, match=r"TransferClient\.stack: expected a stack, got a .*with_stack"):
        client.stack = value
    assert client.stack is before
    client.stack = Stack(lambda _request: Response(204))
    assert len(client.stack.layers) == 0


def test_numbers() -> None:
    assert [is_number(value) for value in (1, 1.5, 0, -1)] == [True] * 4
    assert [is_number(value, above=0) for value in (0, 0.1)] == [False, True]
    assert [is_number(value, at_least=1, below=2) for value in (0.9, 1, 2)] == [False, True, False]
