"""A lock on a file for the threads of a process and for the processes of one machine.

Where the disk has no ``flock``, as on Lustre, some NFS and with them the home folders of clusters, it is a marker file
(:mod:`~globus_transport.token_storage.marker_lock`). Where that is refused, too, only the threads of this process
exclude each other, and a warning says so.

It is our own code, because the package ``filelock`` does not fit in three ways. If ``flock`` fails with ENOSYS, and
only then, it changes to a soft lock. Its default locks do not pickle, as storages have to. And a lock that threads
share (``thread_local=False``) lets a second thread enter while the first one holds it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
import time
import warnings
from typing import Literal

from globus_transport.core.process import PerProcess
from globus_transport.token_storage.errors import make_file_error
from globus_transport.token_storage.marker_lock import MarkerLock
from globus_transport.token_storage.reentrant_lock import HeldLock, ReentrantLock

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: What disks answer that have no such locks.
_REFUSALS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP})

_warned = False

#: Who is excluded by a lock: everyone, by ``flock``; everyone, by a marker; or only the threads of this process.
LockKind = Literal["flock", "marker", "threads"]


class FileLock(ReentrantLock):
    """A reentrant lock. The lock file is made when needed, and never removed.

    :param path: the path of the lock file. It is not the protected file itself, because that may be replaced while the
        lock is held
    :ivar kind: what the disk allowed when the lock was last taken; ``None`` before
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.kind: LockKind | None = None
        super().__init__()

    def _lock(self) -> HeldLock:
        try:
            held, self.kind = self._take()
        except OSError as error:
            raise make_file_error(f"the lock file {self.path!r} cannot be used", error) from error
        return held

    def _take(self) -> tuple[HeldLock, LockKind]:
        """Take the best lock that the disk has.

        :raises OSError: if the lock fails, for another reason than that the disk has no locks
        """
        try:
            return _take_flock(self.path), "flock"
        except OSError as error:
            if error.errno not in _REFUSALS:
                raise
        try:
            return MarkerLock(f"{self.path}.owner").acquire(), "marker"
        except OSError as error:
            if error.errno not in _REFUSALS:
                raise
            _warn_once(self.path, error)
        return _thread_locks.acquire(self.path), "threads"


def _take_flock(path: str) -> _HeldDescriptor:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock_file(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return _HeldDescriptor(descriptor)


class _HeldDescriptor:
    """An open file that is locked."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        _unlock_and_close(self._descriptor)

    def forget(self) -> None:
        # Closing the child's descriptor does not release the parent's lock.
        os.close(self._descriptor)


class _ThreadLocks(PerProcess):
    """One lock for each path, for the threads of this process."""

    _process_state = ("_locks",)

    def __init__(self) -> None:
        self._enter_process()

    def _make_process_state(self) -> None:
        self._locks: dict[str, threading.Lock] = {}

    def acquire(self, path: str) -> _HeldThreadLock:
        """Wait for the lock of a path."""
        lock = self._locks.setdefault(path, threading.Lock())
        lock.acquire()
        return _HeldThreadLock(lock)


class _HeldThreadLock:
    """A lock that other threads wait for."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def release(self) -> None:
        self._lock.release()

    def forget(self) -> None:
        """Do nothing: the child has new locks."""


_thread_locks = _ThreadLocks()


def _warn_once(path: str, error: OSError) -> None:
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(
            f"{path!r} cannot be locked: the disk has no locks ({error.strerror}). Only one program at a time should "
            "use the tokens there; give a filepath on another disk to share them",
            RuntimeWarning,
            stacklevel=2,
        )


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
        # If it fails, what was done under the lock is still done.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
