"""The terminals over clients of httpx and httpx2."""

from __future__ import annotations

import asyncio
import gzip
import pickle
import socket
import time
import traceback
import zlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncHttpxTerminal,
    AsyncTransferClient,
    GlobusConnectionError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    HttpxTerminal,
    RefreshTokenAuthorizer,
    ReplyFormatError,
    Request,
    Response,
    StreamBody,
    TransferClient,
    TransferScopes,
)
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.sandbox import Sandbox
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, once, silent, whole
from tests.core.stepping import FakeAuth
from tests.terminals.fresh_terminal import forget_proxies


class World:
    """One of the two modules, sync or async: sends one request and reads its body."""

    def __init__(self, library: ModuleType, is_async: bool) -> None:
        self.library: Any = library
        self.is_async = is_async

    def send(self, *requests: Request, http_timeout: float | None = 10, **settings: Any) -> list[Response]:
        if not self.is_async:
            with self.library.Client(**settings) as client:
                terminal = HttpxTerminal(client, http_timeout=http_timeout)
                return [_read(terminal(request)) for request in requests]

        async def main() -> list[Response]:
            async with self.library.AsyncClient(**settings) as client:
                terminal = AsyncHttpxTerminal(client, http_timeout=http_timeout)
                return [await _read_async(await terminal(request)) for request in requests]

        return asyncio.run(main())


def _read(response: Response) -> Response:
    if isinstance(response.stream, ByteStream):
        return Response(response.status, response.headers, b"".join(response.stream), None, response.reason)
    return response


async def _read_async(response: Response) -> Response:
    if isinstance(response.stream, AsyncByteStream):
        body = b"".join([chunk async for chunk in response.stream])
        return Response(response.status, response.headers, body, None, response.reason)
    return response


WORLDS = {
    f"{library.__name__}{', async' if is_async else ''}": World(library, is_async)
    for library in (httpx, httpx2)
    for is_async in (False, True)
}
in_every_world: Callable[..., Any] = pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def get(url: str, **fields: Any) -> Request:
    return Request("GET", url, **fields)


@in_every_world
def test_what_is_sent_is_the_request_and_nothing_else(world: World) -> None:
    headers = [("Accept", "a/b"), ("X-Two", "1"), ("x-two", "2"), ("Authorization", "Bearer t")]
    settings: dict[str, Any] = {
        "headers": {"X-Client": "1"}, "cookies": {"biscuit": "c"}, "auth": ("user", "password"), "params": {"p": "1"},
    }  # fmt: skip
    with ScriptedServer(answering(whole(b"ok"))) as server:
        world.send(Request("POST", f"{server.origin}/a%2Fb/%7Ec?q=%20&r=a+b", headers, b"\x00body"), **settings)
        (got,) = server.requests
    assert got.line == "POST /a%2Fb/%7Ec?q=%20&r=a+b HTTP/1.1"
    assert got.body == b"\x00body"
    sent = [(name.lower(), value) for name, value in got.fields if name.lower() not in ("host", "content-length")]
    assert sent == [("accept", "a/b"), ("x-two", "1"), ("x-two", "2"), ("authorization", "Bearer t")]


@in_every_world
@pytest.mark.parametrize("stream", [True, False])
def test_what_comes_back(world: World, stream: bool) -> None:
    body = gzip.compress(b"hello")
    answer = head(
        "203 Hm", f"Content-Length: {len(body)}", "Content-Encoding: gzip", "Set-Cookie: a=1", "Set-Cookie: b=2"
    )
    with ScriptedServer(answering(answer + body)) as server:
        first, second = world.send(*[get(server.origin, stream=stream)] * 2)
        assert server.requests[1].values("Cookie") == []
        assert server.connections == 1
    assert (first.status, first.reason, first.body) == (203, "Hm", b"hello")
    assert [value for name, value in first.headers.pairs if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    assert second.body == b"hello"


@in_every_world
@pytest.mark.parametrize("length", [None, 4])
def test_bodies_in_parts(world: World, length: int | None) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        world.send(Request("PUT", server.origin, body=StreamBody.once([b"ab", b"", b"cd"], length)))
        (got,) = server.requests
    assert got.body == b"abcd"
    assert (got.values("Content-Length"), got.values("Transfer-Encoding")) == (
        (["4"], []) if length else ([], ["chunked"])
    )


@in_every_world
@pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "503 Unavailable"])
def test_nothing_by_itself(world: World, status: str) -> None:
    with ScriptedServer(answering(whole(b"no", status, "Location: /there"))) as server:
        (response,) = world.send(get(server.origin), follow_redirects=True, auth=("user", "password"))
        assert response.status == int(status[:3])
        assert len(server.requests) == 1
        assert server.requests[0].values("Authorization") == []


