"""The asyncio terminal: resolving names, trying addresses, and the turns of a pool."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from globus_transport import (
    AsyncByteStream,
    AsyncioTerminal,
    AsyncTransferClient,
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    Request,
    RetryConfig,
)
from globus_transport.terminals.asyncio import connecting
from globus_transport.terminals.asyncio.connecting import AddressInfo
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies

NAME = "service.example.org"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the name resolves to."""
    addresses: list[str] = []

    def resolve(host: str, port: int, flags: int) -> list[AddressInfo]:
        if flags:
            raise socket.gaierror
        assert host == NAME
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(connecting, "_address_info", resolve)
    return addresses


def run(use: Callable[[AsyncioTerminal], Any], **settings: Any) -> Any:
    async def main() -> Any:
        async with AsyncioTerminal(**{"http_timeout": 5.0, **settings}) as terminal:
            return await use(terminal)

    return asyncio.run(main())


@pytest.fixture
def deaf() -> Iterator[Callable[[str, int], None]]:
    """Makes an address neither accept nor refuse connections: the queue of its listener is full."""
    with ExitStack() as sockets:

        def make_deaf(address: str, port: int) -> None:
            sockets.enter_context(socket.create_server((address, port), backlog=0))
            for _ in range(4):
                filler = sockets.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex((address, port))

        yield make_deaf


def test_an_address_that_does_not_answer_delays_the_next_one_by_a_quarter_of_a_second(
    addresses: list[str], deaf: Callable[[str, int], None]
) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        deaf("127.0.0.2", server.port)
        deaf("127.0.0.3", server.port)
        addresses += ["127.0.0.2", "127.0.0.3", "127.0.0.1"]
        started = time.monotonic()
        response = run(lambda terminal: terminal(Request("GET", f"http://{NAME}:{server.port}")))
        assert response.body == b"ok"
        assert 0.4 < time.monotonic() - started < 3
        assert server.requests[0]["Host"] == f"{NAME}:{server.port}"


def test_an_address_that_refuses_delays_nothing(addresses: list[str]) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        addresses += ["127.0.0.2", "127.0.0.3", "127.0.0.1"]
        started = time.monotonic()
        run(lambda terminal: terminal(Request("GET", f"http://{NAME}:{server.port}")))
        assert time.monotonic() - started < 0.2


def test_where_all_addresses_refuse_the_error_says_so(addresses: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    addresses += ["127.0.0.1", "127.0.0.2"]
    with pytest.raises(GlobusConnectionError, match="Connection refused") as raised:
        run(lambda terminal: terminal(Request("GET", f"http://{NAME}:{port}")))
    assert not raised.value.request_began


def test_a_deadline_ends_the_attempts_with_several_addresses(
    addresses: list[str], deaf: Callable[[str, int], None]
) -> None:
    addresses += ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for address in addresses:
        deaf(address, port)
    started = time.monotonic()
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    with pytest.raises(GlobusTimeoutError) as raised:
        run(lambda terminal: terminal(Request("GET", f"http://{NAME}:{port}", deadline=started + 0.6)))
    assert time.monotonic() - started < 2
    assert not raised.value.request_began
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) <= before, "a socket was left open"


def test_the_families_of_addresses_take_turns() -> None:
    def info(family: int, address: str) -> AddressInfo:
        return (family, socket.SOCK_STREAM, 6, "", (address, 80))

    six = [info(socket.AF_INET6, f"::{number}") for number in range(3)]
    four = [info(socket.AF_INET, "10.0.0.1")]
    assert connecting._alternating([*six, *four]) == [six[0], four[0], six[1], six[2]]
    assert connecting._alternating([*four, *six]) == [four[0], *six]


def test_of_two_attempts_that_succeed_at_once_one_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    async def main() -> socket.socket:
        go_on = asyncio.Event()

        async def connect(info: AddressInfo) -> socket.socket:
            made.append(socket.socket())
            if len(made) == 2:
                go_on.set()
            await go_on.wait()
            return made[-1] if info[4] == 2 else made[0]

        monkeypatch.setattr(connecting, "_connect_to", connect)
        first = await connecting._connect_to_first([(0, 0, 0, "", 1), (0, 0, 0, "", 2)])
        await asyncio.sleep(0)
        return first

    taken = asyncio.run(main())
    (other,) = [sock for sock in made if sock is not taken]
    assert (taken.fileno() >= 0, other.fileno()) == (True, -1)
    taken.close()


