"""Invite people to a group, and approve those who asked to join."""

from typing import Any

from globus_transport import BatchMembershipActions, GroupsClient


def invite(
    client: GroupsClient, group_id: str, identity_ids: list[str]
) -> list[dict[str, Any]]:
    """Invite identities as members.

    :return: the invitations that failed, with the ``identity_id`` and the ``code`` of
        the reason
    """
    reply = client.batch_membership_action(
        group_id, BatchMembershipActions().invite_members(identity_ids)
    )
    failed: list[dict[str, Any]] = reply.get("errors", {}).get("invite", [])
    return failed


def approve_requests(client: GroupsClient, group_id: str) -> list[str]:
    """Approve everyone who asked to join.

    :return: the names of the new members
    """
    memberships = client.get_group(group_id, include="memberships")["memberships"]
    pending = {
        member["identity_id"]: member["username"]
        for member in memberships
        if member["status"] == "pending"
    }
    if not pending:
        return []
    reply = client.batch_membership_action(
        group_id, BatchMembershipActions().approve_pending(pending)
    )
    return [pending[member["identity_id"]] for member in reply.get("approve", [])]
