"""What the terminals that connect themselves make of answers, good and bad."""

import gzip
import random
import threading
import tracemalloc
import zlib

import pytest

from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.bodies import ERROR_BODY_LIMIT, ByteStream, StreamBody
from globus_transport.http.messages import Request, Response
from globus_transport.testing.loopback_server import (
    PATIENCE,
    Peer,
    Script,
    ScriptedServer,
    answering,
    head,
    once,
    whole,
)
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, get

CHUNKED = "Transfer-Encoding: chunked"
MIB = 1 << 20


def stream_of(response: Response) -> ByteStream:
    assert isinstance(response.stream, ByteStream)
    return response.stream


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


# Answers that are whole, and leave the connection good for the next request.


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (whole(b"abc"), 200, b"abc"),
        (whole(b""), 200, b""),
        (head("200 OK", CHUNKED) + chunked(b"abc", b"d" * 70_000), 200, b"abc" + b"d" * 70_000),
        (head("200 OK", CHUNKED) + b"3;name=x\r\nabc\r\n0\r\nTrailer: x\r\n\r\n", 200, b"abc"),
        (whole(b"x" * (2 * MIB)), 200, b"x" * (2 * MIB)),
        (whole(b"no", "404 Not Found"), 404, b"no"),
        (whole(b"", "500"), 500, b""),
        (head("204 No Content"), 204, b""),
        (head("304 Not Modified", "Content-Length: 7"), 304, b""),
        (head("304 Not Modified", CHUNKED), 304, b""),
        (head("204 No Content", "Content-Encoding: gzip"), 204, b""),
        (whole(gzip.compress(b"abc"), "200 OK", "Content-Encoding: gzip"), 200, b"abc"),
        (whole(gzip.compress(b"no"), "403 Forbidden", "Content-Encoding: GZIP"), 403, b"no"),
        (whole(zlib.compress(b"abc"), "200 OK", "Content-Encoding: deflate"), 200, b"abc"),
        (whole(b"", "200 OK", "Content-Encoding: gzip"), 200, b""),
        (head("100 Continue") + whole(b"abc"), 200, b"abc"),
        (head("103 Early Hints", "Link: </x>") + whole(b"abc"), 200, b"abc"),
        (head("102 Processing") * 3 + head("100 Continue") + head("103 Hi") + whole(b"abc"), 200, b"abc"),
    ],
    ids=range(18),
)
def test_whole_answers(terminal: OwnTerminal, answer: bytes, status: int, body: bytes, stream: bool) -> None:
    with ScriptedServer(answering(answer)) as server:
        for _ in range(2):
            response = terminal(get(server.origin, stream=stream))
            assert response.status == status
            assert (response.body, response.truncated) == (b"" if stream else body, False)
            if stream:
                assert stream_of(response).read() == body
    assert server.connections == 1


@pytest.mark.parametrize(
    "fields", [("Content-Length: 5",), (CHUNKED,), ("Content-Length: 5", "Content-Encoding: gzip"), ()]
)
def test_an_answer_to_head_has_no_body_whatever_it_announces(terminal: OwnTerminal, fields: tuple[str, ...]) -> None:
    with ScriptedServer(answering(head("200 OK", *fields))) as server:
        for stream in (False, True):
            response = terminal(Request("HEAD", server.origin, stream=stream))
            assert response.body == b""
            assert [": ".join(pair) for pair in response.headers.pairs] == list(fields)
            if stream:
                assert stream_of(response).read() == b""
    assert server.connections == 1


def test_headers_keep_their_order_and_repeats(terminal: OwnTerminal) -> None:
    answer = whole(b"", "200 OK", "X-A: 1", "Set-Cookie: a=b", "x-a: 2", "Set-Cookie: c=d", "X-Space:  \tx \t")
    with ScriptedServer(once(answer)) as server:
        response = terminal(get(server.origin))
    assert response.headers.pairs == (
        ("Content-Length", "0"),
        ("X-A", "1"),
        ("Set-Cookie", "a=b"),
        ("x-a", "2"),
        ("Set-Cookie", "c=d"),
        ("X-Space", "x"),
    )


def test_headers_that_are_not_ascii_or_are_folded_are_readable(terminal: OwnTerminal) -> None:
    answer = whole(b"ok", "200 Gef\xe4llt", "X-Name: J\xfcrgen", "X-Utf: \xc3\xbc", "X-Long: one\r\n  two\r\n\tthree")
    with ScriptedServer(once(answer)) as server:
        response = terminal(get(server.origin))
    assert response.headers["X-Name"] == "J\xfcrgen"
    assert response.headers["X-Utf"].encode("latin-1").decode() == "\xfc"
    assert response.headers["X-Long"] == "one two three"
    assert (response.reason, response.body) == ("Gef\xe4llt", b"ok")


