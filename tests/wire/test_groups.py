"""Groups: both packages send the same documents, and the managers for threads and for asyncio do the same."""

from __future__ import annotations

import asyncio
import inspect
import json
import uuid
from collections.abc import Callable
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import (
    ArrayResponse,
    AsyncGroupsClient,
    AsyncGroupsManager,
    BatchMembershipActions,
    GlobusSDKUsageError,
    GroupPolicies,
    GroupRole,
    GroupsAPIError,
    GroupsClient,
    GroupsManager,
    Request,
    Response,
)
from globus_transport.routing.json_body import encode_json
from tests.compat.peer_methods import public_methods
from tests.wire.both_packages import Call, sent_by_both
from tests.wire.meant_differences import VALUES
from tests.wire.recording_server import RecordingServer

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")

ENUMERATIONS = ("GroupRole", "GroupMemberVisibility", "GroupVisibility", "GroupRequiredSignupFields")


def _actions(package: Any) -> Any:
    return (
        package.BatchMembershipActions()
        .add_members([ID, "x"], role=package.GroupRole.admin)
        .add_members(name for name in ("y",))
        .change_roles("manager", [ID])
        .invite_members([ID], role="manager")
        .leave([])
    )


def _policies(package: Any, **given: Any) -> Any:
    return package.GroupPolicies(
        **{
            "is_high_assurance": False,
            "group_visibility": package.GroupVisibility.private,
            "group_members_visibility": "managers",
            "join_requests": True,
            "signup_fields": [package.GroupRequiredSignupFields.zip, "city"],
            **given,
        }
    )


