"""The progress of a task while a program waits for it: bars for a person, lines for a log, nothing in a test.

:func:`choose_reporter` decides. A person watches if the standard error stream is a terminal or the program is a
notebook. A bar needs the extra ``progress``; without it, lines take its place. In a test of pytest nothing is printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, Union

from globus_transport.core.flow import Steps, run
from globus_transport.core.layers import describe, runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.transfer.task_status import describe_progress

#: ``True`` for bars or lines, or a function that is called with each document of the task. Under asyncio it may be a
#: coroutine function.
Progress = Union[bool, Callable[[GlobusHTTPResponse], Any]]


class Reporter(Protocol):
    """Shows how far a task is."""

    def report(self, task: GlobusHTTPResponse) -> Steps[None]:
        """Show a document of the task."""
        ...

    def close(self) -> None:
        """Leave the terminal in order."""
        ...


def choose_reporter(progress: Progress) -> Reporter:
    """What shows the progress.

    :raises GlobusSDKUsageError: if ``progress`` is neither a boolean nor a function
    """
    if callable(progress):
        return _Call(progress)
    if not isinstance(progress, bool):
        raise GlobusSDKUsageError(
            f"task_wait: progress={progress!r}: give True, False or a function of the task's document"
        )
    if not progress or "PYTEST_CURRENT_TEST" in os.environ:
        return _Call(None)
    if _person_watches():
        try:
            bar: Reporter = import_module("globus_transport.services.transfer.progress_bar").ProgressBar()
        except ModuleNotFoundError:
            return ProgressLines()
        return bar
    return ProgressLines()


def _person_watches() -> bool:
    return "ipykernel" in sys.modules or (sys.stderr is not None and sys.stderr.isatty())


class _Call:
    """Calls a function, or does nothing."""

    def __init__(self, function: Callable[[GlobusHTTPResponse], Any] | None) -> None:
        self._function = function

    def report(self, task: GlobusHTTPResponse) -> Steps[None]:
        if self._function is None:
            return
        if runs_coroutine(self._function):
            yield from run(self._function, task)
        elif hasattr(result := self._function(task), "__await__"):
            result.close()
            raise GlobusSDKUsageError(
                f"task_wait: progress={describe(self._function)} returned a coroutine; give the coroutine function"
            )

    def close(self) -> None:
        pass


class ProgressLines:
    """Prints a line to the standard error stream whenever the progress has changed."""

    def __init__(self) -> None:
        self._last = ""

    def report(self, task: GlobusHTTPResponse) -> Steps[None]:
        """Print the line of a document of the task."""
        line = describe_progress(task)
        if line != self._last:
            print(f"task {task.get('task_id')}: {line}", file=sys.stderr, flush=True)
            self._last = line
        yield from ()

    def close(self) -> None:
        """Nothing is left to do."""
