"""The connection of the urllib3 terminal: it sends and receives over a socket that does not wait."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from urllib3.util import ssl_wrap_socket

from globus_transport.http.messages import Request
from globus_transport.terminals.http1.reader import CHUNK
from globus_transport.terminals.urllib3.connection import Connection
from globus_transport.terminals.urllib3.pool import ConnectionPool
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import fresh_terminal
from tests.terminals.tls_by_hand import TLSByHand

HOST = "service.example.org"
SHORT = 0.05
LONG = 30.0
# More than the system's buffers take.
MUCH = 8 << 20


class End(Protocol):
    """The other end of a connection."""

    def recv(self, most: int, /) -> bytes: ...

    def sendall(self, data: bytes, /) -> None: ...


Ends = tuple[Connection, End]


@pytest.fixture
def buffer_size() -> int:
    """Bytes that the system may have to send."""
    return 1 << 17


@pytest.fixture
def sockets(buffer_size: int) -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_size)
    far.settimeout(LONG)
    with near, far:
        yield near, far


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def secure_sockets(
    sockets: tuple[socket.socket, socket.socket], authority: Authority
) -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    near, far = sockets
    context = authority.server_context(HOST)
    with ThreadPoolExecutor(1) as other:
        accepting = other.submit(context.wrap_socket, far, server_side=True)
        client = ssl.create_default_context(cafile=authority.file)
        secure = client.wrap_socket(near, server_hostname=HOST, suppress_ragged_eofs=False)
        with secure, accepting.result() as server:
            yield secure, server


@pytest.fixture
def plain(sockets: tuple[socket.socket, socket.socket]) -> Ends:
    near, far = sockets
    return Connection.from_socket(near), far


@pytest.fixture
def over_tls(secure_sockets: tuple[ssl.SSLSocket, ssl.SSLSocket]) -> Ends:
    near, far = secure_sockets
    return Connection.from_socket(near), far


class _Inner:
    """The server's end of TLS within TLS."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext) -> None:
        self._outer = outer
        peer: Any = SimpleNamespace(socket=outer, send=outer.sendall)
        self._tls = TLSByHand(peer, context)

    def recv(self, most: int, /) -> bytes:
        return self._tls.read(most)

    def sendall(self, data: bytes, /) -> None:
        self.send_together(data)

    def send_together(self, *pieces: bytes) -> None:
        """Each in a record of its own, all of them in one of the outer TLS."""
        self._outer.sendall(b"".join(map(self._tls.records, pieces)))


@pytest.fixture
def tls_in_tls(secure_sockets: tuple[ssl.SSLSocket, ssl.SSLSocket], authority: Authority) -> Ends:
    near, far = secure_sockets
    with ThreadPoolExecutor(1) as other:
        accepting = other.submit(_Inner, far, authority.server_context(HOST))
        client = ssl.create_default_context(cafile=authority.file)
        inner: Any = ssl_wrap_socket(near, server_hostname=HOST, ssl_context=client, tls_in_tls=True)
        return Connection.from_socket(inner), accepting.result()


@pytest.fixture(params=["plain", "over_tls", "tls_in_tls"])
def ends(request: pytest.FixtureRequest) -> Ends:
    made: Ends = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize("buffer_size", [1 << 17, 1 << 12], ids=["large", "no TLS record fits"])
