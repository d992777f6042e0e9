"""The terminals for asyncio: how they read responses."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from globus_transport import (
    AsyncByteStream,
    AsyncioTerminal,
    AsyncStack,
    GlobusSDKUsageError,
    Redirect,
    ReplyFormatError,
    Request,
    Response,
)
from globus_transport.testing.loopback_server import (
    Peer,
    ScriptedServer,
    answering,
    head,
    once,
    whole,
)
from tests.terminals.async_terminals import AsyncTerminal
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.mark.parametrize("stream", [False, True])
def test_bodies_are_decoded_and_repeated_headers_kept(run: Any, stream: bool) -> None:
    packed = gzip.compress(b"abc" * 50_000)

    async def use(terminal: AsyncTerminal) -> Response:
        response = await terminal(Request("GET", server.origin, stream=stream))
        if stream:
            assert isinstance(response.stream, AsyncByteStream)
            assert b"".join([chunk async for chunk in response.stream]) == b"abc" * 50_000
            if isinstance(terminal, AsyncioTerminal):
                assert await response.stream.read() == b""
            else:
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
        pytest.raises(ReplyFormatError, match=r"encoding|gzip"),
    ):
        run(lambda terminal: terminal(Request("GET", server.origin)))


def test_the_first_bytes_of_a_stream(run: Any) -> None:
    def endless(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 1000000"), b"x" * 1000)
        peer.wait_for_close()

    async def use(terminal: AsyncTerminal) -> bytes:
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


def test_interim_responses_are_passed_over(run: Any) -> None:
    early = head("103 Early Hints", "Link: </x>") + head("100 Continue")
    with ScriptedServer(answering(early + whole(b"ok"))) as server:
        assert run(lambda terminal: terminal(Request("GET", server.origin))).body == b"ok"


def test_a_head_request_has_no_body_and_keeps_its_connection(run: Any) -> None:
    async def use(terminal: AsyncTerminal) -> list[bytes]:
        return [(await terminal(Request(method, server.origin))).body for method in ("HEAD", "GET")]

    with ScriptedServer(answering(head("200 OK", "Content-Length: 2"), whole(b"ok"))) as server:
        assert run(use) == [b"", b"ok"]
        assert server.connections == 1


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_status_that_has_no_body(run: Any, status: str) -> None:
    async def use(terminal: AsyncTerminal) -> list[bytes]:
        return [(await terminal(Request("GET", server.origin))).body for _ in range(2)]

    with ScriptedServer(answering(head(status, "ETag: x"), whole(b"ok"))) as server:
        assert run(use) == [b"", b"ok"]


def test_a_body_may_end_with_the_connection_or_in_chunks(run: Any) -> None:
    async def use(terminal: AsyncTerminal) -> list[bytes]:
        return [(await terminal(Request("GET", server.origin))).body for _ in range(2)]

    chunked = head("200 OK", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"
    with ScriptedServer(once(head("200 OK", "Connection: close"), b"to the end"), answering(chunked)) as server:
        assert run(use) == [b"to the end", b"abcde"]


def test_a_long_line_of_the_head_is_taken(run: Any) -> None:
    with ScriptedServer(answering(whole(b"ok", "200 OK", f"X-Long: {'x' * 20_000}"))) as server:
        assert len(run(lambda terminal: terminal(Request("GET", server.origin))).headers["X-Long"]) == 20_000


def test_one_connection_serves_many_calls(run: Any) -> None:
    async def use(terminal: AsyncTerminal) -> None:
        for stream in (False, True, False):
            response = await terminal(Request("GET", server.origin, stream=stream))
            if response.stream is not None:
                assert isinstance(response.stream, AsyncByteStream)
                await response.stream.read()

    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(use)
        assert server.connections == 1


def test_redirects_are_for_the_layers(run: Any) -> None:
    with ScriptedServer(answering(head("302 Found", "Location: /x", "Content-Length: 0"), whole(b"there"))) as server:
        assert run(lambda terminal: terminal(Request("GET", server.origin))).status == 302
        assert len(server.requests) == 1
        followed = run(lambda terminal: AsyncStack(terminal, [Redirect()]).send(Request("GET", server.origin)))
        assert followed.body == b"there"
