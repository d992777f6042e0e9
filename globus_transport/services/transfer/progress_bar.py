"""A bar of tqdm for a task. It needs the extra ``progress``."""

from __future__ import annotations

import warnings
from typing import Any

from tqdm import TqdmWarning

from globus_transport.core.flow import Steps
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.transfer.task_status import count_files, find_trouble, format_size

with warnings.catch_warnings():
    # In a notebook without ipywidgets it warns, and the bar is text.
    warnings.simplefilter("ignore", TqdmWarning)
    from tqdm.auto import tqdm

# So much of a label leaves room for the bar.
_LONGEST_NAME = 30


class ProgressBar:
    """Shows the files of a task as a bar, which begins with the first document."""

    def __init__(self) -> None:
        self._bar: Any = None

    def report(self, task: GlobusHTTPResponse) -> Steps[None]:
        """Show a document of the task."""
        done, total = count_files(task)
        if self._bar is None:
            self._bar = tqdm(total=total, unit="file", desc=_name(task), dynamic_ncols=True)
        self._bar.total = total
        self._bar.n = done
        size = format_size(task.get("bytes_transferred") or 0)
        ended = [] if task.get("status") == "ACTIVE" else [str(task.get("status"))]
        self._bar.set_postfix_str(", ".join([size, *ended, *find_trouble(task)]), refresh=False)
        self._bar.refresh()
        yield from ()

    def close(self) -> None:
        """End the line of the bar."""
        if self._bar is not None:
            self._bar.close()


def _name(task: GlobusHTTPResponse) -> str:
    name = str(task.get("label") or f"task {str(task.get('task_id'))[:8]}")
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."
