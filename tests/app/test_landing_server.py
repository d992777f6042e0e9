"""The server that a browser returns to: what it answers while other connections stand idle, and how it ends."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from string import Template
from urllib.parse import urlsplit

import pytest

from globus_transport.login_flows import landing
from globus_transport.login_flows.landing import LANDING_PAGE, LandingServer, open_landing_server


@pytest.fixture
def server() -> Iterator[LandingServer]:
    server = open_landing_server(("localhost", 0), LANDING_PAGE)
    yield server
    server.close()


def connect(server: LandingServer, sent: bytes = b"") -> socket.socket:
    parts = urlsplit(server.redirect_uri)
    assert parts.hostname is not None
    connection = socket.create_connection((parts.hostname, parts.port or 0), timeout=10)
    connection.sendall(sent)
    return connection


def redirect(server: LandingServer, code: str = "a-code") -> bytes:
    return f"GET /?code={code}&state={server.state} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def read_all(connection: socket.socket) -> bytes:
    with connection:
        return b"".join(iter(lambda: connection.recv(4096), b""))


def login_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith(("globus-login", "Thread-"))}


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost"], ids=["nothing", "a line", "a head"])
def test_an_idle_connection_does_not_hold_up_the_others(server: LandingServer, sent: bytes) -> None:
    with server.serve_in_thread(), ExitStack() as open_connections:
        for _ in range(4):
            open_connections.enter_context(connect(server, sent))
        # The idle ones are accepted before.
        time.sleep(0.2)
        started = time.monotonic()
        page = read_all(connect(server, redirect(server)))
        assert time.monotonic() - started < 1.0
        assert b"Login successful" in page
        assert server.wait_for_code(1.0) == "a-code"


def test_it_ends_at_once_and_leaves_nothing(server: LandingServer) -> None:
    before = login_threads()
    with ExitStack() as open_connections:
        with server.serve_in_thread():
            idle = [open_connections.enter_context(connect(server)) for _ in range(4)]
            read_all(connect(server, redirect(server)))
            assert login_threads() > before
            started = time.monotonic()
        server.close()
        assert time.monotonic() - started < 1.0
        assert login_threads() == before
        assert [connection.recv(1) for connection in idle] == [b""] * 4
        with pytest.raises(ConnectionRefusedError):
            connect(server)


def test_the_page_arrives_although_the_login_goes_on() -> None:
    # A page that fills the connection's buffers: the server is still sending when the program has its code.
    page = Template(f"$login_result {'x' * 20_000_000}")
    server = open_landing_server(("localhost", 0), page)
    with server.serve_in_thread():
        browser = connect(server, redirect(server))
        assert server.wait_for_code(10) == "a-code"
        received: list[bytes] = []
        reader = threading.Thread(target=lambda: received.append(read_all(browser)))
        reader.start()
    server.close()
    reader.join(10)
    assert len(received[0]) > 20_000_000


@pytest.mark.parametrize("step", [b"", b"x"], ids=["idle", "byte by byte"])
def test_a_connection_has_a_time_limit(server: LandingServer, step: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "CONNECTION_SECONDS", 0.5)
    with server.serve_in_thread(), connect(server, b"GET /") as connection:
        started = time.monotonic()
        connection.settimeout(0.05)
        while time.monotonic() - started < 5:
            try:
                connection.sendall(step)
                if connection.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert 0.4 < time.monotonic() - started < 3


def test_the_oldest_connection_makes_room(server: LandingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "MOST_CONNECTIONS", 3)
    with server.serve_in_thread(), ExitStack() as open_connections:
        idle = []
        for _ in range(4):
            idle.append(open_connections.enter_context(connect(server)))
            time.sleep(0.1)
        assert idle[0].recv(1) == b""
        assert b"Login successful" in read_all(connect(server, redirect(server)))


def test_a_browser_that_goes_away_prints_nothing(server: LandingServer, capfd: pytest.CaptureFixture[str]) -> None:
    with server.serve_in_thread():
        for sent in (b"", b"GET / HTTP", redirect(server)):
            connection = connect(server, sent)
            # With a linger time of zero, closing resets the connection.
            linger = b"\1\0\0\0\0\0\0\0" if sys.platform != "win32" else b"\1\0\0\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
        assert b"Login successful" in read_all(connect(server, redirect(server)))
    server.close()
    assert capfd.readouterr() == ("", "")
