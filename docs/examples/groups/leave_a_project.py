"""Remove a person who leaves a project from all groups of the project."""

import asyncio

from globus_transport import AsyncGroupsClient, AsyncGroupsManager


async def remove_everywhere(client: AsyncGroupsClient, identity_id: str) -> list[str]:
    """Remove an identity from every group that the user manages.

    :return: the names of the groups that it was a member of
    """
    manager = AsyncGroupsManager(client)
    groups = await client.get_my_groups(statuses="active")
    managed = [
        group for group in groups if group["my_memberships"][0]["role"] != "member"
    ]
    replies = await asyncio.gather(
        *(manager.remove_member(group["id"], identity_id) for group in managed)
    )
    # The reply for a group without this member has an entry under "errors" instead.
    return [
        group["name"]
        for group, reply in zip(managed, replies, strict=True)
        if reply.get("remove")
    ]
