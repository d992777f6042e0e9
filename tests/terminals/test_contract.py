"""The contract of terminals, kept by all of them."""

from __future__ import annotations

import ssl
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest
import requests
import uvloop

from globus_transport import AiohttpTerminal, ASGITerminal, AsyncHttpxTerminal, HttpxTerminal
from globus_transport.terminals.asyncio.terminal import AsyncioTerminal
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.terminals.wsgi import WSGITerminal
from globus_transport.testing.application_contract import ASGITerminalContract, WSGITerminalContract
from globus_transport.testing.async_terminal_contract import AsyncTerminalContract
from globus_transport.testing.terminal_contract import TerminalContract
from tests.terminals.certificates import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class OverTLS:
    """Has all tests of a contract run over TLS."""

    @pytest.fixture(autouse=True)
    def _certificates(self, authority: Authority) -> None:
        self.authority = authority
        self.verify_ssl: bool | str = str(authority.file)

    def server_context(self) -> ssl.SSLContext:
        return self.authority.server_context("127.0.0.1")


class TestUrllib3(TerminalContract):
    strict_heads = True
    pickles = True
    forks = True
    verify_ssl: bool | str = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout, verify_ssl=self.verify_ssl)


class TestUrllib3TLS(OverTLS, TestUrllib3):
    pass


class TestAsyncio(AsyncTerminalContract):
    strict_heads = True
    any_loop = True
    pickles = True
    forks = True
    verify_ssl: bool | str = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return AsyncioTerminal(connect_timeout=connect_timeout, http_timeout=read_timeout, verify_ssl=self.verify_ssl)


class TestAsyncioTLS(OverTLS, TestAsyncio):
    pass


class TestUvloop(TestAsyncio):
    loop_factory = staticmethod(uvloop.new_event_loop)


class TestUvloopTLS(OverTLS, TestUvloop):
    pass


class TestThreads(AsyncTerminalContract):
    strict_heads = True
    any_loop = True
    pickles = True
    forks = True
    verify_ssl: bool | str = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return ThreadsTerminal(
            Urllib3Terminal(connect_timeout=connect_timeout, http_timeout=read_timeout, verify_ssl=self.verify_ssl)
        )


class TestThreadsTLS(OverTLS, TestThreads):
    pass


class TestRequests(TerminalContract):
    skips_early_hints = False

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return RequestsTerminal(requests.Session(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    def close_terminal(self, terminal: Any) -> None:
        terminal.session.close()


class TestOwnRequests(TestRequests):
    pickles = True
    forks = True

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return RequestsTerminal(connect_timeout=connect_timeout, http_timeout=read_timeout)


class TestHttpx(TerminalContract):
    strict_heads = True
    notices_surplus = False
    client_class: Any = httpx.Client

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return HttpxTerminal(self.client_class(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    def close_terminal(self, terminal: Any) -> None:
        terminal.client.close()


class TestHttpx2(TestHttpx):
    client_class: Any = httpx2.Client


class TestAsyncHttpx(AsyncTerminalContract):
    strict_heads = True
    notices_surplus = False
    client_class: Any = httpx.AsyncClient

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return AsyncHttpxTerminal(self.client_class(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    async def close_terminal(self, terminal: Any) -> None:
        await terminal.client.aclose()


class TestAsyncHttpx2(TestAsyncHttpx):
    client_class: Any = httpx2.AsyncClient


class TestAiohttp(AsyncTerminalContract):
    strict_heads = True
    notices_surplus = False
    reads_latin_1 = False

    def make_terminal(self, *, connect_timeout: float | None = 5.0, read_timeout: float | None = 5.0) -> Any:
        return AiohttpTerminal(aiohttp.ClientSession(), connect_timeout=connect_timeout, http_timeout=read_timeout)

    async def close_terminal(self, terminal: Any) -> None:
        await terminal.session.close()


class TestWSGI(WSGITerminalContract):
    def make_terminal(self, app: Any) -> WSGITerminal:
        return WSGITerminal(app)


class TestASGI(ASGITerminalContract):
    def make_terminal(self, app: Any) -> ASGITerminal:
        return ASGITerminal(app)
