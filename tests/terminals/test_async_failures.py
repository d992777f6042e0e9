"""The terminals for asyncio: the exceptions without a response, and their messages."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from globus_transport import (
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
from tests.terminals.async_terminals import AsyncTerminal
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


def test_no_connection_says_that_nothing_began(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(GlobusConnectionError, match="no connection to") as raised:
        run(lambda terminal: terminal(Request("GET", f"http://127.0.0.1:{port}/?code=hush")))
    assert raised.value.request_began is False
    assert "hush" not in str(raised.value)


def test_a_connection_that_takes_too_long(run: Any) -> None:
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
                run(lambda terminal: terminal(Request("GET", f"http://127.0.0.1:{port}")), connect_timeout=0.2)
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
    async def use(terminal: AsyncTerminal) -> None:
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

    async def use(terminal: AsyncTerminal) -> None:
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


@pytest.mark.parametrize("has_deadline", [False, True])
def test_the_wait_for_a_free_connection_ends_with_the_time_for_connecting(run: Any, has_deadline: bool) -> None:
    def keeps_sending(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 1000"), b"x")
        peer.hold()

    async def use(terminal: AsyncTerminal) -> None:
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

    with ScriptedServer(keeps_sending) as server:
        run(use, connect_timeout=0.2, pool_size=1)
        assert len(server.requests) == 1
