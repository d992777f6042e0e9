"""A newcomer requests to join a group, and an admin approves."""

from globus_transport import AccessTokenAuthorizer, GroupsClient, GroupsManager
from globus_transport.sandbox import Identity, Sandbox


def manager_for(globus: Sandbox, user: Identity) -> GroupsManager:
    token = globus.issue_token(GroupsClient.scopes.all, user=user).access_token
    authorizer = AccessTokenAuthorizer(token)
    url = globus.url_of("groups")
    return GroupsManager(GroupsClient(authorizer=authorizer, base_url=url))


with Sandbox() as globus:
    grace = globus.add_identity(Identity("grace@sandbox.example"))
    group = globus.add_group(globus.user)  # The user is the admin of the group.
    admin, newcomer = manager_for(globus, globus.user), manager_for(globus, grace)

    with admin.client, newcomer.client:
        admin.set_group_policies(
            group,
            is_high_assurance=False,
            group_visibility="authenticated",
            group_members_visibility="members",
            join_requests=True,
            signup_fields=[],
        )
        newcomer.request_join(group, grace.id)
        print("before:", globus.groups.has_member(group, grace.id))
        admin.approve_pending(group, grace.id)
        print("after:", globus.groups.has_member(group, grace.id))

        refused = newcomer.request_join(group, grace.id)
        print(refused["errors"]["request_join"][0]["code"])
