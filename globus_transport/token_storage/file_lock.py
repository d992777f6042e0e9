"""One writer of a file at a time: among threads, and among the processes of one machine."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Self

from globus_transport.core.process import PerProcess

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock(PerProcess):
    """A lock by the name of a file, which is made and stays. The thread that holds it may enter again.

    :param path: of the lock file; not of the file that it is about, which may be replaced meanwhile
    """

    _process_state = ("_thread_lock", "_depth", "_descriptor")

    def __init__(self, path: str) -> None:
        self.path = path
        self._enter_process()

    def _make_process_state(self) -> None:
        self._thread_lock = threading.RLock()
        self._depth = 0
        self._descriptor = -1

    def _after_fork(self) -> None:
        # Closing the child's copy of the file leaves the parent's lock alone.
        if self._depth:
            os.close(self._descriptor)
        self._make_process_state()

    def __enter__(self) -> Self:
        self._thread_lock.acquire()
        try:
            if self._depth == 0:
                self._descriptor = self._locked_file()
            self._depth += 1
        except BaseException:
            self._thread_lock.release()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                _let_go_of(self._descriptor)
        finally:
            self._thread_lock.release()

    def _locked_file(self) -> int:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


if sys.platform == "win32":

    def _wait_for(descriptor: int) -> None:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                return
            except PermissionError:
                # msvcrt can wait, but no longer than ten seconds.
                time.sleep(0.05)

    def _let_go_of(descriptor: int) -> None:
        # The system lets go of the lock with the file.
        os.close(descriptor)

else:

    def _wait_for(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _let_go_of(descriptor: int) -> None:
        # Not only by closing: a child that was forked meanwhile has the file open, too.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
