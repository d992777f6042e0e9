"""Replies in one piece: taken apart as those in several are, or left to what takes them apart."""

from __future__ import annotations

import gzip
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusError, ReplyFormatError
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.http1.replies import Reply
from globus_transport.terminals.http1.short_reply import short_reply
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer
from tests.core.stepping import unhurried
from tests.terminals.fresh_terminal import fresh_terminal

REQUEST = Request("GET", "https://service.example.org/")


def reply(head: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {head}\r\n\r\n{body}".encode("latin-1")


def the_long_way(received: bytes) -> tuple[int, str, tuple[tuple[str, str], ...], bytes]:
    """What is made of these bytes and the end of the connection."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(received)
        theirs.shutdown(socket.SHUT_WR)
        made = Reply(ours, method="GET")
        made.begin()
        return made.status, made.reason, made.head.headers.pairs, made.read()


def test_a_reply_that_says_that_the_connection_stays() -> None:
    response = short_reply(reply("200 OK\r\nContent-Length: 2\r\nConnection: Keep-Alive", "{}"), REQUEST)
    assert response is not None
    assert response.body == b"{}"


def test_a_plain_reply() -> None:
    response = short_reply(reply("200 OK\r\nContent-Length: 2\r\nX-A:1 \r\nx-a: \xe9\t", "{}"), REQUEST)
    assert isinstance(response, Response)
    assert (response.status, response.reason, response.body, response.request) == (200, "OK", b"{}", REQUEST)
    assert response.headers.pairs == (("Content-Length", "2"), ("X-A", "1"), ("x-a", "\xe9"))


@pytest.mark.parametrize(
    "received",
    [
        b"",
        reply("200 OK\r\nContent-Length: 3", "{}"),
        reply("200 OK\r\nContent-Length: 1", "{}"),
        reply("200 OK", "{}"),
        reply("200 OK\r\nContent-Length: 2\r\nContent-Length: 2", "{}"),
        reply("200 OK\r\nContent-Length: +2", "{}"),
        reply("200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", "{}"),
        reply("400 Bad\r\nContent-Length: 2\r\nContent-Encoding: gzip", "{}"),
        reply("200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip", "{}"),
        reply("200 OK\r\nContent-Length: 2\r\nConnection: close", "{}"),
        reply("200 OK\r\nContent-Length : 2", "{}"),
        reply("200 OK\r\nX: a\r\n b\r\nContent-Length: 2", "{}"),
        reply("200 OK\r\nX: a\x01\r\nContent-Length: 2", "{}"),
        reply("204 No Content\r\nContent-Length: 0"),
        reply("304 Not Modified\r\nContent-Length: 0"),
        reply("100 Continue\r\nContent-Length: 0"),
        reply("200 OK\r\nContent-Length: 2", "{}").replace(b"\r\n", b"\n"),
        reply("200 OK\r\nContent-Length: 2", "{}").replace(b"HTTP/1.1", b"HTTP/1.0"),
        reply("200\r\nContent-Length: 2", "{}"),
    ],
)
def test_everything_else_is_left(received: bytes) -> None:
    assert short_reply(received, REQUEST) is None


def test_an_encoded_body() -> None:
    packed = gzip.compress(b"hello")
    received = reply(f"200 OK\r\nContent-Length: {len(packed)}\r\nContent-Encoding: gzip") + packed
    response = short_reply(received, REQUEST)
    assert response is not None
    assert response.body == b"hello"
    with pytest.raises(ReplyFormatError):
        short_reply(reply("200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip", "{}"), REQUEST)


_lines = st.one_of(
    st.sampled_from(
        [
            "Content-Length: 2", "content-length:2", "Content-Length: 02", "Content-Length: 3", "Content-Length: x",
            "Transfer-Encoding: chunked", "Connection: close", "Connection: keep-alive", "Content-Type: a/b", " folded",
            "X: \xa0\x85\xff", "X:", "no colon", ": no name", "X Y: z", "X\x0b: z", "X: \x0c", "X: \x1f", "\x85X: y",
        ]
    ),
    st.text(st.characters(max_codepoint=255), max_size=12),
)  # fmt: skip
_replies = st.builds(
    lambda start, lines, end, body: end.join([start, *lines, "", ""]).encode("latin-1") + body,
    st.sampled_from(["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 ", "HTTP/1.0 200 OK", "HTTP/1.1 204 N",
                     "HTTP/1.1 100 Continue", "HTTP/1.1 999 X", "HTTP/1.1 200 \xe9\xa0", "ICY 200 OK"]),
    st.lists(_lines, max_size=5),
    st.sampled_from(["\r\n", "\r\n", "\r\n", "\n"]),
    st.binary(max_size=4),
)  # fmt: skip


@unhurried
@given(_replies)
def test_the_long_way_leads_to_the_same(received: bytes) -> None:
    response = short_reply(received, REQUEST)
    if response is not None:
        taken = (response.status, response.reason, response.headers.pairs, response.body)
        assert taken == the_long_way(received)


def _outcome(terminal: Urllib3Terminal, request: Request) -> object:
    try:
        response = terminal(request)
    except GlobusError as error:
        return type(error), str(error).replace(str(request.url), "URL")
    return response.status, response.reason, response.headers.pairs, response.body


@pytest.mark.parametrize(
    "received",
    [
        reply("200 OK\r\nContent-Length: 2\r\nX-A: 1", "{}"),
        reply("200 OK\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n"),
        reply("103 Early Hints\r\nLink: x") + reply("200 OK\r\nContent-Length: 2", "{}"),
        reply("200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked", "2\r\n{}\r\n0\r\n\r\n"),
        reply("200 OK\r\nContent-Length: 2\r\nContent-Length: 3", "{} "),
        reply("200 OK\r\nX: a\r\n b\r\nContent-Length: 2", "{}"),
        b"not HTTP at all\r\n\r\n",
    ],
)
def test_where_the_bytes_are_split_changes_nothing(received: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    splits = range(len(received) + 1)

    def script(peer: Peer) -> None:
        while True:
            peer.read_request()
            split = next(places)
            peer.send(received[:split])
            if 0 < split < len(received):
                peer.pause(0.002)
            peer.send(received[split:])

    places = iter(splits)
    with ScriptedServer(script) as server, fresh_terminal(monkeypatch) as terminal:
        outcomes = {_outcome(terminal, Request("GET", server.origin)) for _ in splits}
    assert len(outcomes) == 1


@pytest.mark.parametrize(
    "head", ["Content-Length: 2\r\nTransfer-Encoding: chunked", "Content-Length: 2\r\nContent-Length: 3"]
)
def test_two_lengths_are_refused(head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply(f"200 OK\r\n{head}", "2\r\n{}\r\n0\r\n\r\n"))

    with (
        ScriptedServer(script) as server,
        fresh_terminal(monkeypatch) as terminal,
        pytest.raises(GlobusError, match="Content-Length"),
    ):
        terminal(Request("GET", server.origin))
