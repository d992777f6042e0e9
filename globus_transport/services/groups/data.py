"""The documents that are sent to Globus Groups, and the values of their fields."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Literal, Self, Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.field_checks import check_id, check_optional_bools, check_optional_ints
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe, UUIDLike, text_list
from globus_transport.routing.payload import GlobusPayload


class GroupRole(enum.Enum):
    """What a member may do in a group."""

    member = "member"
    manager = "manager"
    admin = "admin"


class GroupMemberVisibility(enum.Enum):
    """Who sees the members of a group: all members, or only managers and admins."""

    members = "members"
    managers = "managers"


class GroupVisibility(enum.Enum):
    """Who sees that a group exists: every user who is logged in, or only its members."""

    authenticated = "authenticated"
    private = "private"


class GroupRequiredSignupFields(enum.Enum):
    """What a group can require users to tell about themselves before they join."""

    institution = "institution"
    current_project_name = "current_project_name"
    address = "address"
    city = "city"
    state = "state"
    country = "country"
    address1 = "address1"
    address2 = "address2"
    zip = "zip"
    phone = "phone"
    department = "department"
    field_of_science = "field_of_science"


# Each can be given as a member of the enumeration or as its text.
RoleLike = Union[GroupRole, Literal["member", "manager", "admin"]]
MemberVisibilityLike = Union[GroupMemberVisibility, Literal["members", "managers"]]
VisibilityLike = Union[GroupVisibility, Literal["authenticated", "private"]]
SignupFieldLike = Union[
    GroupRequiredSignupFields,
    Literal[
        "institution",
        "current_project_name",
        "address",
        "city",
        "state",
        "country",
        "address1",
        "address2",
        "zip",
        "phone",
        "department",
        "field_of_science",
    ],
]


class BatchMembershipActions(GlobusPayload):
    """Actions on the members of a group, for :meth:`GroupsClient.batch_membership_action`.

    Each method adds an action for one or several identities, and returns the object:
    ``BatchMembershipActions().add_members([first, second]).remove_members([third])``. A method raises
    :class:`GlobusSDKUsageError` if an id is empty, or neither text nor a UUID.
    """

    def accept_invites(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Accept invitations of the user's own identities.

        :param identity_ids: ids of the identities
        """
        return self._add("accept", identity_ids)

    def add_members(self, identity_ids: Iterable[UUIDLike], *, role: RoleLike = "member") -> Self:
        """Add identities without an invitation. Identities whose preferences forbid this have to be invited.

        :param identity_ids: ids of the identities
        :param role: what they may do in the group
        """
        return self._add("add", identity_ids, role)

    def approve_pending(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Approve requests to join the group.

        :param identity_ids: ids of the identities
        """
        return self._add("approve", identity_ids)

    def change_roles(self, role: RoleLike, identity_ids: Iterable[UUIDLike]) -> Self:
        """Give members another role.

        :param role: what they may do in the group
        :param identity_ids: ids of the identities
        """
        return self._add("change_role", identity_ids, role)

    def decline_invites(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Decline invitations of the user's own identities.

        :param identity_ids: ids of the identities
        """
        return self._add("decline", identity_ids)

    def invite_members(self, identity_ids: Iterable[UUIDLike], *, role: RoleLike = "member") -> Self:
        """Invite identities. They become members when they accept.

        :param identity_ids: ids of the identities
        :param role: what they may do in the group
        """
        return self._add("invite", identity_ids, role)

    def join(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Join a group that lets users join, with the user's own identities.

        :param identity_ids: ids of the identities
        """
        return self._add("join", identity_ids)

    def leave(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Leave the group, with the user's own identities.

        :param identity_ids: ids of the identities
        """
        return self._add("leave", identity_ids)

    def reject_join_requests(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Reject requests to join the group.

        :param identity_ids: ids of the identities
        """
        return self._add("reject", identity_ids)

    def remove_members(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Remove members from the group.

        :param identity_ids: ids of the identities
        """
        return self._add("remove", identity_ids)

    def request_join(self, identity_ids: Iterable[UUIDLike]) -> Self:
        """Request to join the group, with the user's own identities. A manager approves or rejects it.

        :param identity_ids: ids of the identities
        """
        return self._add("request_join", identity_ids)

    def _add(self, action: str, identity_ids: Iterable[UUIDLike], role: RoleLike | None = None) -> Self:
        if role is not None and not isinstance(role, (str, GroupRole)):
            raise GlobusSDKUsageError(f"role: expected 'member', 'manager', 'admin' or a GroupRole, got {role!r}")
        more: dict[str, Any] = {} if role is None else {"role": role}
        members = [
            {"identity_id": check_id("identity_ids", identity_id), **more}
            for identity_id in text_list("identity_ids", identity_ids) or ()
        ]
        self.setdefault(action, []).extend(members)
        return self


class GroupPolicies(GlobusPayload):
    """The policies of a group, for :meth:`GroupsClient.set_group_policies`.

    :param is_high_assurance: whether the group can control access to high assurance resources
    :param group_visibility: who sees that the group exists
    :param group_members_visibility: who sees its members
    :param join_requests: whether users may request to join
    :param signup_fields: what users must tell about themselves before they join
    :param authentication_assurance_timeout: for a high assurance group, how old a login may be, in seconds; ``None``
        is the service's default
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        *,
        is_high_assurance: bool,
        group_visibility: VisibilityLike,
        group_members_visibility: MemberVisibilityLike,
        join_requests: bool,
        signup_fields: Iterable[SignupFieldLike],
        authentication_assurance_timeout: Maybe[Union[int, None]] = MISSING,
    ) -> None:
        super().__init__()
        self._set_given(
            {
                **check_optional_bools(is_high_assurance=is_high_assurance, join_requests=join_requests),
                "group_visibility": group_visibility,
                "group_members_visibility": group_members_visibility,
                "signup_fields": text_list("signup_fields", signup_fields),
                **check_optional_ints(authentication_assurance_timeout=authentication_assurance_timeout),
            }
        )
