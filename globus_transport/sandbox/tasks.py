"""Tasks: how far a submission has come."""

import threading
import uuid
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from globus_transport.sandbox.clock import Clock, iso_time
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.submissions import Submission, TransferSubmission

_DAY = 86400.0

Status: TypeAlias = Literal["ACTIVE", "SUCCEEDED", "FAILED"]


class TaskFailure(Exception):
    """A task cannot go on; the code is an event's."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Task:
    """One submission and what became of it. Numbers are changed by the one thread that works on it."""

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
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.add_event("STARTED", "started", "The task has begun")

    def stop(self) -> None:
        """Ask the task to end before its next file."""
        self._stop.set()

    def stops_within(self, seconds: float) -> bool:
        """Wait for so many seconds of real time, or until the task is asked to end; True in that case."""
        return self._stop.wait(seconds) if seconds > 0 else self._stop.is_set()

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self._clock.now() > self.deadline

    def add_event(self, code: str, description: str, details: str, is_error: bool = False) -> None:
        """Note that something happened."""
        event = {
            "DATA_TYPE": "event",
            "code": code,
            "description": description,
            "details": details,
            "is_error": is_error,
            "parent_task_id": None,
            "time": iso_time(self._clock.now()),
        }
        self.events.append(event)

    def finish(self, status: Status, code: str, description: str) -> None:
        """Come to an end. Only the first end counts."""
        with self._lock:
            if self.status != "ACTIVE":
                return
            failed = status == "FAILED"
            self.add_event(code, description.lower(), description, is_error=failed)
            self.fatal_error = {"code": code, "description": description} if failed else None
            self._completed = self._clock.now()
            self.status = status

    def document(self) -> dict[str, Any]:
        """The task document."""
        with self._lock:
            status, completed = self.status, self._completed
        active = status == "ACTIVE"
        left = self.subtasks_total - self.subtasks_succeeded - len(self.skipped)
        canceled = self.fatal_error is not None and self.fatal_error["code"] == "CANCELED"
        seconds = max(1.0, (completed or self._clock.now()) - self._requested)
        return {
            "DATA_TYPE": "task",
            "task_id": self.id,
            "type": "TRANSFER" if isinstance(self.submission, TransferSubmission) else "DELETE",
            "status": status,
            "label": self.label,
            "owner_id": self.owner.id,
            "username": self.owner.username,
            "request_time": iso_time(self._requested),
            "completion_time": None if completed is None else iso_time(completed),
            "deadline": iso_time(self.deadline),
            "is_ok": True if active else None,
            "is_paused": False,
            "nice_status": "OK" if active else None,
            "nice_status_details": None,
            "nice_status_expires_in": None,
            "nice_status_short_description": "OK" if active else None,
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
            "canceled_by_admin": None,
            "canceled_by_admin_message": None,
            "command": "API 0.10",
            "history_deleted": False,
            **_of_submission(self.submission),
        }


def _of_submission(submission: Submission) -> dict[str, Any]:
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
    """All tasks of one sandbox and the threads that work on them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Task] = {}
        self._by_submission: dict[tuple[str, str], Task] = {}
        self._threads: dict[str, threading.Thread] = {}

    def submit(
        self, submission: Submission, owner: Identity, clock: Clock, work: Callable[[Task], None]
    ) -> tuple[Task, bool]:
        """Start a task, or find the one that was started with the same submission id.

        :return: The task, and whether it is new.
        """
        with self._lock:
            key = (owner.id, submission.submission_id)
            task = self._by_submission.get(key)
            if task is not None:
                return task, False
            task = self._by_submission[key] = Task(submission, owner, clock)
            thread = threading.Thread(target=work, args=(task,), name="sandbox task", daemon=True)
            self._by_id[task.id], self._threads[task.id] = task, thread
            thread.start()
            return task, True

    def get(self, id: str, owner: Identity) -> Task | None:
        """The owner's task with this id."""
        task = self._by_id.get(id)
        return task if task and task.owner.id == owner.id else None

    def of(self, owner: Identity) -> list[Task]:
        """The owner's tasks, latest first."""
        with self._lock:
            return [task for task in reversed(self._by_id.values()) if task.owner.id == owner.id]

    def join(self, task: Task, seconds: float) -> None:
        """Wait until a task's thread has ended, but no longer than so many seconds."""
        self._threads[task.id].join(seconds)

    def close(self) -> None:
        """Stop all tasks and wait for their threads."""
        for task in list(self._by_id.values()):
            task.stop()
        for thread in list(self._threads.values()):
            thread.join()
