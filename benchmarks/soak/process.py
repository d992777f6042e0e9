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

_STATM = Path("/proc/self/statm")
# From glibc's malloc.h.
_M_ARENA_MAX = -8


def count_open_files() -> int:
    """The number of open file descriptors, sockets among them."""
    return len(os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"))


def use_one_arena() -> None:
    """Have the allocator, if it is glibc's, serve all threads from one arena.

    It has an arena for several threads otherwise. In each of them there are holes, which look like growth.
    """
    _call_glibc("mallopt", _M_ARENA_MAX, 1)


def memory_at_rest() -> float:
    """The memory of this process in MiB, without garbage and without what the allocator keeps for later.

    It tells something when no call is in progress. Only Linux says it (proc_pid_statm(5)); elsewhere it is 0.
    """
    if not _STATM.exists():
        return 0.0
    gc.collect()
    _call_glibc("malloc_trim", 0)
    resident_pages = int(_STATM.read_text(encoding="ascii").split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _call_glibc(name: str, *arguments: int) -> None:
    if _STATM.exists() and (function := getattr(ctypes.CDLL(None), name, None)) is not None:
        function(*arguments)


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
