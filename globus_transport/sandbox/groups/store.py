"""The state of Globus Groups. Roles and access rules ask it who is a member."""

from __future__ import annotations

import copy
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from globus_transport.sandbox.groups.policies import default_policies
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document, RecordRemovedError

Role = Literal["member", "manager", "admin"]
Status = Literal["active", "invited", "pending", "rejected", "removed", "left", "declined"]

STATUSES: tuple[Status, ...] = ("active", "invited", "pending", "rejected", "removed", "left", "declined")
ROLES: tuple[Role, ...] = ("member", "manager", "admin")


class GroupsStore:
    """The groups and their members.

    A group is a document with the fields of the service, and ``join``: whether users may join without a request. A
    membership is a document, too. Callers get copies.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._groups: dict[str, Document] = {}
        self._memberships: dict[str, dict[str, Document]] = {}
        self._preferences: dict[str, Document] = {}
        self._fields: dict[str, dict[str, Document]] = {}
        self._subscriptions: dict[str, Document] = {}

    def add(
        self,
        members: Iterable[str],
        *,
        id: str | None = None,
        name: str | None = "Group",
        description: str | None = None,
        terms_and_conditions: str | None = None,
        parent_id: str | None = None,
        policies: Document | None = None,
    ) -> str:
        """Add a group.

        :param members: ids of the identities, which become active members. The first one is the admin
        :param id: a UUID; ``None`` for a new one
        :param policies: all of them, as the service has them; ``None`` for those of a new group
        :return: the id of the group
        """
        id = id or str(uuid.uuid4())
        group: Document = {
            "id": id,
            "name": name,
            "description": description,
            "terms_and_conditions": terms_and_conditions,
            "parent_id": parent_id,
            "policies": policies or default_policies(),
            "subscription_admin_verified_id": None,
            "join": False,
        }
        roles: dict[str, Role] = {}
        for member in members:
            roles.setdefault(member, "member" if roles else "admin")
        with self._lock:
            self._groups[id] = group
            self._memberships[id] = {member: _membership(id, member, role, "active") for member, role in roles.items()}
        return id

    def set_member(self, group_id: str, member: Identity, role: Role = "member", status: Status = "active") -> None:
        """Make an identity a member, or change its membership, whatever the rules of the service say.

        :param member: an identity that the sandbox knows
        :raises KeyError: if there is no such group
        :raises ValueError: if there is no such role or status
        """
        if role not in ROLES or status not in STATUSES:
            raise ValueError(f"role={role!r}, status={status!r}: a role is one of {ROLES}, a status one of {STATUSES}")
        with self._lock:
            self._memberships[group_id][member.id] = _membership(group_id, member.id, role, status)

    def allow_joining(self, group_id: str, allow: bool = True) -> None:
        """Let every user join a group without a request. Only the service's web application can set this policy.

        :raises KeyError: if there is no such group
        """
        self.update(group_id, join=allow)

    def add_subscription(self, group_id: str, *, is_high_assurance: bool = False, is_baa: bool = False) -> str:
        """Make a group the one that administers a new subscription.

        :return: the id of the subscription
        :raises KeyError: if there is no such group
        """
        id = str(uuid.uuid4())
        with self._lock:
            name = self._groups[group_id]["name"]
            self._subscriptions[id] = {
                "group_id": group_id,
                "name": name,
                "subscriber_name": name,
                "is_high_assurance": is_high_assurance,
                "is_baa": is_baa,
                "connectors": {},
            }
        return id

    def has_member(self, group_id: str, identity_id: str) -> bool:
        """Whether an identity is an active member of a group or of one of its subgroups, at any depth.

        A member of a subgroup is implied to be a member of the group. ``False`` if there is no such group.
        """
        with self._lock:
            return self._source_of(group_id, identity_id) is not None

    def get(self, group_id: str) -> Document | None:
        """The group with this id; ``None`` if there is none."""
        with self._lock:
            return copy.deepcopy(self._groups.get(group_id))

    def all(self) -> list[Document]:
        """All groups, oldest first."""
        with self._lock:
            return copy.deepcopy(list(self._groups.values()))

    def children_of(self, group_id: str) -> list[str]:
        """The ids of the subgroups of a group, oldest first."""
        with self._lock:
            return [id for id, group in self._groups.items() if group["parent_id"] == group_id]

    def update(self, group_id: str, **fields: object) -> Document:
        """Change fields of a group.

        :raises RecordRemovedError: if there is no such group any more
        """
        with self._lock:
            self._check(group_id)
            self._groups[group_id] |= copy.deepcopy(fields)
            return copy.deepcopy(self._groups[group_id])

    def remove(self, group_id: str) -> None:
        """Remove a group with its memberships and subscriptions."""
        with self._lock:
            for by_group in (self._groups, self._memberships, self._fields):
                by_group.pop(group_id, None)
            self._subscriptions = {
                id: found for id, found in self._subscriptions.items() if found["group_id"] != group_id
            }

    def membership(self, group_id: str, identity_id: str) -> Document | None:
        """The membership of an identity in a group; ``None`` if there is none.

        One that a subgroup implies names it as ``source_group_id``. It counts only if there is no active one.
        """
        with self._lock:
            found = self._memberships.get(group_id, {}).get(identity_id)
            if found is None or found["status"] != "active":
                source = self._source_of(group_id, identity_id)
                if source is not None:
                    found = {**_membership(group_id, identity_id, "member", "active"), "source_group_id": source}
            return None if found is None else self._with_fields(found)

    def memberships(self, group_id: str) -> list[Document]:
        """All memberships of a group, with those that its subgroups imply."""
        with self._lock:
            members = dict.fromkeys(
                member for id in self._with_subgroups(group_id) for member in self._memberships.get(id, {})
            )
        found = (self.membership(group_id, member) for member in members)
        return [membership for membership in found if membership is not None]

    def change_membership(
        self, group_id: str, identity_id: str, decide: Callable[[Document | None, bool], Document]
    ) -> Document:
        """Change the membership of an identity. The decision and the change are one step.

        :param decide: gets the membership, without an implied one, and whether it is that of the last admin; returns
            the fields to change. What it raises is passed on
        :raises RecordRemovedError: if there is no such group any more
        """
        with self._lock:
            self._check(group_id)
            memberships = self._memberships[group_id]
            current = memberships.get(identity_id)
            admins = [
                id for id, found in memberships.items() if (found["role"], found["status"]) == ("admin", "active")
            ]
            changes = decide(copy.deepcopy(current), admins == [identity_id])
            changed = {**(current or _membership(group_id, identity_id, "member", "active")), **changes}
            memberships[identity_id] = changed
            return self._with_fields(changed)

    def preferences(self, identity_id: str) -> Document:
        """The preferences of an identity."""
        with self._lock:
            return {"allow_add": True, **self._preferences.get(identity_id, {})}

    def set_preferences(self, identity_id: str, preferences: Document) -> None:
        """Replace the preferences of an identity."""
        with self._lock:
            self._preferences[identity_id] = dict(preferences)

    def membership_fields(self, group_id: str, identity_id: str) -> Document:
        """What an identity told a group about itself."""
        with self._lock:
            return dict(self._fields.get(group_id, {}).get(identity_id, {}))

    def set_membership_fields(self, group_id: str, identity_id: str, fields: Document) -> None:
        """Replace what an identity told a group about itself."""
        with self._lock:
            self._fields.setdefault(group_id, {})[identity_id] = dict(fields)

    def subscription(self, id: str) -> Document | None:
        """The subscription with this id, with the id of its group; ``None`` if there is none."""
        with self._lock:
            return copy.deepcopy(self._subscriptions.get(id))

    def subscription_of(self, group_id: str) -> tuple[str, Document] | None:
        """The id of the subscription that a group administers, and the subscription; ``None`` if there is none."""
        with self._lock:
            for id, found in self._subscriptions.items():
                if found["group_id"] == group_id:
                    return id, copy.deepcopy(found)
            return None

    def dump(self) -> Document:
        """What outlives the sandbox, as a JSON document."""
        with self._lock:
            return copy.deepcopy(
                {
                    "groups": list(self._groups.values()),
                    "memberships": self._memberships,
                    "preferences": self._preferences,
                    "fields": self._fields,
                    "subscriptions": self._subscriptions,
                }
            )

    def load(self, document: Document) -> None:
        """Replace everything by what :meth:`dump` returned."""
        document = copy.deepcopy(document)
        with self._lock:
            self._groups = {group["id"]: group for group in document["groups"]}
            self._memberships = document["memberships"]
            self._preferences = document["preferences"]
            self._fields = document["fields"]
            self._subscriptions = document["subscriptions"]

    def _check(self, group_id: str) -> None:
        if group_id not in self._groups:
            raise RecordRemovedError(group_id)

    def _source_of(self, group_id: str, identity_id: str) -> str | None:
        """The group or subgroup that makes an identity a member; ``None`` if it is no member."""
        for id in self._with_subgroups(group_id):
            found = self._memberships.get(id, {}).get(identity_id)
            if found is not None and found["status"] == "active":
                return id
        return None

    def _with_subgroups(self, group_id: str) -> Iterator[str]:
        """The ids of a group and of its subgroups, at any depth. Those that are nearer to the group come first."""
        level = [group_id]
        while level:
            yield from level
            level = [id for id, group in self._groups.items() if group["parent_id"] in level]

    def _with_fields(self, membership: Document) -> Document:
        fields = self._fields.get(membership["group_id"], {}).get(membership["identity_id"], {})
        return {**membership, "membership_fields": dict(fields)}


def _membership(group_id: str, identity_id: str, role: Role, status: Status) -> Document:
    return {
        "group_id": group_id,
        "identity_id": identity_id,
        "role": role,
        "status": status,
        "status_reason": None,
        "invite_email_address": None,
        "updated": None,
        "invite_time": None,
    }
