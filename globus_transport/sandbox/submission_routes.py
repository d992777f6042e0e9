"""Transfer's routes that submit tasks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Literal

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.sharing.permissions import require_access
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submissions import Submission, read_delete, read_transfer
from globus_transport.sandbox.task_runner import run_task
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
        submission = read_transfer(read_json_body(), lambda id: find_collection(state, id))
        check_access(submission.source, [item.source_path for item in submission.items], "r")
        check_access(submission.destination, [item.destination_path for item in submission.items], "rw")
        return submit(submission, "transfer")

    @app.post("/v0.10/delete")
    def delete() -> ResponseReturnValue:
        submission = read_delete(read_json_body(), lambda id: find_collection(state, id))
        check_access(submission.source, submission.paths, "rw")
        return submit(submission, "delete")

    def check_access(collection: Collection, paths: Iterable[str], mode: Literal["r", "rw"]) -> None:
        check_access_requirements(state, collection)
        if collection.host is not None:
            for path in paths:
                require_access(state, collection, caller(), path, mode)

    def submit(submission: Submission, kind: str) -> ResponseReturnValue:
        task, is_new = state.tasks.submit(
            submission,
            caller(),
            state.clock,
            lambda task: run_task(task, state.clock, lambda: state.settings.task_delay),
        )
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
