"""Answers that come before the end of the request, and connections that end without TLS's closing alert."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from globus_transport.exc.base import GlobusConnectionError, GlobusTimeoutError
from globus_transport.http.bodies import ByteStream, StreamBody
from globus_transport.http.messages import Request
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, get

MEGABYTE = 1 << 20
TOO_LARGE = whole(b"too large", "413 Content Too Large")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def tls(request: pytest.FixtureRequest, authority: Authority) -> Any:
    return authority.server_context("127.0.0.1") if request.param else None


@pytest.mark.parametrize("streamed", [False, True])
def test_an_error_before_the_end_of_the_request_is_the_outcome(
    fresh: Fresh, authority: Authority, tls: Any, streamed: bool
) -> None:
    """RFC 9112, section 9.5. The server reads no further, and leaves the connection open."""

    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(TOO_LARGE)
        # Not even the system's buffers are emptied, until the client has closed.
        peer.pause(0.2)
        peer.wait_for_close()

    def parts() -> Iterator[bytes]:
        while True:
            yield bytes(1 << 16)

    body = StreamBody(parts) if streamed else bytes(50 * MEGABYTE)
    with (
        fresh(verify_ssl=str(authority.file), http_timeout=30.0) as terminal,
        ScriptedServer(refuse, answering(whole(b"next")), tls=tls) as server,
    ):
        response = terminal(Request("PUT", server.origin, body=body))
        assert (response.status, response.body) == (413, b"too large")
        # The server would take the next request for the rest of this one.
        assert server.saw_close.wait(5)
        assert terminal(get(server.origin)).body == b"next"


@pytest.mark.parametrize("size", [1000, 50 * MEGABYTE])
def test_an_error_that_is_followed_by_a_reset_is_the_outcome_too(
    fresh: Fresh, authority: Authority, tls: Any, size: int
) -> None:
    def refuse(peer: Peer) -> None:
        # What waits to be sent is lost with a reset.
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.read_head()
        peer.send(whole(b"too large", "413 Content Too Large", "Connection: close"))
        peer.reset()

    with fresh(verify_ssl=str(authority.file)) as terminal, ScriptedServer(refuse, tls=tls) as server:
        for _ in range(20):
            response = terminal(Request("PUT", server.origin, body=bytes(size)))
            assert (response.status, response.body) == (413, b"too large")


def test_a_success_before_the_end_of_the_request_waits_for_its_end(
    fresh: Fresh, authority: Authority, tls: Any
) -> None:
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

    read: list[bool] = []
    with (
        fresh(verify_ssl=str(authority.file)) as terminal,
        ScriptedServer(answer_early, tls=tls) as server,
    ):
        assert terminal(Request("PUT", server.origin, body=bytes(20 * MEGABYTE))).body == b"early"
        assert terminal(get(server.origin)).body == b"next"
        assert read == [True]
        assert server.connections == 1


def test_a_success_that_is_long_does_not_end_the_wait_for_the_server_to_take_the_request(fresh: Fresh) -> None:
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

    with fresh(http_timeout=0.3) as terminal, ScriptedServer(answer_early) as server:
        with pytest.raises(GlobusTimeoutError, match="did not take"):
            terminal(Request("PUT", server.origin, body=StreamBody(parts)))
        assert made < 64 * MEGABYTE


def test_100_continue_comes_before_the_body(terminal: OwnTerminal) -> None:
    def agree(peer: Peer) -> None:
        request = peer.read_head()
        assert request["Expect"] == "100-continue"
        peer.send(head("100 Continue"))
        assert peer._file.read(3 * MEGABYTE) == bytes(3 * MEGABYTE)
        peer.send(whole(b"taken"))

    with ScriptedServer(agree) as server:
        request = Request("PUT", server.origin, {"Expect": "100-continue"}, bytes(3 * MEGABYTE))
        assert terminal(request).body == b"taken"


def test_what_is_no_http_before_the_end_of_the_request(terminal: OwnTerminal) -> None:
    def babble(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"SSH-2.0-x\r\n\r\n")
        peer.hold()

    with ScriptedServer(babble) as server, pytest.raises(GlobusConnectionError, match="not HTTP"):
        terminal(Request("PUT", server.origin, body=bytes(50 * MEGABYTE)))


# The end of TLS.


def _without_an_alert(peer: Peer) -> None:
    peer.read_request()
    peer.send(head("200 OK", "Connection: close"), b"half of ")
    peer.socket.shutdown(socket.SHUT_RDWR)


def _with_an_alert(peer: Peer) -> None:
    peer.read_request()
    peer.send(head("200 OK", "Connection: close"), b"all of it")


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_that_ends_without_the_closing_alert_of_tls_is_cut_off(
    fresh: Fresh, authority: Authority, stream: bool
) -> None:
    """RFC 9112, section 9.8."""

    def body_of(origin: str) -> bytes:
        response = terminal(get(origin, stream=stream))
        body: bytes = response.stream.read() if isinstance(response.stream, ByteStream) else response.body
        return body

    tls = authority.server_context("127.0.0.1")
    with fresh(verify_ssl=str(authority.file)) as terminal:
        with ScriptedServer(_with_an_alert, tls=tls) as server:
            assert body_of(server.origin) == b"all of it"
        with (
            ScriptedServer(_without_an_alert, tls=tls) as server,
            pytest.raises(GlobusConnectionError, match="the connection broke") as raised,
        ):
            body_of(server.origin)
    assert raised.value.request_began


@pytest.mark.parametrize("length", [9, 100_000])
def test_a_body_with_its_length_needs_no_closing_alert(fresh: Fresh, authority: Authority, length: int) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        # It says so, because the next request may be faster than the end of the connection.
        peer.send(whole(b"x" * length, "200 OK", "Connection: close"))
        peer.socket.shutdown(socket.SHUT_RDWR)

    with (
        fresh(verify_ssl=str(authority.file)) as terminal,
        ScriptedServer(script, tls=authority.server_context("127.0.0.1")) as server,
    ):
        assert [terminal(get(server.origin)).body for _ in range(2)] == [b"x" * length] * 2
