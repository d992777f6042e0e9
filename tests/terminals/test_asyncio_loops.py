"""The asyncio terminal in event loops: several of them, their end, the end of the program, and a forked child."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
import uvloop

from globus_transport import (
    AsyncByteStream,
    AsyncioTerminal,
    AsyncTransferClient,
    GlobusConnectionError,
    GlobusTimeoutError,
    Request,
    Response,
    StreamBody,
)
from globus_transport.terminals.asyncio import loop_pools
from globus_transport.testing.loopback_server import PATIENCE, Peer, ScriptedServer, answering, head, silent, whole
from tests.terminals.fresh_terminal import forget_proxies

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> Any:
    return LOOPS[request.param]


def answer_and_wait(peer: Peer) -> None:
    peer.read_request()
    peer.send(whole(b"ok"))
    peer.wait_for_close()


async def _get(terminal: AsyncioTerminal, origin: str) -> bytes:
    return (await terminal(Request("GET", origin))).body


def test_one_event_loop_after_the_other(new_loop: Any) -> None:
    terminal = AsyncioTerminal()
    with ScriptedServer(answering(whole(b"ok"))) as server:
        for _ in range(3):
            with asyncio.Runner(loop_factory=new_loop) as runner:
                assert [runner.run(_get(terminal, server.origin)) for _ in range(2)] == [b"ok"] * 2
        assert server.connections == 3
    # The loops that have ended are not kept.
    assert len(terminal._loops) == 1


def test_event_loops_in_several_threads(new_loop: Any) -> None:
    def echo(peer: Peer) -> None:
        while True:
            peer.send(whole(peer.read_request().target.encode()))

    terminal = AsyncioTerminal()

    async def calls(thread: int) -> list[bytes]:
        return await asyncio.gather(*(_get(terminal, f"{server.origin}/{thread}-{turn}") for turn in range(50)))

    def loop(thread: int) -> list[bytes]:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(calls(thread))

    with ScriptedServer(echo) as server, ThreadPoolExecutor(4) as threads:
        for thread, bodies in enumerate(threads.map(loop, range(4))):
            assert bodies == [b"/%d-%d" % (thread, turn) for turn in range(50)]


def test_the_end_of_the_loop_is_the_end_of_its_connections(new_loop: Any) -> None:
    terminal = AsyncioTerminal()
    with ScriptedServer(answer_and_wait) as server, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(_get(terminal, server.origin))
            assert not server.saw_close.is_set()
        assert server.saw_close.wait(5)
        gc.collect()
    assert [warning.message for warning in warned] == []


@pytest.mark.parametrize("state", ["idle", "a stream is open"])
def test_a_terminal_that_is_forgotten_closes_its_connections(new_loop: Any, state: str) -> None:
    async def main() -> None:
        terminal = AsyncioTerminal()
        response = await terminal(Request("GET", server.origin, stream=state != "idle"))
        del terminal, response
        gc.collect()
        assert await asyncio.to_thread(server.saw_close.wait, 5)

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b"ok") if state == "idle" else head("200 OK", "Content-Length: 9"))
        peer.wait_for_close()

    with ScriptedServer(script) as server, asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def test_a_stream_that_is_forgotten_frees_its_connection(new_loop: Any) -> None:
    async def main() -> None:
        terminal = AsyncioTerminal(pool_size=1)
        response = await terminal(Request("GET", server.origin, stream=True))
        del response
        gc.collect()
        async with asyncio.timeout(5):
            assert await _get(terminal, server.origin) == b"ok"
        await terminal.close()

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"))
        peer.wait_for_close()

    with ScriptedServer(script, answering(whole(b"ok"))) as server, asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())
        assert server.saw_close.wait(5)


_PROGRAM = """
import asyncio, socket, sys, time
import uvloop
from globus_transport import AsyncTransferClient, RetryConfig

origin, runner, what = sys.argv[1:]
run = {"asyncio.run": asyncio.run, "uvloop.run": uvloop.run}[runner]
client = AsyncTransferClient(base_url=origin, retry_config=RetryConfig(max_retries=0))


async def use():
    print((await client.get_task("x"))["status"])


