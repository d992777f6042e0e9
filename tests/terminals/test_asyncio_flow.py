"""The asyncio terminal: slow readers and writers, answers before the end of a request, and the end of TLS."""

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
    Response,
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


@pytest.mark.parametrize("streamed", [False, True])
def test_an_error_before_the_end_of_the_request_is_the_outcome(streamed: bool) -> None:
    """RFC 9112, section 9.5. The server reads no further, and leaves the connection open."""

    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"too large", "413 Content Too Large"))
        peer.wait_for_close()

    def parts() -> Iterator[bytes]:
        while True:
            yield bytes(1 << 16)

    async def use(terminal: AsyncioTerminal) -> None:
        body = StreamBody(parts) if streamed else bytes(50 * MEGABYTE)
        response = await terminal(Request("PUT", server.origin, body=body))
        assert (response.status, response.body) == (413, b"too large")
        # The server would take the next request for the rest of this one.
        assert await asyncio.to_thread(server.saw_close.wait, 5)

    with ScriptedServer(refuse) as server:
        run(use)


def test_an_error_that_is_followed_by_a_reset_is_the_outcome_too() -> None:
    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"too large", "413 Content Too Large"))
        peer.reset()

    async def use(terminal: AsyncioTerminal) -> Response:
        return await terminal(Request("PUT", server.origin, body=bytes(50 * MEGABYTE)))

    for _ in range(20):
        with ScriptedServer(refuse) as server:
            response = run(use)
        assert (response.status, response.body) == (413, b"too large")


def test_a_success_before_the_end_of_the_request_waits_for_its_end() -> None:
    def answer_early(peer: Peer) -> None:
        head_of_request = peer.read_head()
        peer.send(whole(b"early"))
        peer.pause(0.1)
        left = int(head_of_request["Content-Length"])
        while left:
            left -= len(peer._file.read(min(left, 1 << 16)))
        read.append(True)
        peer.read_request()
        peer.send(whole(b"next"))

    async def use(terminal: AsyncioTerminal) -> list[bytes]:
        first = await terminal(Request("PUT", server.origin, body=bytes(20 * MEGABYTE)))
        return [first.body, (await terminal(Request("GET", server.origin))).body]

    read: list[bool] = []
    with ScriptedServer(answer_early) as server:
        assert run(use) == [b"early", b"next"]
        assert read == [True]


def test_a_success_that_is_long_does_not_end_the_wait_for_the_server_to_take_the_request() -> None:
    made = 0

    def parts() -> Iterator[bytes]:
        nonlocal made
        while made < 1 << 30:
            made += 1 << 16
            yield bytes(1 << 16)

    def answer_early(peer: Peer) -> None:
        peer.read_head()
        peer.send(head("200 OK", "Content-Length: 100000"), bytes(1000))
        peer.pause(0.05)
        peer.send(bytes(1000))
        peer.hold()

    with ScriptedServer(answer_early) as server:
        request = Request("PUT", server.origin, body=StreamBody(parts))
        with pytest.raises(GlobusTimeoutError, match="did not take"):
            run(lambda terminal: terminal(request), http_timeout=0.3)
    assert made < 64 * MEGABYTE


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


def test_100_continue_comes_before_the_body() -> None:
    def agree(peer: Peer) -> None:
        request = peer.read_head()
        assert request["Expect"] == "100-continue"
        peer.send(head("100 Continue"))
        assert peer._file.read(3 * MEGABYTE) == bytes(3 * MEGABYTE)
        peer.send(whole(b"taken"))

    with ScriptedServer(agree) as server:
        request = Request("PUT", server.origin, {"Expect": "100-continue"}, bytes(3 * MEGABYTE))
        assert run(lambda terminal: terminal(request)).body == b"taken"


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


def _without_an_alert(peer: Peer) -> None:
    peer.read_request()
    peer.send(head("200 OK", "Connection: close"), b"half of ")
    peer.socket.shutdown(socket.SHUT_RDWR)
    socket.socket.close(peer.socket)


def _with_an_alert(peer: Peer) -> None:
    peer.read_request()
    peer.send(head("200 OK", "Connection: close"), b"all of it")


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_that_ends_without_the_closing_alert_of_tls_is_cut_off(authority: Authority, stream: bool) -> None:
    """RFC 9112, section 9.8."""

    async def use(terminal: AsyncioTerminal) -> bytes:
        response = await terminal(Request("GET", server.origin, stream=stream))
        return await response.stream.read() if isinstance(response.stream, AsyncByteStream) else response.body

    tls = authority.server_context("127.0.0.1")
    settings: dict[str, Any] = {"verify_ssl": str(authority.file)}
    with ScriptedServer(_with_an_alert, tls=tls) as server:
        assert run(use, **settings) == b"all of it"
    with (
        ScriptedServer(_without_an_alert, tls=tls) as server,
        pytest.raises(GlobusConnectionError, match="without TLS's closing alert") as raised,
    ):
        run(use, **settings)
    assert raised.value.request_began


@pytest.mark.parametrize("length", [9, 100_000])
def test_a_body_with_its_length_needs_no_closing_alert(authority: Authority, length: int) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b"x" * length))
        peer.socket.shutdown(socket.SHUT_RDWR)

    with ScriptedServer(script, tls=authority.server_context("127.0.0.1")) as server:
        response = run(lambda terminal: terminal(Request("GET", server.origin)), verify_ssl=str(authority.file))
        assert response.body == b"x" * length


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
