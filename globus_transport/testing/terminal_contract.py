"""The contract of terminals that send over sockets, as pytest tests for their authors.

Derive a class in a test module and implement ``make_terminal``::

    class TestMyTerminal(TerminalContract):
        def make_terminal(self, *, connect_timeout=5.0, read_timeout=5.0):
            return MyTerminal(connect_timeout, read_timeout)

A terminal is a callable ``Request -> Response``. For a coroutine function, which asyncio needs, see
:mod:`globus_transport.testing.async_terminal_contract`, which has more tests; for terminals that call an application
:mod:`globus_transport.testing.application_contract`. The server runs in this process, on a free port of 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport.exc.base import NetworkError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.testing.failure_contract import FailureContract, stall_after_first_chunk
from globus_transport.testing.loopback_application import Answer, answer_script
from globus_transport.testing.loopback_server import PATIENCE, Peer, answering, head, once, whole
from globus_transport.testing.message_contract import is_async, send_async

_ERROR_BODY_LIMIT = 1 << 20
_CONCURRENT_REQUESTS = 5
# A body that nobody holds in memory, and the most that both ends of a connection may hold of it.
_ENDLESS = 1 << 30
_BUFFERS_OF_THE_SYSTEM = 1 << 26


class TerminalContract(FailureContract):
    """The tests. Override ``make_terminal``, and ``close_terminal`` and the class variables if they do not fit.

    :cvar pickles: whether the terminal can be pickled
    :cvar forks: whether a forked process can use the terminal, with its own connections
    :cvar notices_surplus: whether what a server sends besides its response is never taken for the next one. Some HTTP
        libraries do not notice it, and offer nothing to notice it by
    :cvar skips_early_hints: whether a 103 before the response is skipped; ``http.client`` takes it for the response
    """

    pickles = False
    forks = False
    notices_surplus = True
    skips_early_hints = True

    def _make_for(self, server: Any) -> Any:
        return self._make()

    def _serve(self, *answers: Answer) -> Any:
        return self._server(answer_script(*answers))

    def _serve_parts(self, parts: Callable[[], Iterable[bytes]], *fields: str) -> Any:
        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(head("200 OK", "Transfer-Encoding: chunked", *fields))
            for part in parts():
                peer.send(b"%x\r\n%b\r\n" % (len(part), part))
            peer.send(b"0\r\n\r\n")

        return self._server(script)

    def test_the_target_is_sent_as_it_stands(self) -> None:
        with self._server(answering(whole())) as server:
            self._send(self._make(), Request("GET", f"{server.origin}/a%2Fb/%C3%BC//~?q=%2F&q=+&e="))
            (got,) = server.requests
        assert got.target == "/a%2Fb/%C3%BC//~?q=%2F&q=+&e="

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize("framing", ["chunked", "until close", "empty and chunked"])
    def test_a_body_however_it_is_framed(self, framing: str, stream: bool) -> None:
        body = b"" if framing == "empty and chunked" else b"x" * 200_000
        chunk = b"%x;why=not\r\n%b\r\n" % (len(body), body) if body else b""
        answers = {
            "chunked": head("200 OK", "Transfer-Encoding: chunked") + chunk + b"0\r\nX-Trailer: 1\r\n\r\n",
            "until close": head("200 OK", "Connection: close") + body,
        }
        script = once(answers[framing]) if framing == "until close" else answering(answers["chunked"])
        with self._server(script) as server:
            terminal = self._make()
            for _ in range(2):
                response = self._send(terminal, Request("GET", server.origin, stream=stream))
                assert (self._read(response) if stream else response.body) == body

    def test_an_interim_reply_is_not_the_reply(self) -> None:
        interim = head("100 Continue")
        if self.skips_early_hints:
            interim += head("103 Early Hints", "Link: </style.css>") * 2
        with self._server(answering(interim + whole(b"ok"))) as server:
            terminal = self._make()
            for _ in range(2):
                response = self._send(terminal, Request("GET", server.origin))
                assert (response.status, response.body) == (200, b"ok")

    def test_closing_a_stream_lets_go_of_its_connection(self) -> None:
        with self._server(stall_after_first_chunk) as server:
            response = self._send(self._make(), Request("GET", server.origin, stream=True))
            self._close(response)
            assert server.saw_close.wait(PATIENCE), "the connection is still open"

    def test_closing_the_terminal_closes_its_connections(self) -> None:
        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(whole(b"ok"))
            peer.wait_for_close()

        with self._server(script) as server:
            self._send(self._make(), Request("GET", server.origin))
            self._run(self._close_all())
            self._run(asyncio.sleep(0.01))
            assert server.saw_close.wait(PATIENCE), "the connection is still open"

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize("when", ["in one read", "a moment later"])
    def test_a_second_response_is_not_taken_for_the_next(self, when: str, stream: bool) -> None:
        if not self.notices_surplus:
            pytest.skip("notices_surplus is False")

        def script(peer: Peer) -> None:
            peer.read_request()
            if when == "in one read":
                peer.send(whole(b"first") + whole(b"forged"))
            else:
                peer.send(whole(b"first"))
                peer.pause(0.03)
                peer.send(whole(b"forged"))
            sent.set()
            # If the connection is used again, nothing of what was sent before is the answer.
            answering(whole(b"second"))(peer)

        sent = threading.Event()
        with self._server(script, answering(whole(b"second"))) as server:
            terminal = self._make()
            for body in (b"first", b"second"):
                response = self._send(terminal, Request("GET", server.origin, stream=stream))
                assert (self._read(response) if stream else response.body) == body
                assert sent.wait(PATIENCE)

    def test_connections_are_kept(self) -> None:
        with self._server(answering(whole(b"ok"))) as server:
            terminal = self._make()
            for stream in (False, True, False):
                response = self._send(terminal, Request("GET", server.origin, stream=stream))
                if stream:
                    assert self._read(response) == b"ok"
            assert server.connections == 1

    def test_a_connection_that_the_server_closed_is_not_used(self) -> None:
        closed = threading.Event()

        def script(peer: Peer) -> None:
            once(whole(b"ok"))(peer)
            peer.half_close()
            closed.set()
            peer.hold()

        with self._server(script, answering(whole(b"new"))) as server:
            terminal = self._make()
            self._send(terminal, Request("GET", server.origin))
            assert closed.wait(PATIENCE)
            self._run(asyncio.sleep(0.05))
            assert self._send(terminal, Request("POST", server.origin, body=b"x")).body == b"new"

    def test_several_at_a_time(self) -> None:
        all_there = threading.Barrier(_CONCURRENT_REQUESTS)

        def script(peer: Peer) -> None:
            target = peer.read_request().target
            all_there.wait(PATIENCE)
            peer.send(whole(target.encode()))

        with self._server(script) as server:
            terminal = self._make(read_timeout=PATIENCE)
            requests = [Request("GET", f"{server.origin}/{number}") for number in range(_CONCURRENT_REQUESTS)]
            if is_async(terminal):

                async def all_of_them() -> Any:
                    return await asyncio.gather(*(send_async(terminal, request) for request in requests))

                responses = self._run(all_of_them())
            else:
                with ThreadPoolExecutor(_CONCURRENT_REQUESTS) as threads:
                    responses = list(threads.map(terminal, requests))
        assert [response.body for response in responses] == [b"/%d" % number for number in range(_CONCURRENT_REQUESTS)]

    def test_the_body_of_an_error_is_bounded(self) -> None:
        with self._server(answering(whole(b"x" * (3 << 20), "500 Oops"))) as server:
            response = self._send(self._make(), Request("GET", server.origin))
        assert len(response.body) == _ERROR_BODY_LIMIT
        assert response.truncated

    def test_a_reader_that_pauses_has_little_in_memory(self) -> None:
        sent = 0

        def pour(peer: Peer) -> None:
            nonlocal sent
            peer.read_request()
            peer.send(head("200 OK", f"Content-Length: {_ENDLESS}"))
            while sent < _ENDLESS:
                peer.send(bytes(1 << 16))
                sent += 1 << 16

        with self._server(pour) as server:
            response = self._send(self._make(), Request("GET", server.origin, stream=True))
            self._run(asyncio.sleep(0.3))
            assert sent < _BUFFERS_OF_THE_SYSTEM, "it reads ahead without a limit"
            self._close(response)

    def test_a_server_that_pauses_has_little_of_a_body_in_memory(self) -> None:
        made = 0

        def parts() -> Iterator[bytes]:
            nonlocal made
            while made < _ENDLESS:
                made += 1 << 16
                yield bytes(1 << 16)

        def script(peer: Peer) -> None:
            peer.read_head()
            peer.hold()

        # Some HTTP libraries have the time for connecting as the limit of a write.
        terminal = self._make(connect_timeout=0.3, read_timeout=0.3)
        with self._server(script) as server, pytest.raises(NetworkError):
            self._send(terminal, Request("PUT", server.origin, body=StreamBody(parts)))
        assert made < _BUFFERS_OF_THE_SYSTEM, "it takes more of the body than it can send"

    def test_pickling(self) -> None:
        terminal = self._make()
        if not self.pickles:
            pytest.skip("pickles is False")
        copy = self._make_in_loop(lambda: pickle.loads(pickle.dumps(terminal)))
        with self._server(answering(whole(b"ok"))) as server:
            assert self._send(copy, Request("GET", server.origin)).body == b"ok"

    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
    def test_forking(self) -> None:
        if not (self.forks and hasattr(os, "fork")):
            pytest.skip("forks is False, or this system has no fork")
        with self._server(answering(whole(b"ok"))) as server:
            terminal = self._make()
            self._send(terminal, Request("GET", server.origin))
            child = os.fork()
            if not child:
                went_well = False
                try:
                    went_well = self._send_in_child(terminal, Request("GET", server.origin)).body == b"ok"
                finally:
                    os._exit(0 if went_well else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "the forked process had no answer"
            assert server.connections == 2, "the forked process used a connection of its parent"
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"
            assert server.connections == 2, "the parent lost its connection"

    def _send_in_child(self, terminal: Any, request: Request) -> Response:
        """Send a request in a forked process. An event loop is its parent's, so that it has one of its own."""
        if not is_async(terminal):
            return self._send(terminal, request)
        with asyncio.Runner(loop_factory=self.loop_factory) as self._runner:
            return self._send(terminal, request)
