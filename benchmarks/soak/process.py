"""What this process has: open files, threads and memory; and a wall clock that jumps."""

from __future__ import annotations

import ctypes
import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median

_MIB = 1 << 20
_STATM = Path("/proc/self/statm")
# From glibc's malloc.h.
_M_ARENA_MAX = -8
# In a soak of half a minute there are about as many. A shorter one grows because it has just begun.
_LEAST_SAMPLES = 20


def count_open_files() -> int:
    """The number of open file descriptors, sockets among them."""
    return len(os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"))


def memory_in_use() -> float:
    """The memory that this process has in use, in MiB (Linux: proc_pid_statm(5))."""
    resident_pages = int(_STATM.read_text(encoding="ascii").split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def wait_for_fewer(count: Callable[[], int], most: int, limit: float = 15.0) -> int:
    """Wait until no more than ``most`` are counted. What was closed may take a moment to go.

    :return: how many more there are after the limit, in seconds
    """
    until = time.monotonic() + limit
    while (more := count() - most) > 0 and time.monotonic() < until:
        gc.collect()
        time.sleep(0.05)
    return max(0, more)


def count_threads() -> int:
    """The number of threads."""
    return threading.active_count()


class MemoryGrowth:
    """Samples of the memory, one a second, from the end of the warm-up on. Only Linux tells it.

    Single samples depend on the calls that are in progress. The growth is therefore that between two medians, of the
    first fifth of the samples and of the last.
    """

    def __init__(self) -> None:
        self._samples: list[float] = []
        self._next_sample = 0.0
        _call_glibc("mallopt", _M_ARENA_MAX, 1)

    def sample(self) -> None:
        """Take a sample, if the last one is a second old."""
        now = time.monotonic()
        if now >= self._next_sample and _STATM.exists():
            self._next_sample = now + 1
            _call_glibc("malloc_trim", 0)
            self._samples.append(memory_in_use())

    def medians(self) -> tuple[float, float] | None:
        """The memory in the first fifth and in the last, in MiB; ``None`` if there are too few samples to tell."""
        if len(self._samples) < _LEAST_SAMPLES:
            return None
        fifth = len(self._samples) // 5
        return median(self._samples[:fifth]), median(self._samples[-fifth:])


def _call_glibc(name: str, *arguments: int) -> None:
    """Set the allocator, where it is that of glibc.

    It is to take all memory from one arena: those of many threads grow for minutes, with little in them. And it is to
    give free memory back to the system, which it would keep for later.
    """
    if _STATM.exists() and (function := getattr(ctypes.CDLL(None), name, None)) is not None:
        function(*arguments)


class JumpingClock:
    """A wall clock that can be set, for the place of ``time.time``."""

    def __init__(self) -> None:
        self._real_time = time.time
        self._offset = 0.0
        self.jumps = 0

    def time(self) -> float:
        """Seconds since the epoch, as the clock is set."""
        return self._real_time() + self._offset

    def jump(self, random: Random) -> None:
        """Set the clock right, or seconds to hours fast or slow."""
        self._offset = random.choice((0.0, 1.0, 60.0, 3600.0, 7200.0)) * random.uniform(-1, 1)
        self.jumps += 1
