"""A cancelled task releases its connection at once, whatever it waits for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from globus_transport import AsyncByteStream, AsyncTransferClient, Request, StreamBody
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.async_terminals import AsyncTerminal
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


class Reached:
    """Signals to the test that the server has reached a point of its script."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def now(self) -> None:
        self._event.set()

    async def wait(self) -> None:
        assert await asyncio.to_thread(self._event.wait, 5)


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def _cancelled(
    server: ScriptedServer, reached: Reached, call: Callable[[AsyncTerminal], Coroutine[Any, Any, Any]]
) -> Callable[[AsyncTerminal], Coroutine[Any, Any, None]]:
    async def use(terminal: AsyncTerminal) -> None:
        task = asyncio.create_task(call(terminal))
        await reached.wait()
        await _cancel(task)
        # The terminal and the event loop still work.
        assert await asyncio.to_thread(server.saw_close.wait, 5)

    return use


def test_before_the_answer(run: Any) -> None:
    reached = Reached()

    def script(peer: Peer) -> None:
        peer.read_request()
        reached.now()
        peer.wait_for_close()

    with ScriptedServer(script) as server:
        run(_cancelled(server, reached, lambda terminal: terminal(Request("GET", server.origin))))


def test_in_the_middle_of_the_body(run: Any) -> None:
    reached = Reached()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"), b"abc")
        reached.now()
        peer.wait_for_close()

    with ScriptedServer(script) as server:
        run(_cancelled(server, reached, lambda terminal: terminal(Request("GET", server.origin))))


def test_while_a_stream_is_read(run: Any) -> None:
    reached = Reached()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"), b"abc")
        peer.wait_for_close()

    async def call(terminal: AsyncTerminal) -> None:
        response = await terminal(Request("GET", server.origin, stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        async for _ in response.stream:
            reached.now()

    with ScriptedServer(script) as server:
        run(_cancelled(server, reached, call))


def test_while_a_body_is_sent_that_nobody_takes(run: Any) -> None:
    reached = Reached()

    def script(peer: Peer) -> None:
        peer.read_head()
        reached.now()
        peer.server.stopping.wait(0.2)
        peer.wait_for_close()

    with ScriptedServer(script) as server:
        request = Request("PUT", server.origin, body=bytes(30_000_000))
        run(_cancelled(server, reached, lambda terminal: terminal(request)))


def test_while_a_body_is_made(run: Any) -> None:
    reached = Reached()
    go_on = threading.Event()

    def made() -> Any:
        yield b"a"
        reached.now()
        assert go_on.wait(5)
        yield b"b"

    def script(peer: Peer) -> None:
        peer.read_head()
        peer.wait_for_close()

    async def use(terminal: AsyncTerminal) -> None:
        request = Request("PUT", server.origin, body=StreamBody.once(made()))
        await _cancelled(server, reached, lambda terminal: terminal(request))(terminal)
        go_on.set()

    with ScriptedServer(script) as server:
        run(use)


def test_a_call_of_a_client(run: Any) -> None:
    reached = Reached()

    def script(peer: Peer) -> None:
        peer.read_request()
        reached.now()
        peer.wait_for_close()

    async def call(terminal: AsyncTerminal) -> None:
        await AsyncTransferClient(base_url=server.origin, terminal=terminal).get_task("x")

    with ScriptedServer(script) as server:
        run(_cancelled(server, reached, call))


def test_a_place_in_a_full_pool_is_free_again(run: Any) -> None:
    reached = Reached()

    def first(peer: Peer) -> None:
        peer.read_request()
        reached.now()
        peer.wait_for_close()

    async def use(terminal: AsyncTerminal) -> bytes:
        task = asyncio.create_task(terminal(Request("GET", server.origin)))
        await reached.wait()
        waiting = asyncio.create_task(terminal(Request("GET", server.origin)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await _cancel(task)
        return (await asyncio.wait_for(waiting, 5)).body

    with ScriptedServer(first, answering(whole(b"mine"))) as server:
        assert run(use, pool_size=1) == b"mine"
