"""Transfer's routes for pause rules."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.manager.lookup import MANAGER, find_collection_with_role, list_collections
from globus_transport.sandbox.manager.pause_rules import OPERATIONS, read_changes, rule_document, rules_on
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import (
    caller,
    find_collection,
    read_json_body,
    read_text,
    result_document,
)


def install_pause_rule_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    prefix = "/v0.10/endpoint_manager"

    def find(id: str) -> Document:
        rule = state.pause_rules.get(id)
        if rule is None:
            raise TransferError(404, "PauseRuleNotFound", f"No such pause rule {id!r}")
        find_collection_with_role(state, rule["endpoint_id"], caller(), MANAGER)
        return rule

    @app.get(f"{prefix}/pause_rule_list")
    def pause_rule_list() -> ResponseReturnValue:
        endpoint_id = request.args.get("filter_endpoint")
        if endpoint_id:
            collections = [find_collection_with_role(state, endpoint_id, caller(), MANAGER)]
        else:
            collections = list_collections(state, caller(), MANAGER)
        collection_ids = {collection.id for collection in collections}
        rules = [rule for rule in state.pause_rules.where() if rule["endpoint_id"] in collection_ids]
        return {"DATA_TYPE": "pause_rule_list", "DATA": [rule_document(state, rule) for rule in rules]}

    @app.post(f"{prefix}/pause_rule")
    def create_pause_rule() -> ResponseReturnValue:
        document = read_json_body()
        collection = find_collection_with_role(state, read_text(document, "endpoint_id"), caller(), MANAGER)
        identity_id = document.get("identity_id")
        if identity_id is not None and not isinstance(identity_id, str):
            raise bad_request("identity_id must be a text or null")
        rule = state.pause_rules.add(
            {
                "message": read_text(document, "message"),
                "endpoint_id": collection.id,
                "identity_id": identity_id,
                "start_time": None,
                "created_by_host_manager": collection.host is not None and collection.owner_id != caller().id,
                "editable": True,
                "modified_time": format_iso_time(state.clock.now()),
                **dict.fromkeys(OPERATIONS, False),
                **read_changes(document),
            }
        )
        state.tasks.wake()
        return rule_document(state, rule), 201

    @app.get(f"{prefix}/pause_rule/<rule_id>")
    def get_pause_rule(rule_id: str) -> ResponseReturnValue:
        return rule_document(state, find(rule_id))

    @app.put(f"{prefix}/pause_rule/<rule_id>")
    def update_pause_rule(rule_id: str) -> ResponseReturnValue:
        changes = read_changes(read_json_body())
        rule = state.pause_rules.update(
            find(rule_id)["id"], **changes, modified_time=format_iso_time(state.clock.now())
        )
        state.tasks.wake()
        return rule_document(state, rule)

    @app.delete(f"{prefix}/pause_rule/<rule_id>")
    def delete_pause_rule(rule_id: str) -> ResponseReturnValue:
        state.pause_rules.remove(find(rule_id)["id"])
        state.tasks.wake()
        return result_document("Deleted", f"Pause rule {rule_id} was deleted")

    @app.get("/v0.10/endpoint/<endpoint_id>/my_effective_pause_rule_list")
    def my_effective_pause_rule_list(endpoint_id: str) -> ResponseReturnValue:
        rules = rules_on(state, find_collection(state, endpoint_id), caller())
        return {"DATA_TYPE": "pause_rule_limited_list", "DATA": [rule_document(state, rule) for rule in rules]}
