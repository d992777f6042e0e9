"""The terminal over aiohttp: what it sends, what it makes of answers, and what a session may not do by itself."""

from __future__ import annotations

import asyncio
import gzip
import pickle
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AiohttpTerminal,
    AsyncByteStream,
    AsyncStack,
    AsyncTransferClient,
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    Redirect,
    ReplyFormatError,
    Request,
    Response,
    RetryConfig,
    StreamBody,
)
from globus_transport.terminals import aiohttp_direct
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies
from tests.terminals.scripted_server import (
    Peer,
    ScriptedServer,
    answering,
    head,
    in_turn,
    once,
    silent,
    whole,
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def _with_own(use: Callable[[AiohttpTerminal], Awaitable[Any]], **settings: Any) -> Any:
    async def main() -> Any:
        async with AiohttpTerminal(**{"http_timeout": 5.0, **settings}) as terminal:
            return await use(terminal)

    return asyncio.run(main())


def _with_session(use: Callable[[AiohttpTerminal], Awaitable[Any]], **settings: Any) -> Any:
    async def main() -> Any:
        async with aiohttp.ClientSession() as session:
            return await use(AiohttpTerminal(session, **{"http_timeout": 5.0, **settings}))

    return asyncio.run(main())


@pytest.fixture(params=["own session", "own session, no short way", "session of the program"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "session of the program":
        return _with_session
    if request.param == "own session, no short way":
        # As with an aiohttp whose connections are not as they are known.
        monkeypatch.setattr("globus_transport.terminals.aiohttp_sessions.is_known", lambda: False)
    return _with_own


def test_the_aiohttp_that_is_installed_is_known() -> None:
    assert aiohttp_direct.is_known()


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
            await session.get(origin)  # so the file and the jar are read
            await AiohttpTerminal(session)(Request("GET", origin))
            await AiohttpTerminal(session)(Request("GET", origin, {"Authorization": "Bearer mine", "Cookie": "m=1"}))
        async with aiohttp.ClientSession(headers=own) as session:
            await AiohttpTerminal(session)(Request("GET", origin))

    with ScriptedServer(answering(whole(b"ok"))) as server:
        asyncio.run(main(server.origin))
        seen = [(one.values("Authorization"), one.values("Cookie")) for one in server.requests]
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


@pytest.mark.parametrize("stream", [False, True])
def test_bodies_are_decoded_and_repeated_headers_kept(run: Any, stream: bool) -> None:
    packed = gzip.compress(b"abc" * 50_000)

    async def use(terminal: AiohttpTerminal) -> Response:
        response = await terminal(Request("GET", server.origin, stream=stream))
        if stream:
            assert isinstance(response.stream, AsyncByteStream)
            assert b"".join([chunk async for chunk in response.stream]) == b"abc" * 50_000
            with pytest.raises(GlobusSDKUsageError, match="closed before"):
                await response.stream.read()
        else:
            assert response.body == b"abc" * 50_000
        return response

    fields = ("Content-Encoding: gzip", "X-One: a", "Set-Cookie: a=1", "Set-Cookie: b=2")
    with ScriptedServer(answering(whole(packed, "200 Fine", *fields))) as server:
        response = run(use)
    assert (response.status, response.reason) == (200, "Fine")
    assert response.headers.pairs[1:] == (
        ("Content-Encoding", "gzip"),
        ("X-One", "a"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )


def test_a_body_that_is_not_in_its_encoding(run: Any) -> None:
    with (
        ScriptedServer(answering(whole(b"plain", "200 OK", "Content-Encoding: gzip"))) as server,
        pytest.raises(ReplyFormatError, match="encoding"),
    ):
        run(lambda terminal: terminal(Request("GET", server.origin)))


def test_the_first_bytes_of_a_stream(run: Any) -> None:
    def endless(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 1000000"), b"x" * 1000)
        peer.wait_for_close()

    async def use(terminal: AiohttpTerminal) -> bytes:
        response = await terminal(Request("GET", server.origin, stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        return await response.stream.read(10)

    with ScriptedServer(endless) as server:
        assert run(use) == b"x" * 10
        assert server.saw_close.wait(5)


def test_a_long_error_body_is_cut(run: Any) -> None:
    with ScriptedServer(answering(whole(b"x" * ((1 << 20) + 5), "500 Oh"))) as server:
        response = run(lambda terminal: terminal(Request("GET", server.origin)))
    assert len(response.body) == 1 << 20
    assert response.truncated


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
        assert [one.body == large for one in server.requests] == [True, True]
        assert [one["Content-Length"] for one in server.requests] == [str(len(large))] * 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (StreamBody.once([b"too long"], 3), GlobusSDKUsageError),
        (StreamBody.once([b"no"], 3), GlobusSDKUsageError),
        (StreamBody(lambda: [Path("/nonexistent").read_bytes()]), FileNotFoundError),
    ],
)
def test_what_a_body_raises_is_raised_as_it_is(run: Any, body: StreamBody, kind: type[Exception]) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server, pytest.raises(kind):
        run(lambda terminal: terminal(Request("PUT", server.origin, body=body)))


def test_redirects_are_for_the_layers(run: Any) -> None:
    with ScriptedServer(answering(head("302 Found", "Location: /x", "Content-Length: 0"), whole(b"there"))) as server:
        assert run(lambda terminal: terminal(Request("GET", server.origin))).status == 302
        assert len(server.requests) == 1
        followed = run(lambda terminal: AsyncStack(terminal, [Redirect()]).send(Request("GET", server.origin)))
        assert followed.body == b"there"


def test_no_connection_says_that_nothing_began(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(GlobusConnectionError, match="no connection to") as raised:
        run(lambda terminal: terminal(Request("GET", f"http://127.0.0.1:{port}/?code=hush")))
    assert raised.value.request_began is False
    assert isinstance(raised.value.__cause__, aiohttp.ClientConnectorError)
    assert "hush" not in str(raised.value)


def test_a_connection_that_takes_too_long() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = []
        try:
            for _ in range(8):  # nobody accepts: the queue of the listener is full, and a further one waits
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
                fillers.append(filler)
            with pytest.raises(GlobusConnectionTimeoutError, match=r"within 0\.2 s") as raised:
                _with_own(lambda terminal: terminal(Request("GET", f"http://127.0.0.1:{port}")), connect_timeout=0.2)
        finally:
            for filler in fillers:
                filler.close()
    assert raised.value.request_began is False


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_dropped_connection_may_have_begun_and_nothing_is_sent_twice(run: Any, method: str) -> None:
    def drop(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    with ScriptedServer(drop) as server:
        with pytest.raises(GlobusConnectionError) as raised:
            run(lambda terminal: terminal(Request(method, server.origin, body=None if method == "GET" else b"x")))
        assert raised.value.request_began is True
        assert len(server.requests) == 1


def test_a_server_that_closes_without_an_answer_is_asked_once(run: Any) -> None:
    async def use(terminal: AiohttpTerminal) -> None:
        assert (await terminal(Request("GET", server.origin))).body == b"ok"
        with pytest.raises(GlobusConnectionError, match="without an answer"):
            await terminal(Request("GET", server.origin))

    def answer_and_go(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b"ok"))
        peer.read_request()

    with ScriptedServer(answer_and_go) as server:
        run(use)
        assert len(server.requests) == 2


def test_what_is_not_http(run: Any) -> None:
    with (
        ScriptedServer(once(b"SSH-2.0-OpenSSH_9\r\n\r\n")) as server,
        pytest.raises(GlobusConnectionError, match="not HTTP"),
    ):
        run(lambda terminal: terminal(Request("GET", server.origin)))


@pytest.mark.parametrize("parts", [(), (head("200 OK", "Content-Length: 9"), b"abc")], ids=["head", "body"])
def test_a_server_that_falls_silent(run: Any, parts: tuple[bytes, ...]) -> None:
    def falls_silent(peer: Peer) -> None:
        peer.read_request()
        peer.send(*parts)
        peer.hold()

    with ScriptedServer(falls_silent) as server, pytest.raises(GlobusTimeoutError, match=r"within 0\.2 s") as raised:
        run(lambda terminal: terminal(Request("GET", server.origin)), http_timeout=0.2)
    assert raised.value.request_began is True


def test_a_server_that_does_not_take_the_body(run: Any) -> None:
    def reads_the_head(peer: Peer) -> None:
        peer.read_head()
        peer.hold()

    with ScriptedServer(reads_the_head) as server, pytest.raises(GlobusTimeoutError, match="did not take"):
        run(lambda terminal: terminal(Request("PUT", server.origin, body=bytes(30_000_000))), http_timeout=0.3)


def test_the_deadline_cuts_the_time_out(run: Any) -> None:
    with ScriptedServer(silent) as server, pytest.raises(GlobusTimeoutError, match="deadline"):
        run(lambda terminal: terminal(Request("GET", server.origin, deadline=time.monotonic() + 0.1)))


def test_the_deadline_counts_for_the_reading_of_a_stream(run: Any) -> None:
    def drops(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 1000"))
        for _ in range(100):
            peer.send(b"x")
            peer.pause(0.03)

    async def use(terminal: AiohttpTerminal) -> None:
        response = await terminal(Request("GET", server.origin, stream=True, deadline=time.monotonic() + 0.3))
        assert isinstance(response.stream, AsyncByteStream)
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            await response.stream.read()

    with ScriptedServer(drops) as server:
        run(use)


def test_a_body_that_breaks_off(run: Any) -> None:
    with (
        ScriptedServer(once(head("200 OK", "Content-Length: 9"), b"abc")) as server,
        pytest.raises(GlobusConnectionError, match="middle of the body"),
    ):
        run(lambda terminal: terminal(Request("GET", server.origin)))


def test_interim_responses_are_passed_over(run: Any) -> None:
    early = head("103 Early Hints", "Link: </x>") + head("100 Continue")
    with ScriptedServer(answering(early + whole(b"ok"))) as server:
        assert run(lambda terminal: terminal(Request("GET", server.origin))).body == b"ok"


def test_a_head_request_has_no_body_and_keeps_its_connection(run: Any) -> None:
    async def use(terminal: AiohttpTerminal) -> list[bytes]:
        return [(await terminal(Request(method, server.origin))).body for method in ("HEAD", "GET")]

    with ScriptedServer(answering(head("200 OK", "Content-Length: 2"), whole(b"ok"))) as server:
        assert run(use) == [b"", b"ok"]
        assert server.connections == 1


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_status_that_has_no_body(run: Any, status: str) -> None:
    async def use(terminal: AiohttpTerminal) -> list[bytes]:
        return [(await terminal(Request("GET", server.origin))).body for _ in range(2)]

    with ScriptedServer(answering(head(status, "ETag: x"), whole(b"ok"))) as server:
        assert run(use) == [b"", b"ok"]


def test_a_body_may_end_with_the_connection_or_in_chunks(run: Any) -> None:
    async def use(terminal: AiohttpTerminal) -> list[bytes]:
        return [(await terminal(Request("GET", server.origin))).body for _ in range(2)]

    chunked = head("200 OK", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
    with ScriptedServer(once(head("200 OK", "Connection: close"), b"to the end"), answering(chunked)) as server:
        assert run(use) == [b"to the end", b"abcde"]


def test_a_long_line_of_the_head_is_taken(run: Any) -> None:
    with ScriptedServer(answering(whole(b"ok", "200 OK", f"X-Long: {'x' * 20_000}"))) as server:
        assert len(run(lambda terminal: terminal(Request("GET", server.origin))).headers["X-Long"]) == 20_000


def test_one_connection_serves_many_calls(run: Any) -> None:
    async def use(terminal: AiohttpTerminal) -> None:
        for stream in (False, True, False):
            response = await terminal(Request("GET", server.origin, stream=stream))
            if response.stream is not None:
                assert isinstance(response.stream, AsyncByteStream)
                await response.stream.read()

    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(use)
        assert server.connections == 1


def test_tls_is_verified(authority: Authority) -> None:
    tls = authority.server_context("127.0.0.1")
    with ScriptedServer(answering(whole(b"ok")), tls=tls) as server:
        request = Request("GET", server.origin)
        for verify in (str(authority.file), False):
            assert _with_own(lambda terminal: terminal(request), verify_ssl=verify).body == b"ok"
        with pytest.raises(GlobusConnectionError, match="CERTIFICATE_VERIFY_FAILED") as raised:
            _with_own(lambda terminal: terminal(request))
    assert raised.value.request_began is False
    assert isinstance(raised.value.__cause__, ssl.SSLError)


def test_a_proxy_of_the_environment_is_used_by_the_own_session(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(answering(whole(b"by proxy"))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://me:pw@127.0.0.1:{proxy.port}")
        response = _with_own(lambda terminal: terminal(Request("GET", "http://far.example.org/x")))
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


def test_a_closed_session_is_named() -> None:
    async def main() -> None:
        session = aiohttp.ClientSession()
        await session.close()
        with pytest.raises(GlobusSDKUsageError, match="session of the terminal is closed"):
            await AiohttpTerminal(session)(Request("GET", "http://127.0.0.1:9"))

    asyncio.run(main())


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
        assert [one["Authorization"] for one in server.requests] == ["Bearer t"] * 2
