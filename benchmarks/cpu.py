"""CPU time a call: one thread, one connection."""

from __future__ import annotations

from statistics import median

from benchmarks.figures import microseconds
from benchmarks.loopback import Loopback
from benchmarks.packages import OURS, THEIRS
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.small_get import POOL_MANAGER, small_gets
from benchmarks.table import Row


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of this process, so that a waiting client costs nothing."""
    with small_gets(server) as gets:
        times = interleaved({name: cpu_time_of(get, size.cpu_calls) for name, get in gets.items()}, size.cpu_rounds)
    peers = peers_of(times, OURS, microseconds, {POOL_MANAGER: 0.50, THEIRS: 0.40})
    return [Row("CPU time a call", microseconds(median(times[OURS])), peers)]
