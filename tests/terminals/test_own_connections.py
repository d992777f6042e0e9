"""How the terminals that connect themselves keep, share, replace and let go of connections."""

import errno
import gc
import os
import pickle
import socket
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, once, whole
from tests.terminals.fresh_terminal import OwnTerminal, forget_proxies, fresh_terminal, get


def refused_origin() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_one_connection_serves_one_call_after_another(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole(b"{}"))) as server:
        for _ in range(20):
            assert terminal(get(server.origin)).body == b"{}"
    assert (server.connections, len(server.requests)) == (1, 20)


def test_origins_do_not_share_connections(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole(b"one"))) as one, ScriptedServer(answering(whole(b"two"))) as two:
        answers = [terminal(get(server.origin)).body for server in (one, two, one, two)]
    assert answers == [b"one", b"two", b"one", b"two"]
    assert (one.connections, two.connections) == (1, 1)


def test_threads_share_the_kept_connections(terminal: OwnTerminal) -> None:
    def echo(peer: Peer) -> None:
        while True:
            peer.send(whole(peer.read_request().target.encode()))

    def call(number: int) -> bool:
        return all(terminal(get(f"{origin}/{number}-{turn}")).body == b"/%d-%d" % (number, turn) for turn in range(40))

    with ScriptedServer(echo) as server, ThreadPoolExecutor(16) as threads:
        origin = server.origin
        assert all(threads.map(call, range(16)))
        first = server.connections
        assert all(threads.map(call, range(16)))
        # A thread that found all kept connections in use could open one, but there are never more than threads.
        assert len(server.requests) == 2 * 16 * 40
        assert first <= server.connections <= 16


def test_no_more_connections_are_kept_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    everyone_is_here = threading.Barrier(4)

    def together(peer: Peer) -> None:
        peer.read_request()
        everyone_is_here.wait(5)
        peer.send(whole())
        peer.read_request()
        peer.send(whole(b"kept"))

    with fresh_terminal(monkeypatch, pool_size=1) as terminal, ScriptedServer(together) as server:
        with ThreadPoolExecutor(4) as threads:
            assert [answer.status for answer in threads.map(terminal, [get(server.origin)] * 4)] == [200] * 4
        # Three were closed: only one of the scripts gets to its second request.
        assert terminal(get(server.origin)).body == b"kept"
        assert (server.connections, len(server.requests)) == (4, 5)


def test_a_connection_that_the_server_closed_while_it_was_idle_is_replaced(terminal: OwnTerminal) -> None:
    closed = threading.Event()

    def close_after_answer(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole())
        peer.half_close()
        closed.set()

    with ScriptedServer(close_after_answer, answering(whole())) as server:
        terminal(get(server.origin))
        assert closed.wait(5)
        # A body that can go once only shows that nothing was sent twice.
        assert terminal(Request("POST", server.origin, body=b"x")).status == 200
    assert [request.line[:4] for request in server.requests] == ["GET ", "POST"]
    assert server.connections == 2


def test_a_connection_that_the_server_announces_to_close_is_not_used_again(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole(b"ok", "200 OK", "Connection: close"))) as server:
        assert [terminal(get(server.origin)).body for _ in range(3)] == [b"ok"] * 3
    assert server.connections == 3


def test_a_streamed_body_occupies_its_connection_until_it_is_read(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole(b"abc"))) as server:
        stream = terminal(get(server.origin, stream=True)).stream
        assert isinstance(stream, ByteStream)
        terminal(get(server.origin))
        assert server.connections == 2
        assert b"".join(stream) == b"abc"
        for _ in range(2):
            other = terminal(get(server.origin, stream=True)).stream
            assert isinstance(other, ByteStream)
            other.read()
    assert server.connections == 2


def test_nothing_was_sent_if_the_connection_is_refused(terminal: OwnTerminal) -> None:
    origin = refused_origin()
    with pytest.raises(GlobusConnectionError) as caught:
        terminal(get(f"{origin}/path?token=secret"))
    assert not caught.value.request_began
    assert caught.value.__cause__ is caught.value.underlying_exception
    cause: BaseException | None = caught.value
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__
    assert isinstance(cause, OSError)
    assert cause.errno == errno.ECONNREFUSED
    assert origin in str(caught.value)
    assert "refused" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert " object at " not in str(caught.value)


def test_nothing_was_sent_if_the_host_has_no_address(terminal: OwnTerminal) -> None:
    with pytest.raises(GlobusConnectionError) as caught:
        terminal(get("http://no-such-host.invalid"))
    assert not caught.value.request_began


def test_a_drop_after_the_request_may_mean_that_it_was_done(terminal: OwnTerminal) -> None:
    with ScriptedServer(once()) as server, pytest.raises(GlobusConnectionError) as caught:
        terminal(Request("POST", server.origin, body=b"x"))
    assert caught.value.request_began
    assert len(server.requests) == 1