def test_what_the_network_does_not_take_at_once_is_sent_later(buffer_size: int, ends: Ends) -> None:
    connection, far = ends
    data = bytes(range(256)) * (MUCH // 256)
    received = bytearray()

    def read() -> None:
        while len(received) < MUCH:
            received.extend(far.recv(MUCH))

    reader = threading.Thread(target=read)
    reader.start()
    assert connection.send(data, LONG) == MUCH > buffer_size
    reader.join()
    assert received == data


def test_sending_gives_up_when_the_other_side_does_not_read(ends: Ends) -> None:
    connection, _ = ends
    with pytest.raises(TimeoutError):
        connection.send(bytes(MUCH), SHORT)


@pytest.mark.parametrize("limit", [LONG, None])
def test_sending_stops_when_something_can_be_read(ends: Ends, limit: float | None) -> None:
    connection, far = ends
    far.sendall(b"no")
    assert connection.send(bytes(MUCH), limit, until_readable=True) == 0
    assert connection.receive_now() == b"no"
    assert connection.receive_now() is None


def test_sending_stops_as_well_while_it_waits(ends: Ends) -> None:
    connection, far = ends
    answer = threading.Timer(SHORT, far.sendall, [b"no"])
    answer.start()
    sent, received = 0, None
    # A message of TLS itself may come first.
    while received is None:
        sent += connection.send(bytes(MUCH), LONG, until_readable=True)
        received = connection.receive_now()
    answer.join()
    assert 0 < sent < MUCH
    assert received == b"no"


def test_receiving_gives_up(ends: Ends) -> None:
    connection, _ = ends
    with pytest.raises(TimeoutError):
        connection.receive(SHORT)


@pytest.mark.parametrize("limit", [LONG, 1e10, None])
def test_receiving_waits_for_what_comes(ends: Ends, limit: float | None) -> None:
    connection, far = ends
    answer = threading.Timer(SHORT, far.sendall, [b"yes"])
    answer.start()
    assert connection.receive(limit) == b"yes"
    answer.join()


def test_after_a_full_read_it_waits_as_before(ends: Ends) -> None:
    connection, far = ends
    far.sendall(bytes(CHUNK))
    left = CHUNK
    while left:
        left -= len(connection.receive(LONG))
    with pytest.raises(TimeoutError):
        connection.receive(SHORT)
    far.sendall(b"more")
    assert connection.receive(LONG) == b"more"


def test_the_end_is_told_once_all_was_received(sockets: tuple[socket.socket, socket.socket]) -> None:
    near, far = sockets
    connection = Connection(near)
    far.sendall(bytes(CHUNK))
    far.close()
    received = [connection.receive(LONG)]
    while received[-1]:
        received.append(connection.receive(LONG))
    assert b"".join(received) == bytes(CHUNK)


def test_a_part_of_a_tls_record_is_waited_for_no_longer_than_the_limit(
    secure_sockets: tuple[ssl.SSLSocket, ssl.SSLSocket],
) -> None:
    near, server = secure_sockets
    connection = Connection(near)
    # The head of a record of 100 bytes, below TLS.
    socket.socket.send(server, b"\x17\x03\x03\x00\x64")
    with pytest.raises(TimeoutError):
        connection.receive(SHORT)


def test_a_connection_that_was_cut_off_is_not_one_that_has_ended(
    secure_sockets: tuple[ssl.SSLSocket, ssl.SSLSocket],
) -> None:
    near, server = secure_sockets
    connection = Connection(near)
    socket.socket.shutdown(server, socket.SHUT_RDWR)
    with pytest.raises(ssl.SSLEOFError):
        connection.receive(LONG)


def test_a_record_of_the_proxy_may_hold_several_of_the_origin(tls_in_tls: Ends) -> None:
    connection, far = tls_in_tls
    assert isinstance(far, _Inner)
    far.send_together(b"one", b"two")
    assert connection.receive(LONG) == b"one"
    assert connection.is_readable()
    assert connection.send(bytes(MUCH), LONG, until_readable=True) == 0
    assert connection.receive_now() == b"two"
    assert connection.receive_now() is None
    assert not connection.is_readable()


def test_a_limit_holds_though_the_clock_stands_still(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    connection, _ = ends
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    with pytest.raises(TimeoutError):
        connection.receive(SHORT)
    with pytest.raises(TimeoutError):
        connection.send(bytes(MUCH), SHORT)


@pytest.mark.parametrize("with_tls", [False, True])
def test_an_answer_is_read_though_the_server_has_reset_the_connection(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, with_tls: bool
) -> None:
    gone = threading.Event()
    connect = ConnectionPool.connect

    def refuse(peer: Peer) -> None:
        # What waits to be sent is lost with a reset.
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.send(whole(b"full", "503 Service Unavailable", "Connection: close"))
        peer.reset()
        gone.set()

    def connect_and_wait(pool: ConnectionPool, request: Request, limit: float | None) -> Connection:
        connection = connect(pool, request, limit)
        assert gone.wait(LONG)
        return connection

    monkeypatch.setattr(ConnectionPool, "connect", connect_and_wait)
    context = authority.server_context("127.0.0.1") if with_tls else None
    with (
        fresh_terminal(monkeypatch, verify_ssl=str(authority.file)) as terminal,
        ScriptedServer(refuse, tls=context) as server,
    ):
        assert terminal(Request("PUT", server.origin, body=b"small")).body == b"full"


class Lazy(socket.socket):
    """Sends nothing where others raise, as the TLS of gevent does."""

    def send(self, *arguments: Any) -> int:
        try:
            return super().send(*arguments)
        except BlockingIOError:
            return 0


def test_nothing_sent_is_waited_for(sockets: tuple[socket.socket, socket.socket]) -> None:
    near, _ = sockets
    with Lazy(fileno=near.detach()) as lazy:
        started = time.process_time()
        with pytest.raises(TimeoutError):
            Connection(lazy).send(bytes(MUCH), 10 * SHORT)
        assert time.process_time() - started < 5 * SHORT


class Moody(socket.socket):
    """Says once that TLS has something else to do first."""

    mood: ssl.SSLError | None = None

    def _complain(self) -> None:
        mood, self.mood = self.mood, None
        if mood is not None:
            raise mood

    def send(self, *arguments: object) -> int:
        self._complain()
        return super().send(*arguments)  # type: ignore[arg-type]

    def recv(self, *arguments: object) -> bytes:
        self._complain()
        return super().recv(*arguments)  # type: ignore[arg-type]


def test_tls_may_have_to_read_before_it_sends(sockets: tuple[socket.socket, socket.socket]) -> None:
    near, far = sockets
    with Moody(fileno=near.detach()) as moody:
        connection = Connection(moody)
        moody.mood = ssl.SSLWantReadError()
        with pytest.raises(TimeoutError):
            connection.send(b"request", SHORT)
        moody.mood = ssl.SSLWantReadError()
        far.sendall(b"what TLS waits for")
        assert connection.send(b"request", LONG) == len(b"request")
        assert far.recv(100) == b"request"


def test_tls_may_have_to_send_before_it_receives(sockets: tuple[socket.socket, socket.socket]) -> None:
    near, far = sockets
    with Moody(fileno=near.detach()) as moody:
        connection = Connection(moody)
        far.sendall(b"answer")
        moody.mood = ssl.SSLWantWriteError()
        assert connection.receive(LONG) == b"answer"
        moody.mood = ssl.SSLWantWriteError()
        far.sendall(b"answer")
        assert connection.receive_now() is None
