"""An authorizer inside a ClientSession: which servers see its credential, renewal on a 401, and no deadlocks."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AuthAPIError,
    GlobusSDKUsageError,
    LoginRequiredError,
    NativeAppAuthClient,
    RefreshTokenAuthorizer,
    TransferScopes,
)
from globus_transport.authorizers.renewing import RenewingAuthorizer
from globus_transport.embed.aiohttp.middlewares import GlobusAuth
from globus_transport.sandbox import Sandbox
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.core.stepping import FakeAuth, Reply

REFUSED = whole(b'{"code": "AuthenticationFailed"}', "401 Unauthorized")


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


def _tokens() -> RefreshTokenAuthorizer[Any]:
    """Gives token-1, token-2 ..."""
    return RefreshTokenAuthorizer("refresh", FakeAuth())


def test_the_session_is_let_in_and_a_refused_token_renewed(
    globus: Sandbox, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    async def main() -> list[int]:
        statuses = []
        async with aiohttp.ClientSession(middlewares=(GlobusAuth(authorizer, globus.transfer_url),)) as session:
            for _ in range(2):
                async with session.get(f"{globus.transfer_url}v0.10/task_list") as reply:
                    statuses.append(reply.status)
                    assert (await reply.json())["DATA"] == []
                globus.revoke_all_access_tokens()
        return statuses

    assert asyncio.run(main()) == [200, 200]
    assert [request.status for request in globus.requests.select(service="transfer")] == [200, 401, 200]
    assert globus.grants["refresh_token"] == 2


def test_tasks_renew_once(globus: Sandbox, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    globus.token_delay = 0.05

    async def main() -> list[int]:
        async with aiohttp.ClientSession(middlewares=(GlobusAuth(authorizer, globus.transfer_url),)) as session:

            async def call() -> int:
                async with session.get(f"{globus.transfer_url}v0.10/task_list") as reply:
                    return reply.status

            return await asyncio.gather(*(call() for _ in range(20)))

    assert asyncio.run(main()) == [200] * 20
    assert globus.grants["refresh_token"] == 1


def _run(auth: GlobusAuth, *calls: Any, **settings: Any) -> list[tuple[int, bytes]]:
    """The results of the calls, each given as ``(method, url, options)``."""

    async def main() -> list[tuple[int, bytes]]:
        async with aiohttp.ClientSession(middlewares=(auth,), **settings) as session:
            replies = []
            for method, url, options in calls:
                async with session.request(method, url, **options) as reply:
                    replies.append((reply.status, await reply.read()))
            return replies

    return asyncio.run(asyncio.wait_for(main(), 10))


def test_a_token_that_was_renewed_meanwhile_is_used() -> None:
    authorizer = _tokens()
    authorizer.ensure_valid_token()

    def script(peer: Peer) -> None:
        assert peer.read_request()["Authorization"] == "Bearer token-1"
        authorizer.handle_missing_authorization()
        authorizer.ensure_valid_token()
        peer.send(REFUSED)
        peer.read_request()
        peer.send(whole(b"in"))

    with ScriptedServer(script, answering(whole(b"in"))) as server:
        assert _run(GlobusAuth(authorizer, server.origin), ("GET", server.origin, {})) == [(200, b"in")]
        assert [request["Authorization"] for request in server.requests] == ["Bearer token-1", "Bearer token-2"]
    assert authorizer.access_token == "token-2"


class Marked(RefreshTokenAuthorizer[Reply]):
    """Overrides what calls of globus-sdk's authorizers go through."""

    def get_authorization_header(self) -> str:
        return super().get_authorization_header() + "-marked"


def test_what_a_subclass_overrides_is_called() -> None:
    authorizer = Marked("refresh", FakeAuth())

    def script(peer: Peer) -> None:
        assert peer.read_request()["Authorization"] == "Bearer token-1-marked"
        peer.send(REFUSED)
        assert peer.read_request()["Authorization"] == "Bearer token-2-marked"
        peer.send(whole(b"in"))

    with ScriptedServer(script) as server:
        assert _run(GlobusAuth(authorizer, server.origin), ("GET", server.origin, {})) == [(200, b"in")]


