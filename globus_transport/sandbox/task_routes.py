"""Transfer's routes for the caller's own tasks."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.listing import filter_documents, marker_page, offset_page, sort_documents
from globus_transport.sandbox.manager.pause_rules import pause_info_document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submissions import read_deadline, read_label
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import caller, read_json_body, result_document

_PAGE = 1000
_MARKER_PAGE = 100
_FILTER_FIELDS = frozenset(
    {"task_id", "type", "status", "label", "source_endpoint_id", "destination_endpoint_id", "is_paused"}
)
_EVENT_FILTER_FIELDS = frozenset({"code", "is_error"})


def install_task_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""

    def find(task_id: str) -> Task:
        task = state.tasks.get(task_id, caller())
        if task is None:
            raise TransferError(404, "ClientError.NotFound", f"No such task {task_id!r}")
        return task

    @app.get("/v0.10/task_list")
    def task_list() -> ResponseReturnValue:
        documents = [task.document() for task in state.tasks.owned_by(caller())]
        documents = filter_documents(documents, request.args.getlist("filter"), _FILTER_FIELDS)
        documents = sort_documents(documents, request.args.get("orderby"))
        return {"DATA_TYPE": "task_list", **offset_page(documents, request.args, _PAGE, _PAGE)}

    @app.get("/v0.10/task/<task_id>")
    def get_task(task_id: str) -> ResponseReturnValue:
        document = find(task_id).document()
        fields = request.args.get("fields")
        if fields:
            document = {key: value for key, value in document.items() if key in {"DATA_TYPE", *fields.split(",")}}
        return document

    @app.put("/v0.10/task/<task_id>")
    def update_task(task_id: str) -> ResponseReturnValue:
        task, document = find(task_id), read_json_body()
        label, deadline = read_label(document), read_deadline(document)
        if task.status != "ACTIVE":
            raise TransferError(409, "Conflict", "The task is complete")
        if "label" in document:
            task.label = label
        if deadline is not None:
            task.deadline = deadline
            task.wake()
        return result_document("Updated", "The task was updated")

    @app.post("/v0.10/task/<task_id>/cancel")
    def cancel_task(task_id: str) -> ResponseReturnValue:
        task = find(task_id)
        if task.status != "ACTIVE":
            return result_document("TaskComplete", "The task was complete before it could be canceled")
        task.stop()
        # The task stops before its next file. The current file may be large, so the wait has a limit.
        state.tasks.join(task, seconds=5)
        status = task.document()["status"]
        if status == "ACTIVE":
            return result_document("CancelAccepted", "The task will be canceled"), 202
        if status == "SUCCEEDED":
            return result_document("TaskComplete", "The task was complete before it could be canceled")
        return result_document("Canceled", "The task was canceled")

    @app.get("/v0.10/task/<task_id>/event_list")
    def event_list(task_id: str) -> ResponseReturnValue:
        latest_first = find(task_id).events[::-1]
        # Filters write 1 and 0 for true and false.
        filterable = [{**event, "is_error": int(event["is_error"])} for event in latest_first]
        matching = filter_documents(filterable, request.args.getlist("filter"), _EVENT_FILTER_FIELDS)
        events = [{**event, "is_error": bool(event["is_error"])} for event in matching]
        return {"DATA_TYPE": "event_list", **offset_page(events, request.args, _PAGE, _PAGE)}

    @app.get("/v0.10/task/<task_id>/successful_transfers")
    def successful_transfers(task_id: str) -> ResponseReturnValue:
        return {
            "DATA_TYPE": "successful_transfers",
            **marker_page(find(task_id).successful, request.args, _MARKER_PAGE),
        }

    @app.get("/v0.10/task/<task_id>/skipped_errors")
    def skipped_errors(task_id: str) -> ResponseReturnValue:
        return {"DATA_TYPE": "skipped_errors", **marker_page(find(task_id).skipped, request.args, _MARKER_PAGE)}

    @app.get("/v0.10/task/<task_id>/pause_info")
    def pause_info(task_id: str) -> ResponseReturnValue:
        return pause_info_document(state, find(task_id))
