"""The permissions of an identity on a collection: its roles, and the access rules about it."""

from __future__ import annotations

from typing import Literal

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.filesystem import locate, split_path
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.transfer_errors import TransferError

ROLES = (
    "administrator",
    "restricted_administrator",
    "access_manager",
    "activity_manager",
    "activity_monitor",
)
#: Who sends a request without a token. Of the access rules, only those for everybody apply.
ANONYMOUS = Identity("anonymous", id="anonymous")
# The roles that each role includes.
_INCLUDED_ROLES = {
    "administrator": set(ROLES),
    "restricted_administrator": {"restricted_administrator", "access_manager", "activity_monitor"},
    "access_manager": {"access_manager"},
    "activity_manager": {"activity_manager", "activity_monitor"},
    "activity_monitor": {"activity_monitor"},
}


def applies_to(state: State, document: Document, identity: Identity) -> bool:
    """Whether a role or access rule applies to an identity."""
    kind, principal = document["principal_type"], document["principal"]
    if kind == "identity":
        return bool(principal == identity.id)
    if kind == "group":
        return state.groups.has_member(principal, identity.id)
    if kind == "all_authenticated_users":
        return identity is not ANONYMOUS
    return bool(kind == "anonymous")


def roles_of(state: State, collection: Collection, identity: Identity) -> set[str]:
    """The roles that an identity has on a collection, with the roles that they include."""
    documents = state.roles.where(endpoint=collection.id)
    held = {document["role"] for document in documents if applies_to(state, document, identity)}
    if collection.owner_id == identity.id:
        held.add("administrator")
    return {included for role in held for included in _INCLUDED_ROLES[role]}


def activity_roles_of(state: State, collection: Collection, identity: Identity) -> set[str]:
    """The roles of an identity for the tasks on a collection. Roles on a mapped collection count for its guests too."""
    held = roles_of(state, collection, identity)
    if collection.host is not None:
        held |= roles_of(state, collection.host, identity)
    return held


def require_role(state: State, collection: Collection, identity: Identity, role: str) -> None:
    """Check that an identity has a role on a collection.

    :raises TransferError: if it does not
    """
    if role not in roles_of(state, collection, identity):
        raise TransferError(403, "PermissionDenied", f"This needs the role {role} on the collection")


def may_access(state: State, collection: Collection, identity: Identity, path: str, mode: Literal["r", "rw"]) -> bool:
    """Whether an identity may read, or read and write, at a path.

    Every identity may use a mapped collection, as if it had an account on the server. A guest collection is open to its
    administrators, and to others by its access rules.
    """
    if collection.host is None or "administrator" in roles_of(state, collection, identity):
        return True
    # A symbolic link must not bypass the rules, so both the link and its target are checked.
    target = locate(collection, path).resolve().relative_to(collection.folder).as_posix()
    return all(_is_allowed(state, collection, identity, checked, mode) for checked in (path, target))


def _is_allowed(state: State, collection: Collection, identity: Identity, path: str, mode: str) -> bool:
    folder_path = "/".join(["", *split_path(path), ""])
    return any(
        folder_path.startswith(rule["path"]) and (mode == "r" or rule["permissions"] == "rw")
        for rule in rules_for(state, collection, identity)
    )


def rules_for(state: State, collection: Collection, identity: Identity) -> list[Document]:
    """The access rules of a collection that apply to an identity and have not expired."""
    now = state.clock.now()
    return [
        rule
        for rule in state.rules.where(endpoint=collection.id)
        if applies_to(state, rule, identity)
        and (rule["expiration_date"] is None or parse_iso_time(rule["expiration_date"]) > now)
    ]


def require_access(
    state: State, collection: Collection, identity: Identity, path: str, mode: Literal["r", "rw"]
) -> None:
    """Check that an identity may read, or read and write, at a path.

    :raises TransferError: if it may not
    """
    if not may_access(state, collection, identity, path, mode):
        raise TransferError(403, "EndpointPermissionDenied", f"Permission denied: {path}")
