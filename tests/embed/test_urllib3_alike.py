"""A StackPool does the same as a PoolManager with the same options."""

from __future__ import annotations

import array
import gzip
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from urllib3.util import SKIP_HEADER

from globus_transport import Cache, GlobusSDKUsageError, Response, Retry, RetryConfig, Stack
from globus_transport.core.flow import Flow, send
from globus_transport.embed.urllib3.pool import StackPool
from globus_transport.http.messages import Request
from globus_transport.middleware.redirect import Redirect
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import (
    Peer,
    Received,
    Script,
    ScriptedServer,
    answering,
    head,
    once,
    silent,
    whole,
)
from tests.terminals.fresh_terminal import forget_proxies

LOOP = whole(b"", "302 Found", "Location: /again")
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Urllib3Terminal]:
    forget_proxies(monkeypatch)
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


@pytest.fixture
def plain() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager() as manager:
        yield manager


def _outcome(manager: urllib3.PoolManager, url: str, method: str = "GET", **options: Any) -> object:
    try:
        reply = manager.request(method, url, **options)
    except urllib3.exceptions.MaxRetryError as error:
        return type(error), type(error.reason)
    except Exception as error:
        return type(error)
    return reply.status, reply.data


@pytest.mark.parametrize("retries", [None, False, 0, 1], ids=str)
@pytest.mark.parametrize(
    ("script", "method"),
    [
        (None, "GET"),
        (silent, "GET"),
        (silent, "POST"),
        (once(b""), "GET"),
        (once(b""), "POST"),
        (answering(whole(b"plain", "200 OK", "Content-Encoding: gzip")), "GET"),
        (once(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "GET"),
        (answering(whole(b"busy", "503 Service Unavailable")), "GET"),
    ],
)
def test_failures(
    terminal: Urllib3Terminal, plain: urllib3.PoolManager, script: Script | None, method: str, retries: Any
) -> None:
    options = {"timeout": 0.2, **({} if retries is None else {"retries": retries})}
    with ScriptedServer(script or silent) as server:
        url = NOWHERE if script is None else server.origin
        assert _outcome(StackPool(Stack(terminal)), url, method, **options) == _outcome(plain, url, method, **options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"retries": False},
        {"retries": 1},
        {"redirect": False},
        {"retries": urllib3.Retry(2, raise_on_redirect=False)},
    ],
    ids=str,
)
@pytest.mark.parametrize("layers", [[Redirect()], []], ids=["redirect", "no layer"])
def test_redirects(
    terminal: Urllib3Terminal, plain: urllib3.PoolManager, layers: list[Any], options: dict[str, Any]
) -> None:
    with ScriptedServer(answering(LOOP)) as server:
        pool = StackPool(Stack(terminal, layers))
        assert _outcome(pool, server.origin, **options) == _outcome(plain, server.origin, **options)
    with ScriptedServer(answering(LOOP, whole(b"ok"))) as server:
        ours = _outcome(pool, server.origin, **options)
    with ScriptedServer(answering(LOOP, whole(b"ok"))) as server:
        assert ours == _outcome(plain, server.origin, **options)


def test_a_redirect_elsewhere_loses_the_credential_of_the_caller(terminal: Urllib3Terminal) -> None:
    with ScriptedServer(answering(whole(b"there"))) as other:
        away = whole(b"", "302 Found", f"Location: {other.origin}/")
        with ScriptedServer(answering(away)) as server:
            headers = {"Authorization": "Basic mine"}
            reply = StackPool(Stack(terminal)).request("GET", server.origin, headers=headers)
            assert reply.data == b"there"
            assert server.requests[0]["Authorization"] == "Basic mine"
            assert other.requests[0].values("Authorization") == []


@pytest.mark.parametrize(
    "timeout",
    [3, 0, -1, urllib3.Timeout(5), urllib3.Timeout(connect=2), urllib3.Timeout(total=5, read=1)],
    ids=str,
)
def test_time_outs(terminal: Urllib3Terminal, plain: urllib3.PoolManager, timeout: Any) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        pool = StackPool(Stack(terminal))
        assert _outcome(pool, server.origin, timeout=timeout) == _outcome(plain, server.origin, timeout=timeout)


