"""Globus Flows: both packages send the same, read the same, and go through the pages of a list in the same way."""

from __future__ import annotations

import asyncio
import inspect
import json
import pickle
import uuid
from typing import Any

import globus_sdk
import globus_sdk.services.flows
import pytest
import responses

import globus_transport
import globus_transport.services.flows
from globus_transport import (
    AsyncFlowsClient,
    AsyncSpecificFlowClient,
    FlowsAPIError,
    FlowsClient,
    GlobusSDKUsageError,
    NetworkError,
    Request,
    Response,
    RetryConfig,
    SpecificFlowClient,
)
from globus_transport.gare import to_gare
from globus_transport.services.flows import RunActivityNotificationPolicy
from globus_transport.testing import load_reply, use_responses
from tests.app.test_attaching import FakeApp
from tests.core.test_error_documents import requests_response
from tests.wire.both_packages import FLOW_ID, Call, as_sent, sent_by_both
from tests.wire.meant_differences import VALUES
from tests.wire.paged_server import pages_asked_by_both
from tests.wire.recording_server import RecordingServer

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
JSON = {"Content-Type": "application/json"}
DEFINITION = {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}}


def _policy(package: Any, *status: str) -> Any:
    make = package.services.flows.RunActivityNotificationPolicy
    return make(list(status)) if status else make()