def test_a_body_without_a_length_ends_with_the_connection(terminal: OwnTerminal) -> None:
    with ScriptedServer(once(b"HTTP/1.0 200 OK\r\n\r\n", b"x" * 100_000)) as server:
        assert terminal(get(server.origin)).body == b"x" * 100_000
        assert stream_of(terminal(get(server.origin, stream=True))).read() == b"x" * 100_000
    assert server.connections == 2


def test_bytes_after_an_answer_are_not_taken_for_the_next(terminal: OwnTerminal) -> None:
    forged = whole(b"forged")
    with ScriptedServer(answering(whole(b"first") + forged)) as server:
        assert [terminal(get(server.origin)).body for _ in range(3)] == [b"first"] * 3
        assert server.connections == 3
    with ScriptedServer(answering(head("204 No Content") + b"surprise")) as server:
        assert [terminal(get(server.origin)).status for _ in range(3)] == [204] * 3
        assert server.connections == 3


# Answers that break off, or are no HTTP.

BROKEN = {
    "nothing": (b"", "closed the connection without an answer"),
    "half a status line": (b"HTTP/1.1 2", "not HTTP"),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP"),
    "a status that is no number": (b"HTTP/1.1 OK 200\r\n\r\n", "not HTTP"),
    "a status out of range": (b"HTTP/1.1 20 OK\r\n\r\n", "not HTTP"),
    "another version": (b"HTTP/2.0 200 OK\r\n\r\n", "not HTTP"),
    "an endless status line": (b"HTTP/1.1 200 " + b"x" * 70_000, "not HTTP"),
    "an endless header": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "not HTTP"),
    "too many headers": (head("200 OK", *["X: y"] * 50_000), "not HTTP"),
    "only interim answers": (head("103 Early Hints") * 40, "too many interim"),
    "only 100s": (head("100 Continue") * 40, "too many interim"),
    "less than its length": (head("200 OK", "Content-Length: 10") + b"abc", "in the middle of the body"),
    "nothing of its length": (head("200 OK", "Content-Length: 10"), "in the middle of the body"),
    "an error's body": (head("500 Oh", "Content-Length: 10") + b"abc", "in the middle of the body"),
    "a chunk": (head("200 OK", CHUNKED) + b"a\r\nabc", "in the middle of the body"),
    "before a chunk": (head("200 OK", CHUNKED) + b"3\r\nabc\r\n", "in the middle of the body"),
    "a chunk size that is no number": (head("200 OK", CHUNKED) + b"xyz\r\nabc\r\n", "in the middle of the body"),
    "a chunk size below zero": (head("200 OK", CHUNKED) + b"-1\r\nabc\r\n", "in the middle of the body"),
    "another chunk size below zero": (head("200 OK", CHUNKED) + b"-5\r\nabc\r\n", "in the middle of the body"),
    "an absurd chunk size": (head("200 OK", CHUNKED) + b"f" * 30 + b"\r\nabc\r\n", "in the middle of the body"),
    "an absurd length": (head("200 OK", "Content-Length: " + "9" * 30) + b"abc", "in the middle of the body"),
    "compressed and cut by the connection": (
        head("200 OK", "Content-Length: 99", "Content-Encoding: gzip") + gzip.compress(b"abc")[:9],
        "in the middle of the body",
    ),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_answers(terminal: OwnTerminal, name: str, stream: bool) -> None:
    answer, message = BROKEN[name]
    with ScriptedServer(once(answer), answering(whole(b"fine"))) as server:
        request = Request("POST", server.origin, stream=stream, body=b"secret")
        with pytest.raises(GlobusConnectionError, match=message) as caught:
            stream_of(terminal(request)).read()
        assert terminal(get(server.origin)).body == b"fine"
    # The server may have done what was asked for.
    assert caught.value.request_began
    assert caught.value.__cause__ is caught.value.underlying_exception is not None
    assert len(str(caught.value)) < 400
    assert "secret" not in str(caught.value)
    assert server.connections == 2