async def cancel():
    task = asyncio.create_task(client.get_task("x"))
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())


def slow(*args, **options):
    time.sleep(30)


if what == "cancel while the name is resolved":
    resolve, socket.getaddrinfo = socket.getaddrinfo, (
        lambda host, *args, **options: slow() if not options.get("flags") else resolve(host, *args, **options)
    )
run(use() if what == "use" else cancel())
"""


def _run_program(origin: str, runner: str, what: str) -> tuple[str, float]:
    """What the program prints, and how long it takes. Warnings and what asyncio's debug mode finds are errors."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", _PROGRAM, origin, runner, what],
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip(), time.monotonic() - started


@pytest.mark.parametrize("runner", ["asyncio.run", "uvloop.run"])
def test_a_program_that_closes_nothing_ends_without_a_warning(runner: str) -> None:
    with ScriptedServer(answering(whole(b'{"status": "ACTIVE"}'))) as server:
        assert _run_program(server.origin, runner, "use")[0] == "ACTIVE"


@pytest.mark.parametrize("runner", ["asyncio.run", "uvloop.run"])
@pytest.mark.parametrize("what", ["cancel", "cancel while the name is resolved"])
def test_a_program_ends_though_its_last_call_was_cancelled(runner: str, what: str) -> None:
    with ScriptedServer(silent) as server:
        origin = server.origin if what == "cancel" else "http://slow.example.org"
        printed, seconds = _run_program(origin, runner, what)
    assert printed == "True"
    assert seconds < 15


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_that_is_forked_in_a_running_loop(new_loop: Any) -> None:
    """Parent and child on one socket would get each other's answers."""

    def echo(peer: Peer) -> None:
        number = peer.server.connections
        while True:
            peer.send(whole(b"connection %d for %b" % (number, peer.read_request().target.encode())))

    terminal = AsyncioTerminal()

    async def call(whose: str) -> bytes:
        return await _get(terminal, f"{server.origin}/{whose}")

    async def main() -> tuple[int, list[bytes]]:
        assert await call("before") == b"connection 1 for /before"
        child = os.fork()
        if not child:
            answer = b""
            try:
                asyncio._set_running_loop(None)
                with asyncio.Runner(loop_factory=new_loop) as runner:
                    answer = runner.run(call("child"))
                gc.collect()
            finally:
                os._exit(0 if answer == b"connection 2 for /child" else 1)
        ended = await asyncio.to_thread(os.waitpid, child, 0)
        return os.waitstatus_to_exitcode(ended[1]), [await call("after") for _ in range(3)]

    with ScriptedServer(echo) as server, asyncio.Runner(loop_factory=new_loop) as runner:
        status, answers = runner.run(main())
    assert status == 0
    assert answers == [b"connection 1 for /after"] * 3


def test_time_limits_and_scopes_of_a_program(new_loop: Any) -> None:
    """``asyncio.timeout``, task groups and anyio's cancel scopes end a call, and let go of its connection."""

    async def limited() -> None:
        async with asyncio.timeout(0.1):
            await client.get_task("x")

    async def grouped() -> None:
        async def fail() -> None:
            await asyncio.sleep(0.1)
            raise LookupError

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(client.get_task("x"))
            tasks.create_task(fail())

    async def scoped() -> None:
        with anyio.move_on_after(0.1) as scope:
            await client.get_task("x")
        assert scope.cancelled_caught

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await limited()
        with pytest.raises(ExceptionGroup) as raised:
            await grouped()
        assert isinstance(raised.value.exceptions[0], LookupError)
        await scoped()
        async with asyncio.timeout(5):
            assert (await client.get_task("x"))["status"] == "ACTIVE"
        await client.close()

    def wait(peer: Peer) -> None:
        peer.read_request()
        peer.wait_for_close()
        closed.append(peer)

    closed: list[Peer] = []
    with ScriptedServer(wait, wait, wait, answering(whole(b'{"status": "ACTIVE"}'))) as server:
        client = AsyncTransferClient(base_url=server.origin)
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())
    assert len(closed) == 3


