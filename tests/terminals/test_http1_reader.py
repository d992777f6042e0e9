"""The reader of responses, by bytes alone: split at every place, cut at every place, and against h11."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from itertools import chain, repeat

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from globus_transport.terminals.http1.reader import ResponseHead, ResponseReader
from globus_transport.testing.loopback_server import head, whole
from tests.core.stepping import unhurried

CHUNKED = "Transfer-Encoding: chunked"
_ALL = 1 << 20

#: Status, reason, headers, body, whether the connection can be kept.
Outcome = tuple[int, str, tuple[tuple[str, str], ...], bytes, bool]


class Fed:
    """A reader, and a connection that brings it bytes in pieces of these sizes, and then ends."""

    def __init__(self, sent: bytes, method: str, *sizes: int) -> None:
        self.reader = ResponseReader(method)
        self._left = sent
        self._sizes = chain(sizes, repeat(_ALL))

    def feed(self) -> None:
        size = next(self._sizes)
        self.reader.feed(self._left[:size])
        self._left = self._left[size:]

    def head(self) -> ResponseHead:
        while (found := self.reader.read_head()) is None:
            self.feed()
        return found

    def pieces(self) -> Iterator[bytes]:
        while True:
            while (piece := self.reader.read_body()) is None:
                self.feed()
            if not piece:
                return
            yield piece


def read(sent: bytes, method: str = "GET", *sizes: int) -> Outcome:
    """The response that these bytes are.

    :raises HTTPException: if they are none
    """
    fed = Fed(sent, method, *sizes)
    found = fed.head()
    body = fed.reader.read_whole_body()
    if body is None:
        body = b"".join(fed.pieces())
    assert fed.reader.read_body() == b"", "after its end it stays at its end"
    kept = not (found.closes or fed.reader.surplus)
    return found.status, found.reason, found.headers.pairs, body, kept


def outcome(sent: bytes, method: str = "GET", *sizes: int) -> tuple[object, ...]:
    try:
        return read(sent, method, *sizes)
    except HTTPException as error:
        return type(error), str(error)


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


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("name", STREAMS)
def test_where_the_bytes_are_split_changes_nothing(name: str, method: str) -> None:
    sent = STREAMS[name]
    expected = outcome(sent, method)
    for place in range(1, len(sent)):
        # Whether the connection is kept may depend on whether bytes after the response were there already.
        assert outcome(sent, method, place)[:4] == expected[:4]
    assert outcome(sent, method, *repeat(1, len(sent)))[:4] == expected[:4]


@pytest.mark.parametrize("name", STREAMS)
def test_half_a_head_is_no_response(name: str) -> None:
    sent = STREAMS[name]
    end_of_head = sent.replace(b"\r\n", b"\n").find(b"\n\n")
    for place in range(end_of_head):
        with pytest.raises(HTTPException):
            read(sent[:place])
    for place in range(end_of_head, len(sent)):
        outcome(sent[:place])


def test_nothing_is_told_apart_from_half_a_response() -> None:
    with pytest.raises(RemoteDisconnected):
        read(b"")
    with pytest.raises(IncompleteRead):
        read(whole(b"{}")[:-1])


def test_a_plain_response() -> None:
    sent = head("200 OK", "Content-Length: 2", "X-A:1 ", "x-a: \xe9\t") + b"{}"
    assert read(sent) == (200, "OK", (("Content-Length", "2"), ("X-A", "1"), ("x-a", "\xe9")), b"{}", True)


def test_folded_lines_are_one_header() -> None:
    sent = head("200 OK", "X: a\r\n b\r\n\t c", "Content-Length: 2") + b"{}"
    assert read(sent)[2] == (("X", "a b c"), ("Content-Length", "2"))


def test_the_body_is_given_as_it_comes() -> None:
    fed = Fed(whole(b"abcdef"), "GET", len(head("200 OK", "Content-Length: 6")) + 2, 3)
    fed.head()
    assert list(fed.pieces()) == [b"ab", b"cde", b"f"]
    fed = Fed(head("200 OK", CHUNKED) + b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n", "GET")
    fed.head()
    assert list(fed.pieces()) == [b"ab", b"cde"]


def test_a_body_that_came_with_its_head_is_there_at_once() -> None:
    for sent, body in ((whole(b"{}"), b"{}"), (whole(b""), b""), (head("204 No Content"), b"")):
        fed = Fed(sent, "GET")
        fed.head()
        assert fed.reader.read_whole_body() == body
    for sent in (whole(b"{}") + b"more", head("200 OK") + b"{}", head("200 OK", CHUNKED) + b"0\r\n\r\n"):
        fed = Fed(sent, "GET")
        fed.head()
        assert fed.reader.read_whole_body() is None


def test_it_asks_for_bytes_only_when_it_has_none() -> None:
    reader = ResponseReader("GET")
    assert reader.read_head() is None
    reader.feed(head("200 OK", "Content-Length: 2") + b"{")
    assert reader.read_head() is not None
    assert [reader.read_body(), reader.read_body()] == [b"{", None]
    reader.feed(b"}")
    assert [reader.read_body(), reader.read_body(), reader.read_body()] == [b"}", b"", b""]


@pytest.mark.parametrize("sent", [b"SSH-2.0-OpenSSH_9.6\r\n", b"\r\n", b"x" * 70_000, b"HTTP/1.1 200 OK\r\n" * 20_000])
def test_what_cannot_become_a_head_is_refused_before_the_connection_ends(sent: bytes) -> None:
    """A server of another protocol may wait for us to speak."""
    reader = ResponseReader("GET")
    reader.feed(sent)
    with pytest.raises(HTTPException):
        reader.read_head()


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 1 << 17])
def test_larger_bodies(size: int) -> None:
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:1000], body[1000:], b""))
    for sent in (whole(body), head("200 OK") + body, head("200 OK", CHUNKED) + chunked):
        assert read(sent, "GET", 30, 20, 5000)[3] == body


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("count", [101, 250, 10_000, 60_000])
def test_many_headers(count: int, end: str) -> None:
    sent = whole(b"{}", "200 OK", *["X: y"] * (count - 1)).replace(b"\r\n", end.encode())
    assert (outcome(sent)[0] == 200) == (count <= 10_000)


@pytest.mark.parametrize("size", [60_000, 65_540, 200_000, (1 << 18) - 100, 1 << 18])
def test_long_headers(size: int) -> None:
    assert (outcome(whole(b"{}", "200 OK", f"X: {'y' * size}"))[0] == 200) == (size < 1 << 18)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_length_of_a_head_is_a_setting(at_once: bool) -> None:
    sent = head("200 OK", *["X-Name: value"] * 10)
    for most, fits in ((len(sent), True), (len(sent) - 1, False)):
        reader, done = ResponseReader("GET", most), False
        for piece in [sent] if at_once else [sent[:100], sent[100:-1], sent[-1:]]:
            reader.feed(piece)
            if fits:
                done = reader.read_head() is not None
            elif piece is sent or piece == sent[-1:]:
                with pytest.raises(HTTPException, match=f"longer than {most} bytes"):
                    reader.read_head()
        assert not fits or done


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


def _as_bytes_are_split(sent: bytes, method: str, sizes: list[int]) -> None:
    assert outcome(sent, method, *sizes)[:4] == outcome(sent, method)[:4]


@unhurried
@given(_streams(), st.sampled_from(["GET", "GET", "GET", "POST", "HEAD"]), st.lists(st.integers(1, 60), max_size=4))
def test_any_bytes_give_the_same_however_they_are_split(sent: bytes, method: str, sizes: list[int]) -> None:
    _as_bytes_are_split(sent, method, sizes)


def by_h11(sent: bytes, method: str) -> tuple[int, bytes, list[tuple[bytes, bytes]]] | None:
    """What h11 makes of the bytes and the end of the connection; ``None`` if it refuses them."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_ALL)
    request = h11.Request(method=method, target="/", headers=[("Host", "h"), ("Content-Length", "0")])
    connection.send(request)
    connection.send(h11.EndOfMessage())
    try:
        connection.receive_data(sent)
        connection.receive_data(b"")
        while not isinstance(response := connection.next_event(), h11.Response):
            if not isinstance(response, h11.InformationalResponse):
                return None
        body = b""
        while isinstance(event := connection.next_event(), h11.Data):
            body += bytes(event.data)
    except h11.RemoteProtocolError:
        return None
    if not isinstance(event, h11.EndOfMessage):
        return None
    return response.status_code, body, list(response.headers)


