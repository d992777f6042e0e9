"""Who may do what with a collection."""

from typing import Literal

from globus_transport.sandbox.clock import from_iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.filesystem import locate
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
# Who has the role on the left may do what those on the right may.
_INCLUDED = {
    "administrator": set(ROLES),
    "restricted_administrator": {"restricted_administrator", "access_manager", "activity_monitor"},
    "access_manager": {"access_manager"},
    "activity_manager": {"activity_manager", "activity_monitor"},
    "activity_monitor": {"activity_monitor"},
}


def is_principal(state: State, document: Document, identity: Identity) -> bool:
    """Whether a role or access rule is about someone."""
    kind, principal = document["principal_type"], document["principal"]
    if kind == "identity":
        return bool(principal == identity.id)
    if kind == "group":
        return identity.id in state.groups.get(principal, ())
    return kind in ("all_authenticated_users", "anonymous")


def roles_of(state: State, collection: Collection, identity: Identity) -> set[str]:
    """The roles that someone has on a collection, those that others include among them."""
    held = {one["role"] for one in state.roles.where(endpoint=collection.id) if is_principal(state, one, identity)}
    if collection.owner_id == identity.id:
        held.add("administrator")
    return {included for role in held for included in _INCLUDED[role]}


def activity_roles_of(state: State, collection: Collection, identity: Identity) -> set[str]:
    """Roles that count for what goes on at a collection: whoever manages the host manages its guests too."""
    held = roles_of(state, collection, identity)
    if collection.host is not None:
        held |= roles_of(state, collection.host, identity)
    return held


def require_role(state: State, collection: Collection, identity: Identity, role: str) -> None:
    """Refuse whoever has not this role.

    :raises TransferError: The caller has not.
    """
    if role not in roles_of(state, collection, identity):
        raise TransferError(403, "PermissionDenied", f"This needs the role {role} on the collection")


def may_access(state: State, collection: Collection, identity: Identity, path: str, mode: Literal["r", "rw"]) -> bool:
    """Whether someone may read, or read and write, at a path.

    A host collection is open to everybody, like a server where everybody has an account; a guest collection to those
    whom its rules name.
    """
    if collection.host is None or "administrator" in roles_of(state, collection, identity):
        return True
    # A link must not lead around the rules: where it is counts, and where it leads.
    real = locate(collection, path).resolve().relative_to(collection.folder).as_posix()
    return all(_is_allowed(state, collection, identity, one, mode) for one in (path, real))


def _is_allowed(state: State, collection: Collection, identity: Identity, path: str, mode: str) -> bool:
    parts = [part for part in path.split("/") if part not in ("", ".", "~")]
    asked = "/".join(["", *parts, ""])
    return any(
        asked.startswith(rule["path"]) and (mode == "r" or rule["permissions"] == "rw")
        for rule in rules_for(state, collection, identity)
    )


def rules_for(state: State, collection: Collection, identity: Identity) -> list[Document]:
    """The access rules of a collection that are about someone and have not expired."""
    now = state.clock.now()
    return [
        rule
        for rule in state.rules.where(endpoint=collection.id)
        if is_principal(state, rule, identity)
        and (rule["expiration_date"] is None or from_iso_time(rule["expiration_date"]) > now)
    ]


def require_access(
    state: State, collection: Collection, identity: Identity, path: str, mode: Literal["r", "rw"]
) -> None:
    """Refuse whoever may not read, or not write, at a path.

    :raises TransferError: The caller may not.
    """
    if not may_access(state, collection, identity, path, mode):
        raise TransferError(403, "EndpointPermissionDenied", f"Permission denied: {path}")
