"""The documents of groups and memberships in replies, and what of them a user may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from globus_transport.sandbox.groups.actions import allowed_actions
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

#: What ``include`` can name.
INCLUDED = ("memberships", "my_memberships", "policies", "allowed_actions", "child_ids")
_SEEING = ("active", "invited", "pending")


def is_visible(state: State, group: Document, caller: Identity) -> bool:
    """Whether a user may see a group: every user an ``authenticated`` one, else its members and those to be."""
    membership = state.groups.membership(group["id"], caller.id)
    return group["policies"]["group_visibility"] == "authenticated" or (
        membership is not None and membership["status"] in _SEEING
    )


def role_of(state: State, group_id: str, identity: Identity) -> str | None:
    """The role of an active member; ``None`` for others."""
    membership = state.groups.membership(group_id, identity.id)
    return membership["role"] if membership is not None and membership["status"] == "active" else None


def group_document(state: State, group: Document, caller: Identity, include: Collection[str] = ()) -> Document:
    """The document of a group for a user.

    :param include: what it has besides; members only for those who may see them
    """
    id, policies = group["id"], group["policies"]
    subscription = state.groups.subscription_of(id)
    is_strict = policies["is_high_assurance"]
    document: Document = {
        "id": id,
        "name": group["name"],
        "description": group["description"],
        "terms_and_conditions": group["terms_and_conditions"],
        "parent_id": group["parent_id"],
        "group_type": "regular" if subscription is None else "plus",
        "enforce_session": is_strict,
        "session_limit": policies["authentication_assurance_timeout"],
        "session_timeouts": {},
        "my_memberships": _my_memberships(state, id, caller),
        "policies": {name: policies[name] for name in ("group_visibility", "group_members_visibility")},
        "subscription_id": None if subscription is None else subscription[0],
        "subscription_info": None if subscription is None else _subscription_info(subscription[1]),
        "subscription_admin_verified_id": group["subscription_admin_verified_id"],
    }
    if "policies" in include:
        document["policies"] = policies
    if "child_ids" in include:
        document["child_ids"] = state.groups.children_of(id)
    if "allowed_actions" in include:
        document["allowed_actions"] = allowed_actions(state.groups, group, caller.id)
    if "memberships" in include and _may_see_members(state, group, caller):
        document["memberships"] = membership_documents(state, state.groups.memberships(id))
    return document


def membership_documents(state: State, memberships: Iterable[Document]) -> list[Document]:
    """The documents of memberships, with the usernames of the members."""
    found = list(memberships)
    identities = state.identities.find_by_ids([membership["identity_id"] for membership in found])
    usernames = {identity.id: identity.username for identity in identities}
    return [{**membership, "username": usernames.get(membership["identity_id"])} for membership in found]


def limited_subscription_info(subscription: Document) -> Document:
    """What everyone may know about a subscription."""
    return {name: subscription[name] for name in ("is_high_assurance", "is_baa", "connectors")}


def _my_memberships(state: State, group_id: str, caller: Identity) -> list[Document]:
    """The documents of a user's memberships in a group: none or one, because users have one identity here."""
    membership = state.groups.membership(group_id, caller.id)
    return [] if membership is None else membership_documents(state, [membership])


def _subscription_info(subscription: Document) -> Document:
    return {name: value for name, value in subscription.items() if name != "group_id"}


def _may_see_members(state: State, group: Document, caller: Identity) -> bool:
    role = role_of(state, group["id"], caller)
    return role in ("manager", "admin") or (
        role is not None and group["policies"]["group_members_visibility"] == "members"
    )
