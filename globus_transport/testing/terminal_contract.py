"""What every terminal that sends over sockets has to do, as tests that its author runs with pytest.

Derive a class in a test module, and say how a terminal is made::

    class TestMyTerminal(TerminalContract):
        def make_terminal(self, *, connect_timeout=5.0, read_timeout=5.0):
            return MyTerminal(connect_timeout, read_timeout)

A terminal is a callable ``Request -> Response``, or a coroutine function of that kind for asyncio; the same tests run
both. The server is one of this process, on 127.0.0.1 and a port that the system chooses.
"""

from __future__ import annotations

import asyncio
import gzip
import inspect
import pickle
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from globus_transport.errors import GlobusConnectionError, GlobusTimeoutError, NetworkError, ReplyFormatError
from globus_transport.messages import AsyncByteStream, ByteStream, Request, Response, StreamBody
from globus_transport.testing.loopback_server import (
    PATIENCE,
    Peer,
    ScriptedServer,
    answering,
    head,
    once,
    silent,
    whole,
)

_ERROR_BODY_LIMIT = 1 << 20
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class TerminalContract:
    """The tests. ``make_terminal`` is to be overridden; ``close_terminal`` and what follows where they don't fit.

    :cvar pickles: whether the terminal survives pickling
    :cvar keeps_cookies: whether it shares the cookie jar of a session that it was given
    :cvar cancels_at_once: whether a task that is cancelled has closed its connection, rather than left it to a thread
    """

    pickles = False
    keeps_cookies = False
    cancels_at_once = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        """A terminal with these time-outs, in seconds. Called in the event loop if the terminal is for asyncio.

        :raises NotImplementedError: if it is not overridden
        """
        raise NotImplementedError("say in make_terminal() how a terminal is made")

    def close_terminal(self, terminal: Any) -> Any:
        """Close it, and what it was made over. May be a coroutine function."""
        close = getattr(terminal, "close", None)
        return None if close is None else close()

    @pytest.fixture(autouse=True)
    def _at_work(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
        for name in _PROXIES:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        # A terminal that looks for a credential of its own finds this one.
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login someone password s3cret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        with asyncio.Runner() as self._runner:
            self._terminals: list[Any] = []
            yield
            self._do(self._close_all())

    async def _close_all(self) -> None:
        for terminal in self._terminals:
            closing = self.close_terminal(terminal)
            if inspect.isawaitable(closing):
                await closing

    def _do(self, coroutine: Any) -> Any:
        async def in_time() -> Any:
            async with asyncio.timeout(2 * PATIENCE):
                return await coroutine

        return self._runner.run(in_time())

    def _made(self, **timeouts: float | None) -> Any:
        async def make() -> Any:
            return self.make_terminal(**timeouts)

        terminal = self._do(make())
        self._terminals.append(terminal)
        return terminal

    def _send(self, terminal: Any, request: Request) -> Response:
        """One request, with whatever the terminal is: an asynchronous one runs in the loop of the test."""
        response = self._do(_awaited(terminal, request)) if _is_async(terminal) else terminal(request)
        assert isinstance(response, Response)
        return response

    def _read(self, response: Response, limit: int | None = None) -> bytes:
        if isinstance(response.stream, ByteStream):
            return response.stream.read(limit)
        assert isinstance(response.stream, AsyncByteStream), "the request asked for a stream"
        body: bytes = self._do(response.stream.read(limit))
        return body

    def _close(self, response: Response) -> None:
        if isinstance(response.stream, ByteStream):
            response.stream.close()
        else:
            assert isinstance(response.stream, AsyncByteStream)
            self._do(response.stream.close())

    def test_what_is_sent_is_the_request(self) -> None:
        headers = [
            ("Accept", "a/b"),
            ("X-One", "1"),
            ("X-One", "2"),
            ("Authorization", "Bearer t"),
            ("User-Agent", "u"),
        ]
        with ScriptedServer(answering(whole(b"ok"))) as server:
            self._send(self._made(), Request("POST", f"{server.origin}/a%2Fb?q=%20&r=a+b", headers, b"\x00body"))
            (got,) = server.requests
        assert got.line == "POST /a%2Fb?q=%20&r=a+b HTTP/1.1"
        assert got.body == b"\x00body"
        assert got["Host"] == server.origin.partition("//")[2]
        assert got["Content-Length"] == "5"
        for name in ("Accept", "Authorization"):
            assert got.values(name) == [value for key, value in headers if key == name]
        # RFC 9110, section 5.3: repeats may be joined, in their order.
        assert ", ".join(got.values("X-One")) == "1, 2"

    def test_what_comes_back(self) -> None:
        answer = whole(b"hello", "203 Hm", "X-Two: 1", "x-two: 2", "X-Last: \xe9")
        with ScriptedServer(answering(answer)) as server:
            request = Request("GET", server.origin)
            response = self._send(self._made(), request)
        assert (response.status, response.reason, response.body) == (203, "Hm", b"hello")
        assert response.stream is None
        assert response.request is request
        pairs = [(name.lower(), value) for name, value in response.headers.pairs]
        assert ("x-two", "1") in pairs and ("x-two", "2") in pairs  # noqa: PT018
        assert pairs.index(("x-two", "1")) < pairs.index(("x-two", "2"))
        assert "X-LAST" in response.headers

    @pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "429 Slow", "503 Unavailable"])
    def test_nothing_is_done_by_itself(self, status: str) -> None:
        answer = whole(b"no", status, "Location: /there", "Retry-After: 0", "Set-Cookie: biscuit=c; Path=/")
        with ScriptedServer(answering(answer)) as server:
            terminal = self._made()
            for number in (1, 2):
                assert self._send(terminal, Request("GET", server.origin)).status == int(status[:3])
                assert len(server.requests) == number, "no redirect is followed, and nothing is sent again"
            for got in server.requests:
                assert got.values("Authorization") == [], "no credential comes from elsewhere"
            if not self.keeps_cookies:
                cookies = [got.values("Cookie") for got in server.requests]
                assert cookies == [[], []], "no cookie goes from one reply to the next request"

    @pytest.mark.parametrize("size", [0, 10, 1 << 20])
    def test_a_body_of_bytes(self, size: int) -> None:
        body = bytes(index % 251 for index in range(size))
        with ScriptedServer(answering(whole(b"ok"))) as server:
            self._send(self._made(), Request("PUT", server.origin, body=body))
            (got,) = server.requests
        assert got.body == body
        assert got["Content-Length"] == str(size)

    @pytest.mark.parametrize("sized", [True, False])
    def test_a_body_in_parts(self, sized: bool) -> None:
        parts = [b"one ", b"", b"two ", b"x" * 200_000]
        length = sum(map(len, parts)) if sized else None
        with ScriptedServer(answering(whole(b"ok"))) as server:
            self._send(self._made(), Request("PUT", server.origin, body=StreamBody.once(parts, length)))
            (got,) = server.requests
        assert got.body == b"".join(parts)
        framing = (got.values("Content-Length"), got.values("Transfer-Encoding"))
        assert framing == (([str(length)], []) if sized else ([], ["chunked"]))

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize("framing", ["length", "chunked", "until close", "gzip"])
    def test_a_body_however_it_is_framed(self, framing: str, stream: bool) -> None:
        body = b"".join(b"line %d\n" % number for number in range(20_000))
        packed = gzip.compress(body)
        answers = {
            "length": whole(body),
            "chunked": head("200 OK", "Transfer-Encoding: chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
            "until close": head("200 OK", "Connection: close") + body,
            "gzip": whole(packed, "200 OK", "Content-Encoding: gzip"),
        }
        script = once(answers[framing]) if framing == "until close" else answering(answers[framing])
        with ScriptedServer(script) as server:
            response = self._send(self._made(), Request("GET", server.origin, stream=stream))
            assert (self._read(response) if stream else response.body) == body

    @pytest.mark.parametrize(
        ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")]
    )
    def test_no_body_where_there_is_none(self, method: str, status: str) -> None:
        fields = [] if status.startswith("204") else ["Content-Length: 5"]
        with ScriptedServer(answering(head(status, *fields))) as server:
            terminal = self._made()
            for _ in range(2):
                assert self._send(terminal, Request(method, server.origin)).body == b""

    def test_a_stream_is_given_as_it_comes(self) -> None:
        first_came = threading.Event()

        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfirst\r\n")
            assert first_came.wait(PATIENCE), "the first part was kept back"
            peer.send(b"4\r\nlast\r\n0\r\n\r\n")

        with ScriptedServer(script) as server:
            response = self._send(self._made(), Request("GET", server.origin, stream=True))
            parts = []
            if isinstance(response.stream, ByteStream):
                for part in response.stream:
                    parts.append(part)
                    first_came.set()
            else:
                stream = response.stream
                assert isinstance(stream, AsyncByteStream)

                async def read() -> None:
                    async for part in stream:
                        parts.append(part)
                        first_came.set()

                self._do(read())
            assert parts[0] == b"first"
            assert b"".join(parts) == b"firstlast"

    def test_the_first_bytes_of_a_stream(self) -> None:
        with ScriptedServer(answering(whole(b"0123456789"))) as server:
            response = self._send(self._made(), Request("GET", server.origin, stream=True))
            assert self._read(response, 4) == b"0123"

    def test_closing_a_stream_lets_go_of_its_connection(self) -> None:
        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfirst\r\n")
            peer.wait_for_close()

        with ScriptedServer(script) as server:
            response = self._send(self._made(), Request("GET", server.origin, stream=True))
            self._close(response)
            self._close(response)
            self._turn_once()
            assert server.saw_close.wait(PATIENCE)

    def _turn_once(self) -> None:
        # What a loop closes is closed when it runs again.
        self._do(asyncio.sleep(0.01))

    def test_connections_are_kept(self) -> None:
        with ScriptedServer(answering(whole(b"ok"))) as server:
            terminal = self._made()
            for stream in (False, True, False):
                response = self._send(terminal, Request("GET", server.origin, stream=stream))
                if stream:
                    assert self._read(response) == b"ok"
            assert server.connections == 1

    def test_a_server_that_does_not_answer(self) -> None:
        with ScriptedServer(silent) as server, pytest.raises(GlobusTimeoutError) as raised:
            self._send(self._made(read_timeout=0.1), Request("GET", server.origin))
        assert raised.value.request_began
        assert raised.value.__cause__ is not None

    def test_a_deadline_ends_the_wait(self) -> None:
        with ScriptedServer(silent) as server:
            terminal = self._made()
            started = time.monotonic()
            with pytest.raises(GlobusTimeoutError):
                self._send(terminal, Request("GET", server.origin, deadline=started + 0.1))
            assert time.monotonic() - started < PATIENCE / 2

    def test_a_deadline_that_has_passed_sends_nothing(self) -> None:
        with ScriptedServer(silent) as server:
            with pytest.raises(GlobusTimeoutError) as raised:
                self._send(self._made(), Request("GET", server.origin, deadline=time.monotonic() - 1))
            assert not raised.value.request_began
            assert server.requests == []

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(GlobusConnectionError) as raised:
            self._send(self._made(), Request("GET", f"http://127.0.0.1:{port}/"))
        assert not raised.value.request_began, "it is safe to send it again"
        assert raised.value.__cause__ is not None

    def test_a_dropped_request_is_not_sent_again(self) -> None:
        with ScriptedServer(once(b"")) as server:
            with pytest.raises(GlobusConnectionError) as raised:
                self._send(self._made(), Request("POST", server.origin, body=b"x"))
            assert raised.value.request_began
            assert len(server.requests) == 1

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize(
        "answer",
        [head("200 OK", "Content-Length: 10") + b"abc", head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nab"],
    )
    def test_a_body_that_breaks_off(self, answer: bytes, stream: bool) -> None:
        def read(terminal: Any, request: Request) -> None:
            response = self._send(terminal, request)
            self._read(response)

        with ScriptedServer(once(answer)) as server, pytest.raises(NetworkError):
            read(self._made(), Request("GET", server.origin, stream=stream))

    def test_an_answer_that_is_not_http(self) -> None:
        with ScriptedServer(once(b"SSH-2.0-something\r\n\r\n")) as server, pytest.raises(NetworkError):
            self._send(self._made(), Request("GET", server.origin))

    def test_a_body_that_is_not_in_its_encoding(self) -> None:
        answer = whole(b"this is no gzip", "200 OK", "Content-Encoding: gzip")
        with ScriptedServer(answering(answer)) as server, pytest.raises(ReplyFormatError):
            self._send(self._made(), Request("GET", server.origin))

    def test_it_goes_on_after_an_error(self) -> None:
        with ScriptedServer(once(b""), answering(whole(b"ok"))) as server:
            terminal = self._made()
            with pytest.raises(NetworkError):
                self._send(terminal, Request("GET", server.origin))
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"

    def test_the_body_of_an_error_is_bounded(self) -> None:
        with ScriptedServer(answering(whole(b"x" * (3 << 20), "500 Oops"))) as server:
            response = self._send(self._made(), Request("GET", server.origin))
        assert len(response.body) == _ERROR_BODY_LIMIT
        assert response.truncated

    def test_cancelling_lets_go_of_the_connection_at_once(self) -> None:
        terminal = self._made(read_timeout=None)
        if not _is_async(terminal) or not self.cancels_at_once:
            pytest.skip("a thread cannot be cancelled")

        def script(peer: Peer) -> None:
            peer.read_request()
            peer.wait_for_close()

        async def main(server: ScriptedServer) -> None:
            task = asyncio.ensure_future(_awaited(terminal, Request("GET", server.origin)))
            while not server.requests:
                await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(server.saw_close.wait, PATIENCE / 2), "the connection is still open"

        with ScriptedServer(script, answering(whole(b"ok"))) as server:
            self._do(main(server))
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"

    def test_pickling(self) -> None:
        if not self.pickles:
            pytest.skip("it says that it cannot be pickled")
        copy = pickle.loads(pickle.dumps(self._made()))
        self._terminals.append(copy)
        with ScriptedServer(answering(whole(b"ok"))) as server:
            assert self._send(copy, Request("GET", server.origin)).body == b"ok"


def _is_async(terminal: Any) -> bool:
    return inspect.iscoroutinefunction(terminal) or inspect.iscoroutinefunction(type(terminal).__call__)


async def _awaited(terminal: Any, request: Request) -> Response:
    response: Response = await terminal(request)
    return response
