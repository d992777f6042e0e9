"""A stack for code that takes a PoolManager."""

from __future__ import annotations

import gzip
import io
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError

from globus_transport import (
    AccessTokenAuthorizer,
    DefaultHeaders,
    GlobusSDKUsageError,
    NetworkError,
    Redirect,
    Stack,
    TransferClient,
    TransferScopes,
)
from globus_transport.embed.urllib3.pool import StackPool
from globus_transport.sandbox import Sandbox
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, once, silent, whole
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Urllib3Terminal]:
    forget_proxies(monkeypatch)
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


@pytest.fixture
def pool(terminal: Urllib3Terminal) -> StackPool:
    return StackPool(Stack(terminal, [Redirect()]), headers={"X-Default": "1"})


def test_a_whole_stack_against_the_sandbox() -> None:
    with Sandbox() as globus:
        authorizer = AccessTokenAuthorizer(globus.issue_token(TransferScopes.all).access_token)
        with TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client:
            pool: urllib3.PoolManager = StackPool(client.stack)
            reply = pool.request("GET", f"{globus.transfer_url}v0.10/task_list", fields={"limit": "1"})
            assert reply.json()["DATA"] == []
            assert pool.request("GET", f"{globus.transfer_url}v0.10/nowhere").status == 404


def test_what_is_sent_and_what_comes_back(pool: StackPool) -> None:
    body = gzip.compress(b"hello")
    answer = head("203 Hm", f"Content-Length: {len(body)}", "Content-Encoding: gzip", "X-Two: 1", "X-Two: 2") + body
    with ScriptedServer(answering(answer)) as server:
        reply = pool.request("POST", f"{server.origin}/x", json={"a": 1}, headers={"X-Own": "2"})
        assert isinstance(reply, urllib3.HTTPResponse)
        assert (reply.status, reply.reason, reply.data) == (203, "Hm", b"hello")
        assert reply.headers.getlist("x-two") == ["1", "2"]
        pool.request("PUT", f"{server.origin}/file", body=io.BytesIO(b"a file"))
        pool.request("POST", f"{server.origin}/form", fields={"a": "b"}, encode_multipart=False)
        document, file, form = server.requests
    assert (document.body, document["X-Own"], document.values("X-Default")) == (b'{"a":1}', "2", [])
    assert (file.body, file["Content-Length"], file["X-Default"]) == (b"a file", "6", "1")
    assert form.body == b"a=b"


def test_streaming(pool: StackPool) -> None:
    with ScriptedServer(answering(whole(b"0123456789"))) as server:
        for _ in range(2):
            reply = pool.request("GET", server.origin, preload_content=False)
            assert reply.read(4) == b"0123"
            assert b"".join(reply.stream(3)) == b"456789"
        assert server.connections == 1


def test_redirects_as_they_are_asked_for(pool: StackPool) -> None:
    there = whole(b"", "302 Found", "Location: /there")
    with ScriptedServer(answering(there, whole(b"yes"), there)) as server:
        assert pool.request("GET", server.origin).data == b"yes"
        assert pool.request("GET", server.origin, redirect=False).status == 302


def test_errors_are_urllib3_s(pool: StackPool) -> None:
    with ScriptedServer(silent) as server, pytest.raises(MaxRetryError) as timed_out:
        pool.request("GET", server.origin, timeout=urllib3.Timeout(connect=5, read=0.1))
    assert isinstance(timed_out.value.reason, ReadTimeoutError)
    assert isinstance(timed_out.value.reason.__cause__, NetworkError)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NewConnectionError) as refused:
        pool.request("GET", f"http://127.0.0.1:{port}/", retries=False)
    assert isinstance(refused.value.__cause__, NetworkError)

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 10"), b"abc")

    with ScriptedServer(script) as server:
        with pytest.raises(ProtocolError):
            pool.request("GET", server.origin, retries=False)
        reply = pool.request("GET", server.origin, preload_content=False)
        with pytest.raises(ProtocolError):
            reply.read()


@pytest.mark.parametrize(
    "options",
    [
        {"enforce_content_length": False},
        {"release_conn": False},
        {"release_conn": True},
        {"pool_timeout": 1},
        {"timeout": None},
        {"assert_same_host": False},
        {"body_pos": 2},
        {"chunked": True},
        {"preload_content": False},
        {"decode_content": False},
        {"retries": False, "redirect": False},
    ],
    ids=str,
)
def test_every_option_of_urlopen_is_taken(pool: StackPool, options: dict[str, Any]) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        one_host = pool.connection_from_url(server.origin)
        for _ in range(2):
            reply = one_host.urlopen("POST", "/x", body=io.BytesIO(b"a file"), **options)
            assert (reply.status, reply.data) == (200, b"ok")
        assert {request.body for request in server.requests} == {b"file" if "body_pos" in options else b"a file"}
        assert server.connections == 1


@pytest.mark.parametrize("enforce", [True, False])
def test_an_incomplete_body_is_an_error_whatever_the_caller_enforces(pool: StackPool, enforce: bool) -> None:
    with ScriptedServer(once(head("200 OK", "Content-Length: 10"), b"abc")) as server:
        reply = pool.urlopen("GET", server.origin, preload_content=False, enforce_content_length=enforce)
        with pytest.raises(ProtocolError):
            reply.read()


def test_bytes_as_sent_are_asked_for_without_an_encoding(terminal: Urllib3Terminal) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        client_like = StackPool(Stack(terminal, [DefaultHeaders({"Accept-Encoding": "gzip"})]))
        client_like.request("GET", server.origin)
        client_like.request("GET", server.origin, decode_content=False)
        client_like.request("GET", server.origin, decode_content=False, headers={"Accept-Encoding": "br"})
        assert [request["Accept-Encoding"] for request in server.requests] == ["gzip", "identity", "br"]


def test_what_cannot_be_kept_is_refused(pool: StackPool) -> None:
    with pytest.raises(GlobusSDKUsageError, match="cert_file: a stack has no such option"):
        pool.connection_from_url("https://127.0.0.1:9/", pool_kwargs={"cert_file": "x"})
    with pytest.raises(TypeError, match="cert_file"):
        pool.urlopen("GET", "http://127.0.0.1:9/", cert_file="x")
    with pytest.raises(GlobusSDKUsageError, match="expected Stack"):
        StackPool(None)  # type: ignore[arg-type]