@in_every_world
def test_errors(world: World) -> None:
    with ScriptedServer(silent) as server:
        with pytest.raises(GlobusTimeoutError) as timed_out:
            world.send(get(server.origin), http_timeout=0.1)
        assert isinstance(timed_out.value.__cause__, world.library.ReadTimeout)
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            world.send(get(server.origin, deadline=time.monotonic() + 0.1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(GlobusConnectionError) as refused:
        world.send(get(f"http://127.0.0.1:{port}/"))
    assert not refused.value.request_began
    for answer in (b"", b"SSH-2.0-x\r\n\r\n", head("200 OK", "Content-Length: 10") + b"abc"):

        def script(peer: Peer, answer: bytes = answer) -> None:
            peer.read_request()
            peer.send(answer)

        with ScriptedServer(script) as server, pytest.raises(GlobusConnectionError) as broken:
            world.send(get(server.origin))
        assert broken.value.request_began
    with (
        ScriptedServer(answering(whole(b"not gzip", "200 OK", "Content-Encoding: gzip"))) as server,
        pytest.raises(ReplyFormatError),
    ):
        world.send(get(server.origin))


def _slow_head(peer: Peer) -> None:
    peer.read_request()
    peer.pause(0.7)
    peer.send(head("200 OK", "Content-Length: 10"))
    peer.hold()


def _slow_body(peer: Peer) -> None:
    peer.read_request()
    peer.send(head("200 OK", "Content-Length: 10"))
    peer.pause(0.7)
    peer.send(b"x")
    peer.hold()


def _dripping_head(peer: Peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\n")
    peer.pause(0.7)
    peer.send(b"X-Part: 1\r\n")
    peer.hold()


def _check_deadline(world: World, script: Any, stream: bool) -> None:
    with ScriptedServer(script) as server:
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            world.send(get(server.origin, stream=stream, deadline=started + 0.8))
        assert time.monotonic() - started < 1.2


@in_every_world
@pytest.mark.parametrize("stream", [True, False])
def test_a_deadline_holds_for_head_and_body_together(world: World, stream: bool) -> None:
    _check_deadline(world, _slow_head, stream)


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("script", [_dripping_head, _slow_body])
@pytest.mark.parametrize("stream", [True, False])
def test_under_asyncio_a_deadline_holds_however_slowly_it_comes(library: Any, script: Any, stream: bool) -> None:
    # Under threads, httpx restarts its time limit with each read.
    _check_deadline(WORLDS[f"{library.__name__}, async"], script, stream)


@in_every_world
def test_a_time_out_of_the_body_s_source_is_its_own(world: World) -> None:
    def parts() -> Any:
        yield b"ab"
        raise TimeoutError("the disk is slow")

    body = StreamBody.once(parts())
    with ScriptedServer(answering(whole(b"ok"))) as server, pytest.raises(TimeoutError, match="the disk is slow"):
        world.send(Request("PUT", server.origin, body=body, deadline=time.monotonic() + 10))


@in_every_world
def test_a_long_error_body_is_cut(world: World) -> None:
    with ScriptedServer(answering(whole(b"x" * (3 << 20), "500 Oops"))) as server:
        (response,) = world.send(get(server.origin))
    assert (len(response.body), response.truncated) == (1 << 20, True)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_cancelling_lets_go_of_the_connection_at_once(library: Any) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.wait_for_close()

    async def main(server: ScriptedServer) -> None:
        async with library.AsyncClient() as client:
            terminal = AsyncHttpxTerminal(client, http_timeout=None)
            task = asyncio.create_task(terminal(get(server.origin)))
            while not server.requests:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.saw_close.wait, 5)

    with ScriptedServer(script) as server:
        asyncio.run(main(server))


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_clients_over_it(library: Any) -> None:
    with Sandbox() as globus:
        authorizer = AccessTokenAuthorizer(globus.issue_token(TransferScopes.all).access_token)
        with library.Client() as host:
            terminal = HttpxTerminal(host)
            with TransferClient(authorizer=authorizer, base_url=globus.transfer_url, terminal=terminal) as client:
                assert client.task_list()["DATA"] == []
            assert not host.is_closed

        async def main() -> None:
            async with library.AsyncClient() as host:
                terminal = AsyncHttpxTerminal(host)
                async with AsyncTransferClient(
                    authorizer=authorizer, base_url=globus.transfer_url, terminal=terminal
                ) as client:
                    replies = await asyncio.gather(*(client.task_list() for _ in range(10)))
                assert all(reply["DATA"] == [] for reply in replies)

        asyncio.run(main())


def test_wrong_uses_and_print() -> None:
    with httpx.Client() as client:
        terminal = HttpxTerminal(client, http_timeout=5)
        assert str(terminal) == "httpx.Client of the program, time-out 5 s"
        with pytest.raises(GlobusSDKUsageError, match="cannot be pickled"):
            pickle.dumps(terminal)
        with pytest.raises(GlobusSDKUsageError, match=r"expected an httpx\.AsyncClient, got a Client"):
            AsyncHttpxTerminal(client)  # type: ignore[arg-type]
        with pytest.raises(GlobusSDKUsageError, match="http_timeout=0"):
            HttpxTerminal(client, http_timeout=0)
    with pytest.raises(GlobusSDKUsageError, match="is closed"):
        terminal(get("http://127.0.0.1:9/"))
    with pytest.raises(GlobusSDKUsageError, match="got a NoneType"):
        HttpxTerminal(None)  # type: ignore[arg-type]


SECRET = "hush"


def _raises_for_status(world: World, *, reads: bool) -> Any:
    """The client's settings."""

    def hook(reply: Any) -> None:
        if reads:
            reply.read()
        reply.raise_for_status()

    async def async_hook(reply: Any) -> None:
        if reads:
            await reply.aread()
        reply.raise_for_status()

    return {"event_hooks": {"response": [async_hook if world.is_async else hook]}}


@in_every_world
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "404 Not Found", "503 Unavailable"])
def test_a_hook_that_reads_and_raises_for_a_status_changes_nothing(world: World, status: str, stream: bool) -> None:
    with ScriptedServer(answering(whole(b"no", status, "X-Say: more"))) as server:
        (response,) = world.send(get(server.origin, stream=stream), **_raises_for_status(world, reads=True))
    assert (response.status, response.headers["X-Say"], response.body) == (int(status[:3]), "more", b"no")
    assert not response.truncated


