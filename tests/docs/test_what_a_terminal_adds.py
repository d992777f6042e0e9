"""The table "What a terminal adds" of the page on publishing a middleware, and ``Request.with_wire_headers()``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import aiohttp
import attrs
import httpx
import pytest
import requests

from globus_transport import (
    AiohttpTerminal,
    ASGITerminal,
    AsyncHttpxTerminal,
    AsyncioTerminal,
    HttpxTerminal,
    Request,
    RequestsTerminal,
    Response,
    StreamBody,
    Urllib3Terminal,
    WSGITerminal,
)
from globus_transport.http.headers import Pair
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.terminals.fresh_terminal import forget_proxies

SESSION_HEADERS = {"X-Session": "of the program", "User-Agent": "of the program"}

Fields = list[Pair]
#: Sends one request, and returns the header fields that the server received.
SendOne = Callable[[Request], Fields]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(answering(whole())) as server:
        yield server


def by_urllib3(request: Request) -> None:
    terminal = Urllib3Terminal()
    terminal(request)
    terminal.close()


def by_requests(request: Request) -> None:
    with requests.Session() as session:
        session.headers.update(SESSION_HEADERS)
        RequestsTerminal(session)(request)


def by_httpx(request: Request) -> None:
    with httpx.Client(headers=SESSION_HEADERS) as client:
        HttpxTerminal(client)(request)


async def by_asyncio(request: Request) -> None:
    terminal = AsyncioTerminal()
    await terminal(request)
    await terminal.close()


async def by_async_httpx(request: Request) -> None:
    async with httpx.AsyncClient(headers=SESSION_HEADERS) as client:
        await AsyncHttpxTerminal(client)(request)


async def by_aiohttp(request: Request) -> None:
    async with aiohttp.ClientSession(headers=SESSION_HEADERS) as session:
        await AiohttpTerminal(session)(request)


#: The terminals with connections, and what each adds to every request.
TERMINALS: dict[str, tuple[Callable[[Request], Awaitable[None] | None], frozenset[str]]] = {
    "Urllib3Terminal": (by_urllib3, frozenset()),
    "AsyncioTerminal": (by_asyncio, frozenset()),
    "RequestsTerminal": (by_requests, frozenset({"x-session", "user-agent", "accept-encoding"})),
    "HttpxTerminal": (by_httpx, frozenset()),
    "AsyncHttpxTerminal": (by_async_httpx, frozenset()),
    "AiohttpTerminal": (by_aiohttp, frozenset({"x-session"})),
}

#: Requests, and the header that says how long the body is.
BODIES: dict[str, tuple[str, bytes | StreamBody | None, Pair | None]] = {
    "GET": ("GET", None, None),
    "POST": ("POST", b"content", ("content-length", "7")),
    "POST without a body": ("POST", None, ("content-length", "0")),
    "PUT of a known length": ("PUT", StreamBody(lambda: [b"content"], 7, replayable=True), ("content-length", "7")),
    "PUT in chunks": ("PUT", StreamBody(lambda: [b"content"], replayable=True), ("transfer-encoding", "chunked")),
    "DELETE": ("DELETE", None, ("content-length", "0")),
}

every_terminal = pytest.mark.parametrize("name", TERMINALS)
every_body = pytest.mark.parametrize(("method", "body", "framing"), BODIES.values(), ids=BODIES.keys())


def send(name: str, request: Request) -> None:
    sending = TERMINALS[name][0](request)
    if sending is not None:
        asyncio.run(_wait_for(sending))


async def _wait_for(sending: Awaitable[None]) -> None:
    await sending


@every_terminal
@every_body
def test_what_is_added(
    name: str, method: str, body: bytes | StreamBody | None, framing: Pair | None, server: ScriptedServer
) -> None:
    request = Request(method, server.origin, {"X-Own": "1"}, body)
    send(name, request)
    (received,) = server.requests
    fields = [(key.lower(), value) for key, value in received.fields]
    assert len(dict(fields)) == len(fields)
    if framing is not None:
        assert framing in fields
    added = dict(fields).keys() - {"x-own", "host", "content-length", "transfer-encoding"}
    assert added == TERMINALS[name][1]


@every_terminal
@every_body
def test_wire_headers_are_sent_as_they_are(
    name: str,
    method: str,
    body: bytes | StreamBody | None,
    framing: Pair | None,
    server: ScriptedServer,
) -> None:
    signed = Request(method, server.origin, {"X-Own": "1", "User-Agent": "own"}, body).with_wire_headers()
    assert framing is None or framing in [(key.lower(), value) for key, value in signed.headers.pairs]
    send(name, signed)
    (received,) = server.requests
    for key, value in signed.headers.pairs:
        assert received.values(key) == [value]


@pytest.mark.parametrize("name", ["Urllib3Terminal", "AsyncioTerminal"])
def test_a_proxy_gets_its_credential(name: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://user:password@127.0.0.1:{server.port}")
    send(name, Request("GET", "http://service.example/thing").with_wire_headers())
    (received,) = server.requests
    assert {key.lower() for key, _ in received.fields} == {"host", "proxy-authorization"}
    assert received["Host"] == "service.example"


def test_repeated_headers_are_joined_in_a_session_of_requests(server: ScriptedServer) -> None:
    for name in TERMINALS:
        send(name, Request("GET", server.origin, [("X-Own", "1"), ("X-Own", "2")]))
    joined = {
        name for name, received in zip(TERMINALS, server.requests, strict=True) if len(received.values("X-Own")) == 1
    }
    assert joined == {"RequestsTerminal"}


@attrs.define
class Application:
    """An application of each kind, which keeps the headers that it got."""

    received: Fields = attrs.field(factory=list)

    def wsgi(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        self.received = [
            (key.removeprefix("HTTP_").replace("_", "-").lower(), value)
            for key, value in environ.items()
            if key.startswith(("HTTP_", "CONTENT_"))
        ]
        start_response("204 No Content", [])
        return []

    async def asgi(self, scope: Any, _receive: Any, respond: Callable[[Any], Awaitable[None]]) -> None:
        self.received = [(key.decode(), value.decode()) for key, value in scope["headers"]]
        await respond({"type": "http.response.start", "status": 204, "headers": []})
        await respond({"type": "http.response.body"})


@every_body
@pytest.mark.parametrize("on_the_wire", [False, True])
@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_what_an_application_gets(
    kind: str, on_the_wire: bool, method: str, body: bytes | StreamBody | None, framing: Pair | None
) -> None:
    application = Application()
    request = Request(method, "https://service.example:8443/", {"X-Own": "1"}, body)
    if on_the_wire:
        request = request.with_wire_headers()

    async def call() -> Response:
        return await ASGITerminal(application.asgi)(request)

    if kind == "wsgi":
        WSGITerminal(application.wsgi)(request)
    else:
        asyncio.run(call())
    assert sorted(application.received) == sorted(
        [("host", "service.example:8443"), ("x-own", "1"), *([framing] if framing is not None else [])]
    )
