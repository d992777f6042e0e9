"""Waits for the end of a task without polling."""

from __future__ import annotations

from typing import Any

from globus_transport.sandbox import Sandbox


def end_of(globus: Sandbox, task_id: str) -> dict[str, Any]:
    """Wait until a task's thread has ended, and return its document."""
    tasks = globus._state.tasks
    task = tasks.get(task_id, globus.user)
    assert task
    tasks.join(task, seconds=10)
    document = task.document()
    assert document["status"] != "ACTIVE"
    return document
