"""A fast body is waited for by the chunk, a slow one is not, and a connection shows nothing of it afterwards."""

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from globus_transport.exc.base import GlobusConnectionError, GlobusTimeoutError
from globus_transport.http.messages import ByteStream
from globus_transport.terminals import socket_reader
from globus_transport.terminals.http1.short_reply import CHUNK
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, head, whole
from tests.terminals.fresh_terminal import fresh_terminal, get

LENGTH = 1 << 20
FIRST = 1000
# Longer than any test, so that only what it waits for ends the waiting.
_NEVER_SLOW = 60.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="chunks gather under Linux only")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Urllib3Terminal]:
    with fresh_terminal(monkeypatch, http_timeout=5) as terminal:
        yield terminal


def _streamed(terminal: Urllib3Terminal, server: ScriptedServer) -> Iterator[bytes]:
    stream = terminal(get(server.origin, stream=True)).stream
    assert isinstance(stream, ByteStream)
    return iter(stream)


def _begin(peer: Peer) -> None:
    peer.read_request()
    # In one piece, so that nobody waits for the second.
    peer.send(head("200 OK", f"Content-Length: {LENGTH}") + bytes(FIRST))


def _when_waited_for(came: threading.Event, then: Callable[[Peer], None]) -> Callable[[Peer], None]:
    """Begins a body, and goes on when the client has its beginning and is back to wait for more."""

    def script(peer: Peer) -> None:
        _begin(peer)
        assert came.wait(5)
        peer.pause(0.1)
        then(peer)

    return script


def test_a_fast_body_comes_by_the_chunk(terminal: Urllib3Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_reader, "_PATIENCE", _NEVER_SLOW)
    came = threading.Event()

    def in_bits(peer: Peer) -> None:
        peer.send(bytes(CHUNK // 2))
        peer.pause(0.1)
        peer.send(bytes(LENGTH - FIRST - CHUNK // 2))
        peer.read_request()
        peer.send(whole(b"next"))
        peer.hold()

    with ScriptedServer(_when_waited_for(came, in_bits)) as server:
        parts = _streamed(terminal, server)
        assert len(next(parts)) == FIRST
        came.set()
        assert len(next(parts)) == CHUNK
        assert sum(map(len, parts)) == LENGTH - FIRST - CHUNK
        # On the same connection, where a whole chunk would be waited for in vain.
        assert terminal(get(server.origin)).body == b"next"
        assert server.connections == 1


def test_a_slow_body_is_given_as_it_comes(terminal: Urllib3Terminal) -> None:
    came = [threading.Event() for _ in range(4)]

    def bit_by_bit(peer: Peer) -> None:
        _begin(peer)
        for event in came:
            assert event.wait(5), "what came was kept back"
            peer.send(bytes(FIRST))
        peer.hold()

    with ScriptedServer(bit_by_bit) as server:
        parts = _streamed(terminal, server)
        assert len(next(parts)) == FIRST
        for event in came:
            time.sleep(2 * socket_reader._PATIENCE)
            event.set()
            assert len(next(parts)) == FIRST


def test_a_body_that_stops_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(peer: Peer) -> None:
        _begin(peer)
        peer.hold()

    with fresh_terminal(monkeypatch, http_timeout=0.15) as terminal, ScriptedServer(stop) as server:
        parts = _streamed(terminal, server)
        next(parts)
        with pytest.raises(GlobusTimeoutError, match=r"within 0\.15 s"):
            next(parts)


def test_a_body_that_is_cut_while_a_chunk_is_waited_for(
    terminal: Urllib3Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_reader, "_PATIENCE", _NEVER_SLOW)
    came = threading.Event()
    with ScriptedServer(_when_waited_for(came, lambda peer: peer.send(bytes(FIRST)))) as server:
        parts = _streamed(terminal, server)
        next(parts)
        came.set()
        assert len(next(parts)) == FIRST
        with pytest.raises(GlobusConnectionError):
            next(parts)
