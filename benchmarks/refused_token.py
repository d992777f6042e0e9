"""A token that the service refuses: 401, renewal, the reply."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

from benchmarks.figures import milliseconds
from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS, PACKAGES, THEIRS, AnyClient
from benchmarks.rounds import Measure, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row


def measure(server: Loopback, size: Size) -> list[Row]:
    """Wall time of a call whose token is refused every time, and how much of that was slept."""
    times: dict[str, list[float]] = {}
    slept: dict[str, float] = {}
    naps: list[float] = []
    with patch("time.sleep", _noting(naps, time.sleep)):
        # One package after the other: each follows the rotation of a refresh token from its beginning.
        for package in PACKAGES:
            server.reset()
            naps.clear()
            with package.client(server) as client:
                times |= interleaved({package.name: _refused_call(server, client)}, size.renewal_rounds)
            slept[package.name] = sum(naps) / (size.renewal_rounds + 1)
    return [
        Row("a 401, a refresh, the reply", milliseconds(median(times[OURS])), peers_of(times, OURS, milliseconds)),
        Row(
            "of that slept, on average",
            milliseconds(slept[OURS]),
            [Peer(THEIRS, milliseconds(slept[THEIRS]))],
            Goal("no sleep", slept[OURS] == 0),
        ),
    ]


def _refused_call(server: Loopback, client: AnyClient) -> Measure:
    def measure() -> float:
        server.forget_access_tokens()
        started = time.perf_counter()
        client.get_endpoint(TASK_ID)
        return time.perf_counter() - started

    return measure


def _noting(naps: list[float], sleep: Callable[[float], None]) -> Callable[[float], None]:
    def noted(seconds: float) -> None:
        naps.append(seconds)
        sleep(seconds)

    return noted
