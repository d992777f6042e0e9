"""Connections that end oddly, or do not end: resets, records that drip, and data after the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from globus_transport.exc.base import GlobusConnectionError, GlobusTimeoutError
from globus_transport.http.bodies import ByteStream, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.testing.loopback_server import PATIENCE, Peer, ScriptedServer, head, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, fresh_asyncio, get
from tests.terminals.tls_by_hand import TLSByHand

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def body_of(response: Response) -> bytes:
    return response.stream.read() if isinstance(response.stream, ByteStream) else response.body


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("later", [0, MEGABYTE], ids=["all received", "some unsent"])
def test_a_reset_does_not_end_a_body_without_a_length(terminal: OwnTerminal, stream: bool, later: int) -> None:
    """RFC 9112, section 8: an error of the connection makes such a body incomplete."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Connection: close"), bytes(100_000), bytes(later))
        peer.pause(0.1)
        peer.reset()

    def whole_body() -> bytes:
        response = terminal(get(server.origin, stream=stream))
        time.sleep(0.3 if stream else 0)
        return body_of(response)

    with ScriptedServer(script) as server, pytest.raises(GlobusConnectionError, match="reset"):
        whole_body()


@pytest.mark.parametrize("stream", [False, True])
def test_the_deadline_stops_a_tls_record_that_drips(fresh: Fresh, authority: Authority, stream: bool) -> None:
    def script(peer: Peer) -> None:
        tls = TLSByHand(peer, authority.server_context("127.0.0.1"))
        tls.read_head()
        peer.send(tls.records(head("200 OK", "Content-Length: 10000")))
        for byte in tls.records(bytes(10_000)):
            peer.send(bytes([byte]))
            peer.pause(0.05)

    with fresh(verify_ssl=str(authority.file)) as terminal, ScriptedServer(script) as server:
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError, match="deadline of the call has passed"):
            body_of(terminal(get(f"https://127.0.0.1:{server.port}/", deadline=started + 0.4, stream=stream)))
        assert 0.4 <= time.monotonic() - started < 2


@pytest.mark.parametrize("limit", ["deadline", "time-out"])
def test_an_answer_that_drips_does_not_lengthen_the_sending(fresh: Fresh, limit: str) -> None:
    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(head("200 OK", "Content-Length: 100000"))
        while not peer.server.stopping.is_set():
            peer.send(b"x")
            peer.pause(0.05)

    body = StreamBody.once(bytes(1 << 16) for _ in range(1000))
    with fresh(http_timeout=0.4 if limit == "time-out" else 10.0) as terminal, ScriptedServer(script) as server:
        started = time.monotonic()
        deadline = started + 0.4 if limit == "deadline" else None
        with pytest.raises(GlobusTimeoutError):
            terminal(Request("PUT", server.origin, body=body, deadline=deadline))
        assert 0.3 < time.monotonic() - started < 2


def test_a_body_that_nobody_receives_is_not_made_to_its_end(terminal: OwnTerminal) -> None:
    """RFC 9112, section 9.5: the server has answered and closed the connection."""

    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"early", "200 OK", "Connection: close"))
        peer.pause(0.05)
        peer.reset()

    made = 0

    def parts() -> Iterator[bytes]:
        nonlocal made
        while made < 4096 * MEGABYTE:
            made += 1 << 16
            yield bytes(1 << 16)

    with ScriptedServer(script) as server:
        assert terminal(Request("PUT", server.origin, body=StreamBody(parts))).status == 200
    assert made < 200 * MEGABYTE


@pytest.mark.parametrize("kind", ["after the closing alert", "that is no TLS"])
@pytest.mark.parametrize("stream", [False, True], ids=["idle", "while the body is read"])
def test_an_event_loop_does_not_keep_what_nobody_can_read(authority: Authority, kind: str, stream: bool) -> None:
    """It reads connections that are idle, too. A blocking terminal reads nothing then."""
    gone = threading.Event()

    def script(peer: Peer) -> None:
        tls = TLSByHand(peer, authority.server_context("127.0.0.1"))
        tls.read_head()
        peer.send(tls.records(head("200 OK", f"Content-Length: {2000 if stream else 4}") + b"body"))
        received.wait(PATIENCE)
        if kind == "after the closing alert":
            peer.send(tls.closing_alert())
        sent = 0
        try:
            # More than the buffers of the system hold.
            while sent < 100 * MEGABYTE:
                peer.send(b"\x17\x03\x03\x40\x00", bytes(1 << 14))
                sent += 1 << 14
        except OSError:
            gone.set()

    received = threading.Event()
    with fresh_asyncio(verify_ssl=str(authority.file)) as terminal, ScriptedServer(script) as server:
        response = terminal(get(f"https://127.0.0.1:{server.port}/", stream=stream))
        received.set()
        assert gone.wait(PATIENCE)
        if stream:
            with pytest.raises(GlobusConnectionError):
                body_of(response)


@pytest.mark.parametrize("size", range(2_400_000, 4_600_000, 200_000))
def test_a_success_before_the_end_of_the_request_does_not_lose_its_end(fresh: Fresh, size: int) -> None:
    taken: list[int] = []

    def script(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"early"))
        peer.pause(0.1)
        taken.append(len(peer._file.read(size)))
        done.set()

    done = threading.Event()
    body = StreamBody(lambda: (bytes(20_000) for _ in range(size // 20_000)), size)
    with ScriptedServer(script) as server:
        with fresh() as terminal:
            assert terminal(Request("PUT", server.origin, body=body)).status == 200
        assert done.wait(PATIENCE)
    assert taken == [size]
