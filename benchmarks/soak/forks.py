"""Forked children that make calls with the clients that they inherit."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import time
from random import Random

import attrs

from benchmarks.soak.clients import Clients
from benchmarks.soak.counts import Counts, note_unraisable
from benchmarks.soak.threads import make_calls

_CALLS = 5
# Seconds after which a child prints where it is stuck, and ends. Its calls have limits that are far below.
_LIMIT = 40


@attrs.frozen
class _Child:
    pid: int
    pipe: int
    name: str
    started: float


class Children:
    """The children of the soak. A child makes a few calls, tells its parent its counts through a pipe, and ends.

    :param clients: which the children inherit
    :param seed: decides which calls they make
    """

    def __init__(self, clients: Clients, seed: int) -> None:
        self._clients = clients
        self._seed = seed
        self._running: list[_Child] = []
        self.counts = Counts()
        self.forks = 0

    def fork(self) -> None:
        """Start a child."""
        self.forks += 1
        name = f"child-{self.forks}"
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            _live(self._clients, name, f"{self._seed} {name}", write_end)
        os.close(write_end)
        self._running.append(_Child(pid, read_end, name, time.monotonic()))

    def reap(self) -> None:
        """Take the counts of the children that have ended, and end those that are stuck."""
        for child in list(self._running):
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            if ended:
                self._running.remove(child)
                self._take_counts(child, os.waitstatus_to_exitcode(status))
            elif time.monotonic() - child.started > _LIMIT + 20:
                os.kill(child.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait for the end of all children."""
        while self._running:
            self.reap()
            time.sleep(0.01)

    def _take_counts(self, child: _Child, exit_code: int) -> None:
        with open(child.pipe, "rb") as pipe:
            told = pipe.read()
        if exit_code == 0 and told:
            self.counts.add(Counts.from_dict(json.loads(told)))
        else:
            self.counts.add_lost(f"a call of {child.name}, which ended with status {exit_code}")


def _live(clients: Clients, name: str, seed: str, write_end: int) -> None:
    """The whole life of a child. It does not return, so that nothing of the parent goes on here."""
    status = 1
    try:
        faulthandler.dump_traceback_later(_LIMIT, exit=True)
        counts = Counts()
        note_unraisable(counts)
        make_calls(clients, name, Random(seed), counts, lambda: counts.calls >= _CALLS)
        os.write(write_end, json.dumps(counts.to_dict()).encode())
        status = 0
    finally:
        os._exit(status)
