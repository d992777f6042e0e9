"""The terminal over aiohttp: the exceptions without a response, and their messages."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from globus_transport import (
    AiohttpTerminal,
    AsyncByteStream,
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    Request,
    StreamBody,
)
from globus_transport.testing.loopback_server import (
    Peer,
    ScriptedServer,
    answering,
    head,
    once,
    silent,
    whole,
)
from tests.terminals.aiohttp_running import RUNNERS, with_own, with_session
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture(params=RUNNERS)
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    return RUNNERS[request.param](monkeypatch)


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
            for _ in range(8):  # the server accepts none: the queue of its listener fills up, and the next one waits
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
                fillers.append(filler)
            with pytest.raises(GlobusConnectionTimeoutError, match=r"within 0\.2 s") as raised:
                with_own(lambda terminal: terminal(Request("GET", f"http://127.0.0.1:{port}")), connect_timeout=0.2)
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
        run(lambda terminal: terminal(Request("GET", server.origin)), http_timeout=0.2, connect_timeout=5)
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


def test_tls_is_verified(authority: Authority) -> None:
    tls = authority.server_context("127.0.0.1")
    with ScriptedServer(answering(whole(b"ok")), tls=tls) as server:
        request = Request("GET", server.origin)
        for verify in (str(authority.file), False):
            assert with_own(lambda terminal: terminal(request), verify_ssl=verify).body == b"ok"
        with pytest.raises(GlobusConnectionError, match="CERTIFICATE_VERIFY_FAILED") as raised:
            with_own(lambda terminal: terminal(request))
    assert raised.value.request_began is False
    assert isinstance(raised.value.__cause__, ssl.SSLError)


def test_a_closed_session_is_named() -> None:
    async def main() -> None:
        session = aiohttp.ClientSession()
        await session.close()
        with pytest.raises(GlobusSDKUsageError, match="session of the terminal is closed"):
            await AiohttpTerminal(session)(Request("GET", "http://127.0.0.1:9"))

    asyncio.run(main())


def test_a_session_of_another_event_loop_is_named() -> None:
    async def open_session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    async def send(session: aiohttp.ClientSession) -> None:
        with pytest.raises(GlobusSDKUsageError, match="another event loop"):
            await AiohttpTerminal(session)(Request("GET", "http://127.0.0.1:9"))

    with asyncio.Runner() as first:
        session = first.run(open_session())
        asyncio.run(send(session))
        first.run(session.close())


def test_a_connection_that_is_lost_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = aiohttp.TCPConnector.connect

    async def lose(self: aiohttp.TCPConnector, *args: Any) -> Any:
        connection = await connect(self, *args)
        assert connection.transport is not None
        connection.transport.abort()
        await asyncio.sleep(0.01)
        return connection

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", lose)
    with ScriptedServer(silent) as server, pytest.raises(GlobusConnectionError, match="without an answer"):
        with_own(lambda terminal: terminal(Request("GET", server.origin)))


@pytest.mark.parametrize("has_deadline", [False, True])
def test_the_wait_for_a_free_connection_ends_with_the_time_for_connecting(run: Any, has_deadline: bool) -> None:
    def keeps_sending(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 1000"), b"x")
        peer.hold()

    async def use(terminal: AiohttpTerminal) -> None:
        if terminal.session is not None:
            assert terminal.session.connector is not None
            terminal.session.connector._limit = 1
        deadline = time.monotonic() + 5 if has_deadline else None
        first = await terminal(Request("GET", server.origin, stream=True))
        assert isinstance(first.stream, AsyncByteStream)
        started = time.monotonic()
        async with asyncio.timeout(3):
            with pytest.raises(GlobusConnectionTimeoutError, match=r"within 0\.2 s") as raised:
                await terminal(Request("GET", server.origin, deadline=deadline))
        assert time.monotonic() - started >= 0.2
        assert raised.value.request_began is False
        await first.stream.close()

    settings = {} if run is with_session else {"pool_size": 1}
    with ScriptedServer(keeps_sending) as server:
        run(use, connect_timeout=0.2, **settings)
        assert len(server.requests) == 1
