"""Starts programs with one client of asyncio, and tells them what to measure."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.rounds import Measure


@attrs.frozen
class AsyncioProgram:
    """A running :mod:`benchmarks.asyncio_program`."""

    _process: subprocess.Popen[str]

    def cpu_time(self, calls: int) -> Measure:
        """The CPU seconds of one call, if one task makes so many."""
        return lambda: self._measure(f"cpu_time {calls}")

    def rate(self, calls: int) -> Measure:
        """Calls per second of all tasks, each of which makes so many."""
        return lambda: self._measure(f"rate {calls}")

    def download(self, length: int) -> Measure:
        """Bytes per second of a body of so many bytes."""
        return lambda: self._measure(f"download {length}")

    def _measure(self, line: str) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


@contextmanager
def running_program(
    server: Loopback, library: str, url: str, *options: str, **environment: str
) -> Iterator[AsyncioProgram]:
    """The program, as long as the block runs.

    :param library: one that it knows
    :param url: the service's address
    :param environment: variables to set
    """
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.asyncio_program", library, url, TASK_ID, server.ca_file, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, **environment},
    ) as process:
        yield AsyncioProgram(process)
        # Leaving closes its standard input, which ends it.


@contextmanager
def on_a_processor_of_its_own(server: Loopback) -> Iterator[None]:
    """The server, while the block runs, where the system can do that. What is started here gets the other processors.

    A client that waits for a server on its own processor costs less than with one that is elsewhere, as servers are.
    """
    if not hasattr(os, "sched_setaffinity") or len(everywhere := os.sched_getaffinity(0)) < 2:
        yield
        return
    last = max(everywhere)
    os.sched_setaffinity(server.pid, {last})
    os.sched_setaffinity(0, everywhere - {last})
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)
        os.sched_setaffinity(server.pid, everywhere)