def _sent(*managers: urllib3.PoolManager, call: Callable[[urllib3.PoolManager, str], object]) -> list[Received]:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        for manager in managers:
            call(manager, server.origin)
        return server.requests


@pytest.mark.parametrize("target", ["/a b", "/ä", "/a?q=b c", "/a%2fb", "/a#part"])
def test_targets(terminal: Urllib3Terminal, plain: urllib3.PoolManager, target: str) -> None:
    ours, theirs = _sent(
        StackPool(Stack(terminal)), plain, call=lambda manager, origin: manager.request("GET", origin + target)
    )
    assert ours.target == theirs.target


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda: b"bytes", {}),
        (lambda: "tëxt", {}),
        (lambda: io.BytesIO(b"a file"), {}),
        (lambda: io.StringIO("tëxt"), {}),
        (lambda: iter([b"ab", b"cd"]), {}),
        (lambda: b"bytes", {"headers": {"Content-Length": "5"}}),
        (lambda: io.BytesIO(b"a file"), {"chunked": True}),
        (lambda: None, {"headers": {"User-Agent": SKIP_HEADER, "X-Own": "1"}}),
    ],
)
def test_bodies(
    terminal: Urllib3Terminal, plain: urllib3.PoolManager, make: Callable[[], Any], options: dict[str, Any]
) -> None:
    ours, theirs = _sent(
        StackPool(Stack(terminal)),
        plain,
        call=lambda manager, origin: manager.request("POST", origin, body=make(), **options),
    )
    assert ours.body == theirs.body
    assert ours.values("User-Agent") == [] or "User-Agent" not in options.get("headers", {})
    assert ours.values("X-Own") == theirs.values("X-Own")


def test_an_array_is_its_bytes_and_a_number_is_no_body(terminal: Urllib3Terminal, plain: urllib3.PoolManager) -> None:
    pool = StackPool(Stack(terminal))
    body: Any = array.array("B", b"abc")
    numbers: Any = [1, 2, 3]
    ours, theirs = _sent(pool, plain, call=lambda manager, origin: manager.request("POST", origin, body=body))
    assert (ours.body, ours["Content-Length"]) == (theirs.body, theirs["Content-Length"]) == (b"abc", "3")
    with ScriptedServer(answering(whole(b"ok"))) as server:
        with pytest.raises(GlobusSDKUsageError, match="not int"):
            pool.request("POST", server.origin, body=numbers)
        assert server.requests == []


def test_retries_that_are_asked_for_are_made_with_the_body(terminal: Urllib3Terminal) -> None:
    retries = urllib3.Retry(2, status_forcelist=[503], allowed_methods=None)
    with ScriptedServer(answering(whole(b"busy", "503 Service Unavailable"), whole(b"ok"))) as server:
        pool = StackPool(Stack(terminal))
        assert pool.request("POST", server.origin, body=io.BytesIO(b"a file"), retries=retries).data == b"ok"
        assert [request.body for request in server.requests] == [b"a file", b"a file"]


def test_a_pool_of_one_host_goes_through_the_stack(terminal: Urllib3Terminal) -> None:
    seen: list[str] = []

    def note(request: Request) -> Flow:
        seen.append(str(request.url))
        return (yield from send(request))

    with ScriptedServer(answering(whole(b"ok"))) as server, StackPool(Stack(terminal, [note])) as manager:
        one_host = manager.connection_from_url(server.origin)
        assert one_host.request("GET", "/x").data == b"ok"
        assert one_host is manager.connection_from_host("127.0.0.1", server.port)
        with pytest.raises(urllib3.exceptions.HostChangedError):
            one_host.request("GET", "http://elsewhere.example.org/")
        assert seen == [f"{server.origin}/x"]


