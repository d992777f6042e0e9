"""A lock for the threads of a process over one that processes share. A thread that holds it may enter it again."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Protocol, Self

from globus_transport.core.process import PerProcess


class HeldLock(Protocol):
    """A lock between processes that this process holds."""

    def release(self) -> None:
        """Release it."""

    def forget(self) -> None:
        """Give it up in a forked child, so that the parent still holds it."""


class ReentrantLock(PerProcess, ABC):
    """The base of the locks of storages."""

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
