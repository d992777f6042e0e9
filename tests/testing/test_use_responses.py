"""``use_responses``, as a test suite that was written for globus-sdk uses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncTransferClient,
    ConfidentialAppAuthClient,
    GlobusConnectionError,
    GlobusTimeoutError,
    NetworkError,
    RefreshTokenAuthorizer,
    RetryConfig,
    TransferAPIError,
    TransferClient,
    TransferData,
)
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing import use_responses
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole
from tests.terminals.fresh_terminal import forget_proxies

TASK = "https://transfer.api.globus.org/v0.10/task/x"
TOKEN = "https://auth.globus.org/v2/oauth2/token"


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    before = Urllib3Terminal.__call__, Urllib3Terminal.cancellable, AsyncioTerminal.__call__
    with use_responses():
        yield
    assert (Urllib3Terminal.__call__, Urllib3Terminal.cancellable, AsyncioTerminal.__call__) == before


@pytest.fixture
def client() -> TransferClient:
    return TransferClient(authorizer=AccessTokenAuthorizer("t"))


@responses.activate
def test_an_answer_and_the_record_of_the_call(client: TransferClient) -> None:
    responses.get(TASK, json={"status": "ACTIVE"}, headers={"X-More": "1"})
    reply = client.get_task("x", query_params={"fields": "status"})
    assert (reply["status"], reply.headers["x-more"]) == ("ACTIVE", "1")
    (call,) = responses.calls
    assert call.request.url == f"{TASK}?fields=status"
    assert call.request.headers["Authorization"] == "Bearer t"
    assert getattr(call.request, "params", None) == {"fields": "status"}
    answered: Any = call.response
    assert answered.json() == {"status": "ACTIVE"}


def test_a_mock_as_a_context_manager(client: TransferClient) -> None:
    with responses.RequestsMock() as mock:
        mock.get(TASK, json={"status": "SUCCEEDED"})
        assert client.get_task("x")["status"] == "SUCCEEDED"
        assert mock.assert_call_count(TASK, 1)


@responses.activate
def test_matchers_see_json_forms_and_headers(client: TransferClient) -> None:
    sent = {"DATA_TYPE": "mkdir", "path": "/new"}
    responses.post(
        "https://transfer.api.globus.org/v0.10/operation/endpoint/e/mkdir",
        json={"code": "DirectoryCreated"},
        match=[matchers.json_params_matcher(sent), matchers.header_matcher({"Content-Type": "application/json"})],
    )
    assert client.operation_mkdir("e", "/new")["code"] == "DirectoryCreated"
    form = {"grant_type": "client_credentials", "scope": "all"}
    responses.post(TOKEN, json=_token(), match=[matchers.urlencoded_params_matcher(form)])
    ConfidentialAppAuthClient("id", "secret").oauth2_client_credentials_tokens("all")


@responses.activate
def test_an_error_is_the_services_own(client: TransferClient) -> None:
    responses.get(TASK, status=404, json={"code": "TaskNotFound", "message": "no", "request_id": "r"})
    with pytest.raises(TransferAPIError) as raised:
        client.get_task("x")
    assert (raised.value.http_status, raised.value.code, raised.value.request_id) == (404, "TaskNotFound", "r")


@responses.activate
def test_a_401_is_renewed_and_sent_again() -> None:
    responses.get(TASK, status=401, json={"code": "AuthenticationFailed", "message": "expired"})
    responses.get(TASK, json={"status": "ACTIVE"})
    responses.post(TOKEN, json=_token())
    auth_client = ConfidentialAppAuthClient("id", "secret")
    authorizer = RefreshTokenAuthorizer("refresh", auth_client, access_token="old", expires_at=2**33)
    assert TransferClient(authorizer=authorizer).get_task("x")["status"] == "ACTIVE"
    assert [call.request.headers["Authorization"][:8] for call in responses.calls] == [
        "Bearer o",
        "Basic aW",
        "Bearer n",
    ]


@responses.activate
def test_what_is_not_registered_fails_at_once_and_says_so(client: TransferClient) -> None:
    responses.get(TASK, json={})
    with pytest.raises(GlobusConnectionError, match="match any registered mock") as raised:
        client.get_task("another")
    assert TASK in str(raised.value)  # what is registered
    assert isinstance(raised.value.__cause__, requests.ConnectionError)
    assert len(responses.calls) == 1  # no retry


@responses.activate
@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (requests.ConnectionError("gone"), GlobusConnectionError),
        (requests.ReadTimeout("slow"), GlobusTimeoutError),
        (requests.RequestException("odd"), NetworkError),
    ],
)
def test_failures_of_the_network(failure: Exception, expected: type[NetworkError]) -> None:
    responses.get(TASK, body=failure)
    client = TransferClient(retry_config=RetryConfig(max_retries=0))
    with pytest.raises(expected) as raised:
        client.get_task("x")
    assert type(raised.value) is expected


@responses.activate
def test_paging_and_several_answers(client: TransferClient) -> None:
    url = "https://transfer.api.globus.org/v0.10/task_list"
    for offset in (0, 1):
        responses.get(
            url,
            json={"DATA": [{"task_id": offset}], "total": 2},
            match=[matchers.query_param_matcher({"offset": offset, "limit": 1})],
        )
    assert [task["task_id"] for task in client.task_list.items(limit=1)] == [0, 1]


@responses.activate
def test_a_callback_gets_the_request(client: TransferClient) -> None:
    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        assert request.body is not None
        return 202, {"Content-Type": "application/json"}, json.dumps({"task_id": json.loads(request.body)["label"]})

    responses.add_callback(responses.POST, "https://transfer.api.globus.org/v0.10/transfer", callback=answer)
    data = TransferData("a", "b", label="from the callback", submission_id="s")
    assert client.submit_transfer(data)["task_id"] == "from the callback"


@responses.activate
def test_under_asyncio() -> None:
    responses.get(TASK, json={"status": "ACTIVE"})

    async def main() -> Any:
        async with AsyncTransferClient(authorizer=AccessTokenAuthorizer("t")) as client:
            return (await client.get_task("x"))["status"]

    assert asyncio.run(main()) == "ACTIVE"


@responses.activate
def test_under_asyncio_in_threads() -> None:
    responses.get(TASK, json={"status": "ACTIVE"})

    async def main() -> Any:
        terminal = ThreadsTerminal(Urllib3Terminal())
        client = AsyncTransferClient(authorizer=AccessTokenAuthorizer("t"), terminal=terminal)
        return (await client.get_task("x"))["status"]

    assert asyncio.run(main()) == "ACTIVE"


@responses.activate
def test_a_stream_under_asyncio() -> None:
    responses.get(TASK, body=b"x" * 100_000)

    async def main() -> int:
        async with AsyncTransferClient(authorizer=AccessTokenAuthorizer("t")) as client:
            reply = await client.request("GET", TASK, stream=True)
            return sum([len(chunk) async for chunk in reply.aiter_bytes()])

    assert asyncio.run(main()) == 100_000


@responses.activate
def test_passthrough_reaches_a_real_server() -> None:
    with ScriptedServer(_answer) as server:
        responses.add_passthru(server.origin)
        with TransferClient(base_url=server.origin) as client:
            assert client.get_task("x")["status"] == "REAL"


def test_under_asyncio_without_an_active_mock() -> None:
    async def main() -> Any:
        async with AsyncTransferClient(base_url=server.origin) as client:
            return (await client.get_task("x"))["status"]

    with ScriptedServer(_answer) as server:
        assert asyncio.run(main()) == "REAL"


def test_without_an_active_mock_everything_is_as_always() -> None:
    with ScriptedServer(_answer) as server, TransferClient(base_url=server.origin) as client:
        assert client.get_task("x")["status"] == "REAL"
        assert "globus_transport" in server.requests[0]["User-Agent"]


def _answer(peer: Peer) -> None:
    while True:
        peer.read_request()
        peer.send(whole(b'{"status": "REAL"}', "200 OK", "Content-Type: application/json"))


def _token() -> dict[str, Any]:
    return {
        "access_token": "new",
        "expires_in": 172800,
        "resource_server": "transfer.api.globus.org",
        "scope": "all",
        "token_type": "Bearer",
        "other_tokens": [],
    }
