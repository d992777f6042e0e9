"""``retries=False`` of every embedded stack: the layers that repeat requests are left out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest
import requests
from tenacity import wait_none

import globus_transport.embed.httpx
import globus_transport.embed.httpx2
from globus_transport import AsyncioTerminal, AsyncStack, Flow, Request, Response, Retry, RetryConfig, Stack
from globus_transport.core.layers import LayerLike
from globus_transport.embed.aiohttp import StackMiddleware
from globus_transport.embed.requests import StackAdapter
from globus_transport.embed.urllib3 import StackPool
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

BUSY = whole(b"busy", "503 Busy")
AT_ONCE = Retry(RetryConfig(wait=wait_none(), budget=None))


def _twice(request: Request) -> Flow:
    """A layer of the user in the place of ``retry``."""
    yield request
    response: Response = yield request
    return response


def _with_httpx(library: Any, embed: Any) -> Callable[..., int]:
    def send(url: str, layers: list[LayerLike], **options: Any) -> int:
        with Stack(Urllib3Terminal(), layers) as stack:
            transport = embed.StackTransport(stack, **options)
            with library.Client(transport=transport) as client:
                return int(client.get(url).status_code)

    return send


def _with_async_httpx(library: Any, embed: Any) -> Callable[..., int]:
    def send(url: str, layers: list[LayerLike], **options: Any) -> int:
        async def main() -> int:
            async with AsyncStack(AsyncioTerminal(), layers) as stack:
                transport = embed.AsyncStackTransport(stack, **options)
                async with library.AsyncClient(transport=transport) as client:
                    return int((await client.get(url)).status_code)

        return asyncio.run(main())

    return send


def _with_requests(url: str, layers: list[LayerLike], **options: Any) -> int:
    with Stack(Urllib3Terminal(), layers) as stack, requests.Session() as session:
        StackAdapter(stack, **options).mount(session, url)
        return session.get(url).status_code


def _with_urllib3(url: str, layers: list[LayerLike], **options: Any) -> int:
    with Stack(Urllib3Terminal(), layers) as stack:
        return StackPool(stack, **options).request("GET", url).status


def _with_aiohttp(url: str, layers: list[LayerLike], **options: Any) -> int:
    async def main() -> int:
        middleware = StackMiddleware(layers, **options)
        async with aiohttp.ClientSession(middlewares=(middleware,)) as session, session.get(url) as reply:
            return reply.status

    return asyncio.run(main())


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(_with_httpx(httpx, globus_transport.embed.httpx), id="httpx"),
        pytest.param(_with_httpx(httpx2, globus_transport.embed.httpx2), id="httpx2"),
        pytest.param(_with_async_httpx(httpx, globus_transport.embed.httpx), id="httpx, async"),
        pytest.param(_with_async_httpx(httpx2, globus_transport.embed.httpx2), id="httpx2, async"),
        pytest.param(_with_requests, id="requests"),
        pytest.param(_with_urllib3, id="urllib3"),
        pytest.param(_with_aiohttp, id="aiohttp"),
    ],
)
@pytest.mark.parametrize(("layer", "sends"), [(("again", AT_ONCE), 6), (("retry", _twice), 2)])
def test_without_retries_a_request_is_sent_once(send: Callable[..., int], layer: LayerLike, sends: int) -> None:
    for options, expected in [({}, sends), ({"retries": False}, 1)]:
        with ScriptedServer(answering(BUSY)) as server:
            assert send(server.origin, [layer], **options) == 503
            assert len(server.requests) == expected
