"""What the terminals that connect themselves put on the wire."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, whole
from tests.terminals.fresh_terminal import Fresh, OwnTerminal, get


def test_the_request_is_sent_as_it_stands(terminal: OwnTerminal) -> None:
    fields = [("X-One", "a"), ("Accept", "b"), ("X-One", "c")]
    with ScriptedServer(answering(whole())) as server:
        response = terminal(get(f"{server.origin}/path/a%2Fb?q=1&q=%20", headers=fields))
        terminal(get(f"{server.origin}?q"))
    first, second = server.requests
    assert first.line == "GET /path/a%2Fb?q=1&q=%20 HTTP/1.1"
    # Nothing is added that a layer would not know of.
    assert first.fields == [("Host", f"127.0.0.1:{server.port}"), *fields]
    assert second.target == "/?q"
    assert (response.status, response.reason, response.body) == (200, "OK", b"ok")


def test_a_host_header_that_is_given_is_the_only_one(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole())) as server:
        terminal(get(server.origin, headers={"host": "data.example.org"}))
    assert server.requests[0]["Host"] == "data.example.org"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_body_is_announced_where_one_is_expected(terminal: OwnTerminal, method: str) -> None:
    with ScriptedServer(answering(whole())) as server:
        terminal(Request(method, server.origin))
        terminal(get(server.origin))
    assert server.requests[0]["Content-Length"] == "0"
    assert server.requests[1].values("Content-Length") == []


@pytest.mark.parametrize("size", [0, 1, 1 << 16, (1 << 18) + 3])
def test_bytes_arrive_whole(terminal: OwnTerminal, size: int) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    with ScriptedServer(answering(whole())) as server:
        terminal(Request("POST", server.origin, body=body[:size]))
        terminal(get(server.origin))
    assert server.requests[0].body == body[:size]
    assert server.requests[0]["Content-Length"] == str(size)
    assert server.connections == 1


def test_framing_headers_of_the_caller_cannot_contradict_the_body(terminal: OwnTerminal) -> None:
    headers = {"content-length": "99", "transfer-encoding": "chunked", "x": "y"}
    with ScriptedServer(answering(whole())) as server:
        terminal(Request("POST", server.origin, headers, b"abc"))
        terminal(get(server.origin, headers=headers))
    assert server.requests[0]["Content-Length"] == "3"
    assert server.requests[1].values("Content-Length") == []
    assert [request.values("Transfer-Encoding") for request in server.requests] == [[], []]
    assert [request["x"] for request in server.requests] == ["y", "y"]


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\n b", "a\rb"])
def test_a_received_header_cannot_forge_another_one(terminal: OwnTerminal, value: str) -> None:
    headers = Headers.received([("Y", value)])
    with ScriptedServer(answering(whole())) as server:
        with pytest.raises(GlobusSDKUsageError, match="holds CR or LF"):
            terminal(get(server.origin, headers=headers))
        assert terminal(get(server.origin)).body == b"ok"
    assert len(server.requests) == 1


def test_a_body_of_unknown_length_is_chunked(terminal: OwnTerminal) -> None:
    body = StreamBody.once([b"one", b"", b"two" * 9])
    with ScriptedServer(answering(whole())) as server:
        terminal(Request("POST", server.origin, body=body))
        terminal(get(server.origin))
    assert server.requests[0].body == b"one" + b"two" * 9
    assert server.requests[0]["Transfer-Encoding"] == "chunked"
    assert server.requests[0].values("Content-Length") == []
    assert server.connections == 1


def test_a_body_of_known_length_is_streamed_with_it(terminal: OwnTerminal) -> None:
    with ScriptedServer(answering(whole())) as server:
        terminal(Request("PUT", server.origin, body=StreamBody.once(iter([b"one", b"", b"two"]), length=6)))
    assert server.requests[0].body == b"onetwo"
    assert server.requests[0]["Content-Length"] == "6"
    assert server.requests[0].values("Transfer-Encoding") == []


def test_a_file_can_be_sent_again(terminal: OwnTerminal, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 20_000)
    request = Request("PUT", "http://placeholder.example.org", body=StreamBody.file(str(path)))
    with ScriptedServer(answering(whole())) as server:
        for _ in range(2):
            terminal(Request("PUT", server.origin, body=request.body))
    assert [one.body for one in server.requests] == [path.read_bytes()] * 2
    assert server.requests[0]["Content-Length"] == "200000"


@pytest.mark.parametrize(("length", "what"), [(7, "has 6"), (5, "has more"), (2, "has more"), (0, "has more")])
def test_a_wrong_length_is_refused_and_the_connection_given_up(terminal: OwnTerminal, length: int, what: str) -> None:
    with ScriptedServer(answering(whole())) as server:
        with pytest.raises(GlobusSDKUsageError, match=f"announced with {length} bytes but {what}"):
            terminal(Request("PUT", server.origin, body=StreamBody.once([b"abc", b"def"], length=length)))
        assert terminal(get(server.origin)).body == b"ok"
    assert server.connections == 2


@pytest.mark.parametrize("error", [KeyError("x"), ConnectionResetError(errno.ECONNRESET, "of another"), TimeoutError()])
@pytest.mark.parametrize("length", [None, 100])
def test_an_exception_of_the_body_passes_as_it_is(terminal: OwnTerminal, error: Exception, length: int | None) -> None:
    def produce() -> Iterator[bytes]:
        yield b"some"
        raise error

    with ScriptedServer(answering(whole())) as server:
        with pytest.raises(type(error)) as caught:
            terminal(Request("PUT", server.origin, body=StreamBody.once(produce(), length)))
        assert terminal(get(server.origin)).body == b"ok"
    assert caught.value is error
    assert server.broken_off == [b"some"]
    assert server.connections == 2


def test_an_early_answer_to_a_body_that_is_not_read_is_seen(terminal: OwnTerminal) -> None:
    """The server refuses by the head, and closes while the body is on its way."""
    refused = False

    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.send(whole(b"too large", "413 Content Too Large"))
        peer.half_close()
        peer.server.stopping.wait(0.05)

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 4096

    with ScriptedServer(refuse) as server:
        try:
            response = terminal(Request("PUT", server.origin, body=StreamBody.once(endless())))
        except GlobusConnectionError as error:
            # The system may throw the answer away when the reset comes after it.
            refused = error.request_began
        else:
            refused = (response.status, response.body) == (413, b"too large")
    assert refused


def test_a_connection_that_breaks_while_sending_is_an_error_of_ours(terminal: OwnTerminal) -> None:
    def break_off(peer: Peer) -> None:
        peer.read_head()
        peer.reset()

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 4096

    with ScriptedServer(break_off) as server, pytest.raises(GlobusConnectionError) as caught:
        terminal(Request("PUT", server.origin, body=StreamBody.once(endless())))
    assert caught.value.request_began
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("streamed", [True, False])
def test_a_server_that_does_not_take_the_body_runs_into_the_time_limit(fresh: Fresh, streamed: bool) -> None:
    def ignore(peer: Peer) -> None:
        peer.read_head()
        peer.hold()

    size = 32 << 20
    body = StreamBody.once(b"x" * (1 << 20) for _ in range(32)) if streamed else bytes(size)
    with fresh(http_timeout=0.2) as terminal:
        with ScriptedServer(ignore) as server, pytest.raises(GlobusTimeoutError, match="did not take") as caught:
            terminal(Request("PUT", server.origin, body=body))
        assert caught.value.request_began
