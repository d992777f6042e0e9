"""The terminal over a requests.Session: the session's cookies belong to the program, not to the clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from globus_transport import AccessTokenAuthorizer, TransferClient
from globus_transport.http.messages import Request
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.terminals.fresh_terminal import forget_proxies

ANSWER = whole(b"{}", "200 OK", "Content-Type: application/json", "Set-Cookie: user=ada; Path=/", "Set-Cookie: b=2")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    forget_proxies(monkeypatch)
    with requests.Session() as session:
        yield session


def test_clients_of_two_users_do_not_share_cookies(session: requests.Session) -> None:
    with ScriptedServer(answering(ANSWER)) as server:
        for user in ("ada", "grace"):
            authorizer, terminal = AccessTokenAuthorizer(user), RequestsTerminal(session)
            with TransferClient(base_url=server.origin, authorizer=authorizer, terminal=terminal) as client:
                assert client.get("/task").http_status == 200
        assert [request.values("Cookie") for request in server.requests] == [[], []]
    assert len(session.cookies) == 0


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "401 Unauthorized"])
def test_no_cookie_is_stored_and_the_response_has_them_all(session: requests.Session, status: str) -> None:
    seen: list[Any] = []
    session.hooks["response"].append(lambda reply, **_options: seen.append(reply))
    answer = whole(b"", status, "Set-Cookie: a=1", "Set-Cookie: b=2", "Location: /there")
    with ScriptedServer(answering(answer)) as server:
        response = RequestsTerminal(session)(Request("GET", server.origin))
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert len(session.cookies) == 0
    (reply,) = seen
    assert reply.raw._original_response.msg.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert reply.cookies.get_dict() == {"a": "1", "b": "2"}


def test_only_a_cookie_of_the_request_is_sent(session: requests.Session) -> None:
    session.cookies.set("session", "1")
    session.headers["Cookie"] = "header=2"
    with ScriptedServer(answering(whole())) as server:
        terminal = RequestsTerminal(session)
        terminal(Request("GET", server.origin))
        terminal(Request("GET", server.origin, {"cookie": "own=3"}))
        assert [request.values("Cookie") for request in server.requests] == [[], ["own=3"]]
        assert session.cookies.get_dict() == {"session": "1"}
        session.get(server.origin)
        assert server.requests[-1].values("Cookie") != [], "the program itself still has its cookies"
