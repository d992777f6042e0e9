"""The terminal over aiohttp: what it sends, who owns the session, and what the session must not do by itself."""

from __future__ import annotations

import asyncio
import gzip
import pickle
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AiohttpTerminal,
    AsyncTransferClient,
    GlobusSDKUsageError,
    Request,
    Response,
    RetryConfig,
    StreamBody,
)
from globus_transport.terminals.aiohttp import direct
from globus_transport.testing.loopback_server import (
    ScriptedServer,
    answering,
    in_turn,
    whole,
)
from tests.terminals.aiohttp_running import RUNNERS, with_own
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture(params=RUNNERS)
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    return RUNNERS[request.param](monkeypatch)


def test_the_aiohttp_that_is_installed_is_known() -> None:
    assert direct.is_supported()


def test_what_is_sent_is_the_request_to_the_letter(run: Any) -> None:
    headers = [
        ("Accept", "a/b"),
        ("X-Two", "1"),
        ("x-two", "2"),
        ("Authorization", "Bearer t"),
        ("Content-Length", "7"),
    ]
    with ScriptedServer(answering(whole(b"ok"))) as server:
        url = f"{server.origin}/a%2Fb/../%7Ec?q=%20&r=a+b&s=é".replace("é", "%C3%A9")
        response = run(lambda terminal: terminal(Request("POST", url, headers, b"\x00body")))
        (got,) = server.requests
    assert response.body == b"ok"
    assert got.line == "POST /a%2Fb/../%7Ec?q=%20&r=a+b&s=%C3%A9 HTTP/1.1"
    assert got.body == b"\x00body"
    assert got.fields == [
        ("Host", f"127.0.0.1:{server.port}"),
        *headers[:4],
        ("Content-Length", "5"),
    ]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_method_that_may_have_a_body_says_that_there_is_none(run: Any, method: str) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(lambda terminal: terminal(Request(method, server.origin)))
        (got,) = server.requests
    assert got.fields == [("Host", f"127.0.0.1:{server.port}"), ("Content-Length", "0")]


def test_a_host_header_of_the_request_is_the_one_that_is_sent(run: Any) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(lambda terminal: terminal(Request("GET", server.origin, {"Host": "else.example.org"})))
        assert server.requests[0].fields == [("Host", "else.example.org")]


def test_neither_netrc_nor_what_the_session_knows_of_credentials_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    own = {"X-Session": "1", "Authorization": "Bearer of the session, to whatever origin"}

    async def main(origin: str) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        jar.update_cookies({"biscuit": "c"})
        async with aiohttp.ClientSession(trust_env=True, cookie_jar=jar) as session:
            await session.get(origin)  # so the .netrc file and the cookie jar work
            await AiohttpTerminal(session)(Request("GET", origin))
            await AiohttpTerminal(session)(Request("GET", origin, {"Authorization": "Bearer mine", "Cookie": "m=1"}))
        async with aiohttp.ClientSession(headers=own) as session:
            await AiohttpTerminal(session)(Request("GET", origin))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        asyncio.run(main(server.origin))
        seen = [(request.values("Authorization"), request.values("Cookie")) for request in server.requests]
        assert server.requests[3].values("X-Session") == ["1"]
    assert seen[0][0][0].startswith("Basic ")
    assert seen[0][1] == ["biscuit=c"]
    assert seen[1:] == [([], []), (["Bearer mine"], ["m=1"]), ([], [])]


def test_no_cookie_is_kept() -> None:
    async def main(origin: str) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            response = await AiohttpTerminal(session)(Request("GET", origin))
            assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
            assert len(session.cookie_jar) == 0
            await session.get(origin)
            assert len(session.cookie_jar) == 2

    with ScriptedServer(answering(whole(b"ok", "200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2"))) as server:
        asyncio.run(main(server.origin))


def test_the_middlewares_of_a_session_are_run() -> None:
    seen: list[str] = []

    async def watching(request: aiohttp.ClientRequest, handler: Any) -> aiohttp.ClientResponse:
        seen.append(request.headers["X-Mine"])
        response: aiohttp.ClientResponse = await handler(request)
        return response

    async def main(origin: str) -> None:
        async with aiohttp.ClientSession(middlewares=(watching,)) as session:
            await AiohttpTerminal(session)(Request("GET", origin, {"X-Mine": "1"}))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        asyncio.run(main(server.origin))
    assert seen == ["1"]


def test_a_session_that_raises_for_a_status_does_not_do_it_here() -> None:
    async def main(origin: str) -> Response:
        async with aiohttp.ClientSession(raise_for_status=True, auto_decompress=False) as session:
            return await AiohttpTerminal(session)(Request("GET", origin))

    packed = gzip.compress(b"no")
    with ScriptedServer(answering(whole(packed, "404 Not Here", "Content-Encoding: gzip"))) as server:
        response = asyncio.run(main(server.origin))
    assert (response.status, response.reason, response.body) == (404, "Not Here", b"no")


