"""What a task's thread does."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.deleter import Deletion
from globus_transport.sandbox.mover import Transfer
from globus_transport.sandbox.submissions import TransferSubmission
from globus_transport.sandbox.tasks import Task, TaskFailure

_Step = TypeVar("_Step")


def work_on(task: Task, clock: Clock, delay: Callable[[], float]) -> None:
    """Bring a task to its end.

    :param delay: Called for the seconds to wait before each file, so that the setting may change meanwhile.
    """
    try:
        if isinstance(task.submission, TransferSubmission):
            _transfer(task, task.submission, clock, delay)
        else:
            deletion = Deletion(task, task.submission)
            steps = deletion.plan()
            task.directories = sum(step.is_dir() and not step.is_symlink() for step in steps)
            task.files = len(steps) - task.directories
            _each(task, steps, deletion.run, delay)
    except TaskFailure as failure:
        task.finish("FAILED", failure.code, failure.description)
    else:
        task.finish("SUCCEEDED", "SUCCEEDED", "The task is done")
    finally:
        # The first end counts, so this is one only if something broke here; the thread prints what.
        task.finish("FAILED", "INTERNAL_ERROR", "The sandbox failed")


def _transfer(task: Task, submission: TransferSubmission, clock: Clock, delay: Callable[[], float]) -> None:
    transfer = Transfer(task, submission, clock)
    steps = transfer.plan()
    task.directories = sum(step.is_folder for step in steps)
    task.files = len(steps) - task.directories
    if not task.stops_within(0):
        transfer.remove_extra()
    _each(task, steps, transfer.run, delay)


def _each(task: Task, steps: Sequence[_Step], run: Callable[[_Step], None], delay: Callable[[], float]) -> None:
    task.subtasks_total = len(steps) + len(task.skipped)
    for step in steps:
        if task.stops_within(delay()):
            raise TaskFailure("CANCELED", "The task was canceled")
        if task.is_late:
            raise TaskFailure("DEADLINE_EXPIRED", "The deadline has passed")
        skipped = len(task.skipped)
        run(step)
        task.subtasks_succeeded += len(task.skipped) == skipped
