"""One writer of a file at a time: among threads, and among the processes of one machine."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from typing import Self


class FileLock:
    """A lock by the name of a file, which is made and stays. The thread that holds it may enter again.

    :param path: of the lock file; not of the file that it is about, which may be replaced meanwhile
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._start_over()

    def _start_over(self) -> None:
        self._thread_lock = threading.RLock()
        self._depth = 0
        self._descriptor = -1
        self._process = os.getpid()

    def __enter__(self) -> Self:
        if self._process != os.getpid():
            # The thread that would have released it is in the parent. Closing our copy of its file
            # leaves the parent's lock alone.
            if self._depth:
                os.close(self._descriptor)
            self._start_over()
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

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.path = state["path"]
        self._start_over()


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