@pytest.mark.parametrize("length", [None, 9])
def test_a_body_is_streamed_up(run: Any, length: int | None) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        body = StreamBody.once(iter([b"one", b"two", b"", b"six"]), length)
        run(lambda terminal: terminal(Request("PUT", server.origin, body=body)))
        (got,) = server.requests
    assert got.body == b"onetwosix"
    assert got.values("Content-Length") == ([] if length is None else ["9"])
    assert got.values("Content-Type") == []


def test_a_body_that_blocks_does_not_hold_up_the_loop(run: Any) -> None:
    threads: list[int] = []

    def slow() -> Iterator[bytes]:
        for part in (b"a", b"b"):
            threads.append(threading.get_ident())
            time.sleep(0.2)
            yield part

    async def use(terminal: AiohttpTerminal) -> int:
        sending = asyncio.ensure_future(terminal(Request("PUT", server.origin, body=StreamBody.once(slow()))))
        ticks = 0
        while not sending.done():
            await asyncio.sleep(0.01)
            ticks += 1
        await sending
        return ticks

    with ScriptedServer(answering(whole(b"ok"))) as server:
        assert run(use) > 20
        assert server.requests[0].body == b"ab"
    assert threading.get_ident() not in threads


def test_a_large_body_and_a_file_arrive_whole(run: Any, tmp_path: Path) -> None:
    large = bytes(range(256)) * 9000
    file = tmp_path / "file"
    file.write_bytes(large)

    async def use(terminal: AiohttpTerminal) -> None:
        await terminal(Request("PUT", server.origin, body=large))
        await terminal(Request("PUT", server.origin, body=StreamBody.file(str(file))))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(use)
        assert [request.body == large for request in server.requests] == [True, True]
        assert [request["Content-Length"] for request in server.requests] == [str(len(large))] * 2


def test_a_proxy_of_the_environment_is_used_by_the_own_session(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(answering(whole(b"by proxy"))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://me:pw@127.0.0.1:{proxy.port}")
        response = with_own(lambda terminal: terminal(Request("GET", "http://far.example.org/x")))
        (got,) = proxy.requests
    assert response.body == b"by proxy"
    assert got.line == "GET http://far.example.org/x HTTP/1.1"
    assert got["Proxy-Authorization"] == "Basic bWU6cHc="
    assert got["Host"] == "far.example.org"


def test_it_serves_one_event_loop_after_the_other() -> None:
    terminal = AiohttpTerminal()

    async def main(origin: str) -> bytes:
        response = await terminal(Request("GET", origin))
        await terminal.close()
        again = await terminal(Request("GET", origin))
        await terminal.close()
        return response.body + again.body

    with ScriptedServer(answering(whole(b"ok"))) as server:
        assert [asyncio.run(main(server.origin)) for _ in range(2)] == [b"okok", b"okok"]


@pytest.mark.parametrize(
    "settings", [{"http_timeout": 0}, {"connect_timeout": -1}, {"session": object()}, {"pool_size": 0}]
)
def test_settings_that_are_no_use(settings: dict[str, Any]) -> None:
    with pytest.raises(GlobusSDKUsageError, match=next(iter(settings))):
        AiohttpTerminal(**settings)


def test_settings_that_are_the_sessions_own() -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(GlobusSDKUsageError, match="on its connector"):
                AiohttpTerminal(session, verify_ssl=False)
            with pytest.raises(GlobusSDKUsageError, match="cannot be pickled"):
                pickle.dumps(AiohttpTerminal(session))

    asyncio.run(main())


def test_it_is_pickled_as_a_recipe() -> None:
    terminal = pickle.loads(pickle.dumps(AiohttpTerminal(http_timeout=7, connect_timeout=2, pool_size=3)))
    assert str(terminal) == "aiohttp, up to 3 connections, TLS verified, time-out 7 s"
    assert terminal.connect_timeout == 2


def test_under_a_client(run: Any) -> None:
    async def use(terminal: AiohttpTerminal) -> list[Any]:
        client = AsyncTransferClient(
            base_url=server.origin,
            authorizer=AccessTokenAuthorizer("t"),
            terminal=terminal,
            retry_config=RetryConfig(max_retries=0),
        )
        assert "aiohttp" in str(client.stack)
        first = (await client.get_task("x"))["status"]
        await client.close()  # not the terminal, which is the user's
        return [first, (await client.get_task("x"))["status"]]

    with ScriptedServer(in_turn(*[whole(b'{"status": "ACTIVE"}')] * 2)) as server:
        assert run(use) == ["ACTIVE", "ACTIVE"]
        assert [request["Authorization"] for request in server.requests] == ["Bearer t"] * 2
