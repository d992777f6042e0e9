"""A lock that is a file: it exists while the lock is held. For disks that refuse ``flock``.

The file, the marker, is made with ``O_CREAT | O_EXCL``: of several processes, also on several hosts, one succeeds. It
names its owner: host, process, a random id, and since when. While the lock is held, a thread touches the marker every
few seconds.

An owner that dies leaves its marker behind. The marker is abandoned if its process no longer exists on this host, or if
nothing has touched it for longer than an owner would ever take. A waiter measures that with its own clock, because the
clocks of hosts differ. It removes an abandoned marker while it holds a second marker lock, and looks at the first one
again before that: otherwise it could remove the marker of another waiter that was faster. A taker that dies in turn
leaves a second marker, which is taken over in the same way.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import random
import time
import uuid

import attrs

from globus_transport.token_storage.reentrant_lock import Heartbeat

#: How often the owner touches its marker, in seconds.
BEAT_SECONDS = 5.0
#: How long an owner must have been silent before its marker is taken over, in seconds.
SILENCE_SECONDS = 60.0
#: The pauses of a waiter, in seconds. They are random, so that waiters do not move in step.
_PAUSES = (0.01, 0.05)


@attrs.frozen
class _Sighting:
    """A marker as it was seen. Two sightings are equal if nothing touched the marker in between."""

    content: bytes
    inode: int
    modified_ns: int


class MarkerLock:
    """A lock for threads, processes and hosts that share a folder. It is not reentrant.

    :param path: the path of the marker
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def acquire(self) -> HeldMarker:
        """Wait for the lock, and take it.

        :raises OSError: if no marker can be made in the folder
        """
        seen, seen_since = None, 0.0
        while True:
            held = self._make_marker()
            if held is not None:
                return held
            found = _look_at(self.path)
            if found is not None:
                if found != seen:
                    seen, seen_since = found, time.monotonic()
                if _has_dead_owner(found.content) or time.monotonic() - seen_since > SILENCE_SECONDS:
                    self._remove_abandoned(found)
                    continue
            time.sleep(random.uniform(*_PAUSES))

    def _make_marker(self) -> HeldMarker | None:
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return None
        content = _describe_owner()
        try:
            os.write(descriptor, content)
            # Other hosts see what is on the server.
            os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                os.unlink(self.path)
            raise
        return HeldMarker(self.path, descriptor, content)

    def _remove_abandoned(self, seen: _Sighting) -> None:
        held = MarkerLock(f"{self.path}.takeover").acquire()
        try:
            if _look_at(self.path) == seen:
                # An owner that was only asleep may be faster.
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.path)
        finally:
            held.release()


class HeldMarker:
    """A marker that this process owns.

    :param path: the path of the marker
    :param descriptor: the open marker
    :param content: what is in it
    """

    def __init__(self, path: str, descriptor: int, content: bytes) -> None:
        self._path = path
        self._descriptor = descriptor
        self._content = content
        self._heartbeat = Heartbeat(self._touch, BEAT_SECONDS)

    def _touch(self) -> None:
        with contextlib.suppress(OSError):
            os.utime(self._descriptor)

    def release(self) -> None:
        """Remove the marker, unless it was taken over in the meantime."""
        self._heartbeat.stop()
        # What was done under the lock is done, also if the marker stays: it is abandoned then.
        with contextlib.suppress(OSError):
            found = _look_at(self._path)
            if found is not None and found.content == self._content:
                os.unlink(self._path)
        os.close(self._descriptor)

    def forget(self) -> None:
        """Close the marker in a forked child. It stays the parent's."""
        os.close(self._descriptor)


def _look_at(path: str) -> _Sighting | None:
    try:
        # NFS asks the server when a file is opened; os.stat may return what the client remembers.
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            return _Sighting(file.read(4096), status.st_ino, status.st_mtime_ns)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ESTALE):
            return None
        raise


def _describe_owner() -> bytes:
    owner = {"host": _describe_host(), "pid": os.getpid(), "id": uuid.uuid4().hex, "since": time.time()}
    return json.dumps(owner).encode()


def _describe_host() -> str:
    """Name what a process id belongs to: a host since its last start, and on Linux a namespace of processes.

    Containers may have the name of their host, and other processes.
    """
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            parts.append(file.read().strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)


def _has_dead_owner(content: bytes) -> bool:
    try:
        owner = json.loads(content)
    except ValueError:
        # The owner is about to write it, or died before.
        return False
    if not isinstance(owner, dict) or owner.get("host") != _describe_host():
        return False
    pid = owner.get("pid")
    # On Windows os.kill ends the process.
    if not isinstance(pid, int) or pid <= 0 or os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False
