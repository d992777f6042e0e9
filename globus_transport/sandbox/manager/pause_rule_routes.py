"""Transfer's routes about pause rules."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.clock import iso_time
from globus_transport.sandbox.manager.pause_rules import OPERATIONS, read_changes, rule_document, rules_on
from globus_transport.sandbox.manager.reach import MANAGER, collection_for, collections_of
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import caller, collection_with, json_body, result, text_of


def install_pause_rule_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    at = "/v0.10/endpoint_manager"

    def find(id: str) -> Document:
        rule = state.pause_rules.get(id)
        if rule is None:
            raise TransferError(404, "PauseRuleNotFound", f"No such pause rule {id!r}")
        collection_for(state, rule["endpoint_id"], caller(), MANAGER)
        return rule

    @app.get(f"{at}/pause_rule_list")
    def pause_rule_list() -> ResponseReturnValue:
        wanted = request.args.get("filter_endpoint")
        if wanted:
            places = {collection_for(state, wanted, caller(), MANAGER).id}
        else:
            places = {one.id for one in collections_of(state, caller(), MANAGER)}
        rules = [rule for rule in state.pause_rules.where() if rule["endpoint_id"] in places]
        return {"DATA_TYPE": "pause_rule_list", "DATA": [rule_document(state, rule) for rule in rules]}

    @app.post(f"{at}/pause_rule")
    def create_pause_rule() -> ResponseReturnValue:
        document = json_body()
        collection = collection_for(state, text_of(document, "endpoint_id"), caller(), MANAGER)
        identity_id = document.get("identity_id")
        if identity_id is not None and not isinstance(identity_id, str):
            raise bad_request("identity_id must be a text or null")
        rule = state.pause_rules.add(
            {
                "message": text_of(document, "message"),
                "endpoint_id": collection.id,
                "identity_id": identity_id,
                "start_time": None,
                "created_by_host_manager": collection.host is not None and collection.owner_id != caller().id,
                "editable": True,
                "modified_time": iso_time(state.clock.now()),
                **dict.fromkeys(OPERATIONS, False),
                **read_changes(document),
            }
        )
        state.tasks.wake()
        return rule_document(state, rule), 201

    @app.get(f"{at}/pause_rule/<rule_id>")
    def get_pause_rule(rule_id: str) -> ResponseReturnValue:
        return rule_document(state, find(rule_id))

    @app.put(f"{at}/pause_rule/<rule_id>")
    def update_pause_rule(rule_id: str) -> ResponseReturnValue:
        changes = read_changes(json_body())
        rule = state.pause_rules.update(find(rule_id)["id"], **changes, modified_time=iso_time(state.clock.now()))
        state.tasks.wake()
        return rule_document(state, rule)

    @app.delete(f"{at}/pause_rule/<rule_id>")
    def delete_pause_rule(rule_id: str) -> ResponseReturnValue:
        state.pause_rules.remove(find(rule_id)["id"])
        state.tasks.wake()
        return result("Deleted", f"Pause rule {rule_id} was deleted")

    @app.get("/v0.10/endpoint/<endpoint_id>/my_effective_pause_rule_list")
    def my_effective_pause_rule_list(endpoint_id: str) -> ResponseReturnValue:
        rules = rules_on(state, collection_with(state, endpoint_id), caller())
        return {"DATA_TYPE": "pause_rule_limited_list", "DATA": [rule_document(state, rule) for rule in rules]}
