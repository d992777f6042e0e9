"""Stacks as transports of httpx and httpx2."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import globus_transport.embed.httpx
import globus_transport.embed.httpx2
from globus_transport import (
    AccessTokenAuthorizer,
    AsyncStack,
    AsyncTransferClient,
    GlobusSDKUsageError,
    NetworkError,
    Stack,
    TransferClient,
    TransferScopes,
)
from globus_transport.sandbox import Sandbox
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3 import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, silent, whole
from tests.terminals.fresh_terminal import forget_proxies


class Host:
    """One of the two modules with one of its two kinds of clients, over a stack without layers."""

    def __init__(self, library: ModuleType, embed: ModuleType, is_async: bool) -> None:
        self.library: Any = library
        self.embed: Any = embed
        self.is_async = is_async

    def send(self, method: str, url: str, *, stream: bool = True, **options: Any) -> Any:
        if not self.is_async:
            terminal = Urllib3Terminal(http_timeout=10)
            with self.library.Client(transport=self.embed.StackTransport(Stack(terminal), stream=stream)) as client:
                try:
                    return client.request(method, url, **options)
                finally:
                    terminal.close()

        async def main() -> Any:
            threads = ThreadsTerminal(Urllib3Terminal(http_timeout=10))
            transport = self.embed.AsyncStackTransport(AsyncStack(threads), stream=stream)
            async with self.library.AsyncClient(transport=transport) as client:
                try:
                    return await client.request(method, url, **options)
                finally:
                    await threads.close()

        return asyncio.run(main())


HOSTS = {
    "httpx.Client": Host(httpx, globus_transport.embed.httpx, False),
    "httpx.AsyncClient": Host(httpx, globus_transport.embed.httpx, True),
    "httpx2.Client": Host(httpx2, globus_transport.embed.httpx2, False),
    "httpx2.AsyncClient": Host(httpx2, globus_transport.embed.httpx2, True),
}
every_host: Callable[..., Any] = pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def globus() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_the_stack_of_a_client(globus: Sandbox) -> None:
    authorizer = AccessTokenAuthorizer(globus.issue_token(TransferScopes.all).access_token)
    url = f"{globus.transfer_url}v0.10/task_list"
    with TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
        transport = globus_transport.embed.httpx.StackTransport(client.stack)
        with httpx.Client(transport=transport) as host:
            globus.faults.add(503, headers={"Retry-After": "0"})
            assert host.get(url).json()["DATA"] == []
            assert host.get(f"{globus.transfer_url}v0.10/nowhere").status_code == 404

    async def main() -> None:
        async with AsyncTransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
            transport = globus_transport.embed.httpx.AsyncStackTransport(client.stack)
            async with httpx.AsyncClient(transport=transport) as host:
                assert (await host.get(url)).json()["DATA"] == []

    asyncio.run(main())
    assert [one.status for one in globus.requests] == [503, 200, 404, 200]


@every_host
@pytest.mark.parametrize("stream", [True, False])
def test_what_is_sent_and_what_comes_back(host: Host, stream: bool) -> None:
    body = gzip.compress("grüße".encode())
    answer = head(
        "203 Hm", f"Content-Length: {len(body)}", "Content-Encoding: gzip", "X-Two: 1", "X-Two: 2",
        "Content-Type: text/plain; charset=utf-8",
    )  # fmt: skip
    with ScriptedServer(answering(answer + body)) as server:
        reply = host.send("POST", f"{server.origin}/%7Ea?b=c", json={"a": 1}, headers={"X-Own": "2"}, stream=stream)
        assert (reply.status_code, reply.reason_phrase, reply.text) == (203, "Hm", "grüße")
        assert reply.headers.get_list("x-two") == ["1", "2"]
        (got,) = server.requests
    assert got.line == "POST /%7Ea?b=c HTTP/1.1"
    assert (got.body, got["X-Own"], got["Content-Type"]) == (b'{"a":1}', "2", "application/json")


@every_host
def test_bodies_in_parts(host: Host) -> None:
    async def parts() -> Any:
        yield b"ab"
        yield b"cd"

    with ScriptedServer(answering(whole(b"ok"))) as server:
        host.send("PUT", server.origin, content=parts() if host.is_async else iter([b"ab", b"cd"]))
        host.send("POST", server.origin, files={"file": ("n.txt", b"content")})
        assert server.requests[0].body == b"abcd"
        assert b"content" in server.requests[1].body


@every_host
def test_redirects_are_the_client_s(host: Host) -> None:
    there = whole(b"", "302 Found", "Location: /there")
    with ScriptedServer(answering(there)) as server:
        assert host.send("GET", server.origin).status_code == 302


@every_host
def test_errors_are_httpx_s(host: Host) -> None:
    with ScriptedServer(silent) as server, pytest.raises(host.library.ReadTimeout) as timed_out:
        host.send("GET", server.origin, timeout=0.2)
    assert isinstance(timed_out.value.__cause__, NetworkError)
    assert timed_out.value.request.method == "GET"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(host.library.ConnectError):
        host.send("GET", f"http://127.0.0.1:{port}/")

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 10"), b"abc")

    with ScriptedServer(script) as server, pytest.raises(host.library.ReadError):
        host.send("GET", server.origin)


def test_streaming_and_letting_go() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfirst\r\n")
        peer.wait_for_close()

    terminal = Urllib3Terminal(http_timeout=10)
    transport = globus_transport.embed.httpx.StackTransport(Stack(terminal))
    with ScriptedServer(script) as server, httpx.Client(transport=transport) as client:
        with client.stream("GET", server.origin) as reply:
            assert next(reply.iter_bytes()) == b"first"
        assert server.saw_close.wait(10)
    terminal.close()


@pytest.mark.parametrize("embed", [globus_transport.embed.httpx, globus_transport.embed.httpx2])
def test_each_kind_of_stack_in_its_place(embed: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="its twin cannot run here"):
        embed.StackTransport(AsyncStack(lambda request: None))  # type: ignore[arg-type, return-value]
    with pytest.raises(GlobusSDKUsageError, match="expected AsyncStack"):
        embed.AsyncStackTransport(None)
    stack = TransferClient().stack
    assert [layer.name for layer in embed.StackTransport(stack).stack.layers] == ["deadline", "retry", "headers"]
