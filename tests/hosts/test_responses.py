"""responses: which requests it answers in place of a server, with and without ``use_responses``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("responses", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import requests
import responses

from globus_transport import RefreshTokenAuthorizer, TransferClient
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.testing import use_responses
from globus_transport.testing.loopback_server import ScriptedServer

#: Gets the status of a task from a server, with an authorizer.
GetStatus = Callable[[str, RefreshTokenAuthorizer[Any]], str]


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def with_a_client(origin: str, authorizer: RefreshTokenAuthorizer[Any]) -> str:
    with TransferClient(base_url=origin, authorizer=authorizer) as client:
        return str(client.get("/task/x")["status"])


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
            return str(client.get("/task/x")["status"])


OWN_CONNECTIONS = [with_a_client, with_a_stack_in_requests]
CONNECTIONS_OF_REQUESTS = [with_auth_in_requests, with_a_client_over_requests]


def refuse_one_token(mock: responses.RequestsMock, url: str) -> None:
    mock.get(url, status=401, json={"code": "AuthenticationFailed"})
    mock.get(url, json={"status": "MOCKED"})


@pytest.mark.parametrize("get_status", CONNECTIONS_OF_REQUESTS)
def test_it_answers_what_goes_through_requests_and_a_token_is_renewed_once(
    get_status: GetStatus,
    mock: responses.RequestsMock,
    guarded_server: ScriptedServer,
    authorizer: RefreshTokenAuthorizer[Any],
) -> None:
    refuse_one_token(mock, f"{guarded_server.origin}/task/x")
    assert get_status(guarded_server.origin, authorizer) == "MOCKED"
    sent = [call.request.headers["Authorization"] for call in mock.calls]
    assert (sent[-1], len(sent), guarded_server.requests) == ("Bearer token-2", 2, [])


@pytest.mark.parametrize("get_status", OWN_CONNECTIONS)
def test_with_the_line_it_answers_the_default_terminal_and_a_token_is_renewed_once(
    get_status: GetStatus,
    mock: responses.RequestsMock,
    guarded_server: ScriptedServer,
    authorizer: RefreshTokenAuthorizer[Any],
) -> None:
    refuse_one_token(mock, f"{guarded_server.origin}/task/x")
    with use_responses():
        assert get_status(guarded_server.origin, authorizer) == "MOCKED"
    sent = [call.request.headers["Authorization"] for call in mock.calls]
    assert (sent, guarded_server.requests) == (["Bearer token-1", "Bearer token-2"], [])


@pytest.mark.parametrize("get_status", OWN_CONNECTIONS)
def test_without_the_line_the_default_terminal_reaches_the_server(
    get_status: GetStatus,
    mock: responses.RequestsMock,
    guarded_server: ScriptedServer,
    authorizer: RefreshTokenAuthorizer[Any],
) -> None:
    refuse_one_token(mock, f"{guarded_server.origin}/task/x")
    assert get_status(guarded_server.origin, authorizer) == "ACTIVE"
    assert (len(mock.calls), len(guarded_server.requests)) == (0, 2)
