"""Flows' routes for flows."""

from __future__ import annotations

import uuid

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.flows.bodies import FLOW_FIELDS, read_body, read_flow
from globus_transport.sandbox.flows.callers import MANAGE_FLOWS, VIEW_FLOWS, Callers
from globus_transport.sandbox.flows.definition import check_definition, check_schema
from globus_transport.sandbox.flows.documents import flow_document, format_moment
from globus_transport.sandbox.flows.errors import FlowsError, unprocessable
from globus_transport.sandbox.flows.listing import chosen, order, page
from globus_transport.sandbox.flows.principals import FLOW_ROLES, roles_on_flow
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import includes, urn
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

_EDITORS = ("flow_owner", "flow_administrator")
_SEARCHED = ("id", "title", "subtitle", "description", "flow_owner", "flow_administrators")
_ORDERED = {name: name for name in ("id", "flow_administrators", "title", "created_at", "updated_at")} | {
    "scope_string": "globus_auth_scope",
    "flow_owners": "flow_owner",
}
_TRANSFER_SCOPE = "urn:globus:auth:scope:transfer.api.globus.org:all"


def install_flow_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    flows = state.flows.flows

    @app.post("/flows")
    def create_flow() -> ResponseReturnValue:
        caller = callers.require(*MANAGE_FLOWS)
        fields = read_flow(state, read_body(), is_new=True)
        now = format_moment(state.clock.now())
        flow = add_flow(state, caller, {**fields, "created_at": now, "updated_at": now})
        return flow_document(state, flow, caller), 201

    @app.get("/flows")
    def list_flows() -> ResponseReturnValue:
        caller = callers.require(*VIEW_FLOWS)
        wanted = chosen("filter_roles", [*FLOW_ROLES]) or chosen("filter_role", [*FLOW_ROLES])
        text = request.args.get("filter_fulltext", "").lower()
        found = [
            flow_document(state, flow, caller)
            for flow in flows.where()
            if _has_role(flow, caller, wanted) and all(word in _searched(flow) for word in text.split())
        ]
        return page("flows", order(found, _ORDERED))

    def _has_role(flow: Document, caller: Identity, wanted: set[str]) -> bool:
        roles = roles_on_flow(state, flow, caller)
        return bool({*roles} & wanted) if wanted else bool(roles)

    @app.get("/flows/<flow_id>")
    def get_flow(flow_id: str) -> ResponseReturnValue:
        caller = callers.require(*VIEW_FLOWS)
        return flow_document(state, callers.find_flow(flow_id, caller), caller)

    @app.put("/flows/<flow_id>")
    def update_flow(flow_id: str) -> ResponseReturnValue:
        caller = callers.require(*MANAGE_FLOWS)
        with state.flows.lock:
            callers.find_flow(flow_id, caller, _EDITORS)
            fields = read_flow(state, read_body(), is_new=False)
            if fields.get("flow_owner", urn(caller.id)) != urn(caller.id):
                raise FlowsError(403, "FORBIDDEN", "An administrator can make only itself the owner")
            flow = flows.update(flow_id, **fields, updated_at=format_moment(state.clock.now()))
        return flow_document(state, flow, caller)

    @app.delete("/flows/<flow_id>")
    def delete_flow(flow_id: str) -> ResponseReturnValue:
        caller = callers.require(*MANAGE_FLOWS)
        with state.flows.lock:
            flow = callers.find_flow(flow_id, caller, _EDITORS)
            flows.remove(flow_id)
        deleted_at = format_moment(state.clock.now())
        return {**flow_document(state, flow, caller), "DELETED": True, "deleted_at": deleted_at}

    @app.post("/flows/validate")
    def validate_flow() -> ResponseReturnValue:
        callers.require(*MANAGE_FLOWS)
        body = read_body()
        problems = check_definition(body.get("definition"))
        if "input_schema" in body:
            problems += check_schema(body["input_schema"])
        if problems:
            raise unprocessable(problems)
        urls = [spec.get("ActionUrl", "") for spec in body["definition"]["States"].values()]
        return {"scopes": {"User": [_TRANSFER_SCOPE] if any("transfer" in url for url in urls) else []}}


def add_flow(state: State, owner: Identity, fields: Document) -> Document:
    """Add a flow. What ``fields`` does not have gets its default."""
    flow_id = str(uuid.uuid4())
    return state.flows.flows.add({"id": flow_id, **FLOW_FIELDS, **fields, "flow_owner": urn(owner.id)})


def may_start(state: State, flow: Document, caller: Identity) -> bool:
    """Whether an identity may start a flow."""
    lists = (flow["flow_owner"], flow["flow_administrators"], flow["flow_starters"])
    return any(includes(state, principals, caller) for principals in lists)


def _searched(flow: Document) -> str:
    return " ".join(str(flow[name]) for name in (*_SEARCHED, "keywords")).lower()
