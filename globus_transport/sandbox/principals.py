"""Principals: identities and groups by their URNs, and words for many users. Search and Flows list them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.state import State

IDENTITY = "urn:globus:auth:identity:"
GROUP = "urn:globus:groups:id:"
PUBLIC = "public"
AUTHENTICATED = "all_authenticated_users"

#: What the URN of each kind begins with.
PREFIXES = {"identity": IDENTITY, "group": GROUP}


def urn(identity_id: str) -> str:
    """The principal of an identity."""
    return IDENTITY + identity_id


def type_of(principal: str) -> str | None:
    """``identity`` or ``group``; ``None`` if the text is not the URN of one."""
    for kind, prefix in PREFIXES.items():
        if principal.startswith(prefix) and _is_uuid(principal.removeprefix(prefix)):
            return kind
    return None


def includes(state: State, principals: str | Iterable[str], caller: Identity | None) -> bool:
    """Whether a user is one of the principals, or an active member of a group that is one.

    :param principals: one or several
    :param caller: ``None`` for a request without a token
    """
    listed = [principals] if isinstance(principals, str) else principals
    return any(_is(state, principal, caller) for principal in listed)


def _is(state: State, principal: str, caller: Identity | None) -> bool:
    if principal == PUBLIC:
        return True
    if caller is None:
        return False
    if principal in (AUTHENTICATED, urn(caller.id)):
        return True
    return principal.startswith(GROUP) and state.groups.has_member(principal.removeprefix(GROUP), caller.id)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
