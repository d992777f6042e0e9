"""Connect and read time-outs, and the deadline of the whole call."""

import socket
import time
from collections.abc import Callable

import pytest

from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionTimeoutError, GlobusTimeoutError
from globus_transport.http.bodies import ByteStream, StreamBody
from globus_transport.http.messages import Request
from globus_transport.middleware.deadline import Deadline
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, silent, whole
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, get

SHORT = 0.15


def read_all(terminal: OwnTerminal, request: Request) -> bytes:
    response = terminal(request)
    return response.stream.read() if isinstance(response.stream, ByteStream) else response.body


def dripping(before: bytes) -> Callable[[Peer], None]:
    """Sends a byte every now and then: no single read takes long, and all of them together do."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(before)
        try:
            while not peer.server.stopping.is_set():
                peer.send(b"x")
                peer.pause(0.02)
        except ConnectionError:
            peer.server.saw_close.set()

    return script


def test_a_server_that_never_answers(fresh: Fresh) -> None:
    with (
        fresh(http_timeout=SHORT) as terminal,
        ScriptedServer(silent) as server,
        pytest.raises(GlobusTimeoutError, match=r"no answer within 0\.15 s") as caught,
    ):
        terminal(get(server.origin))
    assert type(caught.value) is GlobusTimeoutError
    assert caught.value.request_began
    assert isinstance(caught.value.__cause__, TimeoutError)


@pytest.mark.parametrize("seconds", [3e6, 9e9])
def test_a_limit_may_be_longer_than_the_system_can_wait(fresh: Fresh, seconds: float) -> None:
    with (
        fresh(http_timeout=seconds, connect_timeout=seconds) as terminal,
        ScriptedServer(answering(whole(b"answer"))) as server,
    ):
        for origin in (server.origin, f"http://localhost:{server.port}"):
            assert terminal(get(origin)).body == b"answer"
            assert terminal(get(origin, deadline=time.monotonic() + seconds)).body == b"answer"


@pytest.mark.parametrize("stream", [False, True])
def test_a_server_that_stops_in_the_middle(fresh: Fresh, stream: bool) -> None:
    def stop(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 10"), b"abc")
        peer.wait_for_close()

    with fresh(http_timeout=SHORT) as terminal, ScriptedServer(stop) as server:
        with pytest.raises(GlobusTimeoutError, match=r"within 0\.15 s"):
            read_all(terminal, get(server.origin, stream=stream))
        assert server.saw_close.wait(5)


def test_slow_is_not_late_as_long_as_bytes_come(fresh: Fresh) -> None:
    def trickle(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 20"))
        for _ in range(20):
            peer.pause(0.02)
            peer.send(b"x")

    with fresh(http_timeout=SHORT) as terminal, ScriptedServer(trickle) as server:
        started = time.monotonic()
        assert terminal(get(server.origin)).body == b"x" * 20
        assert time.monotonic() - started > 2 * SHORT


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_may_take_long_as_long_as_it_is_taken(fresh: Fresh, streamed: bool) -> None:
    size = 64 << 20

    def sip(peer: Peer) -> None:
        peer.read_head()
        left = size
        while left:
            left -= len(peer._file.read(min(left, 1 << 20)))
            peer.pause(0.012)
        peer.send(whole())

    body = StreamBody.once((bytes(1 << 16) for _ in range(size >> 16)), size) if streamed else bytes(size)
    # The system's buffers hold a few of the last megabytes, which count as taken.
    with fresh(http_timeout=4 * SHORT) as terminal, ScriptedServer(sip) as server:
        started = time.monotonic()
        assert terminal(Request("PUT", server.origin, body=body)).status == 200
        assert time.monotonic() - started > 4 * SHORT


def test_a_server_that_accepts_no_connections(fresh: Fresh) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        waiting = []
        try:
            for _ in range(4):
                # The system's queue takes a few; when it is full, it drops what comes.
                one = socket.socket()
                waiting.append(one)
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            with fresh(connect_timeout=SHORT) as terminal:
                with pytest.raises(
                    GlobusConnectionTimeoutError, match=r"no connection to http.* within 0\.15 s"
                ) as caught:
                    terminal(get(origin))
                assert not caught.value.request_began
                started = time.monotonic()
                with pytest.raises(GlobusConnectionTimeoutError):
                    terminal(get(origin, deadline=started + 0.05))
                assert time.monotonic() - started < SHORT
        finally:
            for one in waiting:
                one.close()


def test_a_tls_handshake_that_is_never_answered_is_a_connection_that_took_too_long(
    fresh: Fresh,
) -> None:
    def ignore(peer: Peer) -> None:
        peer.hold()

    with (
        fresh(connect_timeout=SHORT, verify_ssl=False) as terminal,
        ScriptedServer(ignore) as server,
        pytest.raises(GlobusConnectionTimeoutError) as caught,
    ):
        terminal(get(server.origin.replace("http:", "https:")))
    assert not caught.value.request_began


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        head("103 Early Hints") + b"HTTP/1.1 200 OK\r\n",
        head("200 OK", "Content-Length: 100000"),
        head("200 OK"),
        head("200 OK", "Transfer-Encoding: chunked") + b"fffff\r\n",
        head("200 OK", "Transfer-Encoding: chunked"),
        head("500 Oh", "Content-Length: 100000"),
    ],
    ids=["status", "header", "interim", "length", "until closed", "chunk", "chunk size", "error"],
)
@pytest.mark.parametrize("stream", [False, True])
def test_the_deadline_stops_a_server_that_drips(terminal: OwnTerminal, before: bytes, stream: bool) -> None:
    with ScriptedServer(dripping(before)) as server:
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError, match="deadline of the call has passed") as caught:
            read_all(terminal, get(server.origin, deadline=started + SHORT, stream=stream))
        assert SHORT <= time.monotonic() - started < 2
        assert caught.value.request_began
        assert server.saw_close.wait(5)


def test_the_deadline_stops_a_body_that_is_taken_slowly(terminal: OwnTerminal) -> None:
    def sip(peer: Peer) -> None:
        peer.read_head()
        while not peer.server.stopping.is_set():
            peer.socket.recv(200_000)
            peer.pause(0.03)

    body = StreamBody.once(bytes(1 << 16) for _ in range(10_000))
    with ScriptedServer(sip) as server:
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            terminal(Request("PUT", server.origin, body=body, deadline=started + SHORT))
        assert time.monotonic() - started < 2


def test_a_call_whose_deadline_has_passed_sends_nothing(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole())) as server:
        for connected in (False, True):
            with pytest.raises(GlobusTimeoutError, match="deadline") as caught:
                terminal(get(server.origin, deadline=time.monotonic() - 1))
            assert not caught.value.request_began
            assert len(server.requests) == connected
            if not connected:
                terminal(get(server.origin))


def test_a_deadline_that_is_kept_changes_nothing(terminal: OwnTerminal) -> None:
    chunked = head("200 OK", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n"
    with ScriptedServer(answering(whole(b"ok"), chunked, whole(b"x" * 100_000), head("204 No Content"))) as server:
        stack = Stack(terminal, [Deadline(5)])
        assert [len(stack.send(get(server.origin)).body) for _ in range(4)] == [2, 3, 100_000, 0]
        # The time limit of one call is not left to the next.
        assert terminal(get(server.origin)).status == 204
    assert server.connections == 1


def test_reading_a_stream_is_within_the_deadline_too(terminal: OwnTerminal) -> None:
    def stop(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 10"), b"abc")
        peer.wait_for_close()

    with ScriptedServer(stop) as server:
        response = Stack(terminal, [Deadline(SHORT)]).send(get(server.origin, stream=True))
        assert isinstance(response.stream, ByteStream)
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            response.stream.read()
        assert server.saw_close.wait(5)


def test_a_read_asks_for_the_time_left_even_if_there_is_nothing_to_wait_for(terminal: OwnTerminal) -> None:
    body = bytes(1 << 20)
    with ScriptedServer(answering(whole(body))) as server:
        response = terminal(get(server.origin, stream=True, deadline=time.monotonic() + SHORT))
        assert isinstance(response.stream, ByteStream)
        parts = iter(response.stream)
        next(parts)
        time.sleep(SHORT)
        # More of it has come long since.
        with pytest.raises(GlobusTimeoutError, match="the deadline of the call has passed"):
            list(parts)