CALLS: dict[str, Call] = {
    "one status": lambda client, _: client.get_my_groups(statuses="active"),
    "statuses": lambda client, _: client.get_my_groups(statuses=["active", "pending"], query_params={"x": "ü"}),
    "statuses, generated": lambda client, _: client.get_my_groups(statuses=(name for name in ("left", "invited"))),
    "a query wins": lambda client, _: client.get_my_groups(statuses="active", query_params={"statuses": "left"}),
    "include": lambda client, _: client.get_group(ID, include="policies"),
    "include several": lambda client, _: client.get_group(ID, include=("policies", "child_ids")),
    "verified": lambda client, _: client.set_subscription_admin_verified(ID, ID),
    "not verified": lambda client, _: client.set_subscription_admin_verified("g", None, query_params={"x": 1}),
    "create": lambda client, _: client.create_group({"name": "ü", "parent_id": ID}, query_params={"x": 1}),
    "update": lambda client, _: client.update_group(ID, data={"name": None}),
    "preferences": lambda client, _: client.set_identity_preferences({str(ID): {"allow_add": False}}),
    "fields": lambda client, _: client.set_membership_fields(ID, {"institution": "ü"}),
    "policies": lambda client, sdk: client.set_group_policies(ID, _policies(sdk)),
    "policies, all": lambda client, sdk: client.set_group_policies(
        ID, _policies(sdk, signup_fields=(), authentication_assurance_timeout=3600)
    ),
    "policies, null": lambda client, sdk: client.set_group_policies(
        ID, _policies(sdk, authentication_assurance_timeout=None)
    ),
    "actions": lambda client, sdk: client.batch_membership_action(ID, _actions(sdk)),
    "actions, plain": lambda client, _: client.batch_membership_action(
        group_id="g", actions={"add": [{"identity_id": ID, "role": "member"}]}, query_params={"x": 1}
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("GroupsClient", CALLS[name], server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("name", public_methods("BatchMembershipActions"))
def test_an_action(name: str) -> None:
    theirs, ours = (_make_action(package, name) for package in (globus_sdk, globus_transport))
    assert isinstance(ours, BatchMembershipActions)
    # As JSON, because globus-sdk leaves some ids as UUIDs.
    assert json.loads(encode_json(ours)) == json.loads(encode_json(theirs))


def _make_action(package: Any, name: str) -> Any:
    method = getattr(package.BatchMembershipActions(), name)
    takes_a_role = "role" in inspect.signature(method).parameters
    return method(identity_ids=[ID, "x"], **({"role": "admin"} if takes_a_role else {}))


def test_one_id_is_taken_as_one() -> None:
    assert BatchMembershipActions().join("an-id") == globus_sdk.BatchMembershipActions().join("an-id")
    assert BatchMembershipActions().join(ID) == {"join": [{"identity_id": str(ID)}]}  # type: ignore[arg-type]


def test_a_dict_can_be_the_beginning() -> None:
    actions = BatchMembershipActions(join=[{"identity_id": "a"}]).join(["b"])
    assert actions == {"join": [{"identity_id": "a"}, {"identity_id": "b"}]}


def _join(**given: Any) -> Any:
    return BatchMembershipActions().join(**{"identity_ids": ["a"], **given})


def _change_roles(**given: Any) -> Any:
    return BatchMembershipActions().change_roles(**{"role": "admin", "identity_ids": ["a"], **given})


def _own_policies(**given: Any) -> Any:
    return _policies(globus_transport, **given)


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (_join, "identity_ids", [""]),
        (_join, "identity_ids", ["a", 1]),
        # Role and identities in the order of add_members.
        (_change_roles, "role", ["an-id"]),
        (_own_policies, "is_high_assurance", "no"),
        (_own_policies, "join_requests", 1),
        (_own_policies, "authentication_assurance_timeout", "3600"),
    ],
)
def test_a_wrong_type_is_refused_by_name(make: Callable[..., Any], name: str, value: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=rf"\b{name}\b"):
        make(**{name: value})


def test_one_signup_field_is_taken_as_one() -> None:
    made = [_policies(package, signup_fields="city")["signup_fields"] for package in (globus_sdk, globus_transport)]
    assert made == [*VALUES['GroupPolicies(signup_fields="city")["signup_fields"]'][:2]]


@pytest.mark.parametrize("name", ENUMERATIONS)
def test_an_enumeration(name: str) -> None:
    theirs, ours = getattr(globus_sdk, name), getattr(globus_transport, name)
    assert {one.name: one.value for one in ours} == {one.name: one.value for one in theirs}


def test_what_is_not_given_is_not_sent() -> None:
    assert b"authentication_assurance_timeout" not in encode_json(_own_policies())
    assert isinstance(_own_policies(), GroupPolicies)


#: Arguments of every method of the managers, by parameter.
_MANAGED: dict[str, Any] = {
    "group_id": "a/group",
    "identity_id": ID,
    "name": "ü",
    "description": "D",
    "is_high_assurance": True,
    "group_visibility": "private",
    "group_members_visibility": "members",
    "join_requests": False,
    "signup_fields": ["city"],
}
_OPTIONAL: dict[str, Any] = {"parent_id": ID, "authentication_assurance_timeout": 60, "role": "admin"}


def _manager_arguments(name: str, every: bool) -> dict[str, Any]:
    parameters = list(inspect.signature(getattr(globus_sdk.GroupsManager, name)).parameters.values())[1:]
    known = {**_MANAGED, **_OPTIONAL, "group_id": "g"}
    return {one.name: known[one.name] for one in parameters if every or one.default is one.empty}


@pytest.mark.parametrize("every", [False, True], ids=["few", "all"])
@pytest.mark.parametrize("name", public_methods("GroupsManager"))
def test_a_managers_call(name: str, every: bool, server: RecordingServer) -> None:
    given = _manager_arguments(name, every)

    def call(client: Any, package: Any) -> None:
        getattr(package.GroupsManager(client), name)(**given)

    async def call_async() -> None:
        authorizer = globus_transport.AccessTokenAuthorizer("a-token")
        async with AsyncGroupsClient(base_url=server.url, authorizer=authorizer) as client:
            reply = await getattr(AsyncGroupsManager(client), name)(**given)
            assert reply.http_status == 200

    theirs, ours = sent_by_both("GroupsClient", call, server)
    assert len(ours) == 1
    assert ours == theirs
    asyncio.run(call_async())
    assert server.take() == theirs


def test_a_manager_makes_a_client() -> None:
    assert isinstance(GroupsManager().client, GroupsClient)
    assert isinstance(AsyncGroupsManager().client, AsyncGroupsClient)


_SHAPED = [
    (cls, name)
    for cls in ("BatchMembershipActions", "GroupPolicies", "GroupsManager")
    for name, member in vars(getattr(globus_sdk, cls)).items()
    if inspect.isfunction(member) and (not name.startswith("_") or name == "__init__")
]


@pytest.mark.parametrize(("cls", "name"), _SHAPED)
def test_a_signature(cls: str, name: str) -> None:
    theirs, ours = (inspect.signature(getattr(getattr(package, cls), name)) for package in (globus_sdk, _ours()))
    assert [_shape(one) for one in ours.parameters.values()] == [_shape(one) for one in theirs.parameters.values()]


def _ours() -> Any:
    return globus_transport


def _shape(parameter: inspect.Parameter) -> tuple[str, str, str]:
    value = parameter.default
    left_out = value is globus_sdk.MISSING or value is globus_transport.MISSING
    return parameter.name, parameter.kind.name, "MISSING" if left_out else repr(value)


def _answering(document: bytes, status: int = 200) -> Callable[[Request], Response]:
    return lambda request: Response(status, {"Content-Type": "application/json"}, document, request=request)


def test_my_groups_are_a_list() -> None:
    client = GroupsClient(terminal=_answering(b'[{"id": "a"}, {"id": "b"}]'))
    groups = client.get_my_groups()
    assert isinstance(groups, ArrayResponse)
    assert [group["id"] for group in groups] == ["a", "b"]
    assert len(groups) == 2


def test_an_action_that_failed_is_in_the_reply() -> None:
    failed = b'{"add": [], "errors": {"add": [{"code": "CANNOT_ADD", "identity_id": "i"}]}}'
    reply = GroupsManager(GroupsClient(terminal=_answering(failed))).add_member("g", "i", role=GroupRole.member)
    assert [error["code"] for error in reply["errors"]["add"]] == ["CANNOT_ADD"]


@pytest.mark.parametrize(("name", "arguments"), [("batch_membership_action", ("g", {})), ("create_group", ({},))])
def test_a_post_is_sent_once(name: str, arguments: tuple[Any, ...]) -> None:
    sent: list[Request] = []

    def refuse(request: Request) -> Response:
        sent.append(request)
        return Response(502, request=request)

    client: Any = GroupsClient(terminal=refuse)
    with pytest.raises(GroupsAPIError):
        getattr(client, name)(*arguments)
    assert len(sent) == 1
