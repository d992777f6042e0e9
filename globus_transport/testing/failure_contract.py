"""The part of the terminal contract about network failures, which retrying relies on."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from globus_transport.exc.base import (
    GlobusConnectionError,
    GlobusConnectionTimeoutError,
    GlobusTimeoutError,
    NetworkError,
)
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import TIME_LIMITS
from globus_transport.testing.loopback_server import (
    PATIENCE,
    Peer,
    Script,
    ScriptedServer,
    answering,
    head,
    once,
    silent,
    whole,
)
from globus_transport.testing.message_contract import MessageContract


class FailureContract(MessageContract):
    """The tests. Test modules derive from ``TerminalContract``, which includes them.

    :cvar strict_heads: whether an incomplete response head or a malformed Content-Length is an error; ``http.client``
        accepts both
    """

    strict_heads = False

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        """Make a terminal with these time-outs, in seconds. This runs in the event loop of the test.

        :raises NotImplementedError: if the class does not override it
        """
        raise NotImplementedError("override make_terminal() so that it returns a terminal")

    def server_context(self) -> ssl.SSLContext | None:
        """The TLS settings of the servers. An override returns those of a server whose certificate the terminal accepts
        for 127.0.0.1, and has all tests run over TLS.
        """
        return None

    def _server(self, *scripts: Script) -> ScriptedServer:
        return ScriptedServer(*scripts, tls=self.server_context())

    def _scheme(self) -> str:
        return "http" if self.server_context() is None else "https"

    def _make(self, **timeouts: float | None) -> Any:
        return self._make_in_loop(lambda: self.make_terminal(**timeouts))

    def test_a_server_that_does_not_answer(self) -> None:
        with self._server(silent) as server:
            terminal = self._make(read_timeout=0.1)
            with pytest.raises(GlobusTimeoutError) as raised:
                self._send(terminal, Request("GET", server.origin))
        assert not isinstance(raised.value, GlobusConnectionTimeoutError)
        assert raised.value.request_began
        assert raised.value.__cause__ is not None

    @pytest.mark.parametrize("stream", [True, False])
    def test_a_body_that_stops_coming(self, stream: bool) -> None:
        with self._server(stall_after_first_chunk) as server:
            terminal = self._make(read_timeout=0.1)
            with pytest.raises(GlobusTimeoutError) as raised:
                self._read_body(terminal, Request("GET", server.origin, stream=stream))
            assert raised.value.request_began
            self._run(asyncio.sleep(0.01))
            assert server.saw_close.wait(PATIENCE), "the connection is still open"

    def test_a_late_answer_is_not_taken_for_the_next(self) -> None:
        first_is_over = threading.Event()

        def script(peer: Peer) -> None:
            peer.read_request()
            first_is_over.wait(PATIENCE)
            peer.send(whole(b"late"))
            peer.hold()

        with self._server(script, answering(whole(b"ok"))) as server:
            terminal = self._make(read_timeout=0.2)
            with pytest.raises(GlobusTimeoutError):
                self._send(terminal, Request("GET", server.origin))
            first_is_over.set()
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"

    def test_a_deadline_ends_the_wait(self) -> None:
        with self._server(silent) as server:
            terminal = self._make()
            started = time.monotonic()
            with pytest.raises(GlobusTimeoutError) as raised:
                self._send(terminal, Request("GET", server.origin, deadline=started + 0.1))
            assert raised.value.request_began
            assert time.monotonic() - started < PATIENCE / 4

    @pytest.mark.parametrize("stream", [True, False])
    def test_the_time_limits_of_a_request_count(self, stream: bool) -> None:
        limits = {TIME_LIMITS: (5.0, 0.1)}
        for script in (silent, stall_after_first_chunk):
            with self._server(script) as server:
                terminal = self._make(read_timeout=PATIENCE)
                started = time.monotonic()
                with pytest.raises(GlobusTimeoutError):
                    self._read_body(terminal, Request("GET", server.origin, stream=stream, extensions=limits))
                assert time.monotonic() - started < PATIENCE / 4

    @pytest.mark.parametrize("stream", [True, False])
    def test_a_deadline_ends_a_body_that_drips(self, stream: bool) -> None:
        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(head("200 OK", "Content-Length: 100"))
            for _ in range(100):
                peer.send(b"x")
                peer.pause(0.02)

        with self._server(script) as server:
            terminal = self._make()
            started = time.monotonic()
            with pytest.raises(GlobusTimeoutError):
                self._read_body(terminal, Request("GET", server.origin, stream=stream, deadline=started + 0.2))
            assert time.monotonic() - started < PATIENCE / 4

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        terminal = self._make()
        with pytest.raises(GlobusConnectionError) as raised:
            self._send(terminal, Request("GET", f"{self._scheme()}://127.0.0.1:{port}/"))
        assert not raised.value.request_began, "it is safe to send it again"
        assert raised.value.__cause__ is not None

    def test_a_name_that_nobody_has(self) -> None:
        terminal = self._make()
        with pytest.raises(GlobusConnectionError) as raised:
            # RFC 6761, section 6.4: names under .invalid never exist.
            self._send(terminal, Request("GET", f"{self._scheme()}://nobody.invalid/"))
        assert not raised.value.request_began

    @pytest.mark.parametrize("by", ["time-out", "deadline"])
    def test_a_connection_that_takes_too_long(self, by: str) -> None:
        with _unresponsive_port() as port:
            terminal = self._make(connect_timeout=0.2 if by == "time-out" else 5.0)
            deadline = None if by == "time-out" else time.monotonic() + 0.2
            with pytest.raises(GlobusTimeoutError) as raised:
                self._send(terminal, Request("GET", f"{self._scheme()}://127.0.0.1:{port}/", deadline=deadline))
        if by == "time-out":
            assert isinstance(raised.value, GlobusConnectionTimeoutError)
            assert not raised.value.request_began, "it is safe to send it again"

    def test_a_dropped_request_is_not_sent_again(self) -> None:
        with self._server(once(b"")) as server:
            terminal = self._make()
            with pytest.raises(GlobusConnectionError) as raised:
                self._send(terminal, Request("POST", server.origin, body=b"x"))
            assert raised.value.request_began
            assert raised.value.__cause__ is not None
            assert len(server.requests) == 1

    def test_a_kept_connection_that_breaks(self) -> None:
        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(whole(b"ok"))
            peer.read_request()
            peer.reset()

        with self._server(script) as server:
            terminal = self._make()
            self._send(terminal, Request("GET", server.origin))
            with pytest.raises(GlobusConnectionError) as raised:
                self._send(terminal, Request("GET", server.origin))
            assert raised.value.request_began
            assert len(server.requests) == 2, "a request on a kept connection is not sent again either"

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize(
        "answer",
        [head("200 OK", "Content-Length: 10") + b"abc", head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nab"],
    )
    def test_a_body_that_breaks_off(self, answer: bytes, stream: bool) -> None:
        with self._server(once(answer)) as server:
            terminal = self._make()
            with pytest.raises(NetworkError) as raised:
                self._read_body(terminal, Request("GET", server.origin, stream=stream))
            assert raised.value.request_began

    @pytest.mark.parametrize(
        "answer",
        [
            b"SSH-2.0-something\r\n\r\n",
            b"HTTP/1.1 many\r\n\r\n",
            head("200 OK", "Transfer-Encoding: chunked") + b"size\r\n",
            b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (1 << 20) + b"\r\n\r\n",
        ],
        ids=["another protocol", "status", "chunk size", "endless field"],
    )
    def test_an_answer_that_is_not_http(self, answer: bytes) -> None:
        self._check_error(answer)

    @pytest.mark.parametrize(
        "answer",
        [b"HTTP/1.1 200", head()[:-2] + b"Content-Le", head()[:-2], head("200 OK", "Content-Length: some")],
        ids=["half a status line", "half a field", "no empty line", "length"],
    )
    def test_a_head_that_is_not_quite_one(self, answer: bytes) -> None:
        if not self.strict_heads:
            pytest.skip("strict_heads is False")
        self._check_error(answer)

    def _check_error(self, answer: bytes) -> None:
        with self._server(once(answer), answering(whole(b"ok"))) as server:
            terminal = self._make()
            with pytest.raises(NetworkError) as raised:
                self._send(terminal, Request("GET", server.origin))
            assert raised.value.request_began
            assert len(str(raised.value)) < 1000
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"

    def test_it_goes_on_after_an_error(self) -> None:
        with self._server(*[once(b"")] * 3, answering(whole(b"ok"))) as server:
            terminal = self._make()
            for _ in range(3):
                with pytest.raises(NetworkError):
                    self._send(terminal, Request("GET", server.origin))
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"


def send_first_chunk(peer: Peer) -> None:
    """A script that sends a response head and the first chunk of its body."""
    peer.read_request()
    peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfirst\r\n")


def stall_after_first_chunk(peer: Peer) -> None:
    """:func:`send_first_chunk`, and then nothing until the client closes."""
    send_first_chunk(peer)
    peer.wait_for_close()


@contextmanager
def _unresponsive_port() -> Iterator[int]:
    """A port where connections are neither accepted nor refused, because the listener's backlog is full."""
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(10):
            client = sockets.enter_context(socket.socket())
            client.settimeout(0.2)
            try:
                client.connect(listener.getsockname())
            except TimeoutError:
                yield listener.getsockname()[1]
                return
        pytest.skip("the backlog of this system does not fill up")