@unhurried
@given(_streams(), st.sampled_from(["GET", "GET", "POST", "HEAD"]))
@example(STREAMS["folded"], "GET")
@example(STREAMS["chunked"], "GET")
def test_what_both_read_h11_reads_alike(sent: bytes, method: str) -> None:
    theirs = by_h11(sent, method)
    try:
        ours = read(sent, method)
    except HTTPException:
        return
    if theirs is None:
        return
    status, body, headers = theirs
    assert (ours[0], ours[3]) == (status, body)
    # h11 writes those of the framing in its own way.
    framing = {b"content-length", b"transfer-encoding"}
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in ours[2]]
    assert [pair for pair in pairs if pair[0] not in framing] == [pair for pair in headers if pair[0] not in framing]


@pytest.mark.parametrize(
    "name",
    ["small", "empty", "kept alive", "closing", "chunked", "with trailers", "until the end", "interim", "no content",
     "not modified", "HTTP/1.0", "1.0, kept alive", "folded", "bare LF", "spaces", "Latin 1", "one length twice"],
)  # fmt: skip
def test_what_h11_takes_is_taken(name: str) -> None:
    theirs = by_h11(STREAMS[name], "GET")
    assert theirs is not None
    assert outcome(STREAMS[name])[0] == theirs[0]


