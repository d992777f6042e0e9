"""What the next try cannot change is not tried again, over every terminal that sends over sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest
import requests

from globus_transport import (
    AiohttpTerminal,
    AsyncHttpxTerminal,
    AsyncioTerminal,
    AsyncStack,
    HttpxTerminal,
    NetworkError,
    Redirect,
    RedirectError,
    Request,
    Response,
    Retry,
    RetryConfig,
    Stack,
)
from globus_transport.core.layers import LayerLike
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, head, once, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies

LAYERS: list[LayerLike] = [Redirect(), Retry(RetryConfig(max_retries=2, max_sleep=0, budget=None))]


async def _over_aiohttp(exits: AsyncExitStack) -> Any:
    return AiohttpTerminal(await exits.enter_async_context(aiohttp.ClientSession(trust_env=True)))


async def _over_httpx(exits: AsyncExitStack, library: Any = httpx) -> Any:
    return AsyncHttpxTerminal(await exits.enter_async_context(library.AsyncClient()))


async def _over_httpx2(exits: AsyncExitStack) -> Any:
    return await _over_httpx(exits, httpx2)


async def _over_asyncio(exits: AsyncExitStack) -> Any:
    return await exits.enter_async_context(AsyncioTerminal(http_timeout=5))


async def _in_threads(exits: AsyncExitStack) -> Any:
    return ThreadsTerminal(Urllib3Terminal(http_timeout=5))


BLOCKING: dict[str, Callable[[], Any]] = {
    "urllib3": lambda: Urllib3Terminal(http_timeout=5),
    "requests": lambda: RequestsTerminal(requests.Session(), http_timeout=5),
    "httpx": lambda: HttpxTerminal(httpx.Client(), http_timeout=5),
    "httpx2": lambda: HttpxTerminal(httpx2.Client(), http_timeout=5),
}
ASYNC: dict[str, Any] = {
    "asyncio": _over_asyncio,
    "threads": _in_threads,
    "aiohttp": _over_aiohttp,
    "async httpx": _over_httpx,
    "async httpx2": _over_httpx2,
}

Send = Callable[[str], Response]


@pytest.fixture(params=[*BLOCKING, *ASYNC])
def send(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Sends a GET through layers that follow redirects, and try three times."""
    forget_proxies(monkeypatch)

    async def send_async(url: str) -> Response:
        async with AsyncExitStack() as exits:
            stack = AsyncStack(await ASYNC[request.param](exits), LAYERS)
            return await stack.send(Request("GET", url))

    def send(url: str) -> Response:
        if request.param in ASYNC:
            return asyncio.run(send_async(url))
        terminal = BLOCKING[request.param]()
        try:
            return Stack(terminal, LAYERS).send(Request("GET", url))
        finally:
            for owner in ("session", "client"):
                if hasattr(terminal, owner):
                    getattr(terminal, owner).close()

    return send


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_certificate_that_is_not_trusted(send: Send, authority: Authority) -> None:
    with ScriptedServer(once(whole()), tls=authority.server_context("127.0.0.1")) as server:
        with pytest.raises(NetworkError, match=r"(?i)certificate.verify.failed") as raised:
            send(server.origin)
        assert server.connections == 1
    assert raised.value.final


@pytest.mark.parametrize(
    "answer", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/1.1 many\r\n\r\n"], ids=["another protocol", "status"]
)
def test_an_answer_that_is_no_http(send: Send, answer: bytes) -> None:
    with ScriptedServer(once(answer)) as server:
        with pytest.raises(NetworkError) as raised:
            send(server.origin)
        assert server.connections == 1
    assert raised.value.final


def test_a_proxy_that_refuses_the_password(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(peer: Peer) -> None:
        peer.server.requests.append(peer.read_head())
        peer.send(whole(b"no", "407 Proxy Authentication Required"))

    with ScriptedServer(refuse) as proxy:
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        with pytest.raises(NetworkError, match="407") as raised:
            send("https://service.example.org")
        assert proxy.connections == 1
    assert raised.value.final


@pytest.mark.parametrize("answer", [b"", head("200 OK", "Content-Length: 9") + b"half"], ids=["nothing", "half"])
def test_a_connection_that_breaks_is_tried_again(send: Send, answer: bytes) -> None:
    with ScriptedServer(once(answer)) as server:
        with pytest.raises(NetworkError) as raised:
            send(server.origin)
        assert server.connections == 3
    assert not raised.value.final


@pytest.mark.parametrize("location", ["http:127.0.0.1:80", "http:\\\\host\\x", "javascript:1", "http://[::1"])
def test_a_redirect_to_no_place(send: Send, location: str) -> None:
    with ScriptedServer(once(whole(b"", "302 Found", f"Location: {location}"))) as server:
        with pytest.raises(RedirectError, match="to a place that is no http"):
            send(server.origin)
        assert server.connections == 1
