"""The routes for groups, their policies and subscriptions."""

from __future__ import annotations

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.groups.callers import Callers, read_list
from globus_transport.sandbox.groups.documents import (
    INCLUDED,
    group_document,
    limited_subscription_info,
    role_of,
)
from globus_transport.sandbox.groups.errors import GroupsError, forbidden, group_not_found
from globus_transport.sandbox.groups.policies import default_policies, read_policies
from globus_transport.sandbox.groups.store import STATUSES
from globus_transport.sandbox.request_fields import Fields, read_body, read_id
from globus_transport.sandbox.state import State


def install_group_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    store = state.groups

    @app.get("/v2/groups/my_groups")
    def get_my_groups() -> ResponseReturnValue:
        caller, statuses = callers.require_reader(), read_list("statuses", STATUSES) or ["active"]
        found = []
        for group in store.all():
            membership = store.membership(group["id"], caller.id)
            if membership is not None and membership["status"] in statuses:
                found.append(group_document(state, group, caller))
        return jsonify(found)

    @app.get("/v2/groups/<group_id>")
    def get_group(group_id: str) -> ResponseReturnValue:
        caller, include = callers.require_reader(), read_list("include", INCLUDED)
        if not callers.may_see_members:
            include = [name for name in include if name not in ("memberships", "allowed_actions")]
        return group_document(state, callers.find(group_id, caller), caller, include)

    @app.post("/v2/groups")
    def create_group() -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        policies = fields.nested("policies")
        parent_id = fields.id("parent_id")
        name = fields.text("name", required=True)
        description, terms = fields.text("description"), fields.text("terms_and_conditions")
        new_policies = default_policies() if policies is None else read_policies(policies, default_policies())
        fields.check()
        if parent_id is not None and role_of(state, callers.find(parent_id, caller)["id"], caller) != "admin":
            raise forbidden("A subgroup needs an admin of the parent group")
        id = store.add(
            [caller.id],
            name=name,
            description=description,
            terms_and_conditions=terms,
            parent_id=parent_id,
            policies=new_policies,
        )
        # Not Callers.find: the login may be too old to read the group, but the group is there.
        group = store.get(id)
        if group is None:
            raise group_not_found()
        return group_document(state, group, caller), 201

    @app.put("/v2/groups/<group_id>")
    def update_group(group_id: str) -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        group = callers.find_administered(group_id, caller)
        names = ("name", "description", "terms_and_conditions")
        changes = {name: fields.text(name, required=name == "name") for name in names if name in fields.document}
        fields.check()
        return group_document(state, store.update(group["id"], **changes), caller)

    @app.delete("/v2/groups/<group_id>")
    def delete_group(group_id: str) -> ResponseReturnValue:
        caller = callers.require_user()
        group = callers.find_administered(group_id, caller)
        if store.children_of(group["id"]):
            raise GroupsError(400, "GROUP_HAS_SUBGROUPS", "Delete the subgroups of the group first")
        document = group_document(state, group, caller)
        store.remove(group["id"])
        return document

    @app.get("/v2/groups/<group_id>/policies")
    def get_group_policies(group_id: str) -> ResponseReturnValue:
        policies = callers.find(group_id, callers.require_user())["policies"]
        return jsonify(policies)

    @app.put("/v2/groups/<group_id>/policies")
    def set_group_policies(group_id: str) -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        group = callers.find_administered(group_id, caller)
        policies = read_policies(fields, group["policies"])
        fields.check()
        return jsonify(store.update(group["id"], policies=policies)["policies"])

    @app.get("/v2/subscription_info/<subscription_id>")
    def get_group_by_subscription_id(subscription_id: str) -> ResponseReturnValue:
        callers.require_user()
        id = read_id("subscription_id", subscription_id)
        subscription = store.subscription(id)
        if subscription is None:
            raise GroupsError(404, "SUBSCRIPTION_NOT_FOUND", "There is no such subscription")
        return {
            "group_id": subscription["group_id"],
            "subscription_id": id,
            "subscription_info": limited_subscription_info(subscription),
        }

    @app.put("/v2/groups/<group_id>/subscription_admin_verified")
    def set_subscription_admin_verified(group_id: str) -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        group = callers.find(group_id, caller)
        name = "subscription_admin_verified_id"
        id = fields.id(name)
        if name not in fields.document:
            fields.refuse(name, "field required", "value_error.missing")
        fields.check()
        # The mark is taken away by an admin of the subscription that set it.
        subscription = store.subscription(id or group[name] or "")
        if id is not None and subscription is None:
            raise GroupsError(404, "SUBSCRIPTION_NOT_FOUND", "There is no such subscription")
        if subscription is not None and role_of(state, subscription["group_id"], caller) != "admin":
            raise forbidden("This needs an admin of the group of the subscription")
        store.update(group["id"], **{name: id})
        return {"group_id": group["id"], name: id}
