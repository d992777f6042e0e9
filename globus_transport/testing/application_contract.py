"""What every terminal has to do that calls an application of this process, as tests that its author runs with pytest.

Derive a class in a test module, and say how a terminal is made::

    class TestMyTerminal(WSGITerminalContract):
        def make_terminal(self, app):
            return MyTerminal(app)

There is no connection that could fail or be left open. In its place stands the application: what it raises, the caller
gets, and it is not left running.
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
    """What both kinds have in common."""

    _application: Callable[..., LoopbackApplication]

    def make_terminal(self, app: Any) -> Any:
        """A terminal that calls this application. Called in the event loop if the terminal is for asyncio.

        :raises NotImplementedError: if it is not overridden
        """
        raise NotImplementedError("say in make_terminal() how a terminal is made")

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
                self._whole_body(terminal, Request("GET", server.origin, stream=stream))

    def _whole_body(self, terminal: Any, request: Request) -> bytes:
        response = self._send(terminal, request)
        return self._read(response) if request.stream else response.body

    @pytest.mark.parametrize("how", ["closed", "read in part", "read"])
    def test_it_is_not_left_running(self, how: str) -> None:
        parts = _ManyParts()
        with self._serve_parts(lambda: parts) as server:
            response = self._send(self._make_for(server), Request("GET", server.origin, stream=True))
            assert parts.left, "the body is made while it is read"
            if how == "closed":
                self._close(response)
            else:
                self._read(response, 2000 if how == "read in part" else None)
            assert parts.closed.wait(PATIENCE), "nobody closed the body"


class WSGITerminalContract(ApplicationContract):
    """The tests for WSGI (PEP 3333)."""

    _application = WSGILoopback


class ASGITerminalContract(ApplicationContract):
    """The tests for ASGI 3. It says no reason phrase."""

    has_reasons = False
    _application = ASGILoopback

    def test_the_deadline_ends_it(self) -> None:
        ended = threading.Event()
        app = _Waiting(ended)
        terminal = self._make_for(app)
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError) as raised:
            self._send(terminal, Request("GET", app.origin, deadline=started + 0.1))
        assert raised.value.request_began
        assert time.monotonic() - started < PATIENCE / 4
        assert ended.is_set()

    def test_cancelling_ends_it(self) -> None:
        ended = threading.Event()
        app = _Waiting(ended)
        terminal = self._make_for(app)

        async def main() -> None:
            task = asyncio.ensure_future(send_async(terminal, Request("GET", app.origin)))
            await app.waits.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert ended.is_set()

        self._run(main())


class _ManyParts:
    """A body in parts, which has to be closed."""

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


class _Waiting(LoopbackApplication):
    """An application that never answers."""

    def __init__(self, ended: threading.Event) -> None:
        super().__init__()
        self.waits = asyncio.Event()
        self._ended = ended

    async def __call__(self, _scope: Any, _receive: Any, _send: Any) -> None:
        try:
            self.waits.set()
            await asyncio.Event().wait()
        finally:
            self._ended.set()