def test_close_closes_the_idle_connections_and_new_ones_can_be_made(terminal: OwnTerminal) -> None:
    def answer_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole())
        peer.wait_for_close()

    with ScriptedServer(answer_once) as server:
        with Stack(terminal) as stack:
            stack.send(get(server.origin))
            assert not server.saw_close.is_set()
        assert server.saw_close.wait(5)
        assert terminal(get(server.origin)).status == 200
        assert server.connections == 2
        terminal.close()
        terminal.close()


def test_one_that_is_forgotten_closes_its_idle_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)

    def answer_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole())
        peer.wait_for_close()

    with ScriptedServer(answer_once) as server, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        forgotten = Urllib3Terminal()
        # A cycle, as clients are often part of one.
        forgotten.itself = forgotten  # type: ignore[attr-defined]
        forgotten(get(server.origin))
        del forgotten
        gc.collect()
        assert server.saw_close.wait(5)
    assert [warning.message for warning in warned] == []


def test_a_connection_that_was_on_loan_at_the_close_is_closed_when_it_comes_back(terminal: OwnTerminal) -> None:
    def answer_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole(b"abc"))
        peer.wait_for_close()

    with ScriptedServer(answer_once) as server:
        stream = terminal(get(server.origin, stream=True)).stream
        assert isinstance(stream, ByteStream)
        terminal.close()
        assert not server.saw_close.is_set()
        assert stream.read() == b"abc"
        assert server.saw_close.wait(5)


def test_the_oldest_of_many_origins_is_let_go(terminal: OwnTerminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("asyncio.loop_pools", "urllib3.terminal"):
        monkeypatch.setattr(f"globus_transport.terminals.{module}.MOST_ORIGINS", 2)

    def answer_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(whole())
        peer.wait_for_close()

    with ScriptedServer(answer_once) as one, ScriptedServer(answer_once) as two, ScriptedServer(answer_once) as three:
        terminal(get(one.origin))
        terminal(get(two.origin))
        assert not one.saw_close.is_set()
        terminal(get(three.origin))
        assert one.saw_close.wait(5)
        assert not two.saw_close.is_set()
        terminal.close()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_makes_connections_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parent and child on one socket would get each other's answers."""

    def echo(peer: Peer) -> None:
        number = peer.server.connections
        while True:
            peer.send(whole(b"connection %d for %b" % (number, peer.read_request().target.encode())))

    with fresh_terminal(monkeypatch) as terminal, ScriptedServer(echo) as server:
        assert terminal(get(f"{server.origin}/before")).body == b"connection 1 for /before"
        readable, writable = os.pipe()
        # As if another thread were just opening a way.
        terminal._lock.acquire()
        child = os.fork()
        if child == 0:
            try:
                answers = [terminal(get(f"{server.origin}/child")).body for _ in range(2)]
                os.write(writable, b"; ".join(answers))
            finally:
                os._exit(0)
        terminal._lock.release()
        os.close(writable)
        with open(readable, "rb") as report:
            told = report.read()
        os.waitpid(child, 0)
        assert told == b"connection 2 for /child; connection 2 for /child"
        # The child's leaving did not harm the parent's connection.
        assert terminal(get(f"{server.origin}/after")).body == b"connection 1 for /after"
        terminal.close()


def test_it_pickles_as_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"http_timeout": 3.0, "connect_timeout": 2.0, "verify_ssl": "/path/ca.pem", "pool_size": 5}
    with fresh_terminal(monkeypatch, **settings) as terminal, ScriptedServer(answering(whole())) as server:
        terminal(get(server.origin))
        arrived = pickle.loads(pickle.dumps(terminal))
        assert {name: getattr(arrived, name) for name in settings} == settings
        assert arrived(get(server.origin)).status == 200
        assert server.connections == 2
        arrived.close()


def test_settings_that_cannot_be_are_refused() -> None:
    settings: list[dict[str, Any]] = [
        {"http_timeout": 0},
        {"http_timeout": 1e10},
        {"connect_timeout": -1.0},
        {"pool_size": 0},
    ]
    for wrong in [*settings, {"http_timeout": float("nan")}]:
        with pytest.raises(GlobusSDKUsageError, match=next(iter(wrong))):
            Urllib3Terminal(**wrong)


def test_it_says_what_it_is() -> None:
    stack = Stack(Urllib3Terminal(http_timeout=None, verify_ssl=False))
    assert str(stack).splitlines()[-1].split("terminal", 1)[1].strip() == (
        "urllib3, 32 kept connections, time-out no limit, TLS NOT VERIFIED"
    )


def test_calls_that_fail_leave_no_socket_behind(terminal: OwnTerminal) -> None:
    """Sockets that are collected while open warn, and warnings are errors here."""
    refused = refused_origin()
    with ScriptedServer(once(), once(b"junk\r\n"), once(head("200 OK", "Content-Length: 5"))) as server:
        before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
        for origin in (refused, server.origin, server.origin, server.origin):
            with pytest.raises(GlobusConnectionError):
                terminal(get(origin))
    gc.collect()
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) <= before