class SlowResolver:
    """Holds every question for a name until it is told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.go_on = threading.Event()
        monkeypatch.setattr(connecting, "_address_info", self._resolve)

    def _resolve(self, host: str, port: int, flags: int) -> list[AddressInfo]:
        if flags:
            raise socket.gaierror
        self.asked += 1
        self.go_on.wait(10)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.mark.parametrize("by", ["deadline", "connect_timeout"])
def test_a_name_that_takes_long_to_resolve(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    resolver = SlowResolver(monkeypatch)
    started = time.monotonic()
    deadline = started + 0.2 if by == "deadline" else None
    with pytest.raises(GlobusConnectionTimeoutError, match="no connection to") as raised:
        run(
            lambda terminal: terminal(Request("GET", f"http://{NAME}:1", deadline=deadline)),
            connect_timeout=0.2 if by == "connect_timeout" else 5,
        )
    assert time.monotonic() - started < 2
    assert not raised.value.request_began
    resolver.go_on.set()


def test_calls_that_are_cancelled_while_a_name_is_resolved_leave_the_client_usable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolver = SlowResolver(monkeypatch)

    async def use(terminal: AsyncioTerminal) -> bytes:
        url = f"http://{NAME}:{server.port}"
        for _ in range(3):
            tasks = [asyncio.create_task(terminal(Request("GET", url))) for _ in range(16)]
            await asyncio.sleep(0.02)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        # The thread that resolves is one for all of them.
        assert resolver.asked == 1
        resolver.go_on.set()
        return (await terminal(Request("GET", url))).body

    with ScriptedServer(answering(whole(b"ok"))) as server:
        assert run(use, pool_size=4) == b"ok"


def test_a_handshake_that_is_cancelled_frees_its_socket_at_the_next_turn_of_the_loop() -> None:
    reached = threading.Event()

    def stop(peer: Peer) -> None:
        # What the client says first. Nothing is answered.
        peer.socket.recv(1 << 16)
        reached.set()
        peer.wait_for_close()

    async def use(terminal: AsyncioTerminal) -> None:
        task = asyncio.create_task(terminal(Request("GET", f"https://127.0.0.1:{server.port}")))
        assert await asyncio.to_thread(reached.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)
        assert await asyncio.to_thread(server.saw_close.wait, 5)

    with ScriptedServer(stop) as server:
        run(use, verify_ssl=False)


def test_a_certificate_that_is_not_trusted(tmp_path_factory: pytest.TempPathFactory) -> None:
    context = Authority(tmp_path_factory.mktemp("authority")).server_context("127.0.0.1")
    with ScriptedServer(answering(whole()), tls=context) as server:
        with pytest.raises(GlobusConnectionError, match="CERTIFICATE_VERIFY_FAILED") as raised:
            run(lambda terminal: terminal(Request("GET", server.origin)))
        assert server.requests == []
    assert not raised.value.request_began
    assert isinstance(raised.value.__cause__, ssl.SSLError)


def test_a_name_with_a_dot_at_its_end_is_that_of_the_certificate(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    addresses.append("127.0.0.1")
    monkeypatch.setattr(f"{__name__}.NAME", f"{NAME}.")
    with ScriptedServer(answering(whole(b"ok")), tls=authority.server_context(NAME.rstrip("."))) as server:
        request = Request("GET", f"https://{NAME}:{server.port}")
        assert run(lambda terminal: terminal(request), verify_ssl=str(authority.file)).body == b"ok"


def test_a_thousand_tasks_on_a_pool_of_64() -> None:
    open_now, most = 0, 0
    lock = threading.Lock()

    def count(peer: Peer) -> None:
        nonlocal open_now, most
        with lock:
            open_now += 1
            most = max(most, open_now)
        try:
            while True:
                peer.read_request()
                peer.send(whole(b'{"status": "ACTIVE"}'))
        finally:
            with lock:
                open_now -= 1

    async def main() -> int:
        client = AsyncTransferClient(
            base_url=server.origin,
            terminal=AsyncioTerminal(pool_size=64, http_timeout=30),
            retry_config=RetryConfig(max_retries=0),
        )
        replies = await asyncio.gather(*(client.get_task("x") for _ in range(1000)))
        return sum(reply["status"] == "ACTIVE" for reply in replies)

    with ScriptedServer(count) as server:
        assert asyncio.run(main()) == 1000
    assert most <= 64


def test_turns_are_taken_in_the_order_of_the_calls_and_a_cancelled_one_is_passed_on() -> None:
    order: list[str] = []

    def log(peer: Peer) -> None:
        while True:
            order.append(peer.read_request().target)
            peer.pause(0.05)
            peer.send(whole())

    async def use(terminal: AsyncioTerminal) -> None:
        tasks = []
        for number in range(6):
            tasks.append(asyncio.create_task(terminal(Request("GET", f"{server.origin}/{number}"))))
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)
        tasks[2].cancel()
        await asyncio.wait(tasks)
        assert [task.cancelled() for task in tasks] == [number == 2 for number in range(6)]

    with ScriptedServer(log) as server:
        run(use, pool_size=1)
        assert server.connections == 1
    assert order == ["/0", "/1", "/3", "/4", "/5"]


def test_waiting_for_a_connection_goes_on_as_long_as_others_become_free() -> None:
    def slow(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.pause(0.1)
            peer.send(whole())

    async def use(terminal: AsyncioTerminal) -> None:
        # The last one waits six times as long as its time limit.
        await asyncio.gather(*(terminal(Request("GET", server.origin)) for _ in range(12)))

    with ScriptedServer(slow) as server:
        run(use, pool_size=1, connect_timeout=0.2)
        assert len(server.requests) == 12


def test_streams_that_nobody_reads_use_up_the_pool_and_the_error_says_so() -> None:
    async def use(terminal: AsyncioTerminal) -> None:
        streams = [await terminal(Request("GET", server.origin, stream=True)) for _ in range(2)]
        with pytest.raises(GlobusConnectionTimeoutError, match=r"all 2 are in use\. Is a streamed") as raised:
            await terminal(Request("GET", server.origin))
        assert not raised.value.request_began
        for response in streams:
            assert isinstance(response.stream, AsyncByteStream)
            await response.stream.close()
        assert (await terminal(Request("GET", server.origin))).body == b"ok"

    def stall(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"))
        peer.wait_for_close()

    with ScriptedServer(stall, stall, answering(whole(b"ok"))) as server:
        run(use, pool_size=2, connect_timeout=0.2)
