"""The contract of terminals that call a WSGI or ASGI application in this process, as pytest tests for their authors.

Derive a class in a test module and implement ``make_terminal``::

    class TestMyTerminal(WSGITerminalContract):
        def make_terminal(self, app):
            return MyTerminal(app)

Such a terminal has no connections. Instead the tests check that an exception of the application reaches the caller, and
that the application does not keep running.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from globus_transport.exc.base import GlobusTimeoutError
from globus_transport.http.messages import Request
from globus_transport.testing.loopback_application import Answer, ASGILoopback, LoopbackApplication, WSGILoopback
from globus_transport.testing.loopback_server import PATIENCE
from globus_transport.testing.message_contract import MessageContract, send_async


class ApplicationContract(MessageContract):
    """The tests for both kinds."""

    _application: Callable[..., LoopbackApplication]

    def make_terminal(self, app: Any) -> Any:
        """Make a terminal that calls an application. This runs in the event loop of the test.

        :raises NotImplementedError: if the class does not override it
        """
        raise NotImplementedError("override make_terminal() so that it returns a terminal")

    def _make_for(self, server: Any) -> Any:
        return self._make_in_loop(lambda: self.make_terminal(server))

    def _serve(self, *answers: Answer) -> Any:
        return self._application(*answers)

    def _serve_parts(self, parts: Callable[[], Iterable[bytes]], *fields: str) -> Any:
        return self._application(Answer(parts, fields=fields))

    @pytest.mark.parametrize("stream", [True, False])
    def test_what_it_raises_the_caller_gets(self, stream: bool) -> None:
        def parts() -> Iterator[bytes]:
            yield b"first"
            raise ValueError("mine")

        with self._serve_parts(parts) as server:
            terminal = self._make_for(server)
            with pytest.raises(ValueError, match="mine"):
                self._read_body(terminal, Request("GET", server.origin, stream=stream))

    @pytest.mark.parametrize("how", ["closed", "read in part", "read"])
    def test_it_is_not_left_running(self, how: str) -> None:
        parts = _CloseableBody()
        with self._serve_parts(lambda: parts) as server:
            response = self._send(self._make_for(server), Request("GET", server.origin, stream=True))
            assert parts.left, "the body is made while it is read"
            if how == "closed":
                self._close(response)
            else:
                self._read(response, 2000 if how == "read in part" else None)
            assert parts.closed.wait(PATIENCE), "the body was not closed"


class WSGITerminalContract(ApplicationContract):
    """The tests for terminals that call a WSGI application (PEP 3333)."""

    _application = WSGILoopback


class ASGITerminalContract(ApplicationContract):
    """The tests for terminals that call an ASGI 3 application. ASGI has no reason phrases."""

    has_reasons = False
    _application = ASGILoopback

    def test_the_deadline_ends_it(self) -> None:
        ended = threading.Event()
        app = _NeverAnswers(ended)
        terminal = self._make_for(app)
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError) as raised:
            self._send(terminal, Request("GET", app.origin, deadline=started + 0.1))
        assert raised.value.request_began
        assert time.monotonic() - started < PATIENCE / 4
        assert ended.is_set()

    def test_cancelling_ends_it(self) -> None:
        ended = threading.Event()
        app = _NeverAnswers(ended)
        terminal = self._make_for(app)

        async def main() -> None:
            task = asyncio.ensure_future(send_async(terminal, Request("GET", app.origin)))
            await app.was_called.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert ended.is_set()

        self._run(main())


class _CloseableBody:
    """A body in 100 parts. It notes when it is closed."""

    def __init__(self) -> None:
        self.left = 100
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self.left:
            raise StopIteration
        self.left -= 1
        return b"x" * 1000

    def close(self) -> None:
        self.closed.set()


class _NeverAnswers(LoopbackApplication):
    """An application that never answers."""

    def __init__(self, ended: threading.Event) -> None:
        super().__init__()
        self.was_called = asyncio.Event()
        self._ended = ended

    async def __call__(self, _scope: Any, _receive: Any, _send: Any) -> None:
        try:
            self.was_called.set()
            await asyncio.Event().wait()
        finally:
            self._ended.set()