def test_a_renewal_that_fails_after_a_401_leaves_no_connection_open() -> None:
    def no_more(number: int) -> None:
        if number > 1:
            raise LookupError("no more")

    authorizer = RefreshTokenAuthorizer("refresh", FakeAuth(no_more))

    def script(peer: Peer) -> None:
        peer.read_request()
        authorizer.expires_at = None  # so that it renews the token before it sends
        peer.send(head("401 Unauthorized", "Content-Length: 9"), b"abc")
        peer.wait_for_close()

    async def main(origin: str) -> None:
        async with aiohttp.ClientSession(middlewares=(GlobusAuth(authorizer, origin),)) as session:
            with pytest.raises(LookupError):
                await session.get(origin)
            assert await asyncio.to_thread(server.saw_close.wait, 5)

    authorizer.ensure_valid_token()
    with ScriptedServer(script) as server:
        asyncio.run(main(server.origin))


def test_a_401_that_stays_is_given_to_the_caller_with_its_body() -> None:
    with ScriptedServer(answering(REFUSED)) as server:
        auth = GlobusAuth(_tokens(), server.origin)
        assert _run(auth, ("GET", server.origin, {})) == [(401, b'{"code": "AuthenticationFailed"}')]
        assert [request["Authorization"] for request in server.requests] == ["Bearer token-1", "Bearer token-2"]
        assert server.connections == 1


def _form() -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(b"payload"), filename="f")
    return form


@pytest.mark.parametrize(
    "make",
    [lambda: b"payload", lambda: "payload", lambda: io.BytesIO(b"payload"), _form, lambda: {"a": "payload"}],
    ids=["bytes", "text", "file", "multipart", "form"],
)
def test_a_body_is_sent_again_after_a_401(make: Any) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"in"))) as server:
        auth = GlobusAuth(_tokens(), server.origin)
        assert _run(auth, ("POST", server.origin, {"data": make()})) == [(200, b"in")]
        first, second = server.requests
    assert b"payload" in first.body
    assert second.body == first.body
    assert [name for name, _ in second.fields] == [name for name, _ in first.fields]


def _pipe() -> Any:
    reading, writing = os.pipe()
    os.write(writing, b"payload")
    os.close(writing)
    return os.fdopen(reading, "rb")


async def _chunks() -> AsyncIterator[bytes]:
    yield b"pay"
    yield b"load"


@pytest.mark.parametrize("make", [_chunks, _pipe], ids=["iterator", "pipe"])
def test_a_body_that_is_gone_is_not_sent_again(make: Any) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"in"))) as server, ExitStack() as files:
        auth = GlobusAuth(_tokens(), server.origin)
        data = make()
        if make is _pipe:
            files.enter_context(data)
        assert _run(auth, ("POST", server.origin, {"data": data}))[0][0] == 401
        assert [request.body for request in server.requests] == [b"payload"]
        # The next request has a new token.
        _run(auth, ("GET", server.origin, {}))
        assert server.requests[1]["Authorization"] == "Bearer token-2"


def test_other_origins_see_nothing() -> None:
    auth = GlobusAuth(AccessTokenAuthorizer("t"), "https://transfer.api.globus.org", "http://127.0.0.1:1")
    with ScriptedServer(answering(whole())) as server:
        for host in (f"127.0.0.1:{server.port}", f"localhost:{server.port}"):
            _run(auth, ("GET", f"http://{host}/transfer.api.globus.org", {}))
        assert [request.values("Authorization") for request in server.requests] == [[], []]


def test_what_the_caller_says_to_other_origins_stays() -> None:
    with ScriptedServer(answering(whole())) as server:
        auth = GlobusAuth(AccessTokenAuthorizer("t"), "https://transfer.api.globus.org")
        _run(auth, ("GET", server.origin, {"headers": {"Authorization": "Bearer other"}}))
        assert server.requests[0]["Authorization"] == "Bearer other"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("place", ["port", "name"])
def test_a_redirect_to_another_origin_carries_nothing(status: str, place: str) -> None:
    with ScriptedServer(answering(whole(b"there"))) as other:
        elsewhere = other.origin if place == "port" else f"http://localhost:{other.port}"
        with ScriptedServer(answering(head(status, f"Location: {elsewhere}/x", "Content-Length: 0"))) as server:
            auth = GlobusAuth(AccessTokenAuthorizer("t"), server.origin)
            options = {"headers": {"X-Mine": "1"}}
            assert _run(auth, ("GET", server.origin, options)) == [(200, b"there")]
            assert server.requests[0]["Authorization"] == "Bearer t"
        (got,) = other.requests
    assert got.values("Authorization") == []
    assert got["X-Mine"] == "1"


