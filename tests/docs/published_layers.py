"""The layers of the page on publishing a middleware, and one call through each library that can run them."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from types import ModuleType
from typing import Any, BinaryIO

import aiohttp
import attrs
import httpx
import pytest
import requests

from globus_transport import AsyncioTerminal, AsyncStack, Request, Stack, StreamBody, Urllib3Terminal
from globus_transport.core.layers import LayerLike
from globus_transport.embed.aiohttp import StackMiddleware
from globus_transport.embed.httpx import AsyncStackTransport, StackTransport
from globus_transport.embed.requests import StackAdapter
from globus_transport.embed.urllib3 import StackPool
from tests.docs.examples import EXAMPLES

PUBLISHING = EXAMPLES / "publishing"


def import_example_layers() -> ModuleType:
    """Import the package ``example_layers``, as if it were installed."""
    with _on_the_path(str(PUBLISHING)):
        return importlib.import_module("example_layers")


@contextmanager
def _on_the_path(folder: str) -> Iterator[None]:
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


@attrs.frozen
class Call:
    """A call of a program to its HTTP library.

    :ivar body: an open file, or bytes
    """

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes | BinaryIO | None = None


#: The status and the body of the response.
Answer = tuple[int, bytes]


def through_requests(layer: LayerLike, call: Call) -> Answer:
    with requests.Session() as session, Stack(Urllib3Terminal(), [layer]) as stack:
        session.mount("http://", StackAdapter(stack))
        response = session.request(call.method, call.url, headers=dict(call.headers), data=call.body)
        return response.status_code, response.content


def through_httpx(layer: LayerLike, call: Call) -> Answer:
    with Stack(Urllib3Terminal(), [layer]) as stack, httpx.Client(transport=StackTransport(stack)) as client:
        response = client.request(call.method, call.url, headers=dict(call.headers), content=call.body)
        return response.status_code, response.content


def through_urllib3(layer: LayerLike, call: Call) -> Answer:
    with Stack(Urllib3Terminal(), [layer]) as stack:
        response = StackPool(stack).request(call.method, call.url, headers=dict(call.headers), body=call.body)
        return response.status, response.data


def through_a_stack(layer: LayerLike, call: Call) -> Answer:
    with Stack(Urllib3Terminal(), [layer]) as stack:
        response = stack.send(_own_request(call))
        return response.status, response.body


async def _through_async_httpx(layer: LayerLike, call: Call) -> Answer:
    stack = AsyncStack(AsyncioTerminal(), [layer])
    async with stack, httpx.AsyncClient(transport=AsyncStackTransport(stack)) as client:
        content: Any = _in_parts(call.body) if hasattr(call.body, "read") else call.body
        response = await client.request(call.method, call.url, headers=dict(call.headers), content=content)
        return response.status_code, response.content


async def _in_parts(file: Any) -> Any:
    yield file.read()


async def _through_aiohttp(layer: LayerLike, call: Call) -> Answer:
    async with aiohttp.ClientSession(middlewares=(StackMiddleware([layer]),)) as session:
        response = await session.request(call.method, call.url, headers=dict(call.headers), data=call.body)
        return response.status, await response.read()


async def _through_an_async_stack(layer: LayerLike, call: Call) -> Answer:
    async with AsyncStack(AsyncioTerminal(), [layer]) as stack:
        response = await stack.send(_own_request(call))
        return response.status, response.body


def _own_request(call: Call) -> Request:
    body = call.body
    if body is None or isinstance(body, bytes):
        return Request(call.method, call.url, call.headers, body)
    assert not isinstance(body, BytesIO)
    return Request(call.method, call.url, call.headers, StreamBody.file(body.name))


Host = Callable[[LayerLike, Call], Answer]


def _in_an_event_loop(send: Callable[[LayerLike, Call], Awaitable[Answer]]) -> Host:
    async def run(layer: LayerLike, call: Call) -> Answer:
        return await send(layer, call)

    return lambda layer, call: asyncio.run(run(layer, call))


#: Every library that can run a layer, and the stacks themselves.
HOSTS: dict[str, Host] = {
    "requests": through_requests,
    "httpx": through_httpx,
    "async httpx": _in_an_event_loop(_through_async_httpx),
    "urllib3": through_urllib3,
    "aiohttp": _in_an_event_loop(_through_aiohttp),
    "Stack": through_a_stack,
    "AsyncStack": _in_an_event_loop(_through_an_async_stack),
}

every_host = pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS.keys())
