"""Stacks as transports of httpx and httpx2."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import socket
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import aiohttp
import attrs
import httpx
import httpx2
import pytest

import globus_transport.embed.httpx.public
import globus_transport.embed.httpx2
from globus_transport import (
    AccessTokenAuthorizer,
    AiohttpTerminal,
    AsyncStack,
    AsyncTransferClient,
    AuthAPIError,
    Flow,
    GlobusError,
    GlobusSDKUsageError,
    Headers,
    HttpxTerminal,
    NativeAppAuthClient,
    NetworkError,
    Read,
    RefreshTokenAuthorizer,
    ReplyFormatError,
    Request,
    Response,
    Retry,
    Stack,
    TransferClient,
    TransferScopes,
)
from globus_transport.sandbox import Sandbox
from globus_transport.terminals.threads import ThreadsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, Script, ScriptedServer, answering, head, once, silent, whole
from tests.terminals.fresh_terminal import forget_proxies


class Host:
    """One of the two modules with one of its two kinds of clients, over a stack."""

    def __init__(self, library: ModuleType, embed: ModuleType, is_async: bool) -> None:
        self.library: Any = library
        self.embed: Any = embed
        self.is_async = is_async

    def send(self, method: str, url: str, *, layers: Any = (), stream: bool = True, **options: Any) -> Any:
        if not self.is_async:
            terminal = Urllib3Terminal(http_timeout=10)
            transport = self.embed.StackTransport(Stack(terminal, layers), stream=stream)
            with self.library.Client(transport=transport) as client:
                try:
                    return client.request(method, url, **options)
                finally:
                    terminal.close()

        async def main() -> Any:
            threads = ThreadsTerminal(Urllib3Terminal(http_timeout=10))
            transport = self.embed.AsyncStackTransport(AsyncStack(threads, layers), stream=stream)
            async with self.library.AsyncClient(transport=transport) as client:
                try:
                    return await client.request(method, url, **options)
                finally:
                    await threads.close()

        return asyncio.run(main())


HOSTS = {
    "httpx.Client": Host(httpx, globus_transport.embed.httpx.public, False),
    "httpx.AsyncClient": Host(httpx, globus_transport.embed.httpx.public, True),
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
        transport = globus_transport.embed.httpx.public.StackTransport(client.stack)
        with httpx.Client(transport=transport) as host:
            globus.faults.add(503, headers={"Retry-After": "0"})
            assert host.get(url).json()["DATA"] == []
            assert host.get(f"{globus.transfer_url}v0.10/nowhere").status_code == 404

    async def main() -> None:
        async with AsyncTransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
            transport = globus_transport.embed.httpx.public.AsyncStackTransport(client.stack)
            async with httpx.AsyncClient(transport=transport) as host:
                assert (await host.get(url)).json()["DATA"] == []

    asyncio.run(main())
    assert [request.status for request in globus.requests] == [503, 200, 404, 200]


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
    assert (json.loads(got.body), got["X-Own"], got["Content-Type"]) == ({"a": 1}, "2", "application/json")


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


def _reset(peer: Peer) -> None:
    peer.read_request()
    peer.reset()


FAILURES: dict[str, Script] = {
    "no answer": silent,
    "closed": once(b""),
    "not HTTP": once(b"SSH-2.0-x\r\n\r\n"),
    "a short body": once(head("200 OK", "Content-Length: 10"), b"abc"),
    "a short chunk": once(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfir"),
    "not gzip": answering(whole(b"not gzip", "200 OK", "Content-Encoding: gzip")),
    "reset": _reset,
}


@every_host
@pytest.mark.parametrize("failure", FAILURES)
def test_errors_are_those_of_httpx_s_own_transport(host: Host, failure: str) -> None:
    with ScriptedServer(FAILURES[failure]) as server:
        with pytest.raises(host.library.HTTPError) as its_own, host.library.Client() as client:
            client.get(server.origin, timeout=0.3)
        with pytest.raises(host.library.HTTPError) as ours:
            host.send("GET", server.origin, timeout=0.3)
    assert type(ours.value) is type(its_own.value)
    assert isinstance(ours.value.__cause__, GlobusError)
    assert ours.value.request.method == "GET"


@every_host
def test_nobody_listens(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(host.library.ConnectError) as refused:
        host.send("GET", f"http://127.0.0.1:{port}/")
    assert isinstance(refused.value.__cause__, NetworkError)


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_errors_of_a_terminal_over_httpx_come_back_as_they_were(library: Any) -> None:
    class Broken(library.BaseTransport):  # type: ignore[misc]
        def handle_request(self, request: Any) -> Any:
            raise library.PoolTimeout("full", request=request)

    embed = globus_transport.embed.httpx.public if library is httpx else globus_transport.embed.httpx2
    with library.Client(transport=Broken()) as inner:
        transport = embed.StackTransport(Stack(HttpxTerminal(inner)))
        with library.Client(transport=transport) as client, pytest.raises(library.PoolTimeout):
            client.get("http://127.0.0.1:9/")


@every_host
def test_what_httpx_would_not_send(host: Host) -> None:
    for url in ("ftp://service.example.org/", "service.example.org/"):
        with pytest.raises(host.library.UnsupportedProtocol):
            host.send("GET", url)
    with pytest.raises(host.library.LocalProtocolError, match="could forge a header"):
        host.send("GET", "http://127.0.0.1:9/", headers={"X-Forged": "a\nb"})


@every_host
def test_a_user_name_in_the_url_is_httpx_s_affair(host: Host) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        host.send("GET", server.origin.replace("://", "://someone:s3cret@"))
        (got,) = server.requests
    assert got["Authorization"] == "Basic c29tZW9uZTpzM2NyZXQ="
    assert "s3cret" not in got.line


@every_host
def test_only_encodings_that_the_stack_undoes_are_asked_for(host: Host) -> None:
    with ScriptedServer(answering(whole(b"raw", "200 OK", "Content-Encoding: unheard-of"))) as server:
        reply = host.send("GET", server.origin, headers={"Accept-Encoding": "br;q=1, GZIP;q=0.5, deflate, zstd"})
        # A body that the terminal could not decode keeps its Content-Encoding.
        assert (reply.headers["Content-Encoding"], reply.content) == ("unheard-of", b"raw")
        host.send("GET", server.origin, headers={"Accept-Encoding": "br"})
        assert [request["Accept-Encoding"] for request in server.requests] == ["GZIP;q=0.5, deflate", "identity"]
    length = head("200 OK", "Content-Encoding: gzip", "Content-Length: 100")
    with ScriptedServer(answering(length)) as server:
        reply = host.send("HEAD", server.origin)
    assert (reply.headers["Content-Encoding"], reply.headers["Content-Length"]) == ("gzip", "100")


@every_host
@pytest.mark.parametrize("stream", [True, False])
def test_forms_are_sent_again_and_streams_as_far_as_they_can_be(host: Host, stream: bool) -> None:
    options: dict[str, Any] = {"layers": [Retry()], "stream": stream}
    unavailable = whole(b"", "503 Unavailable", "Retry-After: 0")
    content = b"x" * (3 << 20)

    async def parts() -> Any:
        for start in range(0, len(content), 1 << 18):
            yield content[start : start + (1 << 18)]

    with ScriptedServer(answering(unavailable, whole(b"yes"))) as server:
        assert host.send("PUT", server.origin, **options, files={"file": ("n", io.BytesIO(content))}).text == "yes"
        assert [content in request.body for request in server.requests] == [True, True]
    with ScriptedServer(answering(unavailable, whole(b"yes"))) as server:
        if host.is_async:
            assert host.send("PUT", server.origin, **options, content=parts()).text == "yes"
            assert [request.body for request in server.requests] == [content] * 2
        else:
            assert host.send("PUT", server.origin, **options, content=iter([content])).status_code == 503
            assert [request.body for request in server.requests] == [content]


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_stream_that_fails_fails_the_request(library: Any) -> None:
    host = HOSTS[f"{library.__name__}.AsyncClient"]

    async def parts() -> Any:
        yield b"ab"
        raise OSError("the disk is gone")

    with ScriptedServer(answering(whole(b"ok"))) as server:
        with pytest.raises(OSError, match="the disk is gone"):
            host.send("PUT", server.origin, content=parts())
        assert server.requests == []


@every_host
def test_an_error_of_a_service_that_a_layer_raises_is_raised_as_it_is(host: Host, globus: Sandbox) -> None:
    with NativeAppAuthClient(globus.native_client_id, base_url=globus.auth_url) as auth_client:
        authorizer = RefreshTokenAuthorizer("never issued", auth_client).bound_to(globus.transfer_url)
        with pytest.raises(AuthAPIError):
            host.send("GET", f"{globus.transfer_url}v0.10/task_list", layers=[authorizer])


def test_streaming_and_letting_go() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfirst\r\n")
        peer.wait_for_close()

    terminal = Urllib3Terminal(http_timeout=10)
    transport = globus_transport.embed.httpx.public.StackTransport(Stack(terminal))
    with ScriptedServer(script) as server, httpx.Client(transport=transport) as client:
        with client.stream("GET", server.origin) as reply:
            assert next(reply.iter_bytes()) == b"first"
        assert server.saw_close.wait(10)
    terminal.close()


@pytest.mark.parametrize("embed", [globus_transport.embed.httpx.public, globus_transport.embed.httpx2])
def test_each_kind_of_stack_in_its_place(embed: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="its twin cannot run here"):
        embed.StackTransport(AsyncStack(lambda request: None))  # type: ignore[arg-type, return-value]
    with pytest.raises(GlobusSDKUsageError, match="expected AsyncStack"):
        embed.AsyncStackTransport(None)
    stack = TransferClient().stack
    assert [layer.name for layer in embed.StackTransport(stack).stack.layers] == ["deadline", "retry", "headers"]


def _reads(request: Request) -> Flow:
    response: Response = yield request
    return response if response.stream is None else (yield Read(response))


def _keeps_three_bytes(request: Request) -> Flow:
    response: Response = yield request
    return attrs.evolve(response if response.stream is None else (yield Read(response, 3)), truncated=True)


@every_host
@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_a_layer_kept_the_beginning_of_breaks_off(host: Host, stream: bool) -> None:
    with ScriptedServer(answering(whole(b"abcdef", "404 Not Found"))) as server:
        with pytest.raises(host.library.RemoteProtocolError, match=r"kept \d bytes") as raised:
            host.send("GET", server.origin, layers=[_keeps_three_bytes], stream=stream)
        assert raised.value.request.method == "GET"
        assert isinstance(raised.value.__cause__, NetworkError)


def test_what_there_is_of_it_comes_first() -> None:
    terminal = Urllib3Terminal(http_timeout=10)
    transport = globus_transport.embed.httpx.public.StackTransport(Stack(terminal, [_keeps_three_bytes]))
    with (
        ScriptedServer(answering(whole(b"abcdef", "404 Not Found"))) as server,
        httpx.Client(transport=transport) as client,
        client.stream("GET", server.origin) as reply,
    ):
        parts = reply.iter_bytes()
        assert (reply.status_code, next(parts)) == (404, b"abc")
        with pytest.raises(httpx.RemoteProtocolError):
            next(parts)
    terminal.close()


@every_host
@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_is_not_in_its_encoding(host: Host, stream: bool) -> None:
    with ScriptedServer(answering(whole(b"not gzip", "200 OK", "Content-Encoding: gzip"))) as server:
        with pytest.raises(host.library.DecodingError) as raised:
            host.send("GET", server.origin, layers=[_reads], stream=stream)
        assert isinstance(raised.value.__cause__, ReplyFormatError)


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("sent", ["Отчёт.txt".encode(), "grün.txt".encode("latin-1"), b"\xd0\x9e\xe9"])
def test_header_values_outside_ascii_are_read_as_httpx_does(library: Any, sent: bytes) -> None:
    embed = HOSTS[f"{library.__name__}.AsyncClient"].embed

    async def main(url: str) -> list[str]:
        async with (
            aiohttp.ClientSession() as session,
            library.AsyncClient(transport=embed.AsyncStackTransport(AsyncStack(AiohttpTerminal(session)))) as ours,
            library.AsyncClient() as its_own,
        ):
            return [(await client.get(url)).headers["X-Name"] for client in (ours, its_own)]

    with ScriptedServer(
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: " + sent + b"\r\n\r\nok")
    ) as server:
        ours, its_own = asyncio.run(main(server.origin))
    assert ours == its_own


@every_host
def test_where_no_reply_can_be_made_the_connection_is_let_go_of(host: Host) -> None:
    def spoils(request: Request) -> Flow:
        response: Response = yield request
        return attrs.evolve(response, headers=Headers.received([("X-Half", "\ud800")]))

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"), b"abc")
        peer.wait_for_close()

    with ScriptedServer(script) as server:
        with pytest.raises(UnicodeEncodeError) as raised:
            host.send("GET", server.origin, layers=[spoils])
        # Checked while the exception exists, whose frames hold the stream.
        assert server.saw_close.wait(5)
        assert raised.value.object == "\ud800"
