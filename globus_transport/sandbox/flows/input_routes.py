"""Flows' routes for web inputs and registered APIs."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.flows.bodies import read_body
from globus_transport.sandbox.flows.callers import VIEW_RUNS, Callers
from globus_transport.sandbox.flows.documents import format_moment
from globus_transport.sandbox.flows.errors import FlowsError, not_found, problem, unprocessable
from globus_transport.sandbox.flows.listing import chosen, order, page, values_of
from globus_transport.sandbox.flows.runs import advance_all
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import includes
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

_SUMMARY = ("id", "status", "input_type", "flow", "run", "created_timestamp", "edited_timestamp", "closed_timestamp")
_ORDERED = {name: name for name in ("created_timestamp", "edited_timestamp", "closed_timestamp", "title")}


def install_input_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    inputs = state.flows.inputs

    def roles_of(web_input: Document, caller: Identity) -> list[str]:
        lists = {"viewer": "viewer_urns", "respondent": "respondent_urns"}
        return [role for role, name in lists.items() if includes(state, web_input["roles"][name], caller)]

    def find(web_input_id: str, caller: Identity) -> tuple[Document, list[str]]:
        advance_all(state)
        web_input = inputs.get(web_input_id)
        roles = [] if web_input is None else roles_of(web_input, caller)
        if web_input is None or not roles:
            raise not_found("web input", web_input_id)
        return web_input, roles

    @app.get("/web_inputs")
    def list_web_inputs() -> ResponseReturnValue:
        caller = callers.require(*VIEW_RUNS)
        advance_all(state)
        wanted_roles = chosen("filter_roles", ["viewer", "respondent"])
        wanted_states = chosen("filter_states", ["open", "closed"])
        flow_ids, run_ids = values_of("filter_flow_ids"), values_of("filter_run_ids")
        found = []
        for web_input in inputs.where():
            roles = {*roles_of(web_input, caller)}
            if (
                (roles & wanted_roles if wanted_roles else roles)
                and (not wanted_states or web_input["status"] in wanted_states)
                and (not flow_ids or web_input["flow"]["id"] in flow_ids)
                and (not run_ids or web_input["run"]["id"] in run_ids)
            ):
                title = web_input["context"]["title"]
                summary = {name: web_input[name] for name in _SUMMARY}
                found.append({**summary, "title": title, "user_roles": sorted(roles, reverse=True)})
        return page("web_input_summaries", order(found, _ORDERED), size="per_page")

    @app.get("/web_inputs/<web_input_id>")
    def get_web_input(web_input_id: str) -> ResponseReturnValue:
        web_input, roles = find(web_input_id, callers.require(*VIEW_RUNS))
        shown = {name: value for name, value in web_input.items() if not name.startswith("_")}
        return {**shown, "user_roles": roles}

    @app.post("/web_inputs/<web_input_id>/respond")
    def respond_to_web_input(web_input_id: str) -> ResponseReturnValue:
        _, roles = find(web_input_id, callers.require(*VIEW_RUNS))
        if "respondent" not in roles:
            raise FlowsError(403, "FORBIDDEN", f"You may not respond to the web input {web_input_id}")
        response = read_body().get("response")
        if not isinstance(response, dict) or "value" not in response:
            raise unprocessable([problem("field required", "response", "value", type="missing")])
        with state.flows.lock:
            current = inputs.get(web_input_id)
            if current is None or current["status"] != "open":
                raise FlowsError(409, "STATE_CONFLICT", f"The web input {web_input_id} is closed")
            value: Any = response["value"]
            option: Any = current["_completed"].get(value) if isinstance(value, str) else None
            if option is None:
                raise FlowsError(422, "UNPROCESSABLE_ENTITY", f"{value!r} is no option of this web input")
            now = format_moment(state.clock.now())
            result = {"selected_option": value, **option}
            inputs.update(web_input_id, status="closed", closed_timestamp=now, edited_timestamp=now, _result=result)
        advance_all(state)
        return {"status": "ok"}

    @app.get("/registered_apis")
    def list_registered_apis() -> ResponseReturnValue:
        callers.require(*VIEW_RUNS)
        return page("registered_apis", state.flows.apis.where(), size="per_page")

    @app.get("/registered_apis/<registered_api_id>")
    def get_registered_api(registered_api_id: str) -> ResponseReturnValue:
        callers.require(*VIEW_RUNS)
        found = state.flows.apis.get(registered_api_id)
        if found is None:
            raise not_found("registered API", registered_api_id)
        return found
