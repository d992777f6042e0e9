"""Connections with httptools and without: the same bytes, however they come, give the same response or error."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusConnectionError, GlobusError
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request
from globus_transport.terminals.urllib3.fast import FastHTTPConnection, parsed
from globus_transport.terminals.urllib3.plain import Connection, PlainHTTPConnection
from globus_transport.terminals.urllib3.pool import Lease, Way
from globus_transport.terminals.urllib3.wire import receive
from globus_transport.testing.loopback_server import head, whole
from tests.core.stepping import unhurried

CHUNKED = "Transfer-Encoding: chunked"
_ALL = 1 << 20


class Pieces(socket.socket):
    """A socket that gives what was received in pieces of these sizes."""

    sizes: Iterator[int]

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        return super().recv(min(bufsize, next(self.sizes)), flags)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        return super().recv_into(buffer, min(nbytes or len(buffer), next(self.sizes)), flags)


class OneConnection:
    """In the place of a Way."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.kept = False

    def take(self) -> Connection:
        return self.connection

    def give_back(self, connection: Connection) -> None:
        self.kept = connection.sock is not None


def outcome(kind: type[Connection], sent: bytes, request: Request, *sizes: int) -> tuple[object, ...]:
    """What comes of these bytes and the end of the connection."""
    ours, theirs = socket.socketpair()
    with theirs, Pieces(fileno=ours.detach()) as pieces:
        pieces.sizes = chain(sizes, repeat(_ALL))
        pieces.settimeout(5)
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        connection = kind("service.example.org")
        connection.sock = pieces
        way = OneConnection(connection)
        lease = Lease(cast(Way, way))
        try:
            response = receive(lease, request, 5)
            stream = response.stream
            body = response.body if stream is None else cast(ByteStream, stream).read()
        except GlobusError as error:
            lease.drop()
            return type(error), str(error), way.kept
        assert way.kept or pieces.fileno() == -1, "the connection is neither kept nor closed"
        return response.status, response.reason, response.headers.pairs, body, response.truncated, way.kept


def both(sent: bytes, request: Request, *sizes: int) -> tuple[object, ...]:
    plain = outcome(PlainHTTPConnection, sent, request, *sizes)
    fast = outcome(FastHTTPConnection, sent, request, *sizes)
    assert fast == plain
    return plain


def request(method: str = "GET", stream: bool = False, deadline: float | None = None) -> Request:
    return Request(method, "https://service.example.org/", stream=stream, deadline=deadline)


