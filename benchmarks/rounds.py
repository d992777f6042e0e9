"""Measuring several things in turn, so that what disturbs the machine disturbs all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from statistics import median

from benchmarks.figures import Spread
from benchmarks.table import Goal, Peer

Measure = Callable[[], float]
Times = dict[str, list[float]]


def interleaved(measures: Mapping[str, Measure], rounds: int) -> Times:
    """Take each measure once a round, each round beginning with another one.

    Everybody is warmed up first, and begins with an empty garbage collector: what was there before
    (the modules of all peers) is nobody's own.
    """
    for measure in measures.values():
        measure()
    names = list(measures)
    times: Times = {name: [] for name in names}
    gc.collect()
    gc.freeze()
    try:
        for number in range(rounds):
            turn = number % len(names)
            for name in names[turn:] + names[:turn]:
                gc.collect()
                times[name].append(measures[name]())
    finally:
        gc.unfreeze()
    return times


def extend(times: Times, more: Times) -> None:
    """Add the figures of further rounds."""
    for name, figures in more.items():
        times.setdefault(name, []).extend(figures)


def cpu_time_of(call: Callable[[], object], calls: int) -> Measure:
    """The CPU seconds that this process spends on one call."""

    def measure() -> float:
        started = time.process_time()
        for _ in range(calls):
            call()
        return (time.process_time() - started) / calls

    return measure


def wall_time_of(call: Callable[[], object]) -> Measure:
    """The seconds that one call takes."""

    def measure() -> float:
        started = time.perf_counter()
        call()
        return time.perf_counter() - started

    return measure


def peers_of(
    times: Times, ours: str, write: Callable[[float], str], limits: Mapping[str, float] | None = None
) -> list[Peer]:
    """Everybody but us.

    :param limits: what our share of a peer's time is to stay below
    """
    peers = []
    for name, theirs in times.items():
        if name == ours:
            continue
        ratio = Spread.of_ratios(times[ours], theirs)
        goal = None
        with suppress(KeyError):
            goal = Goal.at_most(ratio.median, (limits or {})[name])
        peers.append(Peer(name, write(median(theirs)), ratio, goal))
    return peers
