"""A bar of tqdm for a task. It needs the extra ``progress``."""

from __future__ import annotations

from typing import Any

from tqdm.auto import tqdm

from globus_transport.core.flow import Steps
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.transfer.progress import count_files, format_size


class ProgressBar:
    """Shows the files of a task as a bar, which begins with the first document."""

    def __init__(self) -> None:
        self._bar: Any = None

    def report(self, task: GlobusHTTPResponse) -> Steps[None]:
        """Show a document of the task."""
        done, total = count_files(task)
        if self._bar is None:
            self._bar = tqdm(total=total, unit="file", desc=task.get("label") or f"task {task.get('task_id')}")
        self._bar.total = total
        self._bar.n = done
        size = format_size(task.get("bytes_transferred") or 0)
        self._bar.set_postfix_str(f"{size}, {task.get('nice_status') or task.get('status')}", refresh=False)
        self._bar.refresh()
        yield from ()

    def close(self) -> None:
        """End the line of the bar."""
        if self._bar is not None:
            self._bar.close()
