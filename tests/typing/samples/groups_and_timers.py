"""What the calls of the clients of Groups and Timers give."""

import asyncio
import uuid
from typing import Any, assert_type

from globus_transport import (
    ArrayResponse,
    AsyncGroupsClient,
    AsyncGroupsManager,
    AsyncTimersClient,
    BatchMembershipActions,
    FlowTimer,
    GlobusHTTPResponse,
    GroupPolicies,
    GroupRequiredSignupFields,
    GroupRole,
    GroupsClient,
    GroupsManager,
    GroupVisibility,
    IterableResponse,
    OnceTimerSchedule,
    RecurringTimerSchedule,
    TimerJob,
    TimersClient,
    TransferData,
    TransferTimer,
    UserApp,
)


def groups(client: GroupsClient, identity_id: uuid.UUID) -> None:
    assert_type(client.get_my_groups(statuses=["active", "invited"]), ArrayResponse)
    assert_type(client.get_group("g", include="memberships"), GlobusHTTPResponse)
    actions = BatchMembershipActions().add_members([identity_id], role="admin").leave(["x"])
    assert_type(actions, BatchMembershipActions)
    assert_type(client.batch_membership_action("g", actions), GlobusHTTPResponse)
    policies = GroupPolicies(
        is_high_assurance=False,
        group_visibility=GroupVisibility.private,
        group_members_visibility="members",
        join_requests=True,
        signup_fields=[GroupRequiredSignupFields.city, "zip"],
    )
    assert_type(client.set_group_policies("g", policies), GlobusHTTPResponse)
    manager = GroupsManager(client)
    assert_type(manager.client, GroupsClient)
    assert_type(manager.add_member("g", identity_id, role=GroupRole.manager), GlobusHTTPResponse)


async def groups_under_asyncio(client: AsyncGroupsClient) -> None:
    assert_type(await client.get_my_groups(), ArrayResponse)
    manager = AsyncGroupsManager(client)
    assert_type(manager.client, AsyncGroupsClient)
    assert_type(await manager.create_group("name", "description"), GlobusHTTPResponse)
    task = asyncio.create_task(manager.leave("g", "i"))
    assert_type(await task, GlobusHTTPResponse)


def timers(client: TimersClient, app: UserApp) -> None:
    once, daily = OnceTimerSchedule("2031-02-03"), RecurringTimerSchedule(86400)
    timer = TransferTimer(name="n", schedule=daily, body=TransferData("a", "b"))
    assert_type(client.create_timer(timer), GlobusHTTPResponse)
    assert_type(client.create_timer(FlowTimer(flow_id="f", schedule=once, body={})), GlobusHTTPResponse)
    assert_type(client.create_job(TimerJob("https://a", {}, "2031-02-03", 60)), GlobusHTTPResponse)
    jobs = client.list_jobs()
    assert_type(jobs, IterableResponse)
    assert_type([job["job_id"] for job in jobs], list[Any])
    assert_type(TimersClient(app=app).add_app_flow_user_scope("f"), TimersClient)


async def timers_under_asyncio(client: AsyncTimersClient) -> None:
    assert_type(await client.get_job("j"), GlobusHTTPResponse)
    assert_type(client.add_app_transfer_data_access_scope(["c"]), AsyncTimersClient)