def test_a_redirect_that_comes_back_has_the_credential_again() -> None:
    with ScriptedServer(answering(head("302 Found", "Location: /b", "Content-Length: 0"), whole(b"there"))) as server:
        auth = GlobusAuth(AccessTokenAuthorizer("t"), server.origin)
        assert _run(auth, ("GET", f"{server.origin}/a", {})) == [(200, b"there")]
        assert [(request.target, request["Authorization"]) for request in server.requests] == [
            ("/a", "Bearer t"),
            ("/b", "Bearer t"),
        ]


def test_a_token_endpoint_that_answers_401_is_an_error(
    globus: Sandbox, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    globus.faults.add(401, times=50, service="auth", path="/v2/oauth2/token")
    auth = GlobusAuth(authorizer, globus.transfer_url, globus.auth_url)
    with pytest.raises(AuthAPIError) as raised:
        _run(auth, ("GET", f"{globus.transfer_url}v0.10/task_list", {}))
    assert raised.value.http_status == 401
    assert globus.requests.count(service="auth") == 1
    assert globus.requests.count(service="transfer") == 0


def test_a_dead_login_says_so(globus: Sandbox, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    authorizer.refresh_token = "gone"
    with pytest.raises(LoginRequiredError):
        _run(GlobusAuth(authorizer, globus.transfer_url), ("GET", f"{globus.transfer_url}v0.10/task_list", {}))


class _ThroughTheSession(RenewingAuthorizer[Any]):
    """Gets its tokens through the session that it authorizes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session: Any = None
        self.loop: Any = None
        super().__init__()

    def _get_token_response(self) -> Any:
        assert threading.current_thread() is not threading.main_thread()
        return asyncio.run_coroutine_threadsafe(self._ask(), self.loop).result(5)

    async def _ask(self) -> Any:
        async with self.session.post(self.url, data=b"grant") as reply:
            if reply.status != 200:
                raise LookupError(f"the token endpoint says {reply.status}")
            document = await reply.json()
        return Reply(access_token=document["access_token"], expires_at_seconds=None)


def _with_grants_through_the_session(server: ScriptedServer) -> tuple[int, bytes]:
    authorizer = _ThroughTheSession(f"{server.origin}/token")

    async def main() -> tuple[int, bytes]:
        async with aiohttp.ClientSession(middlewares=(GlobusAuth(authorizer, server.origin),)) as session:
            authorizer.session, authorizer.loop = session, asyncio.get_running_loop()
            async with session.get(f"{server.origin}/guarded") as reply:
                return reply.status, await reply.read()

    return asyncio.run(asyncio.wait_for(main(), 10))


def _service(*, grants: bool) -> Any:
    def script(peer: Peer) -> None:
        while True:
            request = peer.read_request()
            if request.target == "/token" and grants:
                peer.send(whole(b'{"access_token": "new"}', "200 OK", "Content-Type: application/json"))
            elif request.target == "/token":
                peer.send(REFUSED)
            else:
                peer.send(whole(b"in") if request.values("Authorization") == ["Bearer new"] else REFUSED)

    return script


def test_a_token_may_come_through_the_same_session() -> None:
    with ScriptedServer(_service(grants=True)) as server:
        assert _with_grants_through_the_session(server) == (200, b"in")
        assert [(request.target, request.values("Authorization")) for request in server.requests] == [
            ("/token", []),
            ("/guarded", ["Bearer new"]),
        ]


def test_a_401_of_the_token_endpoint_does_not_come_back_to_itself() -> None:
    with ScriptedServer(_service(grants=False)) as server:
        with pytest.raises(LookupError, match="says 401"):
            _with_grants_through_the_session(server)
        assert [request.target for request in server.requests] == ["/token"]


@pytest.mark.parametrize("renews", [False, True])
def test_a_middleware_further_in_uses_the_session_as_anybody(renews: bool) -> None:
    sessions: list[aiohttp.ClientSession] = []

    async def asks_first(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        if request.url.path != "/policy":
            async with sessions[0].get(request.url.with_path("/policy")) as reply:
                assert await reply.read() == b"ok"
        return await handler(request)

    async def main(origin: str) -> None:
        auth = GlobusAuth(_tokens() if renews else AccessTokenAuthorizer("token-1"), origin)
        async with aiohttp.ClientSession(middlewares=(auth, asks_first)) as session:
            sessions.append(session)
            async with session.get(f"{origin}/x") as reply:
                assert reply.status == 200

    with ScriptedServer(answering(whole(b"ok"))) as server:
        asyncio.run(main(server.origin))
        assert [(request.target, request["Authorization"]) for request in server.requests] == [
            ("/policy", "Bearer token-1"),
            ("/x", "Bearer token-1"),
        ]


def test_the_exceptions_of_aiohttp_stay_its_own() -> None:
    def drop(peer: Peer) -> None:
        peer.read_request()

    with ScriptedServer(drop) as server, pytest.raises(aiohttp.ServerDisconnectedError):
        _run(GlobusAuth(AccessTokenAuthorizer("t"), server.origin), ("POST", server.origin, {"data": b"x"}))


def test_cancelling_closes_the_connection() -> None:
    asked = threading.Event()

    def script(peer: Peer) -> None:
        peer.read_request()
        asked.set()
        peer.wait_for_close()

    async def main(origin: str) -> None:
        auth = GlobusAuth(AccessTokenAuthorizer("t"), origin)
        async with aiohttp.ClientSession(middlewares=(auth,)) as session:
            task = asyncio.ensure_future(session.get(origin))
            assert await asyncio.to_thread(asked.wait, 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.saw_close.wait, 5)

    with ScriptedServer(script) as server:
        asyncio.run(main(server.origin))


def test_large_bodies_stay_on_the_wire() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 6"), b"abc")
        assert first_part_read.wait(5)
        peer.send(b"def")

    first_part_read = threading.Event()

    async def main(origin: str) -> bytes:
        auth = GlobusAuth(AccessTokenAuthorizer("t"), origin)
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(origin) as reply:
            first = await reply.content.readany()
            first_part_read.set()
            return first + b"|" + await reply.content.read()

    with ScriptedServer(script) as server:
        assert asyncio.run(main(server.origin)) == b"abc|def"


def test_who_may_see_it_has_to_be_said_once() -> None:
    authorizer = AccessTokenAuthorizer("secret-token")
    with pytest.raises(GlobusSDKUsageError, match="give the URL"):
        GlobusAuth(authorizer)
    with pytest.raises(GlobusSDKUsageError, match="bound already"):
        GlobusAuth(authorizer.bound_to("https://a.example.org"), "https://b.example.org")
    with pytest.raises(GlobusSDKUsageError, match="got a SimpleNamespace"):
        GlobusAuth(SimpleNamespace(), "https://a.example.org")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answers", [[whole(b"in")], [REFUSED, whole(b"in")], [REFUSED]], ids=["in", "renewed", "refused"]
)
def test_a_response_does_not_keep_the_credential(answers: list[bytes]) -> None:
    async def main(origin: str) -> aiohttp.ClientResponse:
        auth = GlobusAuth(_tokens(), origin)
        async with aiohttp.ClientSession(middlewares=(auth,)) as session, session.get(origin) as reply:
            return reply

    with ScriptedServer(answering(*answers)) as server:
        reply = asyncio.run(asyncio.wait_for(main(server.origin), 10))
        assert all(request.values("Authorization") for request in server.requests)
    assert "Host" in reply.request_info.headers
    assert "Authorization" not in reply.request_info.headers


def test_two_for_the_same_server_are_printed_differently() -> None:
    one, two = (GlobusAuth(_tokens(), "https://a.example.org") for _ in range(2))
    assert str(one) == str(two)
    assert repr(one) != repr(two)


def test_it_is_copied_and_printed_without_its_secret() -> None:
    auth = pickle.loads(pickle.dumps(GlobusAuth(AccessTokenAuthorizer("hush"), "https://a.example.org/x")))
    assert str(auth) == "AccessTokenAuthorizer for https://a.example.org only"
    assert "hush" not in repr(auth)
    with ScriptedServer(answering(whole())) as server:
        _run(
            pickle.loads(pickle.dumps(GlobusAuth(AccessTokenAuthorizer("t"), server.origin))),
            ("GET", server.origin, {}),
        )
        assert server.requests[0]["Authorization"] == "Bearer t"
