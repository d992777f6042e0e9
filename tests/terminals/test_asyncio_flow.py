"""The asyncio terminal: slow readers and writers, what the loop has not delivered yet, and TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from globus_transport import (
    AsyncByteStream,
    AsyncioTerminal,
    GlobusConnectionError,
    GlobusTimeoutError,
    Request,
    StreamBody,
)
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies

MEGABYTE = 1 << 20


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def run(use: Callable[[AsyncioTerminal], Any], **settings: Any) -> Any:
    async def main() -> Any:
        async with AsyncioTerminal(**{"http_timeout": 5.0, **settings}) as terminal:
            return await use(terminal)

    return asyncio.run(main())


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_a_reader_that_sleeps_keeps_little_in_memory(authority: Authority, secure: bool) -> None:
    size = 64 * MEGABYTE

    def pour(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", f"Content-Length: {size}"))
        for _ in range(size // MEGABYTE):
            peer.send(bytes(MEGABYTE))

    async def use(terminal: AsyncioTerminal) -> int:
        response = await terminal(Request("GET", server.origin, stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        tracemalloc.start()
        try:
            received = 0
            async for chunk in response.stream:
                received += len(chunk)
                await asyncio.sleep(0.001)
            assert received == size
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    tls = authority.server_context("127.0.0.1") if secure else None
    with ScriptedServer(pour, tls=tls) as server:
        # The server makes a megabyte at a time in the same process.
        assert run(use, verify_ssl=str(authority.file)) < 5 * MEGABYTE


def test_a_stream_that_another_task_closes() -> None:
    def stall(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"), b"abc")
        peer.hold()

    async def use(terminal: AsyncioTerminal) -> None:
        response = await terminal(Request("GET", server.origin, stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        reading = asyncio.create_task(response.stream.read())
        await asyncio.sleep(0.05)
        await response.stream.close()
        with pytest.raises(GlobusConnectionError):
            await reading

    with ScriptedServer(stall) as server:
        run(use)


def test_a_body_that_is_made_slowly_does_not_count_as_not_taken() -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(3):
            time.sleep(0.2)
            yield b"part"

    with ScriptedServer(answering(whole(b"ok"))) as server:
        body = StreamBody.once(parts())
        assert run(lambda terminal: terminal(Request("PUT", server.origin, body=body)), http_timeout=0.1).body == b"ok"
        assert server.requests[0].body == b"part" * 3


def test_what_the_loop_has_not_delivered_yet_is_not_taken_for_the_next_answer() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b"first"))
        peer.pause(0.05)
        peer.send(whole(b"forged"))
        peer.wait_for_close()

    async def use(terminal: AsyncioTerminal) -> list[bytes]:
        first = await terminal(Request("GET", server.origin))
        # Nothing else runs meanwhile, as in a program that computes.
        time.sleep(0.2)
        return [first.body, (await terminal(Request("GET", server.origin))).body]

    with ScriptedServer(script, answering(whole(b"second"))) as server:
        assert run(use) == [b"first", b"second"]


@pytest.mark.parametrize("by", ["deadline", "limits of the request"])
def test_a_short_time_limit_after_a_long_one_on_the_same_connection(by: str) -> None:
    def script(peer: Peer) -> None:
        for _ in range(2):
            peer.read_request()
            peer.send(whole())
        peer.read_request()
        peer.hold()

    async def use(terminal: AsyncioTerminal) -> float:
        for _ in range(2):
            await terminal(Request("GET", server.origin))
        started = time.monotonic()
        request = Request("GET", server.origin, extensions={TIME_LIMITS: (5.0, 0.1)})
        if by == "deadline":
            request = Request("GET", server.origin, deadline=started + 0.1)
        with pytest.raises(GlobusTimeoutError):
            await terminal(request)
        return time.monotonic() - started

    with ScriptedServer(script) as server:
        assert run(use, http_timeout=60.0) < 2
        assert server.connections == 1


# TLS.


def test_what_comes_with_the_last_message_of_the_handshake_is_read(authority: Authority) -> None:
    context = authority.server_context("127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def script(peer: Peer) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                peer.send(outgoing.read())
                incoming.write(peer.socket.recv(1 << 16))
        tls.write(whole(b"at once"))
        peer.send(outgoing.read())
        peer.hold()

    with ScriptedServer(script) as server:
        url = f"https://127.0.0.1:{server.port}"
        assert run(lambda terminal: terminal(Request("GET", url)), verify_ssl=str(authority.file)).body == b"at once"


def test_bytes_that_are_no_tls(authority: Authority) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        # Below TLS: the socket is the server's end of the same connection.
        with socket.socket(fileno=socket.dup(peer.socket.fileno())) as plain:
            plain.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        peer.hold()

    with (
        ScriptedServer(script, tls=authority.server_context("127.0.0.1")) as server,
        pytest.raises(GlobusConnectionError, match="the connection broke") as raised,
    ):
        run(lambda terminal: terminal(Request("GET", server.origin)), verify_ssl=str(authority.file))
    assert raised.value.request_began


def test_a_server_that_closes_in_the_handshake() -> None:
    def hear_and_go(peer: Peer) -> None:
        peer.socket.recv(1 << 16)

    with ScriptedServer(hear_and_go) as server:
        url = f"https://127.0.0.1:{server.port}"
        with pytest.raises(GlobusConnectionError, match="no connection to") as raised:
            run(lambda terminal: terminal(Request("GET", url)))
    assert not raised.value.request_began