def test_a_connection_that_is_reset_instead_of_answered(terminal: OwnTerminal) -> None:
    def reset(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    with ScriptedServer(reset) as server, pytest.raises(GlobusConnectionError, match=r"broke|without") as caught:
        terminal(Request("POST", server.origin, body=b"x"))
    assert caught.value.request_began
    assert isinstance(caught.value.underlying_exception, ConnectionError)


@pytest.mark.parametrize("answer", [b"", whole(b"ok")])
def test_a_server_that_half_closes(terminal: OwnTerminal, answer: bytes) -> None:
    """It will say no more, but still listens: an answer before that counts, and no answer is an error."""

    half_closed = threading.Event()

    def half_close(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer)
        peer.half_close()
        half_closed.set()
        peer.wait_for_close()

    with ScriptedServer(half_close) as server:
        if answer:
            assert terminal(get(server.origin)).body == b"ok"
            assert half_closed.wait(5)
            assert terminal(get(server.origin)).body == b"ok"
            assert server.connections == 2
        else:
            with pytest.raises(GlobusConnectionError, match="without an answer"):
                terminal(get(server.origin))
        assert server.saw_close.wait(5)


def test_a_body_in_the_wrong_encoding(terminal: OwnTerminal) -> None:
    for body, what in [(b"not gzip", "not gzip"), (gzip.compress(b"x" * 999)[:-9], "breaks off")]:
        with ScriptedServer(answering(whole(body, "200 OK", "Content-Encoding: gzip"))) as server:
            with pytest.raises(ReplyFormatError, match=what):
                terminal(get(server.origin))
            with pytest.raises(ReplyFormatError, match=what):
                stream_of(terminal(get(server.origin, stream=True))).read()


@pytest.mark.parametrize("status", ["200 OK", "500 Oh"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_body_in_too_many_encodings(terminal: OwnTerminal, status: str, stream: bool) -> None:
    many = ", ".join(["gzip"] * 12_000)
    for fields in (["Content-Encoding: " + ", ".join(["gzip"] * 6)], [f"Content-Encoding: {many[:60_000]}"] * 4):
        with (
            ScriptedServer(once(whole(b"x", status, *fields))) as server,
            pytest.raises(ReplyFormatError, match="content codings; 5 are decoded at most"),
        ):
            stream_of(terminal(get(server.origin, stream=stream))).read()


# Endless bodies.


def endless(first: bytes, part: bytes) -> Script:
    """A script that goes on for ever, and sees that the client closes."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(first)
        try:
            while not peer.server.stopping.is_set():
                peer.send(part)
        except ConnectionError:
            peer.server.saw_close.set()

    return script


def zeros_without_end() -> tuple[bytes, bytes]:
    """The start of a gzip body, and a part of a megabyte of zeros that can follow any number of times."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = squeeze.compress(bytes(MIB)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return start, squeeze.compress(bytes(MIB)) + squeeze.flush(zlib.Z_FULL_FLUSH)


@pytest.mark.parametrize("kind", ["length", "chunked", "until closed", "gzip"])
def test_an_endless_error_body_is_cut(terminal: OwnTerminal, kind: str) -> None:
    part = b"e" * 65_536
    first = head("502 Bad Gateway", f"Content-Length: {1 << 40}")
    if kind == "chunked":
        first, part = head("502 Bad Gateway", CHUNKED), b"%x\r\n%b\r\n" % (len(part), part)
    elif kind == "until closed":
        first = head("502 Bad Gateway")
    elif kind == "gzip":
        start, part = zeros_without_end()
        first = head("502 Bad Gateway", "Content-Encoding: gzip") + start
    with ScriptedServer(endless(first, part)) as server:
        tracemalloc.start()
        try:
            response = terminal(get(server.origin))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert server.saw_close.wait(5)
    assert (response.status, response.truncated) == (502, True)
    assert response.body == (b"\0" if kind == "gzip" else b"e") * ERROR_BODY_LIMIT
    assert peak < 6 * MIB


def test_an_error_body_at_the_limit_is_whole(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(head("500 Oh", CHUNKED) + chunked(b"e" * ERROR_BODY_LIMIT))) as server:
        response = terminal(get(server.origin))
    assert (len(response.body), response.truncated) == (ERROR_BODY_LIMIT, False)


# Streams.


def test_a_large_body_comes_down_without_being_loaded(terminal: OwnTerminal) -> None:
    part = random.Random(1).randbytes(MIB)

    def send_64(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", f"Content-Length: {64 * MIB}"))
        for _ in range(64):
            peer.send(part)
        peer.wait_for_close()

    checksum, size = 0, 0
    with ScriptedServer(send_64) as server:
        tracemalloc.start()
        try:
            for chunk in stream_of(terminal(get(server.origin, stream=True))):
                checksum, size = zlib.crc32(chunk, checksum), size + len(chunk)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        terminal.close()
    expected = 0
    for _ in range(64):
        expected = zlib.crc32(part, expected)
    assert (size, checksum) == (64 * MIB, expected)
    assert peak < 4 * MIB


def test_a_compression_bomb_comes_down_in_small_pieces(terminal: OwnTerminal) -> None:
    start, part = zeros_without_end()
    with ScriptedServer(endless(head("200 OK", "Content-Encoding: gzip") + start, part)) as server:
        stream = stream_of(terminal(get(server.origin, stream=True)))
        tracemalloc.start()
        try:
            size = 0
            for chunk in stream:
                size += len(chunk)
                if size > 200 * MIB:
                    break
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        stream.close()
        assert server.saw_close.wait(5)
    assert peak < 4 * MIB


def test_the_body_of_a_redirect_is_bounded(terminal: OwnTerminal) -> None:
    start, part = zeros_without_end()
    with ScriptedServer(endless(head("302 Found", "Location: /x", "Content-Encoding: gzip") + start, part)) as server:
        response = terminal(get(server.origin))
        assert (response.status, response.truncated, len(response.body)) == (302, True, MIB)
        assert server.saw_close.wait(5)


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found"])
def test_more_than_five_codings_are_refused(terminal: OwnTerminal, status: str) -> None:
    fields = [f"Content-Encoding: {', '.join(['gzip'] * 12_000)}"] * 2
    with (
        ScriptedServer(answering(whole(b"x", status, *fields))) as server,
        pytest.raises(ReplyFormatError, match="24000 content codings"),
    ):
        terminal(get(server.origin))


@pytest.mark.parametrize("length", [None, 64 * MIB])
def test_a_large_body_goes_up_without_being_loaded(terminal: OwnTerminal, length: int | None) -> None:
    received: list[int] = []

    def drain(peer: Peer) -> None:
        peer.read_head()
        left = 64 * MIB if length else 64 * (MIB + len(b"100000\r\n\r\n")) + len(b"0\r\n\r\n")
        received.append(left)
        while left:
            left -= len(peer._file.read(min(left, 65_536)))
        peer.send(whole())

    with ScriptedServer(drain) as server:
        body = StreamBody.once((bytes(MIB) for _ in range(64)), length)
        tracemalloc.start()
        try:
            assert terminal(Request("PUT", server.origin, body=body)).status == 200
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert received
    assert peak < 8 * MIB


def test_closing_a_stream_early_lets_go_of_the_connection_at_once(terminal: OwnTerminal) -> None:
    for first in (head("200 OK", f"Content-Length: {1 << 40}"), head("200 OK"), head("500 Oh", CHUNKED)):
        with ScriptedServer(endless(first + b"ffffffff\r\n", b"x" * 1000)) as server:
            response = terminal(get(server.origin, stream=True))
            stream_of(response).close()
            stream_of(response).close()
            # The response is still held here.
            assert server.saw_close.wait(5)
            with pytest.raises(GlobusSDKUsageError, match="closed before it was read"):
                stream_of(response).read()


def test_leaving_a_loop_over_a_stream_lets_go_of_the_connection(terminal: OwnTerminal) -> None:
    with ScriptedServer(endless(head("200 OK"), b"x" * 1000)) as server:
        stream = stream_of(terminal(get(server.origin, stream=True)))
        for chunk in stream:
            assert chunk.strip(b"x") == b""
            break
        assert server.saw_close.wait(5)


def test_reading_some_bytes_lets_go_of_the_rest(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole(b"abcdef"))) as server:
        assert stream_of(terminal(get(server.origin, stream=True))).read(2) == b"ab"
        assert stream_of(terminal(get(server.origin, stream=True))).read(0) == b""
        assert stream_of(terminal(get(server.origin, stream=True))).read(6) == b"abcdef"
        whole_body = stream_of(terminal(get(server.origin, stream=True)))
        assert whole_body.read(7) == b"abcdef"
        # There is nothing left, which is no mistake of the caller.
        assert whole_body.read() == b""


def test_an_error_keeps_no_socket_open(terminal: OwnTerminal) -> None:
    """A test that holds the exception holds its traceback too."""

    def garble(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Encoding: gzip", "Connection: close"), b"garbage" * 10_000)
        peer.wait_for_close()

    with ScriptedServer(garble) as server:
        with pytest.raises(ReplyFormatError) as caught:
            terminal(get(server.origin))
        assert server.saw_close.wait(5)
    assert caught.value.__traceback__ is not None


@pytest.mark.parametrize("chunked", [True, False])
def test_what_has_come_of_a_stream_is_given_at_once(fresh: Fresh, chunked: bool) -> None:
    def script(peer: Peer) -> None:
        for _ in range(2):
            peer.read_request()
            framing = "Transfer-Encoding: chunked" if chunked else "Content-Length: 10"
            peer.send(head("200 OK", framing), b"5\r\nfirst\r\n" if chunked else b"first")
            assert first_came.wait(PATIENCE)
            first_came.clear()
            peer.send(b"5\r\nother\r\n0\r\n\r\n" if chunked else b"other")

    first_came = threading.Event()
    with ScriptedServer(script) as server, fresh() as terminal:
        for _ in range(2):
            stream = terminal(get(server.origin, stream=True)).stream
            assert isinstance(stream, ByteStream)
            chunks = iter(stream)
            assert next(chunks) == b"first"
            first_came.set()
            assert b"".join(chunks) == b"other"
        assert server.connections == 1
