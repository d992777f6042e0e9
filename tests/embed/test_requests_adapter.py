"""A stack inside a requests.Session: responses, options and errors are those of requests."""

from __future__ import annotations

import gzip
import pickle
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncStack,
    GlobusSDKUsageError,
    NetworkError,
    Request,
    Response,
    Retry,
    Stack,
    StructuredLogging,
    TransferClient,
    TransferScopes,
)
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.sandbox import Sandbox
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, once, silent, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def terminal() -> Iterator[Urllib3Terminal]:
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


@pytest.fixture
def session(terminal: Urllib3Terminal) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("http://", StackAdapter(Stack(terminal)))
        session.mount("https://", StackAdapter(Stack(terminal)))
        yield session


def test_a_whole_stack_against_the_sandbox() -> None:
    with Sandbox() as globus:
        token = globus.issue_token(TransferScopes.all).access_token
        authorizer = AccessTokenAuthorizer(token)
        with (
            TransferClient(authorizer=authorizer, base_url=globus.transfer_url) as client,
            requests.Session() as session,
        ):
            StackAdapter(client.stack).mount(session, globus.transfer_url)
            globus.faults.add(503, headers={"Retry-After": "0"})
            reply = session.get(f"{globus.transfer_url}v0.10/task_list", params={"limit": 1})
            assert reply.json()["DATA"] == []
            assert [request.status for request in globus.requests] == [503, 200]
            missing = session.get(f"{globus.transfer_url}v0.10/task/{'0' * 36}")
            with pytest.raises(requests.HTTPError, match="404"):
                missing.raise_for_status()
            assert missing.json()["code"]


def test_what_a_reply_carries(session: requests.Session) -> None:
    body = gzip.compress("grüße".encode())
    answer = head(
        "201 Made", f"Content-Length: {len(body)}", "Content-Encoding: gzip", "Content-Type: text/plain; charset=utf-8",
        "X-Two: 1", "X-Two: 2", "Set-Cookie: biscuit=c; Path=/",
    )  # fmt: skip
    with ScriptedServer(answering(answer + body)) as server:
        reply = session.get(f"{server.origin}/a?b=c")
        assert (reply.status_code, reply.reason, reply.text) == (201, "Made", "grüße")
        assert reply.headers["x-two"] == "1, 2"
        assert reply.headers["Content-Encoding"] == "gzip"
        assert reply.encoding == "utf-8"
        assert reply.url == f"{server.origin}/a?b=c"
        assert reply.request.method == "GET"
        assert reply.elapsed.total_seconds() > 0
        assert reply.cookies["biscuit"] == "c"
        session.get(server.origin)
        assert server.requests[1]["Cookie"] == "biscuit=c"
        assert pickle.loads(pickle.dumps(reply)).text == "grüße"


def test_what_is_sent(session: requests.Session) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        session.post(f"{server.origin}/%7Ea", data="tëxt", headers={"X-Own": "1"})
        session.post(server.origin, data=iter([b"ab", b"cd"]))
        session.post(server.origin, files={"file": ("n.txt", b"content")})
        session.put(server.origin, data=b"")
        text, chunks, parts, empty = server.requests
    assert text.line == "POST /~a HTTP/1.1"
    assert (text.body, text["X-Own"], text["Content-Length"]) == ("tëxt".encode(), "1", "5")
    assert (chunks.body, chunks["Transfer-Encoding"]) == (b"abcd", "chunked")
    assert b"content" in parts.body
    assert parts["Content-Type"].startswith("multipart/form-data; boundary=")
    assert empty.body == b""


def test_streaming_begins_before_the_end(session: requests.Session) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"5\r\nfirst\r\n")
        peer.wait_for_close()

    with ScriptedServer(script) as server:
        with session.get(server.origin, stream=True) as reply:
            assert next(reply.iter_content(5)) == b"first"
        assert server.saw_close.wait(10), "leaving the block lets go of the connection"


def test_iter_content_and_iter_lines(session: requests.Session) -> None:
    lines = b"".join(b"line %d\n" % number for number in range(5000))
    packed = gzip.compress(lines)
    with ScriptedServer(answering(whole(packed, "200 OK", "Content-Encoding: gzip"))) as server:
        for _ in range(2):
            with session.get(server.origin, stream=True) as reply:
                assert b"".join(reply.iter_content(1000)) == lines
        with session.get(server.origin, stream=True) as reply:
            assert sum(1 for _ in reply.iter_lines()) == 5000
        with session.get(server.origin, stream=True) as reply:
            assert reply.raw.read(10) == lines[:10]
            assert reply.raw.read() == lines[10:]
        assert server.connections == 1, "a body that was read gives its connection back"


def test_redirects_are_the_session_s(session: requests.Session) -> None:
    there = whole(b"", "302 Found", "Location: /there")
    with ScriptedServer(answering(there, whole(b"yes"))) as server:
        reply = session.get(server.origin)
        assert (reply.text, reply.url, len(reply.history)) == ("yes", f"{server.origin}/there", 1)
        with ScriptedServer(answering(there)) as other:
            assert session.get(other.origin, allow_redirects=False).is_redirect


def test_the_layers_that_sessions_have_are_left_out() -> None:
    with TransferClient() as client:
        layers = [layer.name for layer in StackAdapter(client.stack).stack.layers]
        assert layers == ["deadline", "retry", "headers"] or layers == ["deadline", "retry", "authorizer", "headers"]
        assert "errors" in client.stack


