"""Globus Groups: the actions on members, and who may do them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import globus_sdk
import pytest

from globus_transport import GroupsClient, GroupsManager
from globus_transport.authorizers import AccessTokenAuthorizer
from globus_transport.sandbox import Identity, Sandbox

ALL = "urn:globus:auth:scope:groups.api.globus.org:all"
STATUSES = ("active", "invited", "pending", "rejected", "removed", "left", "declined")


class Group:
    """A group of the sandbox's user, and other people with clients of their own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.clients: dict[str, globus_sdk.GroupsClient] = {}
        self.id = sandbox.add_group(sandbox.user)
        self.people = {name: sandbox.add_identity(Identity(f"{name}@sandbox.example")) for name in ("grace", "edsger")}
        self.people["ada"] = sandbox.user
        self.policies(group_visibility="authenticated")

    def client(self, name: str) -> globus_sdk.GroupsClient:
        if name not in self.clients:
            token = self.sandbox.issue_token(ALL, user=self.people[name]).access_token
            authorizer = globus_sdk.AccessTokenAuthorizer(token)
            url = self.sandbox.url_of("groups")
            self.clients[name] = globus_sdk.GroupsClient(authorizer=authorizer, base_url=url)
        return self.clients[name]

    def policies(self, **policies: Any) -> None:
        self.client("ada").set_group_policies(self.id, policies)

    def set(self, name: str, role: Any = "member", status: Any = "active") -> None:
        self.sandbox.groups.set_member(self.id, self.people[name], role, status)

    def act(self, actor: str, action: str, *names: str, **more: str) -> dict[str, Any]:
        """Do one action on people, and return the reply."""
        entries = [{"identity_id": self.people[name].id, **more} for name in names]
        document = self.client(actor).batch_membership_action(self.id, {action: entries}).data
        assert isinstance(document, dict)
        return document

    def outcome(self, actor: str, action: str, name: str, **more: str) -> tuple[str, ...]:
        """The role and status after an action on one person, or the code of its error."""
        reply = self.act(actor, action, name, **more)
        if "errors" in reply:
            ((error,),) = reply["errors"].values()
            assert error["identity_id"] == self.people[name].id
            assert error["detail"]
            assert reply[action] == []
            return (error["code"],)
        (changed,) = reply[action]
        assert changed["username"] == self.people[name].username
        return changed["role"], changed["status"]

    def refusal(self, actor: str, action: str, *names: str, **more: str) -> tuple[int, str | None]:
        with pytest.raises(globus_sdk.GroupsAPIError) as caught:
            self.act(actor, action, *names, **more)
        return caught.value.http_status, caught.value.code


@pytest.fixture
def group(sandbox: Sandbox) -> Iterator[Group]:
    made = Group(sandbox)
    yield made
    for client in made.clients.values():
        client.close()


FROM_STATUS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    # Who does what to whom, and what becomes of each earlier status; of the others an error.
    ("grace", "accept"): {"invited": ("member", "active")},
    ("grace", "decline"): {"invited": ("member", "declined")},
    ("grace", "leave"): {"active": ("member", "left")},
    ("ada", "approve"): {"pending": ("member", "active")},
    ("ada", "reject"): {"pending": ("member", "rejected")},
    ("ada", "remove"): {"active": ("member", "removed"), "invited": ("member", "removed")},
    ("ada", "change_role"): {"active": ("manager", "active")},
    ("ada", "invite"): dict.fromkeys(
        ("invited", "pending", "rejected", "removed", "left", "declined"), ("member", "invited")
    ),
    ("ada", "add"): dict.fromkeys(("invited", "pending", "rejected", "removed", "declined"), ("member", "active")),
    ("grace", "request_join"): dict.fromkeys(("rejected", "removed", "left", "declined"), ("member", "pending")),
    ("grace", "join"): dict.fromkeys(
        ("invited", "pending", "rejected", "removed", "left", "declined"), ("member", "active")
    ),
}


@pytest.mark.parametrize(("actor", "action"), FROM_STATUS)
def test_each_action_needs_a_certain_status(group: Group, actor: str, action: str) -> None:
    group.policies(join_requests=True)
    group.sandbox.groups.allow_joining(group.id)
    more = {"role": "manager"} if action == "change_role" else {}
    for status in STATUSES:
        group.set("grace", status=status)
        expected = FROM_STATUS[actor, action].get(status)
        if expected is None:
            expected = ("ADD_NOT_ALLOWED",) if (action, status) == ("add", "left") else ("INVALID_STATUS",)
        assert group.outcome(actor, action, "grace", **more) == expected, status
        assert group.sandbox.groups.has_member(group.id, group.people["grace"].id) == (
            expected[-1] == "active" or (status == "active" and len(expected) == 1)
        )


