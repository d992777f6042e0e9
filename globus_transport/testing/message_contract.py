"""The part of the terminal contract about requests and responses, which holds for every terminal.

Test modules do not derive from it directly: :mod:`globus_transport.testing.terminal_contract` is for terminals that
send over sockets, :mod:`globus_transport.testing.application_contract` for terminals that call an application.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import inspect
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError, ReplyFormatError
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.testing.loopback_application import Answer
from globus_transport.testing.loopback_server import PATIENCE

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class MessageContract:
    """The tests, and the helpers that they use.

    :cvar keeps_cookies: whether the terminal shares the cookie jar of a session that it was given
    :cvar has_reasons: whether its responses have a reason phrase
    :cvar loop_factory: makes the event loop of the tests, such as ``uvloop.new_event_loop``; by default asyncio's
    :cvar reads_latin_1: whether a header value outside ASCII is read as ISO 8859-1 (RFC 9110, section 5.5)
    """

    keeps_cookies = False
    has_reasons = True
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    reads_latin_1 = True

    def close_terminal(self, terminal: Any) -> Any:
        """Close a terminal and what ``make_terminal`` made it from. An override may be a coroutine function."""
        close = getattr(terminal, "close", None)
        return None if close is None else close()

    def _serve(self, *answers: Answer) -> Any:
        raise NotImplementedError

    def _serve_parts(self, parts: Callable[[], Iterable[bytes]], *fields: str) -> Any:
        raise NotImplementedError

    def _make_for(self, server: Any) -> Any:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _environment(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
        for name in _PROXIES:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        # A terminal that wrongly takes credentials from netrc finds this one.
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login someone password s3cret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        with asyncio.Runner(loop_factory=self.loop_factory) as self._runner:
            self._terminals: list[Any] = []
            yield
            self._run(self._close_all())

    async def _close_all(self) -> None:
        terminals, self._terminals = self._terminals, []
        for terminal in terminals:
            closing = self.close_terminal(terminal)
            if inspect.isawaitable(closing):
                await closing

    def _run(self, coroutine: Any) -> Any:
        async def with_time_limit() -> Any:
            async with asyncio.timeout(2 * PATIENCE):
                return await coroutine

        return self._runner.run(with_time_limit())

    def _make_in_loop(self, make: Any) -> Any:
        """Make a terminal in the event loop of the test. It is closed at the end of the test."""

        async def make_in_loop() -> Any:
            return make()

        terminal = self._run(make_in_loop())
        self._terminals.append(terminal)
        return terminal

    def _send(self, terminal: Any, request: Request) -> Response:
        """Send a request. A terminal for asyncio runs in the event loop of the test."""
        response = self._run(send_async(terminal, request)) if is_async(terminal) else terminal(request)
        assert isinstance(response, Response)
        return response

    def _read_body(self, terminal: Any, request: Request) -> bytes:
        """Send a request and return the whole body of its response, streamed or not."""
        response = self._send(terminal, request)
        return self._read(response) if request.stream else response.body

    def _read(self, response: Response, limit: int | None = None) -> bytes:
        if isinstance(response.stream, ByteStream):
            return response.stream.read(limit)
        assert isinstance(response.stream, AsyncByteStream), "the request asked for a stream"
        body: bytes = self._run(response.stream.read(limit))
        return body

    def _read_parts(self, response: Response, came: threading.Event | None = None) -> list[bytes]:
        """Read a stream in parts.

        :param came: set after each part
        """
        parts: list[bytes] = []
        came = came or threading.Event()
        stream = response.stream
        if isinstance(stream, ByteStream):
            for part in stream:
                parts.append(part)
                came.set()
            return parts
        assert isinstance(stream, AsyncByteStream)

        async def read() -> None:
            async for part in stream:
                parts.append(part)
                came.set()

        self._run(read())
        return parts

    def _close(self, response: Response) -> None:
        if isinstance(response.stream, ByteStream):
            response.stream.close()
        else:
            assert isinstance(response.stream, AsyncByteStream)
            self._run(response.stream.close())
            # The loop closes a transport in its next iteration.
            self._run(asyncio.sleep(0.01))

    def test_what_is_sent_is_the_request(self) -> None:
        headers = [
            ("Accept", "a/b"),
            ("X-One", "1"),
            ("X-One", "2"),
            ("Authorization", "Bearer t"),
            ("User-Agent", "u"),
        ]
        with self._serve(Answer()) as server:
            terminal = self._make_for(server)
            self._send(terminal, Request("POST", f"{server.origin}/a%20b?q=%20&r=a+b", headers, b"\x00body"))
            (got,) = server.requests
        assert got.line == "POST /a%20b?q=%20&r=a+b HTTP/1.1"
        assert got.body == b"\x00body"
        assert got["Host"] == server.origin.partition("//")[2]
        assert got["Content-Length"] == "5"
        for name in ("Accept", "Authorization", "User-Agent"):
            assert got.values(name) == [value for key, value in headers if key == name]
        # RFC 9110, section 5.3: repeated fields may be combined, in order.
        assert ",".join(got.values("X-One")).replace(" ", "") == "1,2"

    def test_what_comes_back(self) -> None:
        with self._serve(Answer(b"hello", "203 Hm", ("X-Two: 1", "x-two: 2", "X-Last: \xe9"))) as server:
            request = Request("GET", server.origin)
            response = self._send(self._make_for(server), request)
        assert (response.status, response.body) == (203, b"hello")
        assert response.reason == ("Hm" if self.has_reasons else "")
        assert response.stream is None
        assert response.request is request
        assert response.headers.get_all("X-TWO") == ["1", "2"]
        if self.reads_latin_1:
            assert response.headers["x-last"] == "\xe9"
        else:
            assert "x-last" in response.headers

    @pytest.mark.parametrize("status", ["302 Found", "401 Unauthorized", "429 Slow", "503 Unavailable"])
    def test_nothing_is_done_by_itself(self, status: str) -> None:
        fields = ("Location: /there", "Retry-After: 0", "WWW-Authenticate: Basic", "Set-Cookie: biscuit=c; Path=/")
        with self._serve(Answer(b"no", status, fields)) as server:
            terminal = self._make_for(server)
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
        with self._serve(Answer()) as server:
            self._send(self._make_for(server), Request("PUT", server.origin, body=body))
            (got,) = server.requests
        assert got.body == body
        assert got["Content-Length"] == str(size)

    @pytest.mark.parametrize("sized", [True, False])
    def test_a_body_in_parts(self, sized: bool) -> None:
        parts = [b"one ", b"", b"two ", b"x" * 200_000]
        length = sum(map(len, parts)) if sized else None
        with self._serve(Answer()) as server:
            self._send(self._make_for(server), Request("PUT", server.origin, body=StreamBody.once(parts, length)))
            (got,) = server.requests
        assert got.body == b"".join(parts)
        framing = (got.values("Content-Length"), got.values("Transfer-Encoding"))
        assert framing == (([str(length)], []) if sized else ([], ["chunked"]))

    @pytest.mark.parametrize("length", [2, 4])
    def test_a_body_that_is_not_as_long_as_it_says(self, length: int) -> None:
        with self._serve(Answer()) as server:
            request = Request("PUT", server.origin, body=StreamBody.once([b"abc"], length))
            with pytest.raises(GlobusSDKUsageError):
                self._send(self._make_for(server), request)
            assert server.requests == []

    def test_a_body_that_cannot_be_read(self) -> None:
        def failing_parts() -> Iterator[bytes]:
            yield b"one"
            raise ValueError("the disk is gone")

        with self._serve(Answer()) as server:
            request = Request("PUT", server.origin, body=StreamBody(failing_parts))
            with pytest.raises(ValueError, match="the disk is gone"):
                self._send(self._make_for(server), request)
            assert server.requests == [], "a body that broke off is not ended as if it were whole"

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize("encoding", ["", "gzip"])
    def test_a_body_that_comes_back(self, encoding: str, stream: bool) -> None:
        body = b"".join(b"line %d\n" % number for number in range(20_000))
        answer = Answer(gzip.compress(body), fields=("Content-Encoding: gzip",)) if encoding else Answer(body)
        with self._serve(answer) as server:
            response = self._send(self._make_for(server), Request("GET", server.origin, stream=stream))
            assert (self._read(response) if stream else response.body) == body

    def test_a_body_that_is_not_in_its_encoding(self) -> None:
        with self._serve(Answer(b"this is no gzip", fields=("Content-Encoding: gzip",))) as server:
            terminal = self._make_for(server)
            with pytest.raises(ReplyFormatError):
                self._send(terminal, Request("GET", server.origin))

    @pytest.mark.parametrize("stream", [True, False])
    @pytest.mark.parametrize(
        ("method", "status"), [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")]
    )
    def test_no_body_where_there_is_none(self, method: str, status: str, stream: bool) -> None:
        fields = () if status.startswith("204") else ("Content-Length: 5",)
        with self._serve(Answer(b"", status, fields)) as server:
            terminal = self._make_for(server)
            for _ in range(2):
                response = self._send(terminal, Request(method, server.origin, stream=stream))
                assert response.status == int(status[:3])
                assert (self._read(response) if stream else response.body) == b""

    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    def test_a_stream_is_given_as_it_comes(self, encoding: str) -> None:
        first_came = threading.Event()
        squeeze = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)

        def parts() -> Iterator[bytes]:
            yield squeeze.compress(b"first") + squeeze.flush(zlib.Z_SYNC_FLUSH) if encoding == "gzip" else b"first"
            assert first_came.wait(PATIENCE), "the first part was kept back"
            yield squeeze.compress(b"last") + squeeze.flush() if encoding == "gzip" else b"last"

        with self._serve_parts(parts, f"Content-Encoding: {encoding}") as server:
            response = self._send(self._make_for(server), Request("GET", server.origin, stream=True))
            got = self._read_parts(response, first_came)
        assert got[0] == b"first"
        assert b"".join(got) == b"firstlast"

    def test_the_first_bytes_of_a_stream(self) -> None:
        with self._serve(Answer(b"0123456789")) as server:
            terminal = self._make_for(server)
            for limit, body in ((4, b"0123"), (0, b""), (10, b"0123456789"), (11, b"0123456789")):
                response = self._send(terminal, Request("GET", server.origin, stream=True))
                assert self._read(response, limit) == body

    def test_a_stream_that_was_read_to_its_end(self) -> None:
        with self._serve(Answer(b"0123456789")) as server:
            terminal = self._make_for(server)
            for _ in range(2):
                response = self._send(terminal, Request("GET", server.origin, stream=True))
                assert self._read(response) == b"0123456789"
                for _ in range(2):
                    # Some libraries raise an error for a second read.
                    with contextlib.suppress(GlobusSDKUsageError):
                        assert self._read(response) == b""

    def test_a_stream_that_was_closed(self) -> None:
        with self._serve(Answer(b"x" * 300_000), Answer(b"ok")) as server:
            terminal = self._make_for(server)
            response = self._send(terminal, Request("GET", server.origin, stream=True))
            self._close(response)
            self._close(response)
            with pytest.raises(GlobusSDKUsageError):
                self._read_parts(response)
            # The unread rest must not be taken for the next response.
            assert self._send(terminal, Request("GET", server.origin)).body == b"ok"

    def test_a_deadline_that_has_passed_sends_nothing(self) -> None:
        with self._serve(Answer()) as server:
            terminal = self._make_for(server)
            with pytest.raises(GlobusTimeoutError) as raised:
                self._send(terminal, Request("GET", server.origin, deadline=time.monotonic() - 1))
            assert not raised.value.request_began
            assert server.requests == []


def is_async(terminal: Any) -> bool:
    """Whether a terminal is for asyncio."""
    return inspect.iscoroutinefunction(terminal) or inspect.iscoroutinefunction(type(terminal).__call__)


async def send_async(terminal: Any, request: Request) -> Response:
    """Await the response of a terminal for asyncio, whatever kind of awaitable it returns."""
    response: Response = await terminal(request)
    return response