def test_time_outs(session: requests.Session) -> None:
    with ScriptedServer(silent) as server:
        started = time.monotonic()
        with pytest.raises(requests.ReadTimeout) as raised:
            session.get(server.origin, timeout=0.1)
        assert time.monotonic() - started < 5
        assert isinstance(raised.value.__cause__, NetworkError)
        assert raised.value.request is not None
        with pytest.raises(requests.Timeout):
            session.get(server.origin, timeout=(5, 0.1))


def test_a_time_out_is_for_the_next_bytes_only(session: requests.Session) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Transfer-Encoding: chunked"))
        for _ in range(4):
            peer.pause(0.15)
            peer.send(b"1\r\nx\r\n")
        peer.send(b"0\r\n\r\n")

    with ScriptedServer(script) as server, session.get(server.origin, stream=True, timeout=0.4) as reply:
        assert reply.content == b"xxxx"


def test_nobody_listens(session: requests.Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(requests.ConnectionError) as raised:
        session.get(f"http://127.0.0.1:{port}")
    assert isinstance(raised.value.__cause__, NetworkError)


def test_a_body_that_breaks_off(session: requests.Session) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 10"), b"abc")

    with ScriptedServer(script) as server:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(server.origin)
        with session.get(server.origin, stream=True) as reply, pytest.raises(requests.exceptions.ChunkedEncodingError):
            b"".join(reply.iter_content(100))


def test_a_body_that_breaks_off_below_another_session() -> None:
    cut = head("200 OK", "Content-Length: 10") + b"abc"
    with ScriptedServer(once(cut)) as server, requests.Session() as session, requests.Session() as below:
        StackAdapter(Stack(RequestsTerminal(below))).mount(session, server.origin)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(server.origin)
        with session.get(server.origin, stream=True) as reply, pytest.raises(requests.exceptions.ChunkedEncodingError):
            b"".join(reply.iter_content(100))


def test_another_body_that_broke_off_is_not_this_one_s(session: requests.Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with ScriptedServer(once(head("200 OK", "Content-Length: 10") + b"abc")) as server:
        try:
            session.get(server.origin)
        except requests.exceptions.ChunkedEncodingError:
            with pytest.raises(requests.ConnectionError):
                session.get(f"http://127.0.0.1:{port}")
        else:
            pytest.fail("it broke off")


def test_a_reply_is_closed_at_its_end(session: requests.Session) -> None:
    with ScriptedServer(answering(whole(b"body"))) as server:
        reply = session.get(server.origin, stream=True)
        assert (reply.raw.read(), reply.raw.closed, reply.raw.isclosed()) == (b"body", True, True)
        assert list(session.get(server.origin, stream=True).iter_content(None)) == [b"body"]


def test_certificates(session: requests.Session, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with ScriptedServer(answering(whole(b"ok")), tls=authority.server_context("localhost")) as server:
        url = server.origin.replace("127.0.0.1", "localhost")
        with pytest.raises(requests.exceptions.SSLError):
            session.get(url)
        assert session.get(url, verify=str(authority.file)).text == "ok"


def test_what_cannot_be_kept_is_refused(session: requests.Session) -> None:
    with pytest.raises(GlobusSDKUsageError, match="cert="):
        session.get("http://127.0.0.1:9/", cert="client.pem")
    with pytest.raises(GlobusSDKUsageError, match=r"through 127\.0\.0\.1:9, but a stack"):
        session.get("http://127.0.0.1:9/", proxies={"http": "http://127.0.0.1:9"})
    with pytest.raises(ValueError, match="timeout="):
        session.get("http://127.0.0.1:9/", timeout=(1, 2, 3))  # type: ignore[arg-type]
    adapter = StackAdapter(Stack(lambda request: Response(200)))
    with requests.Session() as other:
        adapter.mount(other, "https://service.example.org")
        with pytest.raises(GlobusSDKUsageError, match="verify=False"):
            other.get("https://service.example.org/", verify=False)


@pytest.mark.parametrize(
    ("url", "matches"),
    [
        ("https://service.example.org/x", True),
        ("https://SERVICE.example.org", True),
        ("https://service.example.org:443/x", True),
        ("https://service.example.org.evil.example/", False),
        ("https://service.example.org@evil.example/", False),
        ("https://service.example.org:8443/", False),
        ("http://service.example.org/", False),
    ],
)
def test_no_look_alike_is_matched(url: str, matches: bool) -> None:
    adapter = StackAdapter(Stack(lambda request: Response(200)))
    with requests.Session() as session:
        adapter.mount(session, "https://service.example.org")
        prepared = requests.Request("GET", url).prepare()
        assert (session.get_adapter(prepared.url or "") is adapter) is matches


@pytest.mark.parametrize("stack", [None, AsyncStack(lambda request: None), []])  # type: ignore[arg-type, return-value]
def test_only_a_stack(stack: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="expected Stack"):
        StackAdapter(stack)
    with pytest.raises(GlobusSDKUsageError, match="URL"):
        StackAdapter(Stack(lambda request: Response(200))).mount(requests.Session())


def test_an_auth_on_top_of_a_stack(terminal: Urllib3Terminal) -> None:
    requests_seen: list[Request] = []

    def keep(request: Request) -> Any:
        requests_seen.append(request)
        return (yield request)

    with requests.Session() as session, ScriptedServer(answering(whole(b"ok"))) as server:
        StackAdapter(Stack(terminal, [Retry(), StructuredLogging(), keep])).mount(session, server.origin)
        assert session.get(server.origin, auth=GlobusAuth(AccessTokenAuthorizer("t"), server.origin)).text == "ok"
    assert requests_seen[0].headers["Authorization"] == "Bearer t"
