"""vcrpy: what it records and replays of clients, stacks and ``auth=``, and that no credential is in a cassette."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("vcr", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import requests
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncTransferClient,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    TransferClient,
)
from globus_transport.core.async_stack import AsyncStack
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, head, whole
from globus_transport.testing.vcrpy import use_vcrpy
from tests.core.stepping import FakeAuth

#: Gets the status of a task from a server, with an authorizer.
GetStatus = Callable[[str, RefreshTokenAuthorizer[Any]], str]


@pytest.fixture
def connected() -> Iterator[None]:
    with use_vcrpy():
        yield


def with_a_client(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    with TransferClient(base_url=origin, authorizer=authorizer) as client:
        return str(client.get_task("x")["status"])


def with_an_async_client(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    async def main() -> str:
        async with AsyncTransferClient(base_url=origin, authorizer=authorizer) as client:
            return str((await client.get_task("x"))["status"])

    return asyncio.run(main())


def with_an_async_client_in_threads(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    async def main() -> str:
        terminal = ThreadsTerminal(Urllib3Terminal())
        async with AsyncTransferClient(base_url=origin, authorizer=authorizer, terminal=terminal) as client:
            return str((await client.get_task("x"))["status"])

    return asyncio.run(main())


def with_a_stack_in_requests(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    with TransferClient(base_url=origin, authorizer=authorizer) as client, requests.Session() as session:
        StackAdapter(client.stack).mount(session, origin)
        return str(session.get(f"{origin}/task/x").json()["status"])


def with_auth_in_requests(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    with requests.Session() as session:
        return str(session.get(f"{origin}/task/x", auth=GlobusAuth(authorizer, origin)).json()["status"])


def with_a_client_over_requests(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    with requests.Session() as session:
        terminal = RequestsTerminal(session)
        with TransferClient(base_url=origin, authorizer=authorizer, terminal=terminal) as client:
            return str(client.get_task("x")["status"])


OWN_CONNECTIONS = [
    with_a_client,
    with_an_async_client,
    with_an_async_client_in_threads,
    with_a_stack_in_requests,
]
CONNECTIONS_OF_REQUESTS = [with_auth_in_requests, with_a_client_over_requests]


def record_and_replay(get_status: GetStatus, server: ScriptedServer, path: Path, **settings: Any) -> None:
    """Record a call with a refused token, and replay it while the server is down."""
    with server, vcr.use_cassette(str(path), **settings) as cassette:
        assert get_status(server.origin, RefreshTokenAuthorizer("the-refresh-token", FakeAuth())) == "ACTIVE"
        assert [request["Authorization"] for request in server.requests] == ["Bearer token-1", "Bearer token-2"]
        assert len(cassette) == 2
    with vcr.use_cassette(str(path), record_mode="none", **settings) as cassette:
        assert get_status(server.origin, RefreshTokenAuthorizer("the-refresh-token", FakeAuth())) == "ACTIVE"
        assert cassette.all_played


def refusing_server() -> ScriptedServer:
    refused = whole(b'{"code": "AuthenticationFailed"}', "401 Unauthorized")
    return ScriptedServer(answering(refused, whole(b'{"status": "ACTIVE"}', "200 OK", "X-Two: 1", "X-Two: 2")))


@pytest.mark.parametrize("get_status", OWN_CONNECTIONS)
@pytest.mark.usefixtures("connected")
def test_calls_of_the_default_terminals_are_replayed_and_no_token_is_stored(
    get_status: GetStatus, tmp_path: Path
) -> None:
    path = tmp_path / "cassette.yaml"
    record_and_replay(get_status, refusing_server(), path)
    assert "ACTIVE" in path.read_text()
    assert "token" not in path.read_text().lower()
    assert "authorization" not in path.read_text().lower()


@pytest.mark.parametrize("get_status", CONNECTIONS_OF_REQUESTS)
def test_calls_through_requests_are_replayed_and_need_the_filter_of_vcrpy(
    get_status: GetStatus, tmp_path: Path
) -> None:
    filtered, unfiltered = tmp_path / "filtered.yaml", tmp_path / "unfiltered.yaml"
    record_and_replay(get_status, refusing_server(), filtered, filter_headers=["authorization"])
    assert "token-" not in filtered.read_text()
    record_and_replay(get_status, refusing_server(), unfiltered)
    assert "Bearer token-2" in unfiltered.read_text()


@pytest.mark.parametrize("get_status", OWN_CONNECTIONS)
def test_without_the_line_the_default_terminals_are_not_seen(get_status: GetStatus, tmp_path: Path) -> None:
    with refusing_server() as server, vcr.use_cassette(str(tmp_path / "cassette.yaml")) as cassette:
        assert get_status(server.origin, RefreshTokenAuthorizer("the-refresh-token", FakeAuth())) == "ACTIVE"
        assert (len(server.requests), len(cassette)) == (2, 0)


@pytest.mark.usefixtures("connected")
def test_tokens_of_a_grant_are_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "cassette.yaml"
    secrets = {"access_token": "secret-access", "refresh_token": "secret-refresh"}
    reply = {**secrets, "resource_server": "auth.globus.org", "expires_in": 60, "scope": "s", "token_type": "Bearer"}
    answer = whole(json.dumps(reply).encode(), "200 OK", "Content-Type: application/json")
    with ScriptedServer(answering(answer)) as server:
        with vcr.use_cassette(str(path)), NativeAppAuthClient("client-id", base_url=server.origin) as client:
            form = {"grant_type": "refresh_token", "refresh_token": "secret-of-form"}
            assert client.oauth2_token(form)["access_token"] == "secret-access"
        assert b"secret-of-form" in server.requests[0].body
    assert "grant_type=refresh_token" in path.read_text()
    assert "secret" not in path.read_text()


@pytest.mark.usefixtures("connected")
def test_a_request_that_is_not_in_the_cassette_is_an_error_and_is_not_sent(tmp_path: Path) -> None:
    with ScriptedServer(answering(whole(b"{}"))) as server:
        client = TransferClient(base_url=server.origin, authorizer=AccessTokenAuthorizer("the-token"))
        with client, vcr.use_cassette(str(tmp_path / "cassette.yaml"), record_mode="none"):
            with pytest.raises(CannotOverwriteExistingCassetteException) as raised:
                client.get_task("x")
            assert "the-token" not in str(raised.value)
        assert server.requests == []


@pytest.mark.usefixtures("connected")
def test_streams_and_repeated_headers_are_replayed(tmp_path: Path) -> None:
    chunked = head("200 OK", "Transfer-Encoding: chunked", "X-Two: 1", "X-Two: 2") + b"2\r\n\x00\xff\r\n0\r\n\r\n"

    async def call_async(request: Request) -> Response:
        async with AsyncTransferClient() as client:
            return await AsyncStack(client.stack.terminal).send(request)

    with ScriptedServer(answering(chunked)) as server:
        request = Request("GET", f"{server.origin}/thing", stream=True)
        terminal = Urllib3Terminal()
        calls: list[Callable[[], Response]] = [lambda: terminal(request), lambda: asyncio.run(call_async(request))]
        for number, call in enumerate(calls):
            for _ in range(2):
                with vcr.use_cassette(str(tmp_path / f"{number}.yaml")):
                    response = call()
                assert (response.status, response.body) == (200, b"\x00\xff")
                assert response.headers.get_all("X-Two") == ["1", "2"]
        terminal.close()
        assert len(server.requests) == 2


def test_it_ends_and_outside_of_a_cassette_everything_is_sent(tmp_path: Path) -> None:
    with ScriptedServer(answering(whole(b"{}"))) as server, TransferClient(base_url=server.origin) as client:
        with use_vcrpy():
            client.get("/outside")
        with vcr.use_cassette(str(tmp_path / "cassette.yaml")) as cassette:
            client.get("/after")
        assert ([request.target for request in server.requests], len(cassette)) == (["/outside", "/after"], 0)
