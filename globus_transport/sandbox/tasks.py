"""Tasks: the progress of submissions, and the threads that carry them out."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Set
from typing import Any, Literal

from globus_transport.sandbox.clock import Clock, format_iso_time
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.submissions import Submission, TransferSubmission

_DAY = 86400.0
# Condition.wait() overflows with a deadline in a thousand years, so each wait is this short at most.
_MAX_WAIT = 3600.0
_PAUSED = "PAUSED", "paused", "The task waits until it is resumed"
_RESUMED = "RESUMED", "resumed", "The task goes on"

Status = Literal["ACTIVE", "SUCCEEDED", "FAILED"]


class TaskFailedError(Exception):
    """The task cannot go on.

    :ivar code: the code of the task's last event
    """

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Task:
    """A submission and its progress. Only the task's own thread changes the counters.

    :ivar admin_pause: the message of the administrator who paused the task; ``None`` if it is not paused
    :ivar has_pause_rule: whether a pause rule applies to a task
    """

    def __init__(self, submission: Submission, owner: Identity, clock: Clock) -> None:
        self.id = str(uuid.uuid4())
        self.submission = submission
        self.owner = owner
        self.label = submission.label
        self._clock = clock
        self._requested = clock.now()
        self._completed: float | None = None
        self.deadline = submission.deadline or self._requested + _DAY
        self.status: Status = "ACTIVE"
        self.fatal_error: dict[str, str] | None = None
        self.files = self.directories = self.symlinks = 0
        self.files_transferred = self.files_skipped = 0
        self.bytes_transferred = self.bytes_checksummed = 0
        self.subtasks_total = self.subtasks_succeeded = 0
        self.events: list[dict[str, Any]] = []
        self.successful: list[dict[str, Any]] = []
        self.skipped: list[dict[str, Any]] = []
        self.canceled_by_admin = False
        self.admin_message: str | None = None
        self.admin_pause: str | None = None
        self.has_pause_rule: Callable[[Task], bool] = lambda task: False
        self._stopping = False
        self._wake = threading.Condition()
        self._lock = threading.Lock()
        self.add_event("STARTED", "started", "The task has begun")

    def stop(self) -> None:
        """Ask the task to end before its next file."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def wake(self) -> None:
        """Make a waiting task check its deadline and its pause again."""
        with self._wake:
            self._wake.notify_all()

    @property
    def is_paused(self) -> bool:
        """Whether an administrator or a pause rule pauses the task."""
        return self.status == "ACTIVE" and (self.admin_pause is not None or self.has_pause_rule(self))

    def wait_for_stop(self, seconds: float) -> bool:
        """Wait for a number of seconds of real time, and longer while the task is paused.

        A request to stop and the deadline end the wait.

        :return: whether the task was asked to stop
        """
        wait_end = time.monotonic() + seconds
        was_paused = False
        with self._wake:
            while not self._stopping and not self.is_late:
                left = wait_end - time.monotonic()
                if paused := self.is_paused:
                    left = _MAX_WAIT
                if paused != was_paused:
                    self.add_event(*(_PAUSED if paused else _RESUMED))
                    was_paused = paused
                if left <= 0:
                    break
                self._wake.wait(min(left, max(0.0, self.deadline - self._clock.now()), _MAX_WAIT))
            return self._stopping

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self._clock.now() > self.deadline

    @property
    def completed(self) -> float | None:
        """When the task ended, in seconds since the epoch; ``None`` while it is active."""
        return self._completed

    @property
    def collection_ids(self) -> tuple[str, ...]:
        """The ids of the task's collections, the source first."""
        source = self.submission.source.id
        if isinstance(self.submission, TransferSubmission):
            return source, self.submission.destination.id
        return (source,)

    def add_event(self, code: str, description: str, details: str, is_error: bool = False) -> None:
        """Append an event."""
        event = {
            "DATA_TYPE": "event",
            "code": code,
            "description": description,
            "details": details,
            "is_error": is_error,
            "parent_task_id": None,
            "time": format_iso_time(self._clock.now()),
        }
        self.events.append(event)

    def finish(self, status: Status, code: str, description: str) -> None:
        """End the task. Only the first call counts."""
        with self._lock:
            if self.status != "ACTIVE":
                return
            failed = status == "FAILED"
            self.add_event(code, description.lower(), description, is_error=failed)
            self.fatal_error = {"code": code, "description": description} if failed else None
            self._completed = self._clock.now()
            self.status = status

    def document(self) -> dict[str, Any]:
        """The ``task`` document."""
        with self._lock:
            status, completed = self.status, self._completed
        active = status == "ACTIVE"
        left = self.subtasks_total - self.subtasks_succeeded - len(self.skipped)
        canceled = self.fatal_error is not None and self.fatal_error["code"] == "CANCELED"
        seconds = max(1.0, (completed or self._clock.now()) - self._requested)
        paused = self.is_paused
        return {
            "DATA_TYPE": "task",
            "task_id": self.id,
            "type": "TRANSFER" if isinstance(self.submission, TransferSubmission) else "DELETE",
            "status": status,
            "label": self.label,
            "owner_id": self.owner.id,
            "username": self.owner.username,
            "request_time": format_iso_time(self._requested),
            "completion_time": None if completed is None else format_iso_time(completed),
            "deadline": format_iso_time(self.deadline),
            "is_ok": True if active else None,
            "is_paused": paused,
            "nice_status": ("PAUSED" if paused else "OK") if active else None,
            "nice_status_details": None,
            "nice_status_expires_in": None,
            "nice_status_short_description": ("paused" if paused else "OK") if active else None,
            "fatal_error": self.fatal_error,
            "faults": sum(event["is_error"] for event in self.events),
            "files": self.files,
            "files_transferred": self.files_transferred,
            "files_skipped": self.files_skipped,
            "directories": self.directories,
            "symlinks": self.symlinks,
            "bytes_transferred": self.bytes_transferred,
            "bytes_checksummed": self.bytes_checksummed,
            "effective_bytes_per_second": int(self.bytes_transferred / seconds),
            "subtasks_total": self.subtasks_total,
            "subtasks_succeeded": self.subtasks_succeeded,
            "subtasks_pending": left if active else 0,
            "subtasks_retrying": 0,
            "subtasks_failed": left if status == "FAILED" and not canceled else 0,
            "subtasks_canceled": left if canceled else 0,
            "subtasks_expired": 0,
            "subtasks_skipped_errors": len(self.skipped),
            "canceled_by_admin": "BOTH" if self.canceled_by_admin else None,
            "canceled_by_admin_message": self.admin_message,
            "command": "API 0.10",
            "history_deleted": False,
            **_submission_fields(self.submission),
        }


