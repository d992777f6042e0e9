"""An authorizer inside requests: which servers see its credential, renewal on a 401, and the body sent again."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from globus_transport import (
    AccessTokenAuthorizer,
    AuthAPIError,
    GlobusSDKUsageError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    TransferScopes,
)
from globus_transport.embed.requests import GlobusAuth
from globus_transport.sandbox import Sandbox
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.core.stepping import FakeAuth
from tests.terminals.fresh_terminal import forget_proxies

REFUSED = whole(b'{"code": "AuthenticationFailed"}', "401 Unauthorized")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def globus() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def authorizer(globus: Sandbox) -> Iterator[RefreshTokenAuthorizer[Any]]:
    refresh_token = globus.issue_token(TransferScopes.all).refresh_token
    assert refresh_token is not None
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        yield RefreshTokenAuthorizer(refresh_token, auth_client)


def tokens() -> RefreshTokenAuthorizer[Any]:
    """Gives token-1, token-2 ..."""
    return RefreshTokenAuthorizer("refresh", FakeAuth())


def seen(server: ScriptedServer) -> list[str | None]:
    return [next(iter(request.values("Authorization")), None) for request in server.requests]


def test_a_plain_get_and_a_refused_token(globus: Sandbox, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    auth = GlobusAuth(authorizer, globus.transfer_url)
    with requests.Session() as session:
        session.auth = auth
        assert session.get(f"{globus.transfer_url}v0.10/task_list").json()["DATA"] == []
        globus.revoke_all_access_tokens()
        reply = session.get(f"{globus.transfer_url}v0.10/task_list")
    reply.raise_for_status()
    assert [earlier.status_code for earlier in reply.history] == [401]
    assert globus.grants["refresh_token"] == 2


def test_threads_renew_once(globus: Sandbox, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    auth = GlobusAuth(authorizer, globus.transfer_url)
    globus.token_delay = 0.05
    statuses: list[int] = []

    def call() -> None:
        with requests.Session() as session:
            statuses.append(session.get(f"{globus.transfer_url}v0.10/task_list", auth=auth).status_code)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert statuses == [200] * 8
    assert globus.grants["refresh_token"] == 1


@pytest.mark.parametrize("stream", [True, False])
def test_the_connection_is_used_again(session: requests.Session, stream: bool) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"yes"))) as server:
        reply = session.get(server.origin, auth=GlobusAuth(tokens(), server.origin), stream=stream)
        assert reply.content == b"yes"
        assert seen(server) == ["Bearer token-1", "Bearer token-2"]
        assert server.connections == 1


@pytest.mark.parametrize(
    ("make", "sent"),
    [
        (lambda: {"data": b"\x00bytes"}, b"\x00bytes"),
        (lambda: {"json": {"a": "ü"}}, b'{"a": "\\u00fc"}'),
        (lambda: {"data": {"a": "b"}}, b"a=b"),
        (lambda: {"data": io.BytesIO(b"a file")}, b"a file"),
    ],
)
def test_the_body_is_sent_again(session: requests.Session, make: Any, sent: bytes) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"yes"))) as server:
        options = make()
        if hasattr(options.get("data"), "seek"):
            options["data"] = file = io.BytesIO(b"skipped, " + sent)
            file.seek(len(b"skipped, "))
        reply = session.post(server.origin, auth=GlobusAuth(tokens(), server.origin), **options)
        assert reply.text == "yes"
        assert [request.body for request in server.requests] == [sent, sent]


def test_a_body_that_can_be_sent_once_is_sent_once(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"yes"))) as server:
        auth = GlobusAuth(tokens(), server.origin)
        reply = session.post(server.origin, data=iter([b"a", b"b"]), auth=auth)
        assert reply.status_code == 401
        assert reply.json()["code"] == "AuthenticationFailed"
        assert len(server.requests) == 1


@pytest.mark.parametrize("stream", [True, False])
def test_a_second_refusal_is_given_back(session: requests.Session, stream: bool) -> None:
    with ScriptedServer(answering(REFUSED)) as server:
        reply = session.get(server.origin, auth=GlobusAuth(tokens(), server.origin), stream=stream)
        assert reply.status_code == 401
        assert reply.json()["code"] == "AuthenticationFailed"
        assert len(server.requests) == 2


def test_a_credential_that_cannot_be_renewed(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED)) as server:
        reply = session.get(server.origin, auth=GlobusAuth(AccessTokenAuthorizer("t"), server.origin))
        assert reply.status_code == 401
        assert seen(server) == ["Bearer t"]


def test_a_refused_renewal_is_raised_as_it_is(globus: Sandbox, session: requests.Session) -> None:
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        auth = GlobusAuth(RefreshTokenAuthorizer("never issued", auth_client), globus.transfer_url)
        with pytest.raises(AuthAPIError):
            session.get(f"{globus.transfer_url}v0.10/task_list", auth=auth)
    assert globus.requests.count(path="/v0.10/task_list") == 0


def test_other_servers_see_nothing(session: requests.Session) -> None:
    with ScriptedServer(answering(whole(b"x"))) as mine, ScriptedServer(answering(REFUSED)) as other:
        auth = GlobusAuth(tokens(), mine.origin)
        assert session.get(other.origin, auth=auth).status_code == 401
        session.get(mine.origin, auth=auth)
        assert seen(other) == [None]
        assert seen(mine) == ["Bearer token-1"]


@pytest.mark.parametrize("hops", [1, 2])
def test_redirects_elsewhere_carry_nothing(session: requests.Session, hops: int) -> None:
    with ScriptedServer(answering(whole(b"there"))) as other:
        away = whole(b"", "302 Found", f"Location: {other.origin}/there")
        there = [whole(b"", "302 Found", "Location: /next"), away] if hops == 2 else [away]
        with ScriptedServer(answering(*there)) as mine:
            reply = session.get(mine.origin, auth=GlobusAuth(tokens(), mine.origin))
            assert reply.text == "there"
            assert seen(mine) == ["Bearer token-1"] * hops
            assert seen(other) == [None]


def test_a_redirect_after_a_renewal_carries_the_new_token(session: requests.Session) -> None:
    there = whole(b"", "307 Temporary Redirect", "Location: /there")
    with ScriptedServer(answering(REFUSED, there, whole(b"yes"))) as server:
        reply = session.post(server.origin, data=b"x", auth=GlobusAuth(tokens(), server.origin))
        assert reply.text == "yes"
        assert seen(server) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_a_token_that_a_redirect_finds_refused_is_renewed(session: requests.Session) -> None:
    there = whole(b"", "302 Found", "Location: /there")
    with ScriptedServer(answering(there, REFUSED, whole(b"yes"))) as server:
        reply = session.get(server.origin, auth=GlobusAuth(tokens(), server.origin))
        assert reply.text == "yes"
        assert seen(server) == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_the_same_host_at_another_scheme_is_another_server() -> None:
    # requests itself keeps the credential in a redirect from http to https at the default ports.
    auth = GlobusAuth(tokens(), "http://service.example.org")
    prepared = requests.Request("GET", "http://service.example.org/", auth=auth).prepare()
    assert prepared.headers["Authorization"] == "Bearer token-1"
    redirect = requests.Response()
    redirect.status_code = 301
    redirect.url = prepared.url or ""
    redirect.request = prepared
    redirect.headers["Location"] = "https://service.example.org/"
    assert auth._handle_response(redirect) is redirect
    assert "Authorization" not in prepared.headers


def test_who_may_see_it_has_to_be_said() -> None:
    with pytest.raises(GlobusSDKUsageError, match="give the URL"):
        GlobusAuth(AccessTokenAuthorizer("t"))
    bound = AccessTokenAuthorizer("t").bound_to("https://service.example.org")
    assert repr(GlobusAuth(bound)) == "<GlobusAuth: AccessTokenAuthorizer for https://service.example.org only>"
    assert GlobusAuth(bound) == GlobusAuth(bound)
