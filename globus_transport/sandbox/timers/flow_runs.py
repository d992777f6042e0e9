"""Starts a run of a flow as the owner of a timer, under the same conditions as a request of the owner to Flows."""

from __future__ import annotations

from globus_transport.sandbox.flows.bodies import read_run
from globus_transport.sandbox.flows.definition import check_input
from globus_transport.sandbox.flows.errors import FlowsError, not_found, problem, unprocessable
from globus_transport.sandbox.flows.flow_routes import may_start
from globus_transport.sandbox.flows.runs import advance, start_run
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.timers.timer import Timer


def start_flow_run(state: State, timer: Timer, owner: Identity) -> Document:
    """Start a run of a timer's flow.

    :return: the run
    :raises FlowsError: if there is no such flow, the owner may not run it, or the body or the input is wrong
    """
    flow_id = timer.flow_id or ""
    flow = state.flows.flows.get(flow_id)
    if flow is None:
        raise not_found("flow", flow_id)
    if not may_start(state, flow, owner):
        raise FlowsError(403, "FORBIDDEN", "The owner of the timer may not start this flow")
    if "body" not in timer.body:
        raise unprocessable([problem("field required", "body", type="missing")])
    if problems := check_input(flow["input_schema"], timer.body["body"]):
        raise FlowsError(400, "FLOW_INPUT_ERROR", problems, "The input does not fit the schema of the flow")
    return start_run(state, flow, timer.body["body"], owner, **read_run(state, timer.body))


def is_flow_running(state: State, run_id: str) -> bool:
    """Whether a run of a flow goes on."""
    run = advance(state, run_id)
    return run is not None and run["status"] == "ACTIVE"
