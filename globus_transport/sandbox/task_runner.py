"""Carries out tasks: the function that a task's thread runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.delete_worker import DeleteWorker
from globus_transport.sandbox.submissions import TransferSubmission
from globus_transport.sandbox.tasks import Task, TaskFailedError
from globus_transport.sandbox.transfer_worker import TransferWorker

_Step = TypeVar("_Step")


def run_task(task: Task, clock: Clock, delay: Callable[[], float]) -> None:
    """Carry out a task to its end.

    :param delay: returns the seconds to wait before each file; it is called each time, because the setting may change
    """
    try:
        if isinstance(task.submission, TransferSubmission):
            _run_transfer(task, task.submission, clock, delay)
        else:
            worker = DeleteWorker(task, task.submission)
            steps = worker.plan()
            task.directories = sum(step.is_dir() and not step.is_symlink() for step in steps)
            task.files = len(steps) - task.directories
            _run_steps(task, steps, worker.run, delay)
    except TaskFailedError as failure:
        task.finish("FAILED", failure.code, failure.description)
    else:
        task.finish("SUCCEEDED", "SUCCEEDED", "The task is done")
    finally:
        # Only the first call of finish() counts, so this one does after an unexpected exception.
        task.finish("FAILED", "INTERNAL_ERROR", "The sandbox failed")


def _run_transfer(task: Task, submission: TransferSubmission, clock: Clock, delay: Callable[[], float]) -> None:
    worker = TransferWorker(task, submission, clock)
    steps = worker.plan()
    task.directories = sum(step.is_folder for step in steps)
    task.files = len(steps) - task.directories
    if not task.wait_for_stop(0):
        worker.remove_extra()
    _run_steps(task, steps, worker.run, delay)


def _run_steps(task: Task, steps: Sequence[_Step], run: Callable[[_Step], None], delay: Callable[[], float]) -> None:
    task.subtasks_total = len(steps) + len(task.skipped)
    for step in steps:
        if task.wait_for_stop(delay()):
            raise TaskFailedError("CANCELED", "The task was canceled")
        if task.is_late:
            raise TaskFailedError("DEADLINE_EXPIRED", "The deadline has passed")
        skipped = len(task.skipped)
        run(step)
        task.subtasks_succeeded += len(task.skipped) == skipped
