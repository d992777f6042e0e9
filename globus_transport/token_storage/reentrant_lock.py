"""What the locks of storages have in common, whatever processes share: files or a server."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, Self

from globus_transport.core.process import PerProcess


class HeldLock(Protocol):
    """A lock between processes that this process holds."""

    def release(self) -> None:
        """Release it."""

    def forget(self) -> None:
        """Give it up in a forked child, so that the parent still holds it."""


class ReentrantLock(PerProcess, ABC):
    """A lock for the threads of this process over one between processes. A thread that holds it may enter it again."""

    _process_state = ("_thread_lock", "_depth", "_held")

    def __init__(self) -> None:
        self._enter_process()

    @abstractmethod
    def _lock(self) -> HeldLock:
        """Wait for the lock between processes.

        :raises TokenStorageError: if it cannot be taken
        """

    def _make_process_state(self) -> None:
        self._thread_lock = threading.RLock()
        self._depth = 0
        self._held: HeldLock | None = None

    def _after_fork(self) -> None:
        if self._held is not None:
            self._held.forget()
        self._make_process_state()

    def __enter__(self) -> Self:
        """Wait for the lock.

        :raises TokenStorageError: if it cannot be taken
        """
        self._thread_lock.acquire()
        try:
            if self._depth == 0:
                self._held = self._lock()
            self._depth += 1
        except BaseException:
            self._thread_lock.release()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._depth -= 1
        try:
            if self._depth == 0 and self._held is not None:
                held, self._held = self._held, None
                held.release()
        finally:
            self._thread_lock.release()


class Heartbeat:
    """A thread that shows others, every few seconds, that the holder of a lock is alive.

    :param beat: called by the thread
    :param seconds: between two calls
    """

    def __init__(self, beat: Callable[[], object], seconds: float) -> None:
        self._beat = beat
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="globus-lock", daemon=True)
        # No thread can be started while the interpreter ends. The lock is not held for long then.
        with suppress(RuntimeError):
            self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._beat()

    def stop(self) -> None:
        """Stop, and wait for a call that is being made."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()
