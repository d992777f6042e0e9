"""How far a task is, in figures and in words."""

from __future__ import annotations

from globus_transport.routing.replies import GlobusHTTPResponse


def describe_progress(task: GlobusHTTPResponse) -> str:
    """How far a task is, in words, such as ``ACTIVE, 3 of 48 files, 1.2 MB, permission denied``."""
    done, total = count_files(task)
    parts = [str(task.get("status")), f"{done} of {total} files", format_size(task.get("bytes_transferred") or 0)]
    return ", ".join([*parts, *find_trouble(task)])


def find_trouble(task: GlobusHTTPResponse) -> list[str]:
    """What holds a task up, such as ``permission denied``; empty if nothing does."""
    nice_status = task.get("nice_status")
    # These are what one expects.
    return [] if nice_status in (None, "", "OK", "Queued") else [nice_status]


def count_files(task: GlobusHTTPResponse) -> tuple[int, int]:
    """How many files are done, and how many there are. Both grow while Globus is still looking into folders."""
    done = (task.get("files_transferred") or 0) + (task.get("files_skipped") or 0)
    return done, task.get("files") or 0


def format_size(size: float) -> str:
    """A number of bytes, in units of 1000."""
    units = ["B", "kB", "MB", "GB", "TB", "PB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        del units[0]
    return f"{size:.0f} B" if units[0] == "B" else f"{size:.1f} {units[0]}"