@in_every_world
@pytest.mark.parametrize("stream", [True, False])
def test_a_hook_that_loses_the_body_is_named(world: World, stream: bool) -> None:
    said = r"response hook .*hook raised for status 404, .* call "
    said += r"await response\.aread\(\)" if world.is_async else r"response\.read\(\)"
    with ScriptedServer(answering(whole(b"no", "404 Not Found"))) as server:
        request = get(f"{server.origin}?code={SECRET}", stream=stream)
        with pytest.raises(GlobusSDKUsageError, match=said) as raised:
            world.send(request, **_raises_for_status(world, reads=False))
        assert len(server.requests) == 1
    assert SECRET not in "".join(traceback.format_exception(raised.value))


@in_every_world
@pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized"])
def test_where_the_head_is_enough_a_hook_may_lose_the_body(world: World, status: str) -> None:
    with ScriptedServer(answering(whole(b"no", status, "Location: /there"))) as server:
        (response,) = world.send(get(server.origin), **_raises_for_status(world, reads=False))
    assert (response.status, response.headers["Location"]) == (int(status[:3]), "/there")
    assert (response.body, response.truncated) == (b"", True)


def test_under_a_hook_that_raises_for_a_status_nothing_is_repeated_and_a_token_is_renewed() -> None:
    refused = whole(b"no", "401 Unauthorized")
    task = whole(b'{"status": "ACTIVE"}', "200 OK", "Content-Type: application/json")
    missing = whole(b'{"code": "TaskNotFound"}', "404 Not Found", "Content-Type: application/json")
    settings = _raises_for_status(WORLDS["httpx"], reads=False)
    # A connection for each, because httpx closes the response if a hook raises.
    scripts = (once(refused), answering(task, missing))
    with ScriptedServer(*scripts) as server, httpx.Client(**settings) as host:
        authorizer = RefreshTokenAuthorizer("refresh", FakeAuth())  # gives token-1, token-2 ...
        client = TransferClient(authorizer=authorizer, base_url=server.origin, terminal=HttpxTerminal(host))
        assert client.get_task("a")["status"] == "ACTIVE"
        with pytest.raises(GlobusSDKUsageError, match="response hook"):
            client.get_task("b")
        seen = [request["Authorization"] for request in server.requests]
    assert seen == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("status", ["200 OK", "302 Found"])
def test_nested_codings_do_not_fill_memory(library: Any, status: str) -> None:
    body = zlib.compress(bytes(64 << 20))
    for _ in range(2):
        body = gzip.compress(body)
    answer = whole(body, status, "Content-Encoding: deflate, gzip, gzip")

    async def under_asyncio(origin: str) -> None:
        async with library.AsyncClient() as client:
            await AsyncHttpxTerminal(client)(Request("GET", origin))

    with ScriptedServer(answering(answer)) as server, library.Client() as client:
        if status == "302 Found":
            response = HttpxTerminal(client)(Request("GET", server.origin))
            assert (response.truncated, len(response.body)) == (True, 1 << 20)
            return
        with pytest.raises(ReplyFormatError, match="by their codings"):
            HttpxTerminal(client)(Request("GET", server.origin))
        with pytest.raises(ReplyFormatError, match="by their codings"):
            asyncio.run(under_asyncio(server.origin))
