"""Waiting for a task: polls, outages, and tests that replace the sleep."""

from __future__ import annotations

import time
from typing import Any

import pytest

from globus_transport import GlobusConnectionError, NetworkError, Request, Response, RetryConfig, TransferClient

ACTIVE = b'{"status": "ACTIVE"}'
OVER = b'{"status": "SUCCEEDED"}'


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def client(answer: Any) -> TransferClient:
    def terminal(_request: Request) -> Response:
        outcome = answer()
        if isinstance(outcome, Exception):
            raise outcome
        return Response(200, {}, outcome)

    return TransferClient(terminal=terminal, retry_config=RetryConfig(max_retries=0))


def test_an_outage_that_is_shorter_than_the_time_out(clock: Clock) -> None:
    def answer() -> Any:
        return GlobusConnectionError("no network") if 5 <= clock.now < 30 else (OVER if clock.now >= 60 else ACTIVE)

    assert client(answer).task_wait("x", timeout=90, polling_interval=10)
    assert clock.now == 60


def test_an_outage_that_is_longer_ends_with_its_error(clock: Clock) -> None:
    with pytest.raises(GlobusConnectionError, match="no network"):
        client(lambda: GlobusConnectionError("no network")).task_wait("x", timeout=90, polling_interval=10)
    assert clock.now == 90


def test_an_error_that_cannot_pass_is_not_waited_for(clock: Clock) -> None:
    def answer() -> Exception:
        error = NetworkError("the certificate is not trusted")
        error.final = True
        return error

    with pytest.raises(NetworkError, match="not trusted"):
        client(answer).task_wait("x", timeout=90)
    assert clock.now == 0


def test_it_does_not_spin_when_a_test_replaces_the_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    polls: list[int] = []

    def answer() -> bytes:
        polls.append(1)
        return ACTIVE

    assert not client(answer).task_wait("x", timeout=60, polling_interval=10)
    assert len(polls) == 7
