"""Flows' routes for runs."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.flows.bodies import read_body, read_run
from globus_transport.sandbox.flows.callers import MANAGE_RUNS, VIEW_RUNS, Callers
from globus_transport.sandbox.flows.definition import check_input
from globus_transport.sandbox.flows.documents import run_document
from globus_transport.sandbox.flows.errors import FlowsError, not_found, problem, unprocessable
from globus_transport.sandbox.flows.flow_routes import may_start
from globus_transport.sandbox.flows.listing import chosen, page, values_of
from globus_transport.sandbox.flows.principals import RUN_ROLES, roles_on_run
from globus_transport.sandbox.flows.runs import advance_all, cancel, start_run
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

_RESUMERS = ("run_owner", "run_manager")
_MANAGERS = (*_RESUMERS, "flow_run_manager")


def install_run_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    runs = state.flows.runs

    def find_startable(flow_id: str) -> tuple[Document, Identity, Document]:
        """The flow, the caller, and the body of a request to run it."""
        caller = callers.require_of_flow(flow_id)
        flow = state.flows.flows.get(flow_id)
        if flow is None:
            raise not_found("flow", flow_id)
        if not may_start(state, flow, caller):
            raise FlowsError(403, "FORBIDDEN", "You may not start this flow")
        body = read_body()
        if "body" not in body:
            raise unprocessable([problem("field required", "body", type="missing")])
        problems = check_input(flow["input_schema"], body["body"])
        if problems:
            count = f"The input has {len(problems)} error{'s' if len(problems) > 1 else ''}"
            raise FlowsError(400, "FLOW_INPUT_ERROR", problems, count)
        return flow, caller, body

    @app.post("/flows/<flow_id>/run")
    def run_flow(flow_id: str) -> ResponseReturnValue:
        flow, caller, body = find_startable(flow_id)
        run = start_run(state, flow, body["body"], caller, **read_run(state, body))
        return run_document(state, run, caller), 201

    @app.post("/flows/<flow_id>/validate_run")
    def validate_run(flow_id: str) -> ResponseReturnValue:
        _, _, body = find_startable(flow_id)
        read_run(state, body)
        return {"message": "validation successful"}

    @app.get("/runs")
    def list_runs() -> ResponseReturnValue:
        caller = callers.require(*VIEW_RUNS)
        advance_all(state)
        wanted = chosen("filter_roles", RUN_ROLES) or chosen("filter_role", RUN_ROLES)
        flow_ids = values_of("filter_flow_id")
        found = []
        for run in reversed(runs.where()):
            roles = {*roles_on_run(state, run, caller)}
            if (roles & wanted if wanted else roles) and (not flow_ids or run["flow_id"] in flow_ids):
                found.append(run_document(state, run, caller))
        return page("runs", found)

    @app.get("/runs/<run_id>")
    def get_run(run_id: str) -> ResponseReturnValue:
        caller = callers.require(*VIEW_RUNS)
        run = callers.find_run(run_id, caller)
        document = run_document(state, run, caller)
        if request.args.get("include_flow_description", "").lower() in ("1", "true"):
            flow = state.flows.flows.get(run["flow_id"]) or {}
            names = ("description", "subtitle", "keywords", "title")
            document["flow_description"] = {name: flow.get(name) for name in names}
        return document

    @app.get("/runs/<run_id>/log")
    def get_run_logs(run_id: str) -> ResponseReturnValue:
        run = callers.find_run(run_id, callers.require(*VIEW_RUNS))
        entries = run["_log"]
        if request.args.get("reverse_order", "").lower() in ("1", "true"):
            entries = entries[::-1]
        return page("entries", entries, default=10)

    @app.get("/runs/<run_id>/definition")
    def get_run_definition(run_id: str) -> ResponseReturnValue:
        run = callers.find_run(run_id, callers.require(*VIEW_RUNS))
        return {"flow_id": run["flow_id"], "definition": run["_definition"], "input_schema": run["_schema"]}

    @app.put("/runs/<run_id>")
    def update_run(run_id: str) -> ResponseReturnValue:
        caller = callers.require(*MANAGE_RUNS)
        with state.flows.lock:
            callers.find_run(run_id, caller, _MANAGERS)
            run = runs.update(run_id, **read_run(state, read_body()))
        return run_document(state, run, caller)

    @app.post("/runs/<run_id>/cancel")
    def cancel_run(run_id: str) -> ResponseReturnValue:
        caller = callers.require(*MANAGE_RUNS)
        callers.find_run(run_id, caller, _MANAGERS)
        run = cancel(state, run_id)
        if run is None:
            raise not_found("run", run_id)
        return run_document(state, run, caller)

    @app.post("/runs/<run_id>/release")
    def delete_run(run_id: str) -> ResponseReturnValue:
        caller = callers.require(*MANAGE_RUNS)
        with state.flows.lock:
            run = callers.find_run(run_id, caller, _MANAGERS)
            if run["status"] == "ACTIVE":
                raise FlowsError(409, "STATE_CONFLICT", f"The run {run_id} is ACTIVE")
            runs.remove(run_id)
        return run_document(state, run, caller)

    @app.post("/runs/<run_id>/resume")
    def resume_run(run_id: str) -> ResponseReturnValue:
        run = runs.get(run_id)
        if run is None:
            raise not_found("run", run_id)
        caller = callers.require_of_flow(run["flow_id"])
        run = callers.find_run(run_id, caller, _RESUMERS)
        return run_document(state, run, caller)
