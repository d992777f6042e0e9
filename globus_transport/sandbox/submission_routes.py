"""Transfer's routes that submit tasks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Literal

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.sharing.permissions import require_access
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submissions import Submission, TransferSubmission, read_delete, read_transfer
from globus_transport.sandbox.task_runner import run_task
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_requests import (
    caller,
    check_access_requirements,
    find_collection,
    read_json_body,
    result_document,
)


def install_submission_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    @app.get("/v0.10/submission_id")
    def submission_id() -> ResponseReturnValue:
        return {"DATA_TYPE": "submission_id", "value": str(uuid.uuid4())}

    @app.post("/v0.10/transfer")
    def transfer() -> ResponseReturnValue:
        return check_and_submit(read_transfer(read_json_body(), lambda id: find_collection(state, id)), "transfer")

    @app.post("/v0.10/delete")
    def delete() -> ResponseReturnValue:
        return check_and_submit(read_delete(read_json_body(), lambda id: find_collection(state, id)), "delete")

    def check_and_submit(submission: Submission, kind: str) -> ResponseReturnValue:
        for collection in _collections(submission):
            check_access_requirements(state, collection)
        task, is_new = submit(state, submission, caller(), state.clock)
        if is_new:
            document = result_document(
                "Accepted", f"The {kind} was accepted and its task has started", f"{kind}_result"
            )
        else:
            document = result_document("Duplicate", f"This {kind} was submitted before", f"{kind}_result")
        link = {
            "DATA_TYPE": "link",
            "href": f"/v0.10/task/{task.id}?format=json",
            "rel": "related",
            "resource": "task",
            "title": "related task",
        }
        document |= {"submission_id": submission.submission_id, "task_id": task.id, "task_link": link}
        return document, 202


def submit(state: State, submission: Submission, owner: Identity, clock: Clock) -> tuple[Task, bool]:
    """Start the task of a submission, or find the owner's task with the same submission id.

    Whether the owner's token meets the requirements of the collections is left to the caller.

    :param clock: for the times of the task
    :return: the task, and whether it is new
    :raises TransferError: if the owner may not read or write at a path
    """
    for collection, paths, mode in _accesses(submission):
        if collection.host is not None:
            for path in paths:
                require_access(state, collection, owner, path, mode)
    return state.tasks.submit(
        submission, owner, clock, lambda task: run_task(task, clock, lambda: state.settings.task_delay)
    )


def _collections(submission: Submission) -> list[Collection]:
    return [collection for collection, _, _ in _accesses(submission)]


def _accesses(submission: Submission) -> list[tuple[Collection, Sequence[str], Literal["r", "rw"]]]:
    """What a submission reads or writes: the paths on each collection."""
    if isinstance(submission, TransferSubmission):
        return [
            (submission.source, [item.source_path for item in submission.items], "r"),
            (submission.destination, [item.destination_path for item in submission.items], "rw"),
        ]
    return [(submission.source, submission.paths, "rw")]
