"""Transfer's routes for the tasks on managed and monitored collections."""

from __future__ import annotations

import itertools
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.listing import marker_page, offset_page, read_number
from globus_transport.sandbox.manager.lookup import MANAGER, MONITOR, find_task, list_tasks
from globus_transport.sandbox.manager.pause_rules import pause_info_document
from globus_transport.sandbox.manager.task_filters import task_filters
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import caller, read_json_body, read_text, read_texts, result_document

_PAGE = 1000
_MARKER_PAGE = 100


def install_managed_task_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint_manager"
    cancellations: dict[int, tuple[str, list[Task]]] = {}
    numbers = itertools.count(1)

    def find_monitored_task(task_id: str) -> Task:
        return find_task(state, task_id, caller(), MONITOR)

    def find_managed_tasks(document: dict[str, Any]) -> list[Task]:
        return [find_task(state, id, caller(), MANAGER) for id in read_texts(document, "task_id_list")]

    @app.get(f"{prefix}/task_list")
    def managed_task_list() -> ResponseReturnValue:
        filters = task_filters(request.args)
        found = [task for task in list_tasks(state, caller(), MONITOR) if all(passes(task) for passes in filters)]
        last_key, ids = request.args.get("last_key"), [task.id for task in found]
        if last_key and last_key not in ids:
            raise bad_request("last_key is not the key of a page of this list")
        start = ids.index(last_key) + 1 if last_key else 0
        end = start + read_number(request.args, "limit", 100, 1, _PAGE)
        page = found[start:end]
        return {
            "DATA_TYPE": "task_list",
            "DATA": [task.document() for task in page],
            "has_next_page": end < len(found),
            "last_key": page[-1].id if page else None,
        }

    @app.get(f"{prefix}/task/<task_id>")
    def managed_task(task_id: str) -> ResponseReturnValue:
        return find_monitored_task(task_id).document()

    @app.get(f"{prefix}/task/<task_id>/event_list")
    def managed_event_list(task_id: str) -> ResponseReturnValue:
        events, wanted = find_monitored_task(task_id).events[::-1], request.args.get("filter_is_error")
        if wanted is not None:
            events = [event for event in events if event["is_error"] == (wanted in ("1", "true", "True"))]
        return {"DATA_TYPE": "event_list", **offset_page(events, request.args, _PAGE, _PAGE)}

    @app.get(f"{prefix}/task/<task_id>/successful_transfers")
    def managed_successful_transfers(task_id: str) -> ResponseReturnValue:
        page = marker_page(find_monitored_task(task_id).successful, request.args, _MARKER_PAGE)
        return {"DATA_TYPE": "successful_transfers", **page}

    @app.get(f"{prefix}/task/<task_id>/skipped_errors")
    def managed_skipped_errors(task_id: str) -> ResponseReturnValue:
        page = marker_page(find_monitored_task(task_id).skipped, request.args, _MARKER_PAGE)
        return {"DATA_TYPE": "skipped_errors", **page}

    @app.get(f"{prefix}/task/<task_id>/pause_info")
    def managed_pause_info(task_id: str) -> ResponseReturnValue:
        return pause_info_document(state, find_monitored_task(task_id), "pause_info")

    @app.post(f"{prefix}/admin_cancel")
    def admin_cancel() -> ResponseReturnValue:
        document = read_json_body()
        message, tasks = read_text(document, "message"), find_managed_tasks(document)
        for task in tasks:
            if task.status == "ACTIVE":
                task.canceled_by_admin, task.admin_message = True, message
                task.stop()
        id = next(numbers)
        cancellations[id] = caller().id, tasks
        return cancel_status(id)

    @app.get(f"{prefix}/admin_cancel/<int:id>")
    def cancel_status(id: int) -> ResponseReturnValue:
        owner, tasks = cancellations.get(id, ("", []))
        if owner != caller().id:
            raise TransferError(404, "ClientError.NotFound", f"No such cancellation {id}")
        done = all(task.status != "ACTIVE" for task in tasks)
        return {"DATA_TYPE": "admin_cancel", "id": id, "done": done}

    @app.post(f"{prefix}/admin_pause")
    def admin_pause() -> ResponseReturnValue:
        document = read_json_body()
        message = read_text(document, "message")
        for task in find_managed_tasks(document):
            task.admin_pause = message
            task.wake()
        return result_document("PauseAccepted", "The tasks are paused")

    @app.post(f"{prefix}/admin_resume")
    def admin_resume() -> ResponseReturnValue:
        for task in find_managed_tasks(read_json_body()):
            task.admin_pause = None
            task.wake()
        return result_document("ResumeAccepted", "The tasks go on")
