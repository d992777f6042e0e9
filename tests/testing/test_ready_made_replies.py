"""Every route of every service has ready-made replies, and the clients can read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import responses

import globus_transport
from globus_transport import (
    AuthAPIError,
    AuthClient,
    AuthLoginClient,
    ConfidentialAppAuthClient,
    FlowsClient,
    GlobusAPIError,
    GlobusHTTPResponse,
    GlobusSDKUsageError,
    IterableResponse,
    NativeAppAuthClient,
    SearchClient,
    SpecificFlowClient,
    TransferAPIError,
    TransferClient,
)
from globus_transport.testing import (
    RegisteredResponse,
    ResponseList,
    ResponseSet,
    construct_error,
    get_last_request,
    get_response_set,
    load_reply,
    load_response_set,
    register_response_set,
    use_responses,
)
from tests.compat.peer_methods import class_of
from tests.terminals.fresh_terminal import forget_proxies

_CLIENTS = (
    "TransferClient",
    "AuthClient",
    "AuthLoginClient",
    "NativeAppAuthClient",
    "ConfidentialAppAuthClient",
    "GroupsClient",
    "TimersClient",
    "SearchClient",
    "FlowsClient",
    "SpecificFlowClient",
    "GCSClient",
    "TransferClientV2",
    "ComputeClientV2",
    "ComputeClientV3",
)
#: What calls need besides ids.
_ARGUMENTS: dict[str, Any] = {
    "data": {"DATA_TYPE": "thing", "submission_id": "s"},
    "form_data": {"grant_type": "own"},
    "admin_ids": ["someone"],
    "actions": {},
    "task_ids": ["one"],
    "update_document": {},
    "timer": {},
    "message": "why",
    "subscription_id": "DEFAULT",
    "subscription_admin_verified": True,
}


#: What a case needs besides.
_OF_CASE: dict[tuple[str, str], dict[str, Any]] = {
    ("get_endpoints", "any"): {"role": "any"},
    ("get_version", "all"): {"service": "all"},
}

#: It would wait; and this client starts no login.
_NOT_CALLED = {
    ("TransferClient", "task_wait", "active"),
    ("AuthLoginClient", "oauth2_exchange_code_for_tokens", "default"),
    ("AuthLoginClient", "oauth2_exchange_code_for_tokens", "invalid_grant"),
    ("AuthLoginClient", "oauth2_exchange_code_for_tokens", "openid"),
}


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses():
        yield


def _client(name: str) -> Any:
    if name == "GCSClient":
        return globus_transport.GCSClient("abc.xyz.data.globus.org")
    if name == "ConfidentialAppAuthClient":
        return ConfidentialAppAuthClient("id", "secret")
    if name == "SpecificFlowClient":
        return SpecificFlowClient(get_response_set("flows.run_flow").metadata["flow_id"])
    return NativeAppAuthClient("id") if name == "NativeAppAuthClient" else class_of(globus_transport, name)()


def _cases() -> list[tuple[str, str, str]]:
    return [
        (client, route.name, case)
        for client in _CLIENTS
        for route in class_of(globus_transport, client).routes
        for case in get_response_set(route).cases()
        if (client, route.name, case) not in _NOT_CALLED and not _has_several(route, case)
    ]


def _has_several(route: Any, case: str) -> bool:
    """Whether the reply depends on the query, such as the page of a list."""
    return route.kind != "operation" and isinstance(get_response_set(route).lookup(case), ResponseList)


def test_every_route_has_one() -> None:
    for client in _CLIENTS:
        for route in class_of(globus_transport, client).routes:
            assert "default" in get_response_set(route).cases(), route


@responses.activate
@pytest.mark.parametrize(("client", "route", "case"), _cases())
def test_the_client_takes_it(client: str, route: str, case: str) -> None:
    made = _client(client)
    # A ready-made error is to be raised at once.
    made.retry_config.max_retries = 0
    loaded = load_reply(getattr(type(made), route), case=case)
    known = {**get_response_set(getattr(made, route)).metadata, **loaded.metadata}
    if route == "oauth2_exchange_code_for_tokens":
        arguments = ("scope",) if client == "NativeAppAuthClient" else ("https://app.example.org", "scope")
        made.oauth2_start_flow(*arguments)
    signature = getattr(type(made), route).signature
    document: dict[str, Any] = {"DATA_TYPE": "thing", "data": {"attributes": {}}}
    path = getattr(type(made), route).path
    given = {
        name: known[name]
        if f"{{{name}}}" in path
        else _ARGUMENTS.get(name, document if name.endswith(("_data", "_doc")) else known.get(name, "v"))
        for name, parameter in signature.parameters.items()
        if parameter.default is parameter.empty
    }
    if route == "create_tunnel":
        given["data"] = document
    if route in ("create_client", "create_child_client"):
        given["public_client"] = True
    if route == "get_client":
        given["fqdn" if case == "fqdn" else "client_id"] = known[case if case == "fqdn" else "client_id"]
    if route == "task_wait":
        given.update(timeout=1, polling_interval=1)
    given.update(_OF_CASE.get((route, case), {}))
    parts = list(loaded) if isinstance(loaded, ResponseList) else [loaded]
    status = parts[-1].status
    if status >= 400:
        with pytest.raises(made.error_class) as raised:
            getattr(made, route)(**given)
        assert raised.value.http_status == status
        assert raised.value.code or raised.value.messages
        return
    result = getattr(made, route)(**given)
    if isinstance(result, GlobusHTTPResponse):
        assert result.http_status == status
        assert getattr(result, "full_data", result.data) == parts[-1].json
        if isinstance(result, IterableResponse):
            assert all(isinstance(item, dict) for item in result)


@responses.activate
@pytest.mark.parametrize(
    "route",
    [
        FlowsClient.list_flows,
        FlowsClient.list_runs,
        FlowsClient.list_registered_apis,
        FlowsClient.list_web_inputs,
        SearchClient.scroll,
    ],
)
def test_a_list_with_several_pages(route: Any) -> None:
    known = load_reply(route, case="paginated").metadata
    client: Any = SearchClient() if route is SearchClient.scroll else FlowsClient()
    arguments: tuple[Any, ...] = (known["index_id"], {"q": "*"}) if route is SearchClient.scroll else ()
    pages = list(getattr(client.paginated, route.name)(*arguments))
    assert [page["marker"] for page in pages] == known["expect_markers"]
    assert len([item for page in pages for item in page]) == known["total_items"]


@responses.activate
def test_a_reply_that_depends_on_the_query() -> None:
    client = FlowsClient()
    known = load_reply(FlowsClient.get_run).metadata
    assert "flow_description" in client.get_run(known["run_id"], include_flow_description=True).data
    assert "flow_description" not in client.get_run(known["run_id"], include_flow_description=False).data
    assert "flow_description" not in client.get_run(known["run_id"]).data
    known = load_reply(FlowsClient.list_runs, case="filter_flow_id").metadata
    for flow_id, expected in known["by_flow_id"].items():
        assert len(list(client.list_runs(filter_flow_id=flow_id))) == expected["num"]
    assert len(list(client.list_runs(filter_flow_id=list(known["by_flow_id"])))) == 3
    known = load_reply(FlowsClient.get_run_logs, case="paginated").metadata
    assert len(list(client.get_run_logs.items(known["run_id"]))) == 4


@responses.activate
def test_cases_are_told_when_there_is_no_such() -> None:
    with pytest.raises(GlobusSDKUsageError, match="default, active, failed, not_found"):
        load_reply(TransferClient.get_task, case="lost")
    with pytest.raises(GlobusSDKUsageError, match="register_response_set"):
        load_reply("my own")


@responses.activate
def test_a_set_of_ones_own() -> None:
    register_response_set(
        "two tasks",
        {
            "one": {"service": "transfer", "path": "/v0.10/task/1", "json": {"status": "ACTIVE"}},
            "two": {"service": "transfer", "path": "/v0.10/task/2", "json": {"status": "FAILED"}},
        },
        metadata={"ids": ["1", "2"]},
    )
    loaded = load_response_set("two tasks")
    assert loaded.metadata == {"ids": ["1", "2"]}
    assert [TransferClient().get_task(task_id)["status"] for task_id in loaded.metadata["ids"]] == ["ACTIVE", "FAILED"]
    last = get_last_request()
    assert last is not None
    assert last.url == "https://transfer.api.globus.org/v0.10/task/2"


@responses.activate
def test_a_mock_of_ones_own_and_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", "preview")
    with responses.RequestsMock() as mock:
        loaded = load_reply(AuthClient.get_identities, requests_mock=mock)
        assert isinstance(loaded, RegisteredResponse)
        assert loaded.full_url == "https://auth.preview.globus.org/v2/api/identities"
        assert [identity["name"] for identity in AuthClient().get_identities(ids="x")] == ["Ada Example"]
        assert get_last_request(requests_mock=mock) is not None
    assert get_last_request() is None


def test_replacing_an_answer() -> None:
    answer = RegisteredResponse(service="transfer", path="/v0.10/task/1", json={"status": "ACTIVE"})
    with responses.RequestsMock() as mock:
        answer.add(requests_mock=mock)
        RegisteredResponse(service="transfer", path="/v0.10/task/1", json={"status": "DONE"}).replace(
            requests_mock=mock
        )
        assert TransferClient().get_task("1")["status"] == "DONE"


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(GlobusSDKUsageError, match="body= or json="):
        RegisteredResponse(path="/", body="x", json={})
    with pytest.raises(GlobusSDKUsageError, match="LOOK"):
        RegisteredResponse(path="/", method="LOOK")
    assert not ResponseSet()


def test_an_error_is_constructed() -> None:
    error = construct_error(http_status=404, body={"code": "X", "message": "no"}, error_class=TransferAPIError)
    assert type(error) is TransferAPIError
    assert (error.http_status, error.code, error.message) == (404, "X", "no")
    plain = construct_error(http_status=502, body="bad gateway", response_headers={"Content-Type": "text/plain"})
    assert type(plain) is GlobusAPIError
    assert (plain.text, plain.code) == ("bad gateway", None)


@responses.activate
def test_replies_and_sets_themselves() -> None:
    reply = RegisteredResponse(service="transfer", path="/v0.10/task/1", json={"status": "ACTIVE"})
    assert load_reply(reply) is reply
    assert TransferClient().get_task("1")["status"] == "ACTIVE"
    both = ResponseList(
        RegisteredResponse(service="transfer", path="/v0.10/task/2", json={"status": "FAILED"}),
        RegisteredResponse(service="transfer", path="/v0.10/task/3", json={"status": "SUCCEEDED"}),
    )
    assert load_reply(both) is both
    assert [TransferClient().get_task(task_id)["status"] for task_id in "23"] == ["FAILED", "SUCCEEDED"]
    whole = ResponseSet({"id": "4"}, default=RegisteredResponse(service="transfer", path="/v0.10/task/4", json={}))
    assert load_response_set(whole) is whole
    assert TransferClient().get_task("4").data == {}


@responses.activate
def test_routes_by_their_names() -> None:
    assert get_response_set("transfer.get_endpoint") is get_response_set(TransferClient.get_endpoint)
    assert get_response_set("auth.oauth2_exchange_code_for_tokens") is get_response_set(
        AuthLoginClient.oauth2_exchange_code_for_tokens
    )
    load_reply("auth.userinfo", case="unauthorized")
    with pytest.raises(AuthAPIError):
        AuthClient().userinfo()
    for unknown in ("auth.get_task", "transfer.routes", "transfer", "nexus.get_group", "transfer.get_task.default"):
        with pytest.raises(GlobusSDKUsageError, match=f"no replies are known as '{unknown}'"):
            get_response_set(unknown)


def test_a_text_that_is_registered_comes_before_a_route() -> None:
    mine = register_response_set("transfer.get_bookmark", {"default": {"path": "https://example.org/"}})
    assert get_response_set("transfer.get_bookmark") is mine
    assert get_response_set(TransferClient.get_bookmark) is not mine
