"""The routes that write and delete entries, and those for the tasks that do it."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.search.bodies import read_argument, read_texts
from globus_transport.sandbox.search.callers import ROLES, WRITE, Callers
from globus_transport.sandbox.search.errors import not_found
from globus_transport.sandbox.search.ingest import read_ingest
from globus_transport.sandbox.search.query import read_deletion
from globus_transport.sandbox.search.tasks import submit_task, task_document
from globus_transport.sandbox.state import State


def install_write_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    store = state.search

    def submit(index_id: str, task_type: str, operation: Document) -> Document:
        with store.lock:
            # The index may have been deleted since it was found to be writable.
            callers.find_open_index(index_id)
            task = submit_task(store, index_id, task_type, operation, state.clock.now())
        return {"task_id": task["task_id"], "acknowledged": True}

    def require_writer(index_id: str) -> None:
        """Check that there is an index with this id, and that the caller of the current request writes to it."""
        caller = callers.require(*WRITE)
        callers.find_index(index_id)
        callers.require_role(index_id, caller, ROLES)

    def require_writable(index_id: str) -> None:
        """Check that the caller of the current request can write to an index now."""
        with store.lock:
            require_writer(index_id)
            callers.find_open_index(index_id)

    @app.post("/v1/index/<index_id>/ingest")
    def ingest(index_id: str) -> ResponseReturnValue:
        require_writable(index_id)
        operation = read_ingest(read_body())
        submitted = submit(index_id, "ingest", operation)
        return {**submitted, "success": True, "num_documents_ingested": len(operation["entries"])}, 202

    @app.post("/v1/index/<index_id>/delete_by_query")
    def delete_by_query(index_id: str) -> ResponseReturnValue:
        require_writable(index_id)
        document = read_body()
        # The task reads it again when it runs.
        read_deletion(document)
        return submit(index_id, "delete-by-query", {"query": document}), 202

    @app.post("/v1/index/<index_id>/batch_delete_by_subject")
    def batch_delete_by_subject(index_id: str) -> ResponseReturnValue:
        require_writable(index_id)
        fields = Fields(read_body())
        subjects = read_texts(fields, "subjects", required=True)
        fields.check()
        return submit(index_id, "delete-by-subject", {"subjects": subjects})

    @app.delete("/v1/index/<index_id>/subject")
    def delete_subject(index_id: str) -> ResponseReturnValue:
        require_writable(index_id)
        subject = read_argument("subject", required=True)
        return submit(index_id, "delete-by-subject", {"subjects": [subject]})

    @app.delete("/v1/index/<index_id>/entry")
    def delete_entry(index_id: str) -> ResponseReturnValue:
        require_writable(index_id)
        entry = {"subject": read_argument("subject", required=True), "entry_id": read_argument("entry_id")}
        return submit(index_id, "delete-by-entry-id", entry)

    @app.get("/v1/task/<task_id>")
    def get_task(task_id: str) -> ResponseReturnValue:
        caller = callers.require(*WRITE)
        with store.lock:
            task = store.tasks.get(task_id)
            if task is None:
                raise not_found("task")
            callers.require_role(task["index_id"], caller, ROLES)
            return task_document(task)

    @app.get("/v1/task_list/<index_id>")
    def get_task_list(index_id: str) -> ResponseReturnValue:
        with store.lock:
            require_writer(index_id)
            tasks = [task_document(task) for task in store.tasks.values() if task["index_id"] == index_id]
        return {"index_id": index_id, "tasks": tasks[::-1]}
