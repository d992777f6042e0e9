"""Tasks: each write is one. They run in the order in which they were submitted, when they are due.

Nothing waits for them: before each request, those that are due by then run.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.search.field_types import FieldTypeError
from globus_transport.sandbox.search.query import read_deletion
from globus_transport.sandbox.search.results import find_subjects
from globus_transport.sandbox.search.search_index import IngestError, SearchIndex
from globus_transport.sandbox.search.store import SearchStore

_DESCRIPTIONS = {
    "PENDING": "Task pending",
    "SUCCESS": "Task succeeded",
    "FAILED": "Task failed",
    "CANCELLED": "Task cancelled",
}


def submit_task(store: SearchStore, index_id: str, task_type: str, operation: Document, now: float) -> Document:
    """Add a task. It runs at once, or after the delay of the store.

    :param task_type: ``ingest``, ``delete-by-subject``, ``delete-by-entry-id`` or ``delete-by-query``
    :param operation: what it does, as :func:`run_due_tasks` reads it
    :param now: in seconds since the epoch
    :return: the task's document
    """
    with store.lock:
        task: Document = {
            "task_id": str(uuid.uuid4()),
            "index_id": index_id,
            "task_type": task_type,
            "state": "PENDING",
            "message": None,
            "additional_details": None,
            "creation_date": _date(now),
            "completion_date": None,
            "operation": operation,
            "due": now + store.task_delay,
        }
        store.tasks[task["task_id"]] = task
        run_due_tasks(store, now)
        return task


def run_due_tasks(store: SearchStore, now: float) -> None:
    """Run the tasks that are due, and remove the indexes whose time has come.

    :param now: in seconds since the epoch
    """
    with store.lock:
        waiting: set[str] = set()
        for task in [task for task in store.tasks.values() if task["state"] == "PENDING"]:
            if task["due"] > now:
                waiting.add(task["index_id"])
            elif task["index_id"] not in waiting:
                _run(store.contents[task["index_id"]], task)
        for id in [id for id, index in store.indexes.items() if (index["delete_at"] or now + 1) <= now]:
            store.remove_index(id)


def cancel_tasks(store: SearchStore, index_id: str, now: float) -> None:
    """Cancel the pending tasks of an index."""
    with store.lock:
        for task in store.tasks.values():
            if task["index_id"] == index_id and task["state"] == "PENDING":
                task |= {"state": "CANCELLED", "operation": {}, "completion_date": _date(now)}


def task_document(task: Document) -> Document:
    """A task, as a response has it."""
    shown = {name: value for name, value in task.items() if name not in ("operation", "due")}
    return {**shown, "state_description": _DESCRIPTIONS[task["state"]]}


def _run(content: SearchIndex, task: Document) -> None:
    operation = task["operation"]
    try:
        if task["task_type"] == "ingest":
            content.write(operation["entries"], operation["field_mapping"])
        elif task["task_type"] == "delete-by-entry-id":
            content.delete([(operation["subject"], operation["entry_id"])])
        elif task["task_type"] == "delete-by-subject":
            _delete_subjects(content, operation["subjects"])
        else:
            _delete_subjects(content, find_subjects(content, read_deletion(operation["query"])))
    except (FieldTypeError, IngestError) as error:
        details = {"field": error.field} if isinstance(error, FieldTypeError) else None
        task |= {"state": "FAILED", "message": str(error), "additional_details": details}
    else:
        task["state"] = "SUCCESS"
    task |= {"operation": {}, "completion_date": _date(task["due"])}


def _delete_subjects(content: SearchIndex, subjects: list[str]) -> None:
    for subject in subjects:
        content.delete([entry.key for entry in content.entries_of(subject)])


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