def test_what_a_stream_reads_after_the_terminal_was_closed() -> None:
    async def main() -> bytes:
        async with AsyncioTerminal() as terminal:
            response = await terminal(Request("GET", server.origin, stream=True))
        assert isinstance(response.stream, AsyncByteStream)
        return await response.stream.read()

    with ScriptedServer(answer_and_wait) as server:
        assert asyncio.run(main()) == b"ok"
        assert server.saw_close.wait(5)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_that_is_forked_during_a_handshake_does_not_hold_the_connection(new_loop: Any) -> None:
    async def main() -> None:
        call = asyncio.create_task(AsyncioTerminal()(Request("GET", f"https://127.0.0.1:{server.port}/")))
        while not server.connections:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        child = os.fork()
        if not child:
            time.sleep(5)
            os._exit(0)
        call.cancel()
        await asyncio.wait([call])
        started = time.monotonic()
        while not server.saw_close.is_set() and time.monotonic() - started < 4:
            await asyncio.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert time.monotonic() - started < 4

    with ScriptedServer(lambda peer: peer.wait_for_close()) as server, asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def test_a_loop_ends_though_a_call_was_not_cancelled(new_loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_pools, "_LAST_CALLS", 0.1)
    terminal = AsyncioTerminal(http_timeout=None)

    async def main() -> asyncio.Task[Response]:
        call = asyncio.create_task(terminal(Request("GET", server.origin)))
        await asyncio.sleep(0.1)
        return call

    with ScriptedServer(silent) as server:
        loop = new_loop()
        call = loop.run_until_complete(main())
        started = time.monotonic()
        # As Python's documentation ends a loop that ran for ever.
        loop.run_until_complete(loop.shutdown_asyncgens())
        assert time.monotonic() - started < 5
        with pytest.raises(GlobusConnectionError, match="closed before its end"):
            loop.run_until_complete(call)
        loop.close()


def test_a_call_in_a_generator_that_ends_with_the_loop(new_loop: Any) -> None:
    bodies: list[bytes] = []

    async def at_the_end(terminal: AsyncioTerminal) -> AsyncIterator[None]:
        try:
            yield
        finally:
            bodies.append(await _get(terminal, server.origin))

    async def main() -> None:
        terminal = AsyncioTerminal()
        await _get(terminal, server.origin)
        generator = at_the_end(terminal)
        await anext(generator)
        kept.append(generator)

    def chunked_and_slow(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"3\r\nabc\r\n")
            peer.pause(0.05)
            peer.send(b"0\r\n\r\n")

    kept: list[object] = []
    with ScriptedServer(chunked_and_slow) as server:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())
        assert bodies == [b"abc"]


def test_the_deadline_is_named_though_a_timer_is_early(new_loop: Any) -> None:
    """uvloop's timers count whole milliseconds."""

    async def main() -> None:
        async with AsyncioTerminal(http_timeout=5.0, pool_size=1) as terminal:
            busy = asyncio.create_task(terminal(Request("GET", server.origin)))
            await asyncio.sleep(0.05)
            for number in range(30):
                deadline = time.monotonic() + 0.01 + 0.00037 * number
                with pytest.raises(GlobusTimeoutError, match="the deadline of the call has passed"):
                    await terminal(Request("GET", server.origin, deadline=deadline))
            busy.cancel()

    with ScriptedServer(silent) as server, asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def test_what_a_body_does_at_its_end_does_not_hold_up_the_loop(new_loop: Any) -> None:
    ended_in: list[int] = []
    ended = threading.Event()

    def parts() -> Iterator[bytes]:
        try:
            for _ in range(1000):
                yield bytes(1 << 16)
        finally:
            ended_in.append(threading.get_ident())
            ended.set()

    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"no", "413 Content Too Large", "Connection: close"))
        peer.wait_for_close()

    async def main() -> int:
        async with AsyncioTerminal() as terminal:
            return (await terminal(Request("PUT", server.origin, body=StreamBody(parts)))).status

    with ScriptedServer(refuse) as server, asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(main()) == 413
    assert ended.wait(PATIENCE)
    assert ended_in != [threading.get_ident()]
