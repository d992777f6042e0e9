"""The routes for the members of groups, and for what users set about themselves."""

from __future__ import annotations

from collections import Counter

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.clock import format_iso_time
from globus_transport.sandbox.groups.actions import ACTIONS, MANAGING, Action, ActionError, carry_out, may
from globus_transport.sandbox.groups.callers import Callers
from globus_transport.sandbox.groups.documents import membership_documents, role_of
from globus_transport.sandbox.groups.errors import GroupsError, forbidden
from globus_transport.sandbox.groups.policies import MEMBERSHIP_FIELDS
from globus_transport.sandbox.groups.store import ROLES
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields, read_body
from globus_transport.sandbox.state import State


def install_member_routes(app: Flask, state: State, callers: Callers) -> None:
    """Add the routes to an application."""
    store = state.groups

    @app.post("/v2/groups/<group_id>")
    def batch_membership_action(group_id: str) -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        group = callers.find(group_id, caller)
        actions = _read_actions(state, fields)
        role = role_of(state, group["id"], caller)
        for action in actions:
            if action.name in MANAGING and not may(action.name, role):
                needed = "an admin" if action.name == "change_role" else "a manager or admin"
                raise forbidden(f"The action {action.name} needs {needed} of the group")
        now = format_iso_time(state.clock.now())
        reply: Document = {action.name: [] for action in actions}
        errors: dict[str, list[Document]] = {}
        for action in actions:
            try:
                changed = carry_out(store, group, action, caller_id=caller.id, caller_role=role, now=now)
            except ActionError as error:
                failed = {"code": error.code, "identity_id": action.identity_id, "detail": error.detail}
                errors.setdefault(action.name, []).append(failed)
            else:
                reply[action.name] += membership_documents(state, [changed])
        return jsonify({**reply, "errors": errors} if errors else reply)

    @app.get("/v2/preferences")
    def get_identity_preferences() -> ResponseReturnValue:
        caller = callers.require_reader()
        return {caller.id: store.preferences(caller.id)}

    @app.put("/v2/preferences")
    def set_identity_preferences() -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        found = _read_own(fields, caller)
        allow_add = None if found is None else found.flag("allow_add")
        fields.check()
        if found is not None and "allow_add" in found.document:
            store.set_preferences(caller.id, {"allow_add": True if allow_add is None else allow_add})
        return {caller.id: store.preferences(caller.id)}

    @app.get("/v2/groups/<group_id>/membership_fields")
    def get_membership_fields(group_id: str) -> ResponseReturnValue:
        caller = callers.require_user()
        group = callers.find(group_id, caller)
        return {caller.id: store.membership_fields(group["id"], caller.id)}

    @app.put("/v2/groups/<group_id>/membership_fields")
    def set_membership_fields(group_id: str) -> ResponseReturnValue:
        caller, fields = callers.require_user(), Fields(read_body())
        group = callers.find(group_id, caller)
        # The fields stand under the id of an identity; without one, they are those of the user's identity.
        own = fields if fields.document and {*fields.document} <= {*MEMBERSHIP_FIELDS} else _read_own(fields, caller)
        if own is not None:
            for name in own.document:
                if name not in MEMBERSHIP_FIELDS:
                    own.refuse(name, "extra fields not permitted", "value_error.extra")
            told = {name: text for name in own.document if (text := own.text(name)) is not None}
            fields.check()
            store.set_membership_fields(group["id"], caller.id, told)
        return {caller.id: store.membership_fields(group["id"], caller.id)}


def _read_own(fields: Fields, caller: Identity) -> Fields | None:
    """The object under the id of the user's identity; ``None`` if there is none.

    :raises GroupsError: if there is one under another id
    """
    for id in fields.document:
        if id.lower() != caller.id:
            raise GroupsError(403, "IDENTITY_NOT_YOURS", "Users set this only for their own identities")
    return fields.nested(next(iter(fields.document)), required=True) if fields.document else None


def _read_actions(state: State, fields: Fields) -> list[Action]:
    for name in fields.document:
        if name not in ACTIONS:
            fields.refuse(name, "extra fields not permitted", "value_error.extra")
    found: list[Action] = []
    for name in ACTIONS:
        for entry in fields.each(name):
            id = entry.id("identity_id", required=True)
            role = entry.choice("role", ROLES, required=name == "change_role")
            details = {key: text for key in ("status_reason", "invite_email_address") if (text := entry.text(key))}
            found.append(Action(name, id or "", role, bool(state.identities.find_by_ids([id or ""])), details))
    fields.check()
    counts = Counter(action.identity_id for action in found)
    if repeated := sorted(id for id, count in counts.items() if count > 1):
        detail = "An identity can be in one action of a request only"
        raise GroupsError(400, "AMBIGUOUS_IDENTITIES", detail, ambiguous_identities=repeated)
    return found
