"""The contract of terminals, kept by all of them that send over sockets."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import requests

from globus_transport import AiohttpTerminal, AsyncHttpxTerminal, HttpxTerminal
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3 import Urllib3Terminal
from globus_transport.testing.terminal_contract import TerminalContract


class TestUrllib3(TerminalContract):
    pickles = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout)


class TestThreads(TerminalContract):
    pickles = True
    cancels_at_once = False

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return ThreadsTerminal(Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout))


class TestRequests(TerminalContract):
    keeps_cookies = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return RequestsTerminal(requests.Session(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    def close_terminal(self, terminal: Any) -> None:
        terminal.session.close()


class TestHttpx(TerminalContract):
    client_class: Any = httpx.Client

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return HttpxTerminal(self.client_class(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    def close_terminal(self, terminal: Any) -> None:
        terminal.client.close()


class TestHttpx2(TestHttpx):
    client_class: Any = httpx2.Client


class TestAsyncHttpx(TerminalContract):
    client_class: Any = httpx.AsyncClient

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return AsyncHttpxTerminal(self.client_class(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    async def close_terminal(self, terminal: Any) -> None:
        await terminal.client.aclose()


class TestAsyncHttpx2(TestAsyncHttpx):
    client_class: Any = httpx2.AsyncClient


class TestAiohttp(TerminalContract):
    pickles = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return AiohttpTerminal(connect_timeout=connect_timeout, http_timeout=read_timeout)