STREAMS = {
    "small": whole(b"{}", "200 OK", "X-A: 1", "x-a:2"),
    "empty": whole(b""),
    "kept alive": whole(b"{}", "200 OK", "Connection: keep-alive"),
    "closing": whole(b"{}", "200 OK", "Connection: close"),
    "chunked": head("200 OK", CHUNKED) + b"2\r\n{}\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
    "with trailers": head("200 OK", CHUNKED) + b"2\r\n{}\r\n0\r\nX: y\r\nContent-Length: 7\r\n\r\n",
    "until the end": head("200 OK") + b"abc",
    "interim": head("103 Early Hints", "Link: </x>") + head("100 Continue") + whole(b"{}"),
    "no content": head("204 No Content", "X: y"),
    "not modified": head("304 Not Modified", "Content-Length: 5"),
    "gzip": whole(gzip.compress(b"hello", mtime=0), "200 OK", "Content-Encoding: gzip"),
    "an error in gzip": whole(gzip.compress(b"hello", mtime=0), "404 No", "Content-Encoding: gzip"),
    "HTTP/1.0": whole(b"{}").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "1.0, kept alive": whole(b"{}", "200 OK", "Connection: Keep-Alive").replace(b"HTTP/1.1", b"HTTP/1.0"),
    "folded": whole(b"{}", "200 OK", "X: a\r\n b", "Y: c"),
    "bare LF": whole(b"{}", "200 OK", "X: a").replace(b"\r\n", b"\n"),
    "spaces": whole(b"{}", "200 OK \t", "X:  a \t"),
    "Latin 1": whole(b"{}", "200 Gef\xe4llt", "X: J\xfcrgen"),
    "both framings": head("200 OK", CHUNKED, "Content-Length: 2") + b"2\r\n{}\r\n0\r\n\r\n",
    "two lengths": head("200 OK", "Content-Length: 2", "Content-Length: 3") + b"{} ",
    "one length twice": head("200 OK", "Content-Length: 2", "Content-Length: 2") + b"{}",
    "more than its length": whole(b"{}") + b"HTTP/1.1 200 OK\r\n\r\n",
    "upgraded": head("101 Switching Protocols", "Connection: Upgrade", "Upgrade: x") + b"abc",
    "offers an upgrade": whole(b"{}", "200 OK", "Connection: Upgrade", "Upgrade: h2c"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "a malformed chunk": head("200 OK", CHUNKED) + b"2\r\n{}3\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", ["small", "kept alive", "closing", "chunked", "until the end", "no content", "gzip"])
def test_llhttp_reads_everyday_heads(name: str) -> None:
    text = STREAMS[name].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    found = parsed(text, "GET")
    assert found is not None
    assert (found.status, found.reason) == ((204, "No Content") if name == "no content" else (200, "OK"))
    assert [f"{key}: {value}".encode() for key, value in found.headers.pairs] == [
        line.replace(b":2", b": 2") for line in text.split(b"\r\n")[1:-2]
    ]


@pytest.mark.parametrize(
    "name", ["interim", "HTTP/1.0", "folded", "bare LF", "both framings", "two lengths", "no HTTP"]
)
def test_other_heads_are_left_to_the_plain_parser(name: str) -> None:
    assert parsed(STREAMS[name], "GET") is None


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", STREAMS)
def test_split_at_every_byte(name: str, stream: bool) -> None:
    sent, asked = STREAMS[name], request(stream=stream)
    expected = both(sent, asked)
    for place in range(1, len(sent)):
        # Whether the connection is kept may depend on whether bytes after the response were there already.
        assert both(sent, asked, place)[:-1] == expected[:-1]
    assert both(sent, asked, *repeat(1, len(sent)))[:-1] == expected[:-1]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", STREAMS)
def test_ended_after_every_byte(name: str, stream: bool) -> None:
    sent = STREAMS[name]
    end_of_head = sent.replace(b"\r\n", b"\n").find(b"\n\n")
    for place in range(len(sent)):
        came = both(sent[:place], request(stream=stream))
        if place < end_of_head:
            assert came[0] is GlobusConnectionError, "half a head is no response"


@pytest.mark.parametrize("method", ["HEAD", "POST"])
@pytest.mark.parametrize("name", STREAMS)
def test_other_methods_and_a_deadline(name: str, method: str) -> None:
    for stream in (False, True):
        both(STREAMS[name], request(method, stream, time.monotonic() + 60), 7, 40)


@pytest.mark.parametrize(
    "size", [65_535, 65_536, 65_537, 1 << 17], ids=["less than a read", "a read", "more than a read", "two reads"]
)
def test_larger_bodies(size: int) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    for sent in (whole(body[:size]), whole(body[:size], "500 Oh"), head("200 OK") + body[:size]):
        assert both(sent, request(), 30, 20, 5000)[3] == body[:size]


@pytest.mark.parametrize("count", [99, 100, 101])
def test_many_headers(count: int) -> None:
    came = both(whole(b"{}", "200 OK", *["X: y"] * (count - 1)), request())
    assert (came[0] == 200) == (count <= 100)


def test_long_headers() -> None:
    for size in (60_000, 65_530, 65_540, 100_000):
        came = both(whole(b"{}", "200 OK", f"X: {'y' * size}"), request())
        assert (came[0] == 200) == (size < 65_536)


_fields = st.one_of(
    st.sampled_from(
        [
            "Content-Length: 2", "content-length:2", "Content-Length: 02", "Content-Length: 3", "Content-Length: x",
            "Content-Length:", "Content-Length: +2", "Content-Length: 2, 2", "Content-Length: 2, 3",
            "Content-Length : 2", "Content-Length: -1", "Content-Length: 0_2", "Content-Length: \xb2",
            f"Content-Length: {'9' * 30}", CHUNKED, "transfer-encoding: CHUNKED", "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: identity", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding: \x0bchunked",
            "Connection: close", "Connection: keep-alive", "Connection: Upgrade", "Upgrade: h2c",
            "Keep-Alive: timeout=5", "Content-Encoding: gzip", "Content-Encoding: deflate, gzip",
            "Content-Encoding: br", "Trailer: X", "Content-Type: a/b", " folded", "\tfolded",
            "X: \xa0\x85\xff", "X:", "no colon", ": no name", "X Y: z",
            "X\x0b: z", "X: \x0c", "X: \x00", "X: a\rContent-Length: 5", "\x85X: y", "X: a\nY: b",
        ]
    ),
    st.text(st.characters(max_codepoint=255), max_size=12),
)  # fmt: skip
_starts = st.one_of(
    st.sampled_from(
        ["HTTP/1.1 200 OK"] * 6
        + ["HTTP/1.1 404 Not Found", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.0 200 OK", "HTTP/1.1 204 N",
           "HTTP/1.1 304 N", "HTTP/1.1 999 X", "HTTP/1.1 099 X", "HTTP/1.1 200 \xe9\xa0", "HTTP/1.1  200 OK",
           "HTTP/1.1 +20 OK", "HTTP/1.1 2000", "HTTP/1.2 200 OK", "HTTP/0.9 200 OK", "HTTP/2.0 200 OK",
           "HTTP/11 200 OK", "http/1.1 200 OK", "ICY 200 OK", "",
           "HTTP/1.1 101 Up", "HTTP/1.1 200 O\rK", "HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK"]
    ),
    st.text(st.characters(max_codepoint=255), max_size=12),
)  # fmt: skip
_ends = st.sampled_from(["\r\n"] * 8 + ["\n", "\r", "\r\r\n"])
_interim = st.sampled_from(
    [b""] * 6 + [head("100 Continue"), head("103 Early", "Link: x", "Content-Length: 3"), b"\r\n"]
)
_chunks = st.sampled_from(
    [b"0\r\n\r\n", b"2\r\n{}\r\n", b"2\r\n{}\r\n0\r\n\r\n", b"2\n{}\n0\n\n", b"2 ;x\r\n{}\r\n0\r\nX: y\r\n\r\n",
     b"0x2\r\n{}\r\n0\r\n\r\n", b"+2\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n", b"2\r\n{}xx0\r\n\r\n", b"\r\n", b"f" * 20]
)  # fmt: skip
_bodies = st.one_of(
    st.binary(max_size=6), st.lists(_chunks, max_size=3).map(b"".join), st.just(gzip.compress(b"hello", mtime=0))
)
_lengths_that_fit = st.sampled_from([True, True, False])


@st.composite
def _streams(draw: st.DrawFn) -> bytes:
    end = draw(_ends)
    fields = draw(st.lists(_fields, max_size=5))
    body = draw(_bodies)
    if draw(_lengths_that_fit):
        fields.insert(draw(st.integers(0, len(fields))), f"Content-Length: {len(body)}")
    text = end.join([draw(_starts), *fields, "", ""]).encode("latin-1")
    sent = draw(_interim) + text + body + draw(st.sampled_from([b"", b"", b"", b"\r\n", whole(b"{}")]))
    return sent[: draw(st.sampled_from([len(sent)] * 4 + [len(sent) // 2, len(sent) - 1]))]


@unhurried
@given(
    _streams(),
    st.sampled_from(["GET", "GET", "GET", "POST", "HEAD"]),
    st.booleans(),
    st.lists(st.integers(1, 60), max_size=4),
)
def test_any_bytes(sent: bytes, method: str, stream: bool, sizes: list[int]) -> None:
    asked = request(method, stream)
    assert both(sent, asked, *sizes)[:-1] == both(sent, asked)[:-1]


# What could be read in two ways, or was cut off, is refused by both.


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (STREAMS["both framings"], "both a Content-Length and a Transfer-Encoding"),
        (STREAMS["two lengths"], "no single Content-Length"),
        (head("200 OK", "Content-Length: +2") + b"{}", "no single Content-Length"),
        (head("200 OK", "Content-Length: 0_2") + b"{}", "no single Content-Length"),
        (head("200 OK", "Content-Length:") + b"{}", "no single Content-Length"),
        (head("200 OK", "Transfer-Encoding: gzip, chunked") + b"{}", "transfer coding other than chunked"),
        (head("200 OK", "Transfer-Encoding: gzip", CHUNKED) + b"{}", "transfer coding other than chunked"),
        (head("200 OK", "Content-Length : 2") + b"{}", "malformed header"),
        (head("200 OK", "X: y", "no colon", "Content-Length: 2") + b"{}", "malformed header"),
        (head("200 OK", " X: y", "Content-Length: 2") + b"{}", "first header has no name"),
        (head("200 OK", "X: y\rContent-Length: 2") + b"{}", "CR or NUL"),
        (head("200 OK", "X: \0", "Content-Length: 2") + b"{}", "CR or NUL"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2", "breaks off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", "breaks off"),
        (head("200 OK", CHUNKED) + b"0x2\r\n{}\r\n0\r\n\r\n", "in the middle of the body"),
        (head("200 OK", CHUNKED) + b"2\r\n{}xx0\r\n\r\n", "in the middle of the body"),
        (head("200 OK", CHUNKED) + b"0\r\n" + b"X: y\r\n" * 200, "too many trailers"),
    ],
)
def test_refused_by_both(sent: bytes, message: str) -> None:
    kind, text, kept = both(sent, request())
    assert kind is GlobusConnectionError
    assert message in str(text)
    assert not kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (STREAMS["small"], True),
        (STREAMS["chunked"], True),
        (STREAMS["one length twice"], True),
        (STREAMS["no content"], True),
        (STREAMS["offers an upgrade"], True),
        (STREAMS["1.0, kept alive"], True),
        (STREAMS["closing"], False),
        (STREAMS["HTTP/1.0"], False),
        (STREAMS["until the end"], False),
        (STREAMS["upgraded"], False),
        (STREAMS["more than its length"], False),
        (head("204 No Content") + b"surprise", False),
        (STREAMS["chunked"] + b"surprise", False),
        (STREAMS["chunked"].replace(b"HTTP/1.1", b"HTTP/1.0"), False),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_which_connections_are_kept(sent: bytes, kept: bool, stream: bool) -> None:
    assert both(sent, request(stream=stream))[-1] is kept