@pytest.mark.parametrize("name", ["two lengths", "no HTTP", "a malformed chunk"])
def test_what_h11_refuses_is_refused(name: str) -> None:
    assert by_h11(STREAMS[name], "GET") is None
    with pytest.raises(HTTPException):
        read(STREAMS[name])


# What could be read in two ways, or was cut off, is refused.


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
        (head("200 OK", "Transfer-Encoding: keep-alive", "Content-Length: 2") + b"{}", "both a Content-Length"),
        (head("200 O\0K", "Content-Length: 2") + b"{}", "CR or NUL"),
        (head("200 OK", CHUNKED) + b"0\r\n" + b"X: y\r\n" * 50_000, "too many trailers"),
    ],
)
def test_refused(sent: bytes, message: str) -> None:
    with pytest.raises(HTTPException, match=message):
        read(sent)


@pytest.mark.parametrize(
    "sent",
    [
        head("200 OK", CHUNKED) + b"0x2\r\n{}\r\n0\r\n\r\n",
        head("200 OK", CHUNKED) + b"2\r\n{}xx0\r\n\r\n",
        head("200 OK", CHUNKED) + b"-1\r\n{}\r\n0\r\n\r\n",
        head("200 OK", CHUNKED) + b"f" * 30 + b"\r\nabc\r\n",
        head("200 OK", CHUNKED) + b"2\r\n{}",
        head("200 OK", CHUNKED) + b"2\r\n{}\r\n",
    ],
)
def test_chunks_that_are_none(sent: bytes) -> None:
    with pytest.raises(IncompleteRead):
        read(sent)


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
        (head("200 OK", "Transfer-Encoding: identity") + b"to the end", False),
        (STREAMS["more than its length"], False),
        (head("204 No Content") + b"surprise", False),
        (STREAMS["chunked"] + b"surprise", False),
        (STREAMS["chunked"].replace(b"HTTP/1.1", b"HTTP/1.0"), False),
    ],
)
def test_which_connections_are_kept(sent: bytes, kept: bool) -> None:
    assert read(sent)[-1] is kept
