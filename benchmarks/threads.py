"""Calls per second: 16 threads with one client."""

from __future__ import annotations

import threading
import time
from statistics import median

from benchmarks.figures import Spread
from benchmarks.loopback import Loopback
from benchmarks.packages import OURS, THEIRS
from benchmarks.rounds import Measure, interleaved
from benchmarks.sizes import Size
from benchmarks.small_get import POOL_MANAGER, Get, small_gets
from benchmarks.table import Goal, Peer, Row

THREADS = 16


def measure(server: Loopback, size: Size) -> list[Row]:
    """By wall time. urllib3's pool is told to keep a connection for each thread."""
    with small_gets(server, connections=THREADS) as gets:
        measures = {name: rate_of_threads(gets[name], size.thread_calls) for name in (OURS, POOL_MANAGER, THEIRS)}
        rates = interleaved(measures, size.thread_rounds)
    peers = []
    for name in (POOL_MANAGER, THEIRS):
        ratio = Spread.of_ratios(rates[OURS], rates[name])
        goal = Goal.at_least(ratio.median, 2.0) if name == POOL_MANAGER else None
        peers.append(Peer(name, _per_second(rates[name]), ratio, goal))
    return [Row(f"{THREADS} threads, one client: calls per second", _per_second(rates[OURS]), peers)]


def _per_second(rates: list[float]) -> str:
    return f"{median(rates):.0f} /s"


def rate_of_threads(get: Get, calls: int) -> Measure:
    """Calls per second of all threads, each of which makes so many."""

    def measure() -> float:
        barrier = threading.Barrier(THREADS + 1)
        failures: list[Exception] = []

        def work() -> None:
            barrier.wait()
            try:
                for _ in range(calls):
                    get()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        barrier.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - started
        if failures:
            raise failures[0]
        return THREADS * calls / elapsed

    return measure
