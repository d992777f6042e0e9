"""The actions on the members of a group, and the rules about who may do what.

An action is refused in one of two ways. If the user may not do such an action at all, the whole request fails. If only
the membership is wrong for it, the reply lists the identity among the errors, and the other actions are carried out.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from globus_transport.sandbox.groups.store import GroupsStore
from globus_transport.sandbox.records import Document

#: The actions of managers and admins on others, and those of users on their own identities.
MANAGING = ("add", "approve", "change_role", "invite", "reject", "remove")
OWN = ("accept", "decline", "join", "leave", "request_join")
ACTIONS = (*MANAGING, *OWN)


class ActionError(Exception):
    """The action is not possible for this identity."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@attrs.frozen
class Action:
    """An action on one identity.

    :ivar name: one of :data:`ACTIONS`
    :ivar role: the role that the identity shall have. ``change_role`` always has one
    :ivar is_known: whether there is such an identity
    :ivar details: the ``status_reason`` and the ``invite_email_address`` that were given
    """

    name: str
    identity_id: str
    role: str | None
    is_known: bool
    details: Document


def may(name: str, role: str | None) -> bool:
    """Whether an active member with a role may do an action on others.

    :param role: ``None`` for who is no active member
    """
    return role == "admin" or (role == "manager" and name != "change_role")


def allowed_actions(store: GroupsStore, group: Document, identity_id: str) -> Document:
    """For each action, the identities of a user that may do it: none, or the user's one."""
    membership = store.membership(group["id"], identity_id)
    status = None if membership is None else membership["status"]
    role = membership["role"] if membership is not None and status == "active" else None
    is_allowed = {
        **{name: may(name, role) for name in MANAGING},
        "accept": status == "invited",
        "decline": status == "invited",
        "leave": status == "active" and membership is not None and "source_group_id" not in membership,
        "join": status != "active" and group["join"] and not group["policies"]["is_high_assurance"],
        "request_join": status not in ("active", "invited", "pending") and group["policies"]["join_requests"],
    }
    return {name: [identity_id] if is_allowed[name] else [] for name in ACTIONS}


def carry_out(
    store: GroupsStore, group: Document, action: Action, *, caller_id: str, caller_role: str | None, now: str
) -> Document:
    """Carry out an action.

    :param caller_role: of the user as an active member
    :param now: the time of the change
    :return: the membership
    :raises ActionError: if it is not possible for this identity
    """
    if not action.is_known:
        raise ActionError("IDENTITY_NOT_FOUND", "There is no such identity")
    if action.name in OWN and action.identity_id != caller_id:
        raise ActionError("IDENTITY_NOT_YOURS", "Users do this only with their own identities")
    if action.name in ("accept", "join", "request_join"):
        _check_signup_fields(store, group, action.identity_id)
    rule = _RULES[action.name]
    context = _Context(group, action, caller_id, caller_role, store.preferences(action.identity_id))
    invitation = {"invite_time": now, "invite_email_address": None} if action.name == "invite" else {}

    def decide(current: Document | None, is_last_admin: bool) -> Document:
        changes = rule(context, current, is_last_admin)
        # The reason of the status before does not explain the new one.
        reason = {"status_reason": None} if "status" in changes else {}
        return {**reason, **invitation, **changes, **action.details, "updated": now}

    return store.change_membership(group["id"], action.identity_id, decide)


def _check_signup_fields(store: GroupsStore, group: Document, identity_id: str) -> None:
    told = store.membership_fields(group["id"], identity_id)
    missing = [name for name in group["policies"]["signup_fields"] if not told.get(name)]
    if missing:
        raise ActionError("MISSING_SIGNUP_FIELDS", f"The group requires the membership fields {', '.join(missing)}")


@attrs.frozen
class _Context:
    group: Document
    action: Action
    caller_id: str
    caller_role: str | None
    preferences: Document

    def check_new_role(self, current: Document | None) -> str:
        """The role of a membership that begins. Managers give only the role member, and not to an invited admin."""
        role = self.action.role or "member"
        is_admin = current is not None and (current["role"], current["status"]) == ("admin", "invited")
        if self.caller_role != "admin" and (role != "member" or is_admin):
            above = "admin" if is_admin else role
            raise ActionError("ROLE_NOT_ALLOWED", f"This needs an admin of the group, because the role is {above}")
        return role


def _require_status(current: Document | None, *statuses: str) -> Document:
    if current is None or current["status"] not in statuses:
        status = "no membership" if current is None else current["status"]
        raise ActionError("INVALID_STATUS", f"This needs a membership that is {' or '.join(statuses)}, not {status}")
    return current


def _refuse_status(current: Document | None, *statuses: str) -> None:
    if current is not None and current["status"] in statuses:
        raise ActionError("INVALID_STATUS", f"The membership is already {current['status']}")


def _accept(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _require_status(current, "invited")
    return {"status": "active"}


def _decline(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _require_status(current, "invited")
    return {"status": "declined"}


def _add(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _refuse_status(current, "active")
    if not context.preferences["allow_add"]:
        raise ActionError("ADD_NOT_ALLOWED", "The identity allows invitations only")
    if current is not None and current["status"] == "left":
        raise ActionError("ADD_NOT_ALLOWED", "The identity left the group, so it has to be invited")
    return {"status": "active", "role": context.check_new_role(current)}


def _approve(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _require_status(current, "pending")
    return {"status": "active"}


def _reject(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _require_status(current, "pending")
    return {"status": "rejected"}


def _change_role(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _require_status(current, "active")
    if is_last_admin and context.action.role != "admin":
        raise ActionError("LAST_ADMIN", "The last admin of a group cannot get another role")
    return {"role": context.action.role}


def _invite(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _refuse_status(current, "active")
    return {"status": "invited", "role": context.check_new_role(current)}


def _join(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    if not context.group["join"] or context.group["policies"]["is_high_assurance"]:
        raise ActionError("JOIN_NOT_ALLOWED", "The group does not let users join without a request")
    _refuse_status(current, "active")
    return {"status": "active", "role": "member"}


def _request_join(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    if not context.group["policies"]["join_requests"]:
        raise ActionError("JOIN_NOT_ALLOWED", "The group does not let users request to join")
    _refuse_status(current, "active", "invited", "pending")
    return {"status": "pending", "role": "member"}


def _leave(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    _require_status(current, "active")
    if is_last_admin:
        raise ActionError("LAST_ADMIN", "The last admin of a group cannot leave it")
    return {"status": "left", "role": "member"}


def _remove(context: _Context, current: Document | None, is_last_admin: bool) -> Document:
    membership = _require_status(current, "active", "invited")
    if membership["identity_id"] == context.caller_id:
        raise ActionError("REMOVE_NOT_ALLOWED", "Users leave a group; they cannot remove themselves")
    if membership["role"] == "admin" and context.caller_role != "admin":
        raise ActionError("REMOVE_NOT_ALLOWED", "Only an admin can remove an admin")
    return {"status": "removed", "role": "member"}


_RULES: dict[str, Callable[[_Context, Document | None, bool], Document]] = {
    "accept": _accept,
    "add": _add,
    "approve": _approve,
    "change_role": _change_role,
    "decline": _decline,
    "invite": _invite,
    "join": _join,
    "leave": _leave,
    "reject": _reject,
    "remove": _remove,
    "request_join": _request_join,
}