def _submission_fields(submission: Submission) -> dict[str, Any]:
    source = submission.source
    document: dict[str, Any] = {
        "source_endpoint": source.display_name,
        "source_endpoint_id": source.id,
        "source_endpoint_display_name": source.display_name,
        "destination_endpoint": None,
        "destination_endpoint_id": None,
        "destination_endpoint_display_name": None,
        "recursive_symlinks": "ignore",
    }
    if isinstance(submission, TransferSubmission):
        destination = submission.destination
        document |= {
            "destination_endpoint": destination.display_name,
            "destination_endpoint_id": destination.id,
            "destination_endpoint_display_name": destination.display_name,
            "sync_level": submission.sync_level,
            "verify_checksum": submission.verify_checksum,
            "preserve_timestamp": submission.preserve_timestamp,
            "encrypt_data": submission.encrypt_data,
            "skip_source_errors": submission.skip_source_errors,
            "fail_on_quota_errors": submission.fail_on_quota_errors,
            "delete_destination_extra": submission.delete_destination_extra,
            "filter_rules": [
                {"DATA_TYPE": "filter_rule", "method": rule.method, "name": rule.name, "type": rule.type}
                for rule in submission.filter_rules
            ]
            or None,
        }
    return document


class TaskStore:
    """All tasks of one sandbox and their threads.

    :ivar has_pause_rule: whether a pause rule applies to a task
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Task] = {}
        self._by_submission: dict[tuple[str, str], Task] = {}
        self._threads: dict[str, threading.Thread] = {}
        self.has_pause_rule: Callable[[Task], bool] = lambda task: False

    def submit(
        self, submission: Submission, owner: Identity, clock: Clock, work: Callable[[Task], None]
    ) -> tuple[Task, bool]:
        """Start a task, or find the owner's task with the same submission id.

        :param work: called with the task in a new thread
        :return: the task, and whether it is new
        """
        with self._lock:
            key = (owner.id, submission.submission_id)
            task = self._by_submission.get(key)
            if task is not None:
                return task, False
            task = self._by_submission[key] = Task(submission, owner, clock)
            task.has_pause_rule = self.has_pause_rule
            thread = threading.Thread(target=work, args=(task,), name="sandbox task", daemon=True)
            self._by_id[task.id], self._threads[task.id] = task, thread
            thread.start()
            return task, True

    def get(self, id: str, owner: Identity) -> Task | None:
        """The owner's task with this id; ``None`` if there is none."""
        task = self._by_id.get(id)
        return task if task and task.owner.id == owner.id else None

    def owned_by(self, owner: Identity) -> list[Task]:
        """The owner's tasks, latest first."""
        with self._lock:
            return [task for task in reversed(self._by_id.values()) if task.owner.id == owner.id]

    def on_collections(self, collection_ids: Set[str]) -> list[Task]:
        """The tasks of all owners on at least one of these collections, latest first."""
        with self._lock:
            return [
                task for task in reversed(self._by_id.values()) if not collection_ids.isdisjoint(task.collection_ids)
            ]

    def wake(self) -> None:
        """Make all waiting tasks check their deadlines and pauses again."""
        for task in list(self._by_id.values()):
            task.wake()

    def join(self, task: Task, seconds: float) -> None:
        """Wait until a task's thread has ended, for a number of seconds at most."""
        self._threads[task.id].join(seconds)

    def clear(self) -> None:
        """Stop all tasks and forget them."""
        self.close()
        with self._lock:
            self._by_id.clear()
            self._by_submission.clear()
            self._threads.clear()

    def close(self) -> None:
        """Stop all tasks and wait for their threads."""
        for task in list(self._by_id.values()):
            task.stop()
        for thread in list(self._threads.values()):
            thread.join()
