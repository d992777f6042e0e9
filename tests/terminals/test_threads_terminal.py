"""A blocking terminal in worker threads: its behaviour in an event loop."""

import asyncio
import contextvars
import gc
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow, Read
from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    MiddlewareError,
    ReplyFormatError,
)
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.deadline import Deadline
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, in_turn, once, silent, whole
from tests.terminals.fresh_terminal import fresh_terminal, get

PATIENCE = 5.0


@pytest.fixture
def blocking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Urllib3Terminal]:
    with fresh_terminal(monkeypatch) as terminal:
        yield terminal


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run a test's coroutine. An error that the loop only logs fails the test, too."""
    complaints: list[dict[str, Any]] = []

    async def watched() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        async with asyncio.timeout(PATIENCE):
            await main()

    asyncio.run(watched())
    gc.collect()
    assert complaints == []
    for thread in threading.enumerate():
        if thread.name.startswith("globus_transport"):
            thread.join(PATIENCE)
            assert not thread.is_alive()


def stream_of(response: Response) -> AsyncByteStream:
    assert isinstance(response.stream, AsyncByteStream)
    return response.stream


async def soon(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, PATIENCE)


class Body(ByteStream):
    """A body whose reads can be delayed, and which records whether it was closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks
        self.reading = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.closed = threading.Event()
        self.close_was_overlapping = False
        self.threads: set[str] = set()
        self._busy = False

    def _read(self) -> None:
        self._busy = True
        self.threads.add(threading.current_thread().name)
        self.reading.set()
        assert self.go_on.wait(PATIENCE)
        self._busy = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self._read()
            yield chunk

    def read(self, limit: int | None = None) -> bytes:
        self._read()
        return b"".join(self.chunks)[:limit]

    def close(self) -> None:
        self.close_was_overlapping |= self._busy
        self.threads.add(threading.current_thread().name)
        self.closed.set()


class Held:
    """A blocking terminal that returns when the test allows it."""

    def __init__(self, outcome: Response | Exception) -> None:
        self.outcome = outcome
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.calls = 0
        self.closed_in = ""

    def __call__(self, request: Request) -> Response:
        self.calls += 1
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def close(self) -> None:
        self.closed_in = threading.current_thread().name


REQUEST = get("https://example.org")


def test_requests_travel_in_worker_threads_side_by_side(blocking: Urllib3Terminal) -> None:
    everyone_is_here = threading.Barrier(8)

    def together(peer: Peer) -> None:
        request = peer.read_request()
        everyone_is_here.wait(PATIENCE)
        peer.send(whole(request.target.encode()))

    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking, threads=8)) as stack:
            answers = await asyncio.gather(*(stack.send(get(f"{server.origin}/{n}")) for n in range(8)))
        assert [answer.body for answer in answers] == [b"/%d" % n for n in range(8)]

    with ScriptedServer(together) as server:
        run(main)


def test_no_more_threads_than_asked_for() -> None:
    held = Held(Response(200))
    terminal = ThreadsTerminal(held, threads=2)

    async def main() -> None:
        calls = [asyncio.ensure_future(terminal(REQUEST)) for _ in range(5)]
        await soon(held.begun)
        await asyncio.sleep(0)
        assert held.calls <= 2
        held.go_on.set()
        assert [answer.status for answer in await asyncio.gather(*calls)] == [200] * 5
        await terminal.close()

    run(main)


def test_no_thread_is_made_before_there_is_work() -> None:
    before = threading.active_count()
    ThreadsTerminal(Held(Response(200)))
    assert threading.active_count() == before


def test_errors_come_through_as_they_are(blocking: Urllib3Terminal) -> None:
    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking)) as stack:
            with pytest.raises(GlobusConnectionError, match="without an answer") as caught:
                await stack.send(Request("POST", server.origin))
            assert caught.value.request_began
            with pytest.raises(GlobusSDKUsageError, match="announced"):
                await stack.send(Request("PUT", server.origin, body=StreamBody.once([b"abc"], length=9)))

    with ScriptedServer(once()) as server:
        run(main)


def test_the_deadline_holds(blocking: Urllib3Terminal) -> None:
    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking), [Deadline(0.1)]) as stack:
            with pytest.raises(GlobusTimeoutError):
                await stack.send(get(server.origin))

    with ScriptedServer(silent) as server:
        run(main)


def test_the_deadline_bounds_the_wait_for_a_thread_too() -> None:
    busy, release, sent = threading.Event(), threading.Event(), []

    def terminal(request: Request) -> Response:
        sent.append(request.url.target)
        busy.set()
        assert release.wait(PATIENCE)
        return Response(200)

    async def main() -> None:
        threads = ThreadsTerminal(terminal, threads=1)
        first = asyncio.ensure_future(threads(get("https://h.org/first", deadline=time.monotonic() + PATIENCE)))
        await asyncio.to_thread(busy.wait, PATIENCE)
        late = get("https://h.org/late", deadline=time.monotonic() + 0.05)
        with pytest.raises(GlobusTimeoutError, match="while it waited for one of 1 threads") as raised:
            await threads(late)
        assert not raised.value.request_began
        cancelled = asyncio.ensure_future(threads(get("https://h.org/left", deadline=time.monotonic() + PATIENCE)))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        release.set()
        assert (await first).status == 200
        await threads.close()

    run(main)
    assert sent == ["/first"]


def test_context_variables_reach_the_terminal() -> None:
    variable = contextvars.ContextVar[str]("variable")

    async def main() -> None:
        terminal = ThreadsTerminal(lambda _request: Response(200, body=variable.get().encode()))
        variable.set("seen")
        assert (await terminal(REQUEST)).body == b"seen"
        await terminal.close()

    run(main)


# Streams.


def test_a_streamed_body_is_read_in_worker_threads() -> None:
    body = Body(b"one", b"two")

    async def main() -> None:
        terminal = ThreadsTerminal(lambda _request: Response(200, stream=body))
        assert [chunk async for chunk in stream_of(await terminal(REQUEST))] == [b"one", b"two"]
        assert body.closed.is_set()
        assert await stream_of(await terminal(REQUEST)).read() == b"onetwo"
        assert await stream_of(await terminal(REQUEST)).read(4) == b"onet"
        await terminal.close()

    run(main)
    assert all(name.startswith("globus_transport") for name in body.threads)


def test_a_stream_from_a_socket(blocking: Urllib3Terminal) -> None:
    broken = head("200 OK", "Content-Length: 10") + b"abc"
    large = whole(b"x" * 300_000)

    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking)) as stack:
            request = get(server.origin, stream=True)
            assert sum([len(chunk) async for chunk in stream_of(await stack.send(request))]) == 300_000
            assert len(await stream_of(await stack.send(request)).read()) == 300_000
            assert server.connections == 1
            with pytest.raises(GlobusConnectionError, match="in the middle"):
                await stream_of(await stack.send(request)).read()

    with ScriptedServer(in_turn(large, large, broken)) as server:
        run(main)


def test_a_layer_can_read_a_streamed_error(blocking: Urllib3Terminal) -> None:
    def read_errors(request: Request) -> Flow:
        response: Response = yield request
        whole: Response = yield Read(response, 4)
        return whole

    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking), [read_errors]) as stack:
            response = await stack.send(get(server.origin, stream=True))
        assert (response.body, response.truncated, response.stream) == (b"a lo", True, None)

    with ScriptedServer(answering(whole(b"a long story", "500 Oh"))) as server:
        run(main)


def test_closing_a_stream_lets_go_of_the_connection(blocking: Urllib3Terminal) -> None:
    def endless(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 1000000000"), b"x" * 100_000)
        peer.wait_for_close()

    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking)) as stack:
            for leave_the_loop in (False, True):
                stream = stream_of(await stack.send(get(server.origin, stream=True)))
                if leave_the_loop:
                    async for _ in stream:
                        break
                else:
                    await stream.close()
                    await stream.close()
                await soon(server.saw_close)
                server.saw_close.clear()

    with ScriptedServer(endless) as server:
        run(main)


def test_a_stream_can_be_read_after_its_terminal_was_closed() -> None:
    body = Body(b"late")

    async def main() -> None:
        terminal = ThreadsTerminal(lambda _request: Response(200, stream=body))
        response = await terminal(REQUEST)
        await terminal.close()
        assert await stream_of(response).read() == b"late"
        await terminal.close()

    run(main)


# Cancellation.


def test_the_response_to_a_cancelled_request_is_closed_when_it_comes() -> None:
    body = Body(b"unwanted")
    held = Held(Response(200, stream=body))

    async def main() -> None:
        terminal = ThreadsTerminal(held)
        call = asyncio.ensure_future(terminal(REQUEST))
        await soon(held.begun)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not body.closed.is_set()
        held.go_on.set()
        await soon(body.closed)
        await terminal.close()

    run(main)


def test_the_connection_of_a_cancelled_request_is_let_go(blocking: Urllib3Terminal) -> None:
    arrived = threading.Event()

    def late(peer: Peer) -> None:
        peer.read_request()
        arrived.set()
        peer.wait_for_close()

    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking)) as stack:
            call = asyncio.ensure_future(stack.send(get(server.origin, stream=True)))
            await soon(arrived)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await soon(server.saw_close)

    with ScriptedServer(late) as server:
        run(main)


def test_a_cancelled_call_leaves_its_thread_to_the_next() -> None:
    held = Held(Response(200))

    async def main() -> None:
        terminal = ThreadsTerminal(lambda request: held(request) if request is REQUEST else Response(204), threads=1)
        for _ in range(5):
            call = asyncio.ensure_future(terminal(REQUEST))
            await soon(held.begun)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert (await terminal(get("https://other.example.org"))).status == 204
        held.go_on.set()

    run(main)


def test_calls_that_are_cancelled_while_a_name_is_resolved_leave_the_client_usable(
    blocking: Urllib3Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    resolve = socket.getaddrinfo

    def slow(host: Any, *args: Any, **options: Any) -> Any:
        if host == "slow.example.org":
            assert go_on.wait(PATIENCE)
            raise socket.gaierror("too late")
        return resolve(host, *args, **options)

    async def main() -> None:
        terminal = ThreadsTerminal(blocking, threads=8)
        calls = [asyncio.ensure_future(terminal(get("http://slow.example.org"))) for _ in range(32)]
        await asyncio.sleep(0.05)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
        assert (await terminal(get(server.origin))).body == b"ok"
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            await terminal(get("http://slow.example.org", deadline=started + 0.1))
        assert time.monotonic() - started < PATIENCE / 2
        go_on.set()

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with ScriptedServer(answering(whole(b"ok"))) as server:
        run(main)


_PROGRAM = """
import asyncio, sys, time
import globus_transport
from globus_transport import AsyncStack, Request
from globus_transport.terminals import ThreadsTerminal, Urllib3Terminal

