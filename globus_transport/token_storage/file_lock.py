"""A lock on a file for the threads of a process and for the processes of one machine.

It is our own code, because the package ``filelock`` does not fit in three ways. If ``flock`` fails with ENOSYS, and
only then, it changes to a soft lock (a marker file), where this lock raises the error. Its default locks do not pickle,
as storages have to. And a lock that threads share (``thread_local=False``) lets a second thread enter while the first
one holds it.
"""

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
    """A reentrant lock. The lock file is made when needed, and never removed.

    :param path: the path of the lock file. It is not the protected file itself, because that may be replaced while the
        lock is held
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
        # Closing the child's descriptor does not release the parent's lock.
        if self._depth:
            os.close(self._descriptor)
        self._make_process_state()

    def __enter__(self) -> Self:
        self._thread_lock.acquire()
        try:
            if self._depth == 0:
                self._descriptor = self._open_and_lock()
            self._depth += 1
        except BaseException:
            self._thread_lock.release()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._depth -= 1
        try:
            if self._depth == 0:
                _unlock_and_close(self._descriptor)
        finally:
            self._thread_lock.release()

    def _open_and_lock(self) -> int:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock_file(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


if sys.platform == "win32":

    def _lock_file(descriptor: int) -> None:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
                return
            except PermissionError:
                # The blocking mode of msvcrt gives up after ten seconds.
                time.sleep(0.05)

    def _unlock_and_close(descriptor: int) -> None:
        # Closing the file releases the lock.
        os.close(descriptor)

else:

    def _lock_file(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock_and_close(descriptor: int) -> None:
        # Closing alone does not release the lock: a child that was forked in the meantime has the file open, too.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
