"""The asyncio terminal, and threads under asyncio: what went wrong when they were attacked."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
import warnings
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from globus_transport import (
    AsyncByteStream,
    AsyncioTerminal,
    GlobusConnectionError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    Request,
    Response,
    StreamBody,
)
from globus_transport.terminals.asyncio import connection
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies
from tests.terminals.test_proxies import tunnel

MAKERS: dict[str, Callable[..., Any]] = {
    "asyncio": AsyncioTerminal,
    "threads": lambda pool_size=32, **settings: ThreadsTerminal(Urllib3Terminal(**settings), threads=pool_size),
}


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return MAKERS[request.param]


def stream_of(response: Response) -> AsyncByteStream:
    assert isinstance(response.stream, AsyncByteStream)
    return response.stream


def half_without_a_length(peer: Peer) -> None:
    peer.read_request()
    peer.send(head("200 OK"), b"half")
    peer.wait_for_close()


def test_a_body_that_another_task_closes_is_not_whole(make: Callable[..., Any]) -> None:
    """Without a length, the end of the connection is the end of the body; our own close is not."""

    async def main() -> None:
        terminal = make()
        stream = stream_of(await terminal(Request("GET", server.origin, stream=True)))
        reading = asyncio.create_task(stream.read())
        await asyncio.sleep(0.05)
        await stream.close()
        with pytest.raises(GlobusConnectionError):
            await reading
        await terminal.close()

    with ScriptedServer(half_without_a_length) as server:
        asyncio.run(main())


def test_a_stream_goes_on_though_its_terminal_is_forgotten() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK"), b"half")
        go_on.wait(5)
        peer.send(b" and half")

    async def main() -> bytes:
        stream = stream_of(await AsyncioTerminal()(Request("GET", server.origin, stream=True)))
        gc.collect()
        await asyncio.sleep(0.01)
        go_on.set()
        return await stream.read()

    go_on = threading.Event()
    with ScriptedServer(script) as server:
        assert asyncio.run(main()) == b"half and half"


def test_a_correct_end_of_the_origin_within_the_tls_of_a_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    context = authority.server_context("127.0.0.1")

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Connection: close"), b"all of it")
        peer.end_tls()
        peer.hold()

    async def main() -> bytes:
        async with AsyncioTerminal(verify_ssl=str(authority.file), http_timeout=5) as terminal:
            return (await terminal(Request("GET", server.origin))).body

    with ScriptedServer(script, tls=context) as server, ScriptedServer(tunnel, tls=context) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin)
        assert asyncio.run(main()) == b"all of it"


def test_an_error_that_ends_with_the_connection_before_the_request_does(make: Callable[..., Any]) -> None:
    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(head("413 Content Too Large", "Connection: close"), b"too large")
        peer.socket.shutdown(socket.SHUT_WR)
        peer.pause(0.05)

    async def main() -> None:
        terminal = make()
        for _ in range(10):
            response = await terminal(Request("PUT", server.origin, body=bytes(20 << 20)))
            assert (response.status, response.body) == (413, b"too large")
        await terminal.close()

    with ScriptedServer(refuse) as server:
        asyncio.run(main())


def test_a_deadline_ends_a_body_that_blocks(make: Callable[..., Any]) -> None:
    go_on = threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"part"
        go_on.wait(10)
        yield b"part"

    async def main() -> float:
        terminal = make()
        started = time.monotonic()
        request = Request("PUT", server.origin, body=StreamBody(parts), deadline=started + 0.2)
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            await terminal(request)
        go_on.set()
        await terminal.close()
        return time.monotonic() - started

    with ScriptedServer(answering(whole())) as server:
        assert asyncio.run(main()) < 3


@pytest.mark.parametrize("drip", [b"a", head("103 Early Hints")], ids=["bytes of a head", "interim responses"])
def test_a_server_that_drips_does_not_have_the_body_made(drip: bytes) -> None:
    made = 0

    def parts() -> Iterator[bytes]:
        nonlocal made
        while made < 1 << 30:
            made += 1 << 16
            yield bytes(1 << 16)

    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\nX: " if drip == b"a" else drip)
        for _ in range(20):
            peer.pause(0.02)
            peer.send(drip)
        peer.hold()

    async def main() -> None:
        terminal = AsyncioTerminal(http_timeout=0.3)
        with pytest.raises(GlobusTimeoutError, match="did not take"):
            await terminal(Request("PUT", server.origin, body=StreamBody(parts)))

    with ScriptedServer(script) as server:
        asyncio.run(main())
    assert made < 64 << 20


def test_a_closed_connection_is_not_kept_by_its_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Any]] = []
    connect = connection.Connection.__init__

    def remember(self: Any, *args: Any) -> None:
        connect(self, *args)
        made.append(weakref.ref(self))

    async def main() -> list[object]:
        terminal = AsyncioTerminal()
        for _ in range(5):
            await terminal(Request("GET", server.origin))
        await asyncio.sleep(0.01)
        gc.collect()
        return [one() for one in made if one() is not None]

    monkeypatch.setattr(connection.Connection, "__init__", remember)
    with ScriptedServer(answering(whole(b"ok", "200 OK", "Connection: close"))) as server:
        assert asyncio.run(main()) == []
    assert len(made) == 5


def test_a_stream_that_outlives_the_close_of_its_terminal_ends_with_the_loop() -> None:
    kept: list[Response] = []

    async def main() -> None:
        async with AsyncioTerminal() as terminal:
            kept.append(await terminal(Request("GET", server.origin, stream=True)))

    with ScriptedServer(half_without_a_length) as server, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        asyncio.run(main())
        assert server.saw_close.wait(5)
        gc.collect()
    assert [warning.message for warning in warned] == []


def test_calls_that_generators_make_at_the_end_of_the_program() -> None:
    replies: list[Response] = []

    async def numbers(terminal: AsyncioTerminal) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
        finally:
            replies.append(await terminal(Request("DELETE", server.origin)))
            replies.append(await terminal(Request("DELETE", server.origin)))

    async def main() -> None:
        terminal = AsyncioTerminal()
        await terminal(Request("GET", server.origin))
        unfinished.append(numbers(terminal))
        async for _ in unfinished[0]:
            break

    def slow(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.pause(0.02)
            peer.send(whole())

    unfinished: list[AsyncIterator[int]] = []
    with ScriptedServer(slow) as server, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()
    assert [reply.status for reply in replies] == [200, 200]
    assert [warning.message for warning in warned] == []


def test_two_tasks_that_read_one_body() -> None:
    async def main() -> None:
        async with AsyncioTerminal() as terminal:
            stream = stream_of(await terminal(Request("GET", server.origin, stream=True)))
            first, second = (asyncio.create_task(stream.read()) for _ in range(2))
            with pytest.raises(GlobusSDKUsageError, match="two tasks read one response"):
                await second
            with pytest.raises(NetworkError):
                await first

    with ScriptedServer(half_without_a_length) as server:
        asyncio.run(main())


def test_turns_keep_their_order_however_long_they_take() -> None:
    order: list[str] = []

    def slow(peer: Peer) -> None:
        while True:
            order.append(peer.read_request().target)
            peer.pause(0.06)
            peer.send(whole())

    async def main() -> None:
        async with AsyncioTerminal(pool_size=1, connect_timeout=0.1) as terminal:
            tasks = []
            for number in range(8):
                tasks.append(asyncio.create_task(terminal(Request("GET", f"{server.origin}/{number}"))))
                await asyncio.sleep(0.015)
            await asyncio.gather(*tasks)

    with ScriptedServer(slow) as server:
        asyncio.run(main())
    assert order == [f"/{number}" for number in range(8)]


def test_a_buffer_that_a_body_uses_again(make: Callable[..., Any]) -> None:
    def parts() -> Iterator[bytes]:
        buffer = bytearray(1 << 16)
        for number in range(200):
            buffer[:] = bytes([number]) * len(buffer)
            yield memoryview(buffer)  # type: ignore[misc]

    async def main() -> None:
        terminal = make()
        await terminal(Request("PUT", server.origin, body=StreamBody(parts, 200 << 16)))
        await terminal.close()

    def slow(peer: Peer) -> None:
        peer.pause(0.1)
        answering(whole())(peer)

    with ScriptedServer(slow) as server:
        asyncio.run(main())
        assert server.requests[0].body == b"".join(bytes([number]) * (1 << 16) for number in range(200))


# Threads.


def test_streams_do_not_wait_for_a_thread_to_be_closed_or_given_up() -> None:
    go_on = threading.Event()

    def blocking(request: Request) -> Response:
        if request.url.target == "/slow":
            go_on.wait(10)
            return Response(204)
        return terminal(request)

    async def main() -> None:
        threads = ThreadsTerminal(blocking, threads=1)
        streams = [
            stream_of(await threads(Request("GET", server.origin, stream=True, deadline=deadline)))
            for deadline in (None, None, time.monotonic() + 0.3)
        ]
        slow = asyncio.create_task(threads(Request("GET", "http://h.org/slow")))
        await asyncio.sleep(0.05)
        started = time.monotonic()
        await streams[0].close()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await streams[1].read()
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            await streams[2].read()
        assert time.monotonic() - started < 3
        go_on.set()
        await slow

    terminal = Urllib3Terminal()
    with ScriptedServer(half_without_a_length) as server:
        asyncio.run(main())


def test_a_read_that_waits_for_a_thread_when_another_task_closes_the_body() -> None:
    go_on = threading.Event()

    def blocking(request: Request) -> Response:
        if request.url.target == "/slow":
            go_on.wait(10)
            return Response(204)
        return terminal(request)

    async def main() -> None:
        threads = ThreadsTerminal(blocking, threads=1)
        stream = stream_of(await threads(Request("GET", server.origin, stream=True)))
        slow = asyncio.create_task(threads(Request("GET", "http://h.org/slow")))
        await asyncio.sleep(0.05)
        reading = asyncio.create_task(stream.read())
        await asyncio.sleep(0.05)
        await stream.close()
        with pytest.raises(GlobusConnectionError, match="another task closed the body"):
            await reading
        go_on.set()
        await slow

    terminal = Urllib3Terminal()
    with ScriptedServer(half_without_a_length) as server:
        asyncio.run(main())


def test_a_thread_that_cannot_be_started_costs_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    refused = 3

    def refuse(self: threading.Thread) -> None:
        nonlocal refused
        if self.name == "globus_transport" and refused:
            refused -= 1
            raise RuntimeError("can't start new thread")
        start(self)

    async def main() -> None:
        threads = ThreadsTerminal(lambda _request: Response(204), threads=2)
        for _ in range(3):
            with pytest.raises(GlobusConnectionError, match="no thread could be started") as raised:
                await threads(Request("GET", "http://h.org"))
            assert not raised.value.request_began
        async with asyncio.timeout(5):
            assert (await threads(Request("GET", "http://h.org"))).status == 204

    monkeypatch.setattr(threading.Thread, "start", refuse)
    asyncio.run(main())


def test_a_name_that_no_thread_can_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def main() -> None:
        with pytest.raises(GlobusConnectionError, match="no thread could be started") as raised:
            await AsyncioTerminal()(Request("GET", "http://name.example.org"))
        assert not raised.value.request_began

    monkeypatch.setattr(threading.Thread, "start", refuse)
    asyncio.run(main())