terminals = {"urllib3": Urllib3Terminal(), "another": lambda request: time.sleep(30)}


async def main():
    stack = AsyncStack(ThreadsTerminal(terminals[sys.argv[2]]))
    task = asyncio.create_task(stack.send(Request("GET", sys.argv[1])))
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())


asyncio.run(main())
"""


@pytest.mark.parametrize("below", ["urllib3", "another"])
def test_a_program_ends_though_its_last_call_was_cancelled(below: str) -> None:
    with ScriptedServer(silent) as server:
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, server.origin, below],
            capture_output=True,
            text=True,
            timeout=25,
            check=False,
        )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)
    assert time.monotonic() - started < 15


def test_cancelling_does_not_reach_a_connection_that_was_given_back(blocking: Urllib3Terminal) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        exchange = blocking.cancellable(get(server.origin))
        assert exchange.run().body == b"ok"
        exchange.cancel()
        assert blocking(get(server.origin)).body == b"ok"
        assert server.connections == 1


def test_what_is_cancelled_before_it_is_connected_sends_nothing(blocking: Urllib3Terminal) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        exchange = blocking.cancellable(get(server.origin))
        exchange.cancel()
        with pytest.raises(GlobusConnectionError, match="cancelled") as raised:
            exchange.run()
        assert not raised.value.request_began
        assert server.requests == []


@pytest.mark.parametrize("turns", [0, 1])
def test_a_response_that_came_just_before_the_cancellation_is_closed(turns: int) -> None:
    body = Body(b"unwanted")

    async def main() -> None:
        held = Held(Response(200, stream=body))
        terminal = ThreadsTerminal(held, threads=1)
        call = asyncio.ensure_future(terminal(REQUEST))
        await soon(held.begun)
        held.go_on.set()
        # When the only thread is free, the response has been made. The task has not seen it.
        terminal._threads.start(lambda: None).result(PATIENCE)
        for _ in range(turns):
            await asyncio.sleep(0)
        assert not call.done()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await soon(body.closed)
        await terminal.close()

    run(main)


def test_an_exception_that_comes_after_the_cancellation_is_not_complained_about(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = Held(GlobusConnectionError("late"))

    async def main() -> None:
        terminal = ThreadsTerminal(held)
        call = asyncio.ensure_future(terminal(REQUEST))
        await soon(held.begun)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        held.go_on.set()
        await terminal.close()

    with caplog.at_level(logging.WARNING):
        run(main)
    assert caplog.records == []


def test_a_request_that_still_waits_for_a_thread_is_not_sent_if_it_is_cancelled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = Held(Response(200))

    async def main() -> None:
        terminal = ThreadsTerminal(held, threads=1)
        first = asyncio.ensure_future(terminal(REQUEST))
        await soon(held.begun)
        second = asyncio.ensure_future(terminal(REQUEST))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        held.go_on.set()
        assert (await first).status == 200
        await terminal.close()

    with caplog.at_level(logging.WARNING):
        run(main)
    assert held.calls == 1
    assert caplog.records == []


@pytest.mark.parametrize("how", ["loop", "read"])
def test_a_cancelled_read_closes_the_stream_when_its_thread_is_done_with_it(how: str) -> None:
    body = Body(b"one", b"two")
    body.go_on.clear()

    async def main() -> None:
        terminal = ThreadsTerminal(lambda _request: Response(200, stream=body))
        stream = stream_of(await terminal(REQUEST))

        async def read() -> None:
            if how == "read":
                await stream.read()
            else:
                async for _ in stream:
                    pass

        task = asyncio.ensure_future(read())
        await soon(body.reading)
        task.cancel()
        # The thread is still reading. The loop does not wait for it.
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not body.closed.is_set()
        body.go_on.set()
        await soon(body.closed)
        await stream.close()
        await terminal.close()

    run(main)
    assert not body.close_was_overlapping


# Closing, copying, printing.


def test_close_closes_the_inner_terminal_and_ends_the_threads_without_waiting() -> None:
    held = Held(Response(200))

    async def main() -> None:
        terminal = ThreadsTerminal(held, threads=1)
        call = asyncio.ensure_future(terminal(REQUEST))
        await soon(held.begun)
        await terminal.close()
        assert held.closed_in not in ("", threading.current_thread().name)
        assert not call.done()
        held.go_on.set()
        # Requests that were sent continue, and new requests start new threads.
        assert (await call).status == 200
        assert (await terminal(REQUEST)).status == 200
        await terminal.close()

    run(main)


def test_a_terminal_that_has_nothing_to_close() -> None:
    async def main() -> None:
        await ThreadsTerminal(lambda _request: Response(200)).close()

    run(main)


def test_one_terminal_serves_several_loops(blocking: Urllib3Terminal) -> None:
    terminal = ThreadsTerminal(blocking)

    async def main() -> None:
        assert (await terminal(get(server.origin))).status == 200

    async def close() -> None:
        await terminal.close()

    with ScriptedServer(answering(whole())) as server:
        for _ in range(2):
            asyncio.run(main())
        run(close)
    assert server.connections == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own(blocking: Urllib3Terminal) -> None:
    terminal = ThreadsTerminal(blocking)

    async def ask() -> bytes:
        return (await terminal(get(server.origin))).body

    async def close() -> None:
        await terminal.close()

    with ScriptedServer(answering(whole(b"answer"))) as server:
        assert asyncio.run(ask()) == b"answer"
        readable, writable = os.pipe()
        terminal._threads._lock.acquire()
        child = os.fork()
        if child == 0:
            try:
                os.write(writable, asyncio.run(asyncio.wait_for(ask(), PATIENCE)))
            finally:
                os._exit(0)
        terminal._threads._lock.release()
        os.close(writable)
        with open(readable, "rb") as report:
            assert report.read() == b"answer"
        os.waitpid(child, 0)
        assert asyncio.run(ask()) == b"answer"
        assert server.connections == 2
        run(close)


def test_it_pickles_as_a_recipe(blocking: Urllib3Terminal) -> None:
    terminal = ThreadsTerminal(blocking, threads=3)

    async def main() -> None:
        assert (await terminal(get(server.origin))).status == 200
        arrived: ThreadsTerminal = pickle.loads(pickle.dumps(terminal))
        assert arrived.threads == 3
        assert isinstance(arrived.terminal, Urllib3Terminal)
        assert (await arrived(get(server.origin))).status == 200
        await arrived.close()
        await terminal.close()

    with ScriptedServer(answering(whole())) as server:
        run(main)
    assert server.connections == 2


def test_it_says_what_it_is() -> None:
    shown = str(AsyncStack(ThreadsTerminal(Urllib3Terminal(), threads=4)))
    assert shown.splitlines()[-1].endswith(
        "urllib3, 32 kept connections, time-out 60 s, TLS verified, in 4 worker threads"
    )


def test_what_cannot_be_is_refused() -> None:
    async def coroutine(_request: Request) -> Response:
        return Response(200)

    with pytest.raises(MiddlewareError, match="coroutine function"):
        ThreadsTerminal(coroutine)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(GlobusSDKUsageError, match="threads=0"):
        ThreadsTerminal(Held(Response(200)), threads=0)


def test_a_broken_encoding_comes_through(blocking: Urllib3Terminal) -> None:
    async def main() -> None:
        async with AsyncStack(ThreadsTerminal(blocking)) as stack:
            with pytest.raises(ReplyFormatError, match="not gzip"):
                await stream_of(await stack.send(get(server.origin, stream=True))).read()

    with ScriptedServer(answering(whole(b"plain", "200 OK", "Content-Encoding: gzip"))) as server:
        run(main)
