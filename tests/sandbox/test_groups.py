"""Globus Groups: groups, policies and what users set about themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import globus_sdk
import globus_sdk.gare
import pytest

from globus_transport import GroupsClient, GroupsManager
from globus_transport.authorizers import AccessTokenAuthorizer
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.groups.store import STATUSES
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import Settings, State
from tests.sandbox.sandbox_http import Http

ALL = "urn:globus:auth:scope:groups.api.globus.org:all"
VIEW = "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships"
NOBODY = "1ce48357-30b3-4a3c-a88e-01a8eae4ecbf"

NewClient = Callable[..., globus_sdk.GroupsClient]


@pytest.fixture(scope="module")
def client_of(sandbox: Sandbox) -> Iterator[NewClient]:
    clients: list[globus_sdk.GroupsClient] = []

    def make(user: Identity | None = None, scope: str = ALL) -> globus_sdk.GroupsClient:
        token = sandbox.issue_token(scope, user=user).access_token
        authorizer = globus_sdk.AccessTokenAuthorizer(token)
        clients.append(globus_sdk.GroupsClient(authorizer=authorizer, base_url=sandbox.url_of("groups")))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def ada(client_of: NewClient) -> globus_sdk.GroupsClient:
    return client_of()


def code_of(call: Callable[..., object], *args: Any, **kwargs: Any) -> tuple[int, str | None]:
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        call(*args, **kwargs)
    assert caught.value.errors
    return caught.value.http_status, caught.value.code


def test_a_group_is_created_read_changed_and_deleted(sandbox: Sandbox, ada: globus_sdk.GroupsClient) -> None:
    created = ada.create_group({"name": "Beamline 7", "description": "Users", "parent_id": None})
    assert created.http_status == 201
    id = created["id"]
    assert (created["name"], created["description"], created["parent_id"]) == ("Beamline 7", "Users", None)
    assert (created["group_type"], created["enforce_session"], created["session_limit"]) == ("regular", False, 28800)
    assert created["policies"] == {"group_visibility": "private", "group_members_visibility": "managers"}
    (mine,) = created["my_memberships"]
    assert (mine["group_id"], mine["identity_id"]) == (id, sandbox.user.id)
    assert (mine["username"], mine["role"], mine["status"]) == (sandbox.user.username, "admin", "active")
    assert ada.get_group(id).data == created.data
    assert ada.update_group(id, {"name": "Beamline 8"})["name"] == "Beamline 8"
    assert ada.get_group(id)["description"] == "Users"
    assert id in [group["id"] for group in ada.get_my_groups()]
    assert ada.delete_group(id)["name"] == "Beamline 8"
    assert code_of(ada.get_group, id) == (404, "GROUP_NOT_FOUND")
    assert id not in [group["id"] for group in ada.get_my_groups()]


def test_the_client_of_this_package_does_the_same(sandbox: Sandbox) -> None:
    authorizer = AccessTokenAuthorizer(sandbox.issue_token(ALL).access_token)
    with GroupsClient(authorizer=authorizer, base_url=sandbox.url_of("groups")) as client:
        manager = GroupsManager(client)
        parent = manager.create_group("Facility", "All")["id"]
        child = manager.create_group("Night shift", "Few", parent_id=parent)["id"]
        assert client.get_group(parent, include=["child_ids", "policies"])["child_ids"] == [child]
        assert client.get_group(child)["parent_id"] == parent
        manager.set_group_policies(
            child,
            is_high_assurance=True,
            group_visibility="authenticated",
            group_members_visibility="members",
            join_requests=True,
            signup_fields=["institution"],
        )
        assert client.get_group_policies(child).data == {
            "is_high_assurance": True,
            "authentication_assurance_timeout": 28800,
            "group_visibility": "authenticated",
            "group_members_visibility": "members",
            "join_requests": True,
            "signup_fields": ["institution"],
        }
        assert client.get_group(child)["enforce_session"] is True
        assert {group["id"] for group in client.get_my_groups(statuses=["active", "pending"])} >= {parent, child}


def test_only_admins_change_a_group(ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity) -> None:
    id = ada.create_group({"name": "Group"})["id"]
    ada.batch_membership_action(id, globus_sdk.BatchMembershipActions().add_members([grace.id], role="manager"))
    manager = client_of(grace)
    assert manager.get_group(id)["id"] == id
    assert code_of(manager.update_group, id, {"name": "x"}) == (403, "FORBIDDEN_ACTION")
    assert code_of(manager.set_group_policies, id, {"join_requests": True}) == (403, "FORBIDDEN_ACTION")
    assert code_of(manager.delete_group, id) == (403, "FORBIDDEN_ACTION")
    assert code_of(manager.create_group, {"name": "Sub", "parent_id": id}) == (403, "FORBIDDEN_ACTION")
    assert manager.get_group_policies(id)["join_requests"] is False


def test_a_private_group_is_seen_by_its_members_and_those_to_be(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity
) -> None:
    id = ada.create_group({"name": "Group"})["id"]
    stranger = client_of(grace)
    assert code_of(stranger.get_group, id) == (404, "GROUP_NOT_FOUND")
    for status, is_seen in (("invited", True), ("pending", True), ("removed", False), ("active", True)):
        sandbox.groups.set_member(id, grace, status=status)  # type: ignore[arg-type]
        if is_seen:
            assert stranger.get_group(id)["my_memberships"][0]["status"] == status
        else:
            assert code_of(stranger.get_group, id) == (404, "GROUP_NOT_FOUND")
    sandbox.groups.set_member(id, grace, status="left")
    ada.set_group_policies(id, {"group_visibility": "authenticated"})
    assert stranger.get_group(id)["name"] == "Group"


def test_my_groups_are_those_with_an_active_membership_unless_other_statuses_are_named(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity
) -> None:
    ids = {status: ada.create_group({"name": status})["id"] for status in ("active", "invited", "left")}
    for status, id in ids.items():
        sandbox.groups.set_member(id, grace, status=status)  # type: ignore[arg-type]
    client = client_of(grace)
    assert [group["name"] for group in client.get_my_groups()] == ["active"]
    found = client.get_my_groups(query_params={"statuses": "invited,left"})
    assert [group["my_memberships"][0]["status"] for group in found] == ["invited", "left"]
    assert code_of(client.get_my_groups, query_params={"statuses": "gone"})[0] == 422


def test_members_are_shown_to_managers_or_to_all_members(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity
) -> None:
    id = ada.create_group({"name": "Group"})["id"]
    sandbox.groups.set_member(id, grace)
    member = client_of(grace)
    assert "memberships" not in member.get_group(id, include="memberships").data
    members = ada.get_group(id, include="memberships")["memberships"]
    assert [found["identity_id"] for found in members] == [sandbox.user.id, grace.id]
    assert [found["username"] for found in members] == [sandbox.user.username, grace.username]
    sandbox.groups.set_member(id, grace, "manager")
    assert len(member.get_group(id, include="memberships")["memberships"]) == 2
    sandbox.groups.set_member(id, grace)
    ada.set_group_policies(id, {"group_members_visibility": "members"})
    assert len(member.get_group(id, include="memberships")["memberships"]) == 2
    sandbox.groups.set_member(id, grace, status="invited")
    assert "memberships" not in member.get_group(id, include="memberships").data


def test_allowed_actions_follow_role_and_status(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity
) -> None:
    id = ada.create_group({"name": "Group"})["id"]

    def allowed(client: globus_sdk.GroupsClient) -> set[str]:
        actions = client.get_group(id, include="allowed_actions")["allowed_actions"]
        assert len(actions) == 11
        return {name for name, identities in actions.items() if identities}

    managing = {"add", "approve", "invite", "reject", "remove"}
    assert allowed(ada) == {*managing, "change_role", "leave"}
    sandbox.groups.set_member(id, grace, "manager")
    assert allowed(client_of(grace)) == {*managing, "leave"}
    sandbox.groups.set_member(id, grace, status="invited")
    assert allowed(client_of(grace)) == {"accept", "decline"}
    ada.set_group_policies(id, {"group_visibility": "authenticated", "join_requests": True})
    sandbox.groups.set_member(id, grace, status="left")
    assert allowed(client_of(grace)) == {"request_join"}
    sandbox.groups.allow_joining(id)
    assert allowed(client_of(grace)) == {"request_join", "join"}
    sandbox.groups.set_member(id, grace, status="pending")
    assert allowed(client_of(grace)) == {"join"}
    ada.set_group_policies(id, {"is_high_assurance": True})
    assert allowed(client_of(grace)) == set()


def test_members_of_a_subgroup_are_implied_members_of_its_parents(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity
) -> None:
    top = ada.create_group({"name": "Top"})["id"]
    middle = ada.create_group({"name": "Middle", "parent_id": top})["id"]
    bottom = ada.create_group({"name": "Bottom", "parent_id": middle})["id"]
    sandbox.groups.set_member(bottom, grace, "admin")
    assert all(sandbox.groups.has_member(id, grace.id) for id in (top, middle, bottom))
    group = client_of(grace).get_group(top, include="allowed_actions")
    assert group["allowed_actions"]["leave"] == []
    (mine,) = group["my_memberships"]
    assert (mine["role"], mine["status"], mine["source_group_id"]) == ("member", "active", bottom)
    assert grace.id in [found["identity_id"] for found in ada.get_group(top, include="memberships")["memberships"]]
    assert code_of(client_of(grace).update_group, top, {"name": "x"}) == (403, "FORBIDDEN_ACTION")
    other = sandbox.add_identity(Identity("edsger@sandbox.example"))
    sandbox.groups.set_member(top, other)
    assert not sandbox.groups.has_member(bottom, other.id)
    sandbox.groups.set_member(bottom, grace, status="removed")
    assert not sandbox.groups.has_member(top, grace.id)
    assert code_of(ada.delete_group, top) == (400, "GROUP_HAS_SUBGROUPS")
    for id in (bottom, middle, top):
        ada.delete_group(id)


def test_only_active_members_count_for_access_rules(sandbox: Sandbox, grace: Identity) -> None:
    id = sandbox.add_group(sandbox.user, grace)
    assert sandbox.groups.has_member(id, grace.id)
    for status in STATUSES:
        sandbox.groups.set_member(id, grace, status=status)
        assert sandbox.groups.has_member(id, grace.id) == (status == "active")
    assert not sandbox.groups.has_member(NOBODY, grace.id)


def test_the_first_member_of_an_added_group_is_its_admin(
    sandbox: Sandbox, client_of: NewClient, grace: Identity
) -> None:
    id = sandbox.add_group(grace, sandbox.user)
    members = client_of(grace).get_group(id, include="memberships")["memberships"]
    assert [found["role"] for found in members] == ["admin", "member"]
    (membership,) = client_of().get_group(sandbox.add_group())["my_memberships"]
    assert membership["role"] == "admin"
    with pytest.raises(ValueError, match="owner"):
        sandbox.groups.set_member(id, grace, "owner")  # type: ignore[arg-type]


def test_preferences(ada: globus_sdk.GroupsClient, sandbox: Sandbox, grace: Identity) -> None:
    assert ada.get_identity_preferences().data == {sandbox.user.id: {"allow_add": True}}
    assert ada.set_identity_preferences({sandbox.user.id: {"allow_add": False}})[sandbox.user.id]["allow_add"] is False
    assert ada.get_identity_preferences().data == {sandbox.user.id: {"allow_add": False}}
    assert code_of(ada.set_identity_preferences, {grace.id: {"allow_add": False}}) == (403, "IDENTITY_NOT_YOURS")
    ada.set_identity_preferences({sandbox.user.id: {"allow_add": None}})
    assert ada.get_identity_preferences().data == {sandbox.user.id: {"allow_add": True}}


def test_membership_fields(ada: globus_sdk.GroupsClient, sandbox: Sandbox) -> None:
    id, own = ada.create_group({"name": "Group"})["id"], sandbox.user.id
    assert ada.get_membership_fields(id).data == {own: {}}
    by_identity: Any = {own: {"institution": "Lab"}}
    assert ada.set_membership_fields(id, by_identity).data == {own: {"institution": "Lab"}}
    assert ada.get_membership_fields(id).data == {own: {"institution": "Lab"}}
    assert ada.get_group(id)["my_memberships"][0]["membership_fields"] == {"institution": "Lab"}
    assert ada.set_membership_fields(id, {"city": "Chicago"}).data == {own: {"city": "Chicago"}}
    assert code_of(ada.set_membership_fields, id, {NOBODY: {"city": "x"}}) == (403, "IDENTITY_NOT_YOURS")
    assert code_of(ada.set_membership_fields, id, {own: {"shoe_size": "x"}})[0] == 422


def test_a_subscription_leads_to_its_group(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient, grace: Identity
) -> None:
    id = ada.create_group({"name": "Example Lab"})["id"]
    subscription = sandbox.groups.add_subscription(id, is_high_assurance=True)
    assert client_of(grace).get_group_by_subscription_id(subscription).data == {
        "group_id": id,
        "subscription_id": subscription,
        "subscription_info": {"is_high_assurance": True, "is_baa": False, "connectors": {}},
    }
    group = ada.get_group(id)
    assert (group["group_type"], group["subscription_id"]) == ("plus", subscription)
    assert group["subscription_info"]["subscriber_name"] == "Example Lab"
    assert code_of(ada.get_group_by_subscription_id, NOBODY) == (404, "SUBSCRIPTION_NOT_FOUND")
    marked = client_of(grace).create_group({"name": "Theirs", "policies": {"group_visibility": "authenticated"}})["id"]
    mark = "subscription_admin_verified_id"
    refused = code_of(client_of(grace).set_subscription_admin_verified, marked, subscription)
    assert refused == (403, "FORBIDDEN_ACTION")
    assert ada.set_subscription_admin_verified(marked, subscription).data == {"group_id": marked, mark: subscription}
    assert ada.get_group(marked)[mark] == subscription
    assert code_of(ada.set_subscription_admin_verified, marked, NOBODY) == (404, "SUBSCRIPTION_NOT_FOUND")
    assert code_of(client_of(grace).set_subscription_admin_verified, marked, None) == (403, "FORBIDDEN_ACTION")
    assert ada.set_subscription_admin_verified(marked, None)[mark] is None


def test_a_high_assurance_group_needs_a_new_login() -> None:
    with Sandbox() as other:

        def client() -> globus_sdk.GroupsClient:
            authorizer = globus_sdk.AccessTokenAuthorizer(other.issue_token(ALL).access_token)
            return globus_sdk.GroupsClient(authorizer=authorizer, base_url=other.url_of("groups"))

        with client() as early:
            strict, usual = (early.create_group({"name": name})["id"] for name in ("strict", "usual"))
            timeout = "authentication_assurance_timeout"
            early.set_group_policies(strict, {"is_high_assurance": True, timeout: 600})
            assert early.set_group_policies(strict, {timeout: None})[timeout] == 28800
            early.set_group_policies(strict, {timeout: 600})
            assert early.get_group(strict)["session_limit"] == 600
            other.clock.advance(599)
            assert early.get_group(strict)["enforce_session"] is True
            other.clock.advance(2)
            with pytest.raises(globus_sdk.GroupsAPIError) as caught:
                early.get_group(strict)
            assert caught.value.http_status == 401
            requirement = globus_sdk.gare.to_gare(caught.value)
            assert requirement is not None
            assert requirement.authorization_parameters.session_required_identities == [other.user.id]
            assert early.get_group(usual)["id"] == usual
            strict_from_the_start = {"is_high_assurance": True, "authentication_assurance_timeout": 600}
            created = early.create_group({"name": "new", "policies": strict_from_the_start})
            assert created["enforce_session"] is True
            assert code_of(early.get_group, created["id"])[0] == 401
        with client() as late:
            assert late.get_group(strict)["id"] == strict


def test_scopes(sandbox: Sandbox, ada: globus_sdk.GroupsClient, client_of: NewClient) -> None:
    id = ada.create_group({"name": "Group"})["id"]
    viewer = client_of(scope=VIEW)
    group = viewer.get_group(id, include="memberships,allowed_actions,policies")
    assert "memberships" not in group.data
    assert "allowed_actions" not in group.data
    assert group["policies"]["signup_fields"] == []
    assert id in [found["id"] for found in viewer.get_my_groups()]
    assert code_of(viewer.create_group, {"name": "x"}) == (403, "MISSING_SCOPES")
    assert code_of(viewer.get_group_policies, id) == (403, "MISSING_SCOPES")
    assert code_of(viewer.batch_membership_action, id, {}) == (403, "MISSING_SCOPES")
    assert code_of(viewer.set_identity_preferences, {}) == (403, "MISSING_SCOPES")
    assert code_of(viewer.set_membership_fields, id, {}) == (403, "MISSING_SCOPES")
    assert code_of(viewer.get_group_by_subscription_id, NOBODY) == (403, "MISSING_SCOPES")
    assert sandbox.user.id in viewer.get_identity_preferences().data
    wrong = Http(sandbox.url_of("groups"), sandbox.issue_token("openid").access_token)
    for http in (wrong, Http(sandbox.url_of("groups"))):
        answer = http("GET", "/v2/groups/my_groups")
        assert (answer.status, answer.document["errors"][0]["code"]) == (401, "UNAUTHORIZED")
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="Globus"')


DEEP = "[" * 10000 + "]" * 10000


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/v2/groups", "{}", "name"),
        ("POST", "/v2/groups", '{"name": ""}', "name"),
        ("POST", "/v2/groups", '{"name": null}', "name"),
        ("POST", "/v2/groups", '{"name": ["x"]}', "name"),
        ("POST", "/v2/groups", '{"name": "x", "description": 1e999}', "body"),
        ("POST", "/v2/groups", '{"name": "x", "description": 1}', "description"),
        ("POST", "/v2/groups", r'{"name": "\u0000"}', "body"),
        ("POST", "/v2/groups", r'{"name": "\ud800"}', "body"),
        ("POST", "/v2/groups", '{"name": "x", "parent_id": "x"}', "parent_id"),
        ("POST", "/v2/groups", '{"name": "x", "policies": []}', "policies"),
        ("POST", "/v2/groups", '{"name": "x", "policies": {"join_requests": "yes"}}', "join_requests"),
        ("POST", "/v2/groups", DEEP, "body"),
        ("POST", "/v2/groups", "[]", "body"),
        ("POST", "/v2/groups", "", "body"),
        ("POST", "/v2/groups", "nonsense", "body"),
        ("PUT", "/v2/groups/{id}", '{"name": null}', "name"),
        ("PUT", "/v2/groups/{id}/policies", '{"group_visibility": "public"}', "group_visibility"),
        ("PUT", "/v2/groups/{id}/policies", '{"group_members_visibility": []}', "group_members_visibility"),
        ("PUT", "/v2/groups/{id}/policies", '{"signup_fields": ["shoe_size"]}', "signup_fields"),
        ("PUT", "/v2/groups/{id}/policies", '{"signup_fields": [{}]}', "signup_fields"),
        ("PUT", "/v2/groups/{id}/policies", '{"signup_fields": "city"}', "signup_fields"),
        (
            "PUT",
            "/v2/groups/{id}/policies",
            f'{{"authentication_assurance_timeout": {10**400}}}',
            "authentication_assurance_timeout",
        ),
        (
            "PUT",
            "/v2/groups/{id}/policies",
            '{"authentication_assurance_timeout": true}',
            "authentication_assurance_timeout",
        ),
        ("POST", "/v2/groups/{id}", '{"add": {}}', "add"),
        ("POST", "/v2/groups/{id}", '{"add": [1]}', "add"),
        ("POST", "/v2/groups/{id}", '{"add": [{}]}', "identity_id"),
        ("POST", "/v2/groups/{id}", '{"add": [{"identity_id": "x"}]}', "identity_id"),
        ("POST", "/v2/groups/{id}", f'{{"add": [{{"identity_id": "{NOBODY}", "role": "owner"}}]}}', "role"),
        ("POST", "/v2/groups/{id}", '{"promote": []}', "promote"),
        ("PUT", "/v2/groups/{id}/subscription_admin_verified", "{}", "subscription_admin_verified_id"),
        ("GET", "/v2/groups/x", None, "group_id"),
        ("GET", "/v2/groups/{id}?include=everything", None, "include"),
        ("GET", "/v2/subscription_info/x", None, "subscription_id"),
    ],
)
def test_bad_input_is_refused_with_the_fields_that_are_wrong(
    sandbox: Sandbox, method: str, path: str, body: str | None, field: str
) -> None:
    http = Http(sandbox.url_of("groups"), sandbox.issue_token(ALL).access_token)
    path = path.replace("{id}", sandbox.add_group(sandbox.user))
    answer = http(method, path, body=None if body is None else body.encode())
    assert answer.status == 422
    (error,) = answer.document["detail"]
    assert field in error["loc"]
    assert error["msg"]
    assert error["type"]


def test_unknown_routes_and_methods_have_the_form_of_the_service(sandbox: Sandbox) -> None:
    http = Http(sandbox.url_of("groups"), sandbox.issue_token(ALL).access_token)
    assert http("GET", "/v2/nothing").document["errors"][0]["code"] == "NOT_FOUND"
    answer = http("PATCH", "/v2/groups")
    assert (answer.status, answer.document["errors"][0]["code"]) == (405, "METHOD_NOT_ALLOWED")
    sandbox.faults.add(503, service="groups")
    assert http("GET", "/v2/preferences").document["errors"][0]["code"] == "SERVICE_UNAVAILABLE"


def test_another_state_that_loads_all_of_it_reads_the_same(
    sandbox: Sandbox, ada: globus_sdk.GroupsClient, grace: Identity
) -> None:
    id = ada.create_group({"name": "Kept", "policies": {"signup_fields": ["city"], "join_requests": True}})["id"]
    child = ada.create_group({"name": "Child", "parent_id": id})["id"]
    ada.batch_membership_action(child, globus_sdk.BatchMembershipActions().invite_members([grace.id]))
    ada.set_membership_fields(id, {"city": "Chicago"})
    ada.set_identity_preferences({sandbox.user.id: {"allow_add": False}})
    subscription = sandbox.groups.add_subscription(id)
    ada.set_subscription_admin_verified(child, subscription)
    with Sandbox() as other:
        restore(other._state, snapshot(sandbox._state))
        authorizer = globus_sdk.AccessTokenAuthorizer(
            other.issue_token(ALL, user=sandbox.user, client_id=sandbox.native_client_id).access_token
        )
        with globus_sdk.GroupsClient(authorizer=authorizer, base_url=other.url_of("groups")) as client:
            include = "memberships,my_memberships,policies,allowed_actions,child_ids"
            for group in (id, child):
                assert client.get_group(group, include=include).data == ada.get_group(group, include=include).data
                assert client.get_group_policies(group).data == ada.get_group_policies(group).data
                assert client.get_membership_fields(group).data == ada.get_membership_fields(group).data
            assert client.get_my_groups().data == ada.get_my_groups().data
            assert client.get_identity_preferences().data == {sandbox.user.id: {"allow_add": False}}
            assert client.get_group_by_subscription_id(subscription)["group_id"] == id
        empty = State(Settings(1.0, True, 0.0, 0.0), None).groups.dump()
        other.groups.load(empty)
        assert other.groups.dump() == empty
        assert not other.groups.has_member(id, sandbox.user.id)