@pytest.mark.parametrize("action", ["add", "approve", "change_role", "invite", "reject", "remove"])
@pytest.mark.parametrize("role", ["member", "manager", None])
def test_managing_needs_a_manager_and_new_roles_an_admin(group: Group, action: str, role: str | None) -> None:
    group.set("grace", role or "admin", "active" if role else "invited")
    if role == "manager" and action != "change_role":
        assert group.act("grace", action) == {}
        assert action in group.act("grace", action, "edsger")
    else:
        assert group.refusal("grace", action, "edsger", role="member") == (403, "FORBIDDEN_ACTION")


def test_managers_make_no_managers_and_remove_no_admins(group: Group) -> None:
    group.set("grace", "manager")
    for action in ("add", "invite"):
        assert group.outcome("grace", action, "edsger", role="manager") == ("ROLE_NOT_ALLOWED",)
        assert group.outcome("ada", action, "edsger", role="manager") == (
            "manager",
            "active" if action == "add" else "invited",
        )
        assert group.outcome("ada", "remove", "edsger") == ("member", "removed")
    assert group.outcome("grace", "remove", "ada") == ("REMOVE_NOT_ALLOWED",)
    for action in ("invite", "add"):
        group.set("edsger", "admin", "invited")
        assert group.outcome("grace", action, "edsger") == ("ROLE_NOT_ALLOWED",)
        assert group.outcome("ada", action, "edsger")[0] == "member"
    group.set("edsger", "manager")
    assert group.outcome("grace", "remove", "edsger") == ("member", "removed")
    assert group.outcome("grace", "remove", "grace") == ("REMOVE_NOT_ALLOWED",)


def test_a_change_of_the_role_names_the_role(group: Group) -> None:
    group.set("grace", "manager")
    assert group.refusal("ada", "change_role", "grace")[0] == 422
    found = group.sandbox.groups.membership(group.id, group.people["grace"].id)
    assert found is not None
    assert found["role"] == "manager"


def test_the_last_admin_stays(group: Group) -> None:
    assert group.outcome("ada", "leave", "ada") == ("LAST_ADMIN",)
    assert group.outcome("ada", "change_role", "ada", role="manager") == ("LAST_ADMIN",)
    group.set("grace", "admin", "invited")
    assert group.outcome("ada", "leave", "ada") == ("LAST_ADMIN",)
    group.set("grace", "admin")
    assert group.outcome("ada", "leave", "ada") == ("member", "left")
    assert group.outcome("grace", "leave", "grace") == ("LAST_ADMIN",)


@pytest.mark.parametrize("action", ["accept", "decline", "join", "leave", "request_join"])
def test_users_act_for_their_own_identities_only(group: Group, action: str) -> None:
    group.set("grace")
    assert group.outcome("ada", action, "grace") == ("IDENTITY_NOT_YOURS",)


def test_an_invitation_keeps_its_role_when_it_is_accepted(group: Group) -> None:
    reply = group.act(
        "ada", "invite", "grace", role="manager", status_reason="helps", invite_email_address="g@x.example"
    )
    (invited,) = reply["invite"]
    assert (invited["status_reason"], invited["invite_email_address"]) == ("helps", "g@x.example")
    assert invited["invite_time"] == invited["updated"] is not None
    (again,) = group.act("ada", "invite", "grace", role="manager")["invite"]
    assert (again["status_reason"], again["invite_email_address"]) == (None, None)
    assert group.outcome("grace", "accept", "grace") == ("manager", "active")


def test_a_reason_explains_one_status(group: Group) -> None:
    (added,) = group.act("ada", "add", "grace", status_reason="helps")["add"]
    (promoted,) = group.act("ada", "change_role", "grace", role="manager")["change_role"]
    assert added["status_reason"] == promoted["status_reason"] == "helps"
    (left,) = group.act("grace", "leave", "grace")["leave"]
    assert (left["status"], left["status_reason"]) == ("left", None)


def test_who_joins_without_the_invitation_is_a_member(group: Group) -> None:
    group.sandbox.groups.allow_joining(group.id)
    group.set("grace", "manager", "invited")
    group.policies(signup_fields=["institution"])
    for action in ("accept", "join"):
        assert group.outcome("grace", action, "grace") == ("MISSING_SIGNUP_FIELDS",)
    group.client("grace").set_membership_fields(group.id, {"institution": "Lab"})
    assert group.outcome("grace", "join", "grace") == ("member", "active")


