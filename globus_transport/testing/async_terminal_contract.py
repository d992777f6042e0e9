"""The contract of terminals for asyncio, as pytest tests for their authors.

Derive a class in a test module and implement ``make_terminal``, as for
:mod:`globus_transport.testing.terminal_contract`, whose tests these have as well.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from globus_transport.http.bodies import AsyncByteStream, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.testing.failure_contract import send_first_chunk
from globus_transport.testing.loopback_server import PATIENCE, Peer, answering, head, whole
from globus_transport.testing.message_contract import is_async, send_async
from globus_transport.testing.terminal_contract import TerminalContract


class AsyncTerminalContract(TerminalContract):
    """:class:`TerminalContract` for a terminal that is a coroutine function.

    :cvar cancels_at_once: whether a cancelled task closes its connection at once; a terminal that runs requests in
        threads cannot
    :cvar any_loop: whether one terminal works in several event loops
    """

    cancels_at_once = True
    any_loop = False

    def _check_cancelling(self, script: Callable[[Peer], None], **fields: Any) -> None:
        """Cancel a request after ``script`` has run on the server, and send another request."""
        has_begun = threading.Event()

        def first(peer: Peer) -> None:
            script(peer)
            has_begun.set()
            peer.wait_for_close()

        async def main(terminal: Any, request: Request) -> None:
            task = asyncio.ensure_future(_send_and_read(terminal, request))
            assert await asyncio.to_thread(has_begun.wait, PATIENCE)
            # Until the task waits for the rest of the response.
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            if self.cancels_at_once:
                assert await asyncio.to_thread(server.saw_close.wait, PATIENCE / 2), "the connection is still open"

        with self._server(first, answering(whole(b"ok"))) as server:
            terminal = self._make(read_timeout=None if self.cancels_at_once else 0.3)
            self._run(main(terminal, Request("PUT", server.origin, **fields)))
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"
            assert server.saw_close.wait(PATIENCE), "the connection is still open"

    def test_it_is_a_coroutine_function(self) -> None:
        assert is_async(self._make()), "asyncio.iscoroutinefunction() has to be true of it, or of its __call__"

    def test_cancelling_the_wait_for_an_answer(self) -> None:
        self._check_cancelling(lambda peer: peer.read_request())  # type: ignore[arg-type]

    @pytest.mark.parametrize("stream", [True, False])
    def test_cancelling_in_the_middle_of_the_body(self, stream: bool) -> None:
        self._check_cancelling(send_first_chunk, stream=stream)

    def test_cancelling_in_the_middle_of_what_is_sent(self) -> None:
        def endless() -> Iterator[bytes]:
            while True:
                yield b"x" * (1 << 16)

        if not self.cancels_at_once:
            pytest.skip("the thread goes on sending")
        self._check_cancelling(lambda peer: peer.read_head(), body=StreamBody(endless))  # type: ignore[arg-type]

    def test_cancelling_after_each_byte(self) -> None:
        answer = head("200 OK", "Transfer-Encoding: chunked") + b"2\r\nno\r\n0\r\n\r\n"
        if not self.cancels_at_once:
            pytest.skip("cancels_at_once is False")
        closed: list[int] = []

        def stopping_after(length: int) -> Callable[[Peer], None]:
            def script(peer: Peer) -> None:
                peer.read_request()
                peer.send(answer[:length])
                stopped.release()
                peer.wait_for_close()
                closed.append(length)

            return script

        async def main(terminal: Any) -> None:
            for length in range(len(answer)):
                task = asyncio.ensure_future(send_async(terminal, Request("GET", f"{server.origin}/{length}")))
                while not stopped.acquire(blocking=False):
                    await asyncio.sleep(0.001)
                # Until the task has read what was sent.
                await asyncio.sleep(0.002)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert (await send_async(terminal, Request("GET", server.origin))).body == b"ok"

        stopped = threading.Semaphore(0)
        scripts = [stopping_after(length) for length in range(len(answer))]
        with self._server(*scripts, answering(whole(b"ok"))) as server:
            self._run(main(self._make(read_timeout=None)))
        assert sorted(closed) == list(range(len(answer))), "some connections were not closed"

    def test_one_event_loop_after_the_other(self) -> None:
        if not self.any_loop:
            pytest.skip("any_loop is False")
        terminal = self._make()
        with self._server(answering(whole(b"ok"))) as server:
            for _ in range(2):
                assert self._send(terminal, Request("GET", server.origin)).body == b"ok"
                with asyncio.Runner(loop_factory=self.loop_factory) as other:
                    response: Response = other.run(send_async(terminal, Request("GET", server.origin)))
                    assert response.body == b"ok"

    def test_the_loop_goes_on_meanwhile(self) -> None:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.005)
                turns += 1

        def slow() -> Iterator[bytes]:
            for _ in range(4):
                time.sleep(0.05)
                yield b"part"

        def script(peer: Peer) -> None:
            peer.read_request()
            peer.pause(0.2)
            peer.send(whole(b"ok"))

        async def main(terminal: Any, request: Request) -> None:
            turning = asyncio.ensure_future(turn())
            assert (await send_async(terminal, request)).body == b"ok"
            turning.cancel()

        with self._server(script) as server:
            self._run(main(self._make(), Request("PUT", server.origin, body=StreamBody(slow))))
        # 80 turns are possible. A body that is read in the event loop leaves half of them.
        assert turns > 50, "something blocks the event loop"


async def _send_and_read(terminal: Any, request: Request) -> None:
    response = await send_async(terminal, request)
    if isinstance(response.stream, AsyncByteStream):
        await response.stream.read()