CALLS: dict[str, Call] = {
    "in order": lambda client, _: client.create_flow(
        "ü",
        DEFINITION,
        {},
        "sub",
        "text",
        ["public"],
        ["all_authenticated_users"],
        [f"urn:globus:auth:identity:{ID}"],
        ["m"],
        ["n"],
        ["k"],
        ID,
        None,
        {"title": "wins"},
    ),
    "no policy": lambda client, sdk: client.create_flow("t", {"x": sdk.MISSING}, {}, authentication_policy_id=None),
    "one role": lambda client, _: client.list_flows(filter_roles="flow_viewer", orderby="title ASC"),
    "roles": lambda client, _: client.list_flows(
        filter_roles=("flow_viewer", "flow_owner"), orderby=(order for order in ("updated_at DESC", "title ASC"))
    ),
    "a query wins": lambda client, _: client.list_flows(marker="m", query_params={"marker": "n"}),
    "default subscription": lambda client, _: client.update_flow(ID, subscription_id="DEFAULT", keywords=[]),
    "update nothing": lambda client, _: client.update_flow(ID),
    "schema": lambda client, _: client.validate_flow(DEFINITION, {"type": "object"}),
    "runs of one flow": lambda client, _: client.list_runs(filter_flow_id=ID),
    "runs of flows": lambda client, _: client.list_runs(filter_flow_id=[ID, "x"], filter_roles={"run_owner": 1}),
    "log": lambda client, _: client.get_run_logs(ID, limit=0, reverse_order=False),
    "description": lambda client, _: client.get_run(ID, include_flow_description=False, query_params={"x": 1}),
    "update run": lambda client, _: client.update_run(ID, tags=("a", "b"), additional_fields={"label": None}),
    "APIs": lambda client, _: client.list_registered_apis(orderby=["name ASC", "id DESC"], per_page=0),
    "inputs": lambda client, _: client.list_web_inputs(
        filter_roles=["viewer", "respondent"],
        filter_states="open",
        filter_flow_ids=(ID, "x"),
        filter_run_ids=ID,
        orderby=["created_timestamp DESC", "closed_timestamp"],
    ),
}
CALLS_OF_ONE_FLOW: dict[str, Call] = {
    "run": lambda client, _: client.run_flow({"ü": [ID]}),
    "run, policy": lambda client, sdk: client.run_flow({}, activity_notification_policy=_policy(sdk, "FAILED")),
    "run, empty policy": lambda client, sdk: client.run_flow({}, activity_notification_policy=_policy(sdk)),
    "run, all": lambda client, sdk: client.run_flow(
        body={"x": sdk.MISSING},
        label="l",
        tags=["a"],
        activity_notification_policy={"status": ["SUCCEEDED"]},
        run_monitors=["u"],
        run_managers=[],
        additional_fields={"label": "wins", "more": 1},
    ),
    "validate": lambda client, sdk: client.validate_run(
        {}, label="l", activity_notification_policy=_policy(sdk, "INACTIVE"), additional_fields={"tags": None}
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("FlowsClient", CALLS[name], server)
    assert ours
    assert ours == theirs


@pytest.mark.parametrize("value", ["an-option", None, 0, ["a", {"b": ID}], {}, True], ids=repr)
def test_a_response_to_a_web_input(value: Any, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("FlowsClient", lambda client, _: client.respond_to_web_input(ID, value), server)
    assert ours == theirs


@pytest.mark.parametrize("name", CALLS_OF_ONE_FLOW)
def test_a_call_of_one_flow(name: str, server: RecordingServer) -> None:
    theirs, ours = sent_by_both("SpecificFlowClient", CALLS_OF_ONE_FLOW[name], server)
    assert ours[0].path.startswith(f"/flows/{FLOW_ID}/")
    assert ours == theirs


def test_a_run_is_resumed_without_the_flow_in_the_path(server: RecordingServer) -> None:
    theirs, ours = sent_by_both("SpecificFlowClient", lambda client, _: client.resume_run(ID), server)
    assert [request.path for request in ours] == [f"/runs/{ID}/resume"]
    assert ours == theirs


def test_the_policy_of_a_run() -> None:
    parameters = inspect.signature(RunActivityNotificationPolicy).parameters
    theirs = inspect.signature(globus_sdk.services.flows.RunActivityNotificationPolicy).parameters
    assert [(one.name, one.kind) for one in parameters.values()] == [(one.name, one.kind) for one in theirs.values()]
    assert as_sent(RunActivityNotificationPolicy()) == {}
    assert as_sent(RunActivityNotificationPolicy(["FAILED"])) == {"status": ["FAILED"]}
    with pytest.raises(GlobusSDKUsageError, match="status"):
        RunActivityNotificationPolicy("FAILED")  # type: ignore[arg-type]


# Pages.


def _pages(key: str, **last: Any) -> list[dict[str, Any]]:
    return [
        {key: [{"id": "a"}, {"id": "b"}], "has_next_page": True, "marker": "m 1"},
        {key: [], "has_next_page": True, "marker": "m2"},
        {key: [{"id": "c"}], "has_next_page": False, **last},
    ]


LISTS: dict[str, tuple[Call, list[dict[str, Any]]]] = {
    "flows": (
        lambda client, _: client.paginated.list_flows(
            orderby=["title ASC", "id DESC"], filter_roles=["a", "b"]
        ).items(),
        _pages("flows"),
    ),
    "runs": (lambda client, _: client.paginated.list_runs(filter_flow_id=ID).items(), _pages("runs", marker="unused")),
    "log": (lambda client, _: client.paginated.get_run_logs(ID, limit=2, marker="m0").items(), _pages("entries")),
    "APIs": (
        lambda client, _: client.paginated.list_registered_apis(per_page=2).items(),
        _pages("registered_apis", marker=None),
    ),
    # The pages of web inputs say by their marker alone whether there is another one.
    "inputs": (
        lambda client, _: client.paginated.list_web_inputs(filter_states=["open", "closed"]).items(),
        [
            {"web_input_summaries": [{"id": "a"}], "marker": "m 1"},
            {"web_input_summaries": [{"id": "b"}], "marker": "m2"},
            {"web_input_summaries": [{"id": "c"}], "marker": None},
        ],
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_pages_of_a_list(name: str) -> None:
    call, pages = LISTS[name]
    theirs, ours = pages_asked_by_both("FlowsClient", call, pages)
    assert [_sorted_query(line) for line, _ in ours] == [_sorted_query(line) for line, _ in theirs]


def _sorted_query(line: str) -> tuple[str, list[str]]:
    path, _, query = line.removesuffix(" HTTP/1.1").partition("?")
    return path, sorted(query.split("&"))


def test_the_runs_of_all_pages_under_asyncio() -> None:
    pages = iter(_pages("runs"))

    async def send(_request: Request) -> Response:
        return Response(200, JSON, json.dumps(next(pages)).encode())

    async def collect() -> list[str]:
        async with AsyncFlowsClient(terminal=send) as client:
            return [run["id"] async for run in client.paginated.list_runs().items()]

    assert asyncio.run(collect()) == ["a", "b", "c"]


# Replies and errors.


@pytest.mark.parametrize("name", [name for name in globus_sdk.services.flows.__all__ if name.startswith("Iterable")])
def test_a_reply_iterates_over_the_list_of_globus_sdk(name: str) -> None:
    ours, theirs = (getattr(package.services.flows, name) for package in (globus_transport, globus_sdk))
    assert ours.default_iter_key == theirs.default_iter_key
    reply = ours(Response(200, JSON, json.dumps({ours.default_iter_key: [{"id": "a"}]}).encode()))
    assert [item["id"] for item in reply] == ["a"]


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("list_flows", "IterableFlowsResponse"),
        ("list_runs", "IterableRunsResponse"),
        ("get_run_logs", "IterableRunLogsResponse"),
        ("list_registered_apis", "IterableRegisteredAPIsResponse"),
        ("list_web_inputs", "IterableWebInputsResponse"),
    ],
)
def test_a_list_call_returns_its_reply(name: str, reply: str) -> None:
    client = FlowsClient(terminal=lambda _request: Response(200, JSON, b"{}"))
    arguments = ["a-run"] if name == "get_run_logs" else []
    assert type(getattr(client, name)(*arguments)).__name__ == reply


@pytest.mark.parametrize(
    "document",
    [
        {"error": {"code": "FLOW_GENERATION_ERROR", "detail": "no", "message": "short"}, "debug_id": "d"},
        {"error": {"code": "NOT_FOUND", "detail": "no"}},
        {
            "error": {
                "code": "UNPROCESSABLE_ENTITY",
                "detail": [
                    {"loc": ["definition", "StartAt"], "msg": "field required", "type": "value_error.missing"},
                    {"loc": ["definition", "States"], "msg": "field required", "type": "value_error.missing"},
                    {"loc": ["x"], "type": "no text"},
                ],
            }
        },
        {"error": {"code": "A", "detail": []}},
        {"error": {"code": "A", "detail": ["text", {"msg": "in a dict"}]}},
        {"error": {"code": "A", "title": "short"}},
        {"detail": "no", "message": "short"},
        {"errors": [{"code": "A", "detail": "no"}]},
        {"error": {"detail": {"msg": "in a dict"}}},
        {"error": {}},
        {"error": "text", "code": "A", "message": "b"},
        {"error": {"code": "INNER", "detail": "no"}, "code": "A", "message": "b"},
        {"error": "text"},
        {"code": "A", "message": "b"},
        {"code": "ConsentRequired", "error": {"code": "FORBIDDEN", "detail": "no"}, "authorization_parameters": {}},
    ],
    ids=json.dumps,
)
def test_an_error_document_is_read_as_in_globus_sdk(document: dict[str, Any]) -> None:
    theirs = globus_sdk.FlowsAPIError(requests_response(422, document))
    error = FlowsAPIError(Response(422, JSON, json.dumps(document).encode()))
    for name in ("http_status", "code", "message", "messages", "request_id"):
        assert getattr(error, name) == getattr(theirs, name), name
    assert [one.raw for one in error.errors] == [one.raw for one in theirs.errors]
    assert pickle.loads(pickle.dumps(error)).messages == error.messages


def test_an_error_without_a_detail_has_its_message() -> None:
    document = {"error": {"code": "A", "message": "short"}}
    theirs, ours, _ = VALUES[f"FlowsAPIError.messages, for {json.dumps(document)}"]
    assert globus_sdk.FlowsAPIError(requests_response(422, document)).messages == theirs
    assert FlowsAPIError(requests_response(422, document)).messages == ours


def test_a_policy_that_the_session_does_not_satisfy_can_be_read() -> None:
    with use_responses(), responses.mock:
        known = load_reply(FlowsClient.get_web_input, case="auth_policy_required").metadata
        with pytest.raises(FlowsAPIError) as raised:
            FlowsClient().get_web_input(known["web_input_id"])
    assert raised.value.info.authorization_parameters.session_required_policies
    gare = to_gare(raised.value)
    assert gare is not None
    assert gare.code == "AuthenticationPolicyRequired"


# The client of one flow.


@pytest.mark.parametrize("flow_id", [FLOW_ID, ID])
@pytest.mark.parametrize("client", [SpecificFlowClient, AsyncSpecificFlowClient])
def test_the_scopes_of_a_flow(client: Any, flow_id: Any) -> None:
    ours, theirs = client(flow_id), globus_sdk.SpecificFlowClient(flow_id)
    assert list(map(str, ours.default_scope_requirements)) == list(map(str, theirs.default_scope_requirements))
    assert str(ours.scopes.user) == str(theirs.scopes.user)
    assert ours.resource_server == theirs.resource_server == str(flow_id)


def test_the_scopes_of_the_service() -> None:
    ours, theirs = FlowsClient(), globus_sdk.FlowsClient()
    assert list(map(str, ours.default_scope_requirements)) == list(map(str, theirs.default_scope_requirements))
    assert ours.resource_server == theirs.resource_server


@pytest.mark.parametrize("collections", [ID, str(ID), [ID], [ID, FLOW_ID], []], ids=repr)
def test_an_app_asks_for_the_data_of_collections(collections: Any) -> None:
    app = FakeApp()
    client = SpecificFlowClient(FLOW_ID, app=app)
    assert client.add_app_transfer_data_access_scope(collections) is client
    server, (scope,) = app.asked[-1]
    assert server == FLOW_ID
    assert str(scope) == _asked_by_globus_sdk(collections)


def _asked_by_globus_sdk(collections: Any) -> str:
    asked: list[Any] = []
    client: Any = globus_sdk.SpecificFlowClient(FLOW_ID)
    client.add_app_scope = asked.append
    client.add_app_transfer_data_access_scope(collections)
    return str(asked[0])


def test_a_collection_that_is_no_uuid_is_refused() -> None:
    client = SpecificFlowClient(FLOW_ID, app=FakeApp())
    for collections in ("x", [ID, "x"], [None]):
        with pytest.raises(GlobusSDKUsageError, match="collection_ids"):
            client.add_app_transfer_data_access_scope(collections)  # type: ignore[arg-type]


def test_data_access_needs_an_app() -> None:
    with pytest.raises(GlobusSDKUsageError, match="app"):
        SpecificFlowClient(FLOW_ID).add_app_transfer_data_access_scope(ID)


@pytest.mark.parametrize("flow_id", ["", None, 5], ids=repr)
def test_a_flow_that_has_no_id_is_refused(flow_id: Any) -> None:
    with pytest.raises(GlobusSDKUsageError):
        SpecificFlowClient(flow_id)


def test_the_client_of_one_flow_survives_pickling() -> None:
    client = pickle.loads(pickle.dumps(SpecificFlowClient(FLOW_ID)))
    assert client.flow_id == FLOW_ID
    assert client.run_flow.request({}).url == SpecificFlowClient(FLOW_ID).run_flow.request({}).url


# What is sent again.


class LosesOneAnswer:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, _request: Request) -> Response:
        self.count += 1
        if self.count == 1:
            raise NetworkError("the answer was lost")
        return Response(200, JSON, b"{}")


@pytest.mark.parametrize(
    ("name", "arguments", "sent"),
    [
        # A second call would start another run, create another flow, or answer another question.
        ("run_flow", [{}], 1),
        ("resume_run", ["r"], 1),
        ("create_flow", ["t", {}, {}], 1),
        ("respond_to_web_input", ["w", "v"], 1),
        ("delete_run", ["r"], 1),
        ("validate_run", [{}], 2),
        ("validate_flow", [{}], 2),
        ("cancel_run", ["r"], 2),
    ],
)
def test_a_post_is_sent_again_only_if_that_changes_nothing(name: str, arguments: list[Any], sent: int) -> None:
    terminal = LosesOneAnswer()
    options: Any = {"terminal": terminal, "retry_config": RetryConfig(max_sleep=0)}
    client = SpecificFlowClient(FLOW_ID, **options) if hasattr(SpecificFlowClient, name) else FlowsClient(**options)
    if sent == 1:
        with pytest.raises(NetworkError):
            getattr(client, name)(*arguments)
    else:
        getattr(client, name)(*arguments)
    assert terminal.count == sent


def test_one_flow_under_asyncio() -> None:
    paths = []

    async def send(request: Request) -> Response:
        paths.append(str(request.url))
        return Response(201, JSON, b'{"run_id": "r"}')

    async def run() -> str:
        async with AsyncSpecificFlowClient(FLOW_ID, base_url="https://flows.example.org", terminal=send) as client:
            reply = await client.run_flow({"x": 1})
            return str(reply["run_id"])

    assert asyncio.run(run()) == "r"
    assert paths == [f"https://flows.example.org/flows/{FLOW_ID}/run"]