def test_joining_follows_the_policies(group: Group) -> None:
    assert group.outcome("grace", "join", "grace") == ("JOIN_NOT_ALLOWED",)
    assert group.outcome("grace", "request_join", "grace") == ("JOIN_NOT_ALLOWED",)
    group.policies(join_requests=True, signup_fields=["institution"])
    assert group.outcome("grace", "request_join", "grace") == ("MISSING_SIGNUP_FIELDS",)
    group.client("grace").set_membership_fields(group.id, {"institution": "Lab"})
    assert group.outcome("grace", "request_join", "grace") == ("member", "pending")
    assert group.act("ada", "approve", "grace")["approve"][0]["membership_fields"] == {"institution": "Lab"}
    group.set("grace", status="left")
    group.sandbox.groups.allow_joining(group.id)
    group.policies(is_high_assurance=True)
    assert group.outcome("grace", "join", "grace") == ("JOIN_NOT_ALLOWED",)
    group.policies(is_high_assurance=False, group_visibility="private")
    assert group.refusal("grace", "join", "grace") == (404, "GROUP_NOT_FOUND")


def test_an_identity_can_forbid_that_it_is_added(group: Group) -> None:
    grace = group.people["grace"].id
    group.client("grace").set_identity_preferences({grace: {"allow_add": False}})
    assert group.outcome("ada", "add", "grace") == ("ADD_NOT_ALLOWED",)
    assert group.outcome("ada", "invite", "grace") == ("member", "invited")


def test_what_succeeds_is_done_though_something_else_fails(group: Group) -> None:
    nobody = str(uuid.uuid4())
    grace, edsger = group.people["grace"].id, group.people["edsger"].id
    actions = globus_sdk.BatchMembershipActions().add_members([grace, nobody]).invite_members([edsger])
    reply = group.client("ada").batch_membership_action(group.id, actions)
    assert reply.http_status == 200
    assert [changed["identity_id"] for changed in reply["add"]] == [grace]
    assert [changed["identity_id"] for changed in reply["invite"]] == [edsger]
    (error,) = reply["errors"]["add"]
    assert (error["identity_id"], error["code"]) == (nobody, "IDENTITY_NOT_FOUND")


def test_an_identity_is_in_one_action_of_a_request_only(group: Group) -> None:
    grace = group.people["grace"].id
    actions = globus_sdk.BatchMembershipActions().add_members([grace]).remove_members([grace.upper()])
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        group.client("ada").batch_membership_action(group.id, actions)
    assert (caught.value.http_status, caught.value.code) == (400, "AMBIGUOUS_IDENTITIES")
    assert not group.sandbox.groups.has_member(group.id, grace)


def test_a_request_with_an_action_that_the_user_may_not_do_changes_nothing(group: Group) -> None:
    group.set("grace", "manager")
    actions = globus_sdk.BatchMembershipActions().add_members([group.people["edsger"].id])
    actions.change_roles("admin", [group.people["grace"].id])
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        group.client("grace").batch_membership_action(group.id, actions)
    assert caught.value.http_status == 403
    assert not group.sandbox.groups.has_member(group.id, group.people["edsger"].id)


def test_the_manager_of_this_package_leads_a_member_through_all_of_it(group: Group) -> None:
    url, grace = group.sandbox.url_of("groups"), group.people["grace"]
    group.policies(join_requests=True)

    def manager_for(user: Identity) -> GroupsManager:
        authorizer = AccessTokenAuthorizer(group.sandbox.issue_token(ALL, user=user).access_token)
        return GroupsManager(GroupsClient(authorizer=authorizer, base_url=url))

    def status_after(call: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
        reply = call(group.id, grace.id, *args, **kwargs).data
        assert "errors" not in reply
        ((membership,),) = reply.values()
        return f"{membership['role']} {membership['status']}"

    admin, user = manager_for(group.sandbox.user), manager_for(grace)
    try:
        assert status_after(admin.invite_member, role="manager") == "manager invited"
        assert status_after(user.decline_invite) == "manager declined"
        assert status_after(user.request_join) == "member pending"
        assert status_after(admin.reject_join_request) == "member rejected"
        assert status_after(user.request_join) == "member pending"
        assert status_after(admin.approve_pending) == "member active"
        assert status_after(admin.change_role, "manager") == "manager active"
        assert status_after(user.leave) == "member left"
        assert status_after(admin.invite_member) == "member invited"
        assert status_after(user.accept_invite) == "member active"
        assert status_after(admin.remove_member) == "member removed"
        assert status_after(admin.add_member, role="admin") == "admin active"
    finally:
        admin.client.close()
        user.client.close()
