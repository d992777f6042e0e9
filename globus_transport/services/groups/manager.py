"""The usual actions on groups and members as single calls, for threads and for asyncio."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, Generic, TypeVar

from globus_transport.routing.parameters import UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.services.groups.async_client import AsyncGroupsClient
from globus_transport.services.groups.client import GroupsClient
from globus_transport.services.groups.data import (
    BatchMembershipActions,
    GroupPolicies,
    MemberVisibilityLike,
    RoleLike,
    SignupFieldLike,
    VisibilityLike,
)

#: What a call of the client for asyncio gives.
AsyncReply = Coroutine[Any, Any, GlobusHTTPResponse]
#: What a call gives: a reply, or under asyncio a coroutine that returns one.
ReplyT = TypeVar("ReplyT")


class GroupsManagerBase(ABC, Generic[ReplyT]):
    """The methods of :class:`GroupsManager` and :class:`AsyncGroupsManager`."""

    @abstractmethod
    def _create_group(self, data: Mapping[str, Any]) -> ReplyT: ...

    @abstractmethod
    def _set_group_policies(self, group_id: UUIDLike, data: GroupPolicies) -> ReplyT: ...

    @abstractmethod
    def _send_actions(self, group_id: UUIDLike, actions: BatchMembershipActions) -> ReplyT: ...

    def create_group(self, name: str, description: str, *, parent_id: UUIDLike | None = None) -> ReplyT:
        """Create a group. The user becomes its admin. The reply has its ``id``.

        :param name: the group's name
        :param description: what the group is for
        :param parent_id: the id of the group that it becomes a subgroup of
        """
        parent = None if parent_id is None else str(parent_id)
        return self._create_group({"name": name, "description": description, "parent_id": parent})

    def set_group_policies(
        self,
        group_id: UUIDLike,
        *,
        is_high_assurance: bool,
        group_visibility: VisibilityLike,
        group_members_visibility: MemberVisibilityLike,
        join_requests: bool,
        signup_fields: Iterable[SignupFieldLike],
        authentication_assurance_timeout: int | None = None,
    ) -> ReplyT:
        """Replace a group's policies.

        :param group_id: the group's id
        :param is_high_assurance: whether the group can control access to high assurance resources
        :param group_visibility: who sees that the group exists
        :param group_members_visibility: who sees its members
        :param join_requests: whether users may request to join
        :param signup_fields: what users must tell about themselves before they join
        :param authentication_assurance_timeout: how old a login may be, in seconds; ``None`` is the service's default
        """
        policies = GroupPolicies(
            is_high_assurance=is_high_assurance,
            group_visibility=group_visibility,
            group_members_visibility=group_members_visibility,
            join_requests=join_requests,
            signup_fields=signup_fields,
            authentication_assurance_timeout=authentication_assurance_timeout,
        )
        return self._set_group_policies(group_id, policies)

    def accept_invite(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Accept an invitation of one of the user's own identities.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().accept_invites([identity_id]))

    def add_member(self, group_id: UUIDLike, identity_id: UUIDLike, *, role: RoleLike = "member") -> ReplyT:
        """Add an identity without an invitation.

        :param group_id: the group's id
        :param identity_id: the identity's id
        :param role: what it may do in the group
        """
        return self._send_actions(group_id, BatchMembershipActions().add_members([identity_id], role=role))

    def approve_pending(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Approve an identity's request to join.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().approve_pending([identity_id]))

    def change_role(self, group_id: UUIDLike, identity_id: UUIDLike, role: RoleLike) -> ReplyT:
        """Give a member another role.

        :param group_id: the group's id
        :param identity_id: the identity's id
        :param role: what it may do in the group
        """
        return self._send_actions(group_id, BatchMembershipActions().change_roles(role, [identity_id]))

    def decline_invite(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Decline an invitation of one of the user's own identities.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().decline_invites([identity_id]))

    def invite_member(self, group_id: UUIDLike, identity_id: UUIDLike, *, role: RoleLike = "member") -> ReplyT:
        """Invite an identity. It becomes a member when its user accepts.

        :param group_id: the group's id
        :param identity_id: the identity's id
        :param role: what it may do in the group
        """
        return self._send_actions(group_id, BatchMembershipActions().invite_members([identity_id], role=role))

    def join(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Join a group that lets users join, with one of the user's own identities.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().join([identity_id]))

    def leave(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Leave a group, with one of the user's own identities.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().leave([identity_id]))

    def reject_join_request(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Reject an identity's request to join.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().reject_join_requests([identity_id]))

    def remove_member(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Remove a member from a group.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().remove_members([identity_id]))

    def request_join(self, group_id: UUIDLike, identity_id: UUIDLike) -> ReplyT:
        """Request to join a group, with one of the user's own identities. A manager approves or rejects it.

        :param group_id: the group's id
        :param identity_id: the identity's id
        """
        return self._send_actions(group_id, BatchMembershipActions().request_join([identity_id]))


class GroupsManager(GroupsManagerBase[GlobusHTTPResponse]):
    """The usual actions on groups and members, each one call of a :class:`GroupsClient`.

    The service answers 200 also if an action on a member failed: check ``errors`` of the reply, as
    :meth:`GroupsClient.batch_membership_action` describes it.

    :param client: sends the requests; by default one without an app or authorizer
    :ivar client: the client
    """

    def __init__(self, client: GroupsClient | None = None) -> None:
        self.client = GroupsClient() if client is None else client

    def _create_group(self, data: Mapping[str, Any]) -> GlobusHTTPResponse:
        return self.client.create_group(data)

    def _set_group_policies(self, group_id: UUIDLike, data: GroupPolicies) -> GlobusHTTPResponse:
        return self.client.set_group_policies(group_id, data)

    def _send_actions(self, group_id: UUIDLike, actions: BatchMembershipActions) -> GlobusHTTPResponse:
        return self.client.batch_membership_action(group_id, actions)


class AsyncGroupsManager(GroupsManagerBase[AsyncReply]):
    """The usual actions on groups and members, each one awaited call of an :class:`AsyncGroupsClient`.

    The service answers 200 also if an action on a member failed: check ``errors`` of the reply, as
    :meth:`GroupsClient.batch_membership_action` describes it.

    :param client: sends the requests; by default one without an app or authorizer
    :ivar client: the client
    """

    def __init__(self, client: AsyncGroupsClient | None = None) -> None:
        self.client = AsyncGroupsClient() if client is None else client

    def _create_group(self, data: Mapping[str, Any]) -> AsyncReply:
        return self.client.create_group(data)

    def _set_group_policies(self, group_id: UUIDLike, data: GroupPolicies) -> AsyncReply:
        return self.client.set_group_policies(group_id, data)

    def _send_actions(self, group_id: UUIDLike, actions: BatchMembershipActions) -> AsyncReply:
        return self.client.batch_membership_action(group_id, actions)
