"""The urllib3 terminal: resolving names, and trying several addresses in the time that there is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from globus_transport import GlobusConnectionError, GlobusConnectionTimeoutError, Request
from globus_transport.terminals.urllib3 import pool
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import fresh_terminal

NAME = "service.example.org"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the name resolves to."""
    addresses: list[str] = []

    def resolve(host: str, port: int, flags: int) -> list[Any]:
        if flags:
            raise socket.gaierror
        assert host == NAME
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(pool, "_address_info", resolve)
    return addresses


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


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("by", ["deadline", "connect_timeout"])
def test_several_addresses_that_do_not_answer_share_the_time(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], deaf: Callable[[str, int], None], by: str
) -> None:
    addresses += ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"]
    port = free_port()
    for address in addresses:
        deaf(address, port)
    started = time.monotonic()
    deadline = started + 0.6 if by == "deadline" else None
    with (
        fresh_terminal(monkeypatch, connect_timeout=0.6 if by == "connect_timeout" else 5) as terminal,
        pytest.raises(GlobusConnectionTimeoutError) as raised,
    ):
        terminal(Request("GET", f"http://{NAME}:{port}", deadline=deadline))
    assert 0.5 < time.monotonic() - started < 2
    assert not raised.value.request_began


def test_an_address_that_answers_is_reached_though_others_do_not(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], deaf: Callable[[str, int], None]
) -> None:
    with (
        fresh_terminal(monkeypatch, connect_timeout=0.6) as terminal,
        ScriptedServer(answering(whole(b"ok"))) as server,
    ):
        deaf("127.0.0.2", server.port)
        addresses += ["127.0.0.3", "127.0.0.2", "127.0.0.1"]
        assert terminal(Request("GET", f"http://{NAME}:{server.port}")).body == b"ok"
        assert server.requests[0]["Host"] == f"{NAME}:{server.port}"


def test_where_all_addresses_refuse_the_error_says_so(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    addresses += ["127.0.0.1", "127.0.0.2"]
    with (
        fresh_terminal(monkeypatch) as terminal,
        pytest.raises(GlobusConnectionError, match="Connection refused") as raised,
    ):
        terminal(Request("GET", f"http://{NAME}:{free_port()}"))
    assert not raised.value.request_began


def test_a_name_that_takes_long_to_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(host: str, port: int, flags: int) -> list[Any]:
        if flags:
            raise socket.gaierror
        go_on.wait(10)
        return []

    monkeypatch.setattr(pool, "_address_info", slow)
    started = time.monotonic()
    with (
        fresh_terminal(monkeypatch) as terminal,
        pytest.raises(GlobusConnectionTimeoutError) as raised,
    ):
        terminal(Request("GET", f"http://{NAME}:1", deadline=started + 0.2))
    assert time.monotonic() - started < 2
    assert not raised.value.request_began
    go_on.set()


@pytest.mark.parametrize("dot", ["", "."])
def test_the_certificate_is_that_of_the_name(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], tmp_path_factory: pytest.TempPathFactory, dot: str
) -> None:
    authority = Authority(tmp_path_factory.mktemp("authority"))
    addresses.append("127.0.0.1")
    monkeypatch.setattr(f"{__name__}.NAME", f"{NAME}{dot}")
    with (
        fresh_terminal(monkeypatch, verify_ssl=str(authority.file)) as terminal,
        ScriptedServer(answering(whole(b"ok")), tls=authority.server_context(NAME.rstrip("."))) as server,
    ):
        assert terminal(Request("GET", f"https://{NAME}:{server.port}")).body == b"ok"
