"""Runs threads, tasks and forked children against the faulty server while the clock jumps, and reports."""

from __future__ import annotations

import faulthandler
import sys
import time
import warnings
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

from benchmarks.soak.clients import Clients, make_clients
from benchmarks.soak.counts import Counts, note_unraisable
from benchmarks.soak.forks import Children
from benchmarks.soak.process import (
    JumpingClock,
    count_open_files,
    count_threads,
    memory_at_rest,
    use_one_arena,
    wait_for_fewer,
)
from benchmarks.soak.report import Report
from benchmarks.soak.server import running_server
from benchmarks.soak.tasks import start_tasks
from benchmarks.soak.threads import join_threads, start_threads

THREADS = 64
TASKS = 200

# Seconds between two looks at the children, and on average between two forks and two jumps.
_TICK = 0.25
_BETWEEN_FORKS = 3.0
_BETWEEN_JUMPS = 2.0
# Seconds that the last calls may take. Their own limits are far below, but the machine may be busy.
_LAST_CALLS = 90.0


def run_soak(seconds: float, seed: int) -> Report:
    """Make calls for some time, and report what happened to them.

    The first quarter is the warm-up. Then all callers rest, and the memory is measured, as it is at the end.

    :param seconds: how long new calls are begun
    :param seed: decides which calls are made, and what goes wrong. Two runs with one seed still differ in their timing
    """
    warnings.simplefilter("error", ResourceWarning)
    # Forking beside threads is what is tested.
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    use_one_arena()
    counts = Counts()
    note_unraisable(counts)
    clock = JumpingClock()
    with TemporaryDirectory() as name, running_server(Path(name), seed) as server, patch("time.time", clock.time):
        files, threads = count_open_files(), count_threads()
        clients = make_clients(server, Path(name))
        children = Children(clients, seed)
        memory = []
        for part, share in (("warm", 0.25), ("main", 0.75)):
            _run_callers(part, seconds * share, Random(f"{seed} {part}"), clients, children, clock, counts)
            memory.append(memory_at_rest())
        clients.close()
        leaked_threads = wait_for_fewer(count_threads, threads)
        leaked_files = wait_for_fewer(count_open_files, files)
        _print_stacks_if(leaked_threads > 0)
    counts.add(children.counts)
    events = {"forks": children.forks, "jumps of the clock": clock.jumps}
    return Report(counts, server.counts, leaked_files, leaked_threads, (memory[0], memory[1]), events)


def _run_callers(
    part: str,
    seconds: float,
    random: Random,
    clients: Clients,
    children: Children,
    clock: JumpingClock,
    counts: Counts,
) -> None:
    """Make calls from threads, tasks and children, and wait for the last ones.

    :param part: unique; the ids of the calls begin with it
    :param counts: is added to
    """
    until = time.monotonic() + seconds
    threads, of_threads = start_threads(THREADS, part, clients, random, until)
    loop_thread, of_tasks = start_tasks(TASKS, part, clients, random, until, _LAST_CALLS)
    while time.monotonic() < until:
        if random.random() < _TICK / _BETWEEN_FORKS:
            children.fork()
        if random.random() < _TICK / _BETWEEN_JUMPS:
            clock.jump(random)
        children.reap()
        time.sleep(_TICK)
    join_threads([*threads, loop_thread], counts, _LAST_CALLS + 10)
    _print_stacks_if(counts.lost > 0)
    children.wait()
    for of_caller in (*of_threads, *of_tasks):
        counts.add(of_caller)


def _print_stacks_if(wrong: bool) -> None:
    if wrong:
        faulthandler.dump_traceback(sys.stderr)