def test_who_wants_the_bytes_of_the_wire_is_not_told_that_these_are_they(terminal: Urllib3Terminal) -> None:
    with ScriptedServer(answering(whole(gzip.compress(b"hello"), "200 OK", "Content-Encoding: gzip"))) as server:
        pool = StackPool(Stack(terminal))
        reply = pool.request("GET", server.origin, decode_content=False)
        assert reply.data == b"hello"
        assert "Content-Encoding" not in reply.headers
        assert "Content-Length" not in reply.headers
        assert pool.request("GET", server.origin).headers["Content-Encoding"] == "gzip"


def test_a_reply_that_was_read_is_at_its_end(terminal: Urllib3Terminal, plain: urllib3.PoolManager) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        for manager in (StackPool(Stack(terminal)), plain):
            reply = manager.request("GET", server.origin)
            assert (reply.data, reply.read(), list(reply.stream()), reply.closed) == (b"ok", b"", [], True)


@pytest.mark.parametrize("amount", [None, -1, 2, 100])
def test_who_reads_until_it_is_closed_comes_to_an_end(
    terminal: Urllib3Terminal, plain: urllib3.PoolManager, amount: int | None
) -> None:
    with ScriptedServer(answering(whole(b"body"))) as server:
        for manager in (StackPool(Stack(terminal)), plain):
            reply: Any = manager.request("GET", server.origin, preload_content=False)
            parts: list[bytes] = []
            while not reply.closed and len(parts) < 9:
                parts.append(reply.read(amount))
            assert (b"".join(parts), reply.isclosed(), len(parts) < 9) == (b"body", True, True)
            assert reply.read() == b""


def test_one_that_is_not_to_be_closed_at_its_end(terminal: Urllib3Terminal, plain: urllib3.PoolManager) -> None:
    with ScriptedServer(answering(whole(b"one\ntwo"))) as server:
        for manager in (StackPool(Stack(terminal)), plain):
            reply: Any = manager.request("GET", server.origin, preload_content=False)
            reply.auto_close = False
            text = io.TextIOWrapper(reply)
            assert (list(text), reply.closed) == (["one\n", "two"], False)


@pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable"])
def test_the_body_of_an_error_is_whole(terminal: Urllib3Terminal, status: str) -> None:
    body = b"x" * (2 << 20)
    pool = StackPool(Stack(terminal, [Retry(RetryConfig(max_retries=0))]))
    with ScriptedServer(answering(whole(body, status))) as server:
        assert pool.request("GET", server.origin).data == body
        assert pool.request("GET", server.origin, preload_content=False, retries=False).status == int(status[:3])


def test_the_layers_see_the_body_unless_it_is_streamed(terminal: Urllib3Terminal) -> None:
    cut = head("200 OK", "Content-Length: 10") + b"abc"
    kept = whole(b"whole", "200 OK", "Cache-Control: max-age=60")
    pool = StackPool(Stack(terminal, [Retry(RetryConfig(max_sleep=0.01)), Cache()]))

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(cut if peer.server.connections == 1 else kept)

    with ScriptedServer(script) as server:
        assert pool.request("GET", server.origin).data == b"whole", "a body that breaks off is asked for once more"
        assert pool.request("GET", server.origin).data == b"whole"
        assert len(server.requests) == 2, "a cache keeps what it sees"


@pytest.mark.parametrize("beginning", [b"", b"begin"])
def test_a_body_that_a_layer_cut_is_no_whole_one(beginning: bytes) -> None:
    pool = StackPool(Stack(lambda request: Response(503, {}, beginning, request=request, truncated=True)))
    with pytest.raises(urllib3.exceptions.ProtocolError, match=f"kept {len(beginning)} bytes"):
        pool.request("GET", NOWHERE, retries=False)
    reply = pool.request("GET", NOWHERE, retries=False, preload_content=False)
    assert beginning == b"" or reply.read(5) == beginning
    with pytest.raises(urllib3.exceptions.ProtocolError):
        reply.read()
