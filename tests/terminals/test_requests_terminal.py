"""The terminal over a requests.Session: what it sends, how it reads responses, and what the session must not do."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from traceback import TracebackException

import pytest
import requests
from requests.adapters import HTTPAdapter

from globus_transport import (
    AccessTokenAuthorizer,
    GlobusConnectionError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    RetryConfig,
    Stack,
    TransferClient,
)
from globus_transport.http.bodies import ByteStream, StreamBody
from globus_transport.http.messages import Request
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.testing.loopback_server import PATIENCE, Peer, ScriptedServer, head, whole
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    forget_proxies(monkeypatch)
    with requests.Session() as session:
        yield session


@pytest.fixture
def terminal(session: requests.Session) -> RequestsTerminal:
    return RequestsTerminal(session, http_timeout=5)


def _answers(*parts: bytes) -> ScriptedServer:
    def script(peer: Peer) -> None:
        while True:
            peer.read_request()
            peer.send(*parts)

    return ScriptedServer(script)


def test_what_is_sent_is_the_request_and_what_the_session_adds(
    session: requests.Session, terminal: RequestsTerminal
) -> None:
    session.headers["X-Session"] = "1"
    headers = [("Accept", "a/b"), ("X-Two", "1"), ("x-two", "2"), ("Authorization", "Bearer t")]
    with _answers(whole(b"ok")) as server:
        terminal(Request("POST", f"{server.origin}/a%2Fb/%7Ec?q=%20&r=a+b", headers, b"\x00body"))
        (got,) = server.requests
    assert got.line == "POST /a%2Fb/%7Ec?q=%20&r=a+b HTTP/1.1"
    assert got.body == b"\x00body"
    assert got["Authorization"] == "Bearer t"
    assert got["X-Two"] == "1, 2"
    assert (got["X-Session"], got["Accept"]) == ("1", "a/b")
    assert "requests" not in got["User-Agent"]  # a layer sets the default headers


def test_neither_netrc_nor_the_sessions_own_auth_is_sent(
    session: requests.Session, terminal: RequestsTerminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    session.auth = ("own", "secret")
    session.headers["authorization"] = "Bearer of the session, to whatever origin"
    with _answers(whole(b"ok")) as server:
        assert "Authorization" in requests.get(server.origin, timeout=5).request.headers  # so the .netrc file works
        terminal(Request("GET", server.origin))
        terminal(Request("GET", server.origin, {"Authorization": "Bearer mine"}))
        seen = [request.values("Authorization") for request in server.requests[1:]]
    assert seen == [[], ["Bearer mine"]]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_text_of_an_error_has_no_secret_of_the_query(terminal: RequestsTerminal, scheme: str) -> None:
    def nonsense(peer: Peer) -> None:
        peer.send(b"This is neither HTTP nor TLS\r\n\r\n")
        peer.half_close()
        peer.wait_for_close()

    with ScriptedServer(nonsense) as server, pytest.raises(GlobusConnectionError) as raised:
        terminal(Request("GET", f"{server.origin.replace('http', scheme)}/x?code=hush"))
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("stream", [False, True])
def test_bodies_are_decoded_and_repeated_headers_kept(terminal: RequestsTerminal, stream: bool) -> None:
    packed = gzip.compress(b"abc" * 50_000)
    with _answers(whole(packed, "200 Fine", "Content-Encoding: gzip", "Set-Cookie: a=1", "Set-Cookie: b=2")) as server:
        response = terminal(Request("GET", server.origin, stream=stream))
        assert (response.status, response.reason) == (200, "Fine")
        assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
        if stream:
            assert isinstance(response.stream, ByteStream)
            assert b"".join(response.stream) == b"abc" * 50_000
            with pytest.raises(GlobusSDKUsageError, match="closed before"):
                list(response.stream)
        else:
            assert response.body == b"abc" * 50_000


@pytest.mark.parametrize("length", [None, 9])
def test_a_body_is_streamed_up(terminal: RequestsTerminal, length: int | None) -> None:
    with _answers(whole(b"ok")) as server:
        terminal(Request("PUT", server.origin, body=StreamBody.once([b"one", b"two", b"", b"six"], length)))
        (got,) = server.requests
    assert got.body == b"onetwosix"
    assert got.values("Content-Length") == ([] if length is None else ["9"])


@pytest.mark.parametrize("body", [b"a=b", "a=é".encode(), b"a=\xff"])
def test_a_form_is_sent_as_it_is(terminal: RequestsTerminal, body: bytes) -> None:
    with _answers(whole(b"ok")) as server:
        terminal(Request("POST", server.origin, {"Content-Type": "application/x-www-form-urlencoded"}, body))
        assert server.requests[0].body == body


def test_redirects_are_for_the_layers(terminal: RequestsTerminal) -> None:
    with _answers(head("302 Found", "Location: /x", "Content-Length: 0")) as server:
        assert terminal(Request("GET", server.origin)).status == 302
        assert len(server.requests) == 1


def test_no_connection_says_that_nothing_began(terminal: RequestsTerminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(GlobusConnectionError, match="refused") as raised:
        terminal(Request("GET", f"http://127.0.0.1:{port}"))
    assert raised.value.request_began is False
    assert isinstance(raised.value.__cause__, requests.ConnectionError)


def test_a_dropped_connection_may_have_begun(terminal: RequestsTerminal) -> None:
    def drop(peer: Peer) -> None:
        peer.read_request()
        peer.reset()

    with ScriptedServer(drop) as server:
        with pytest.raises(GlobusConnectionError) as raised:
            terminal(Request("POST", server.origin, body=b"x"))
        assert raised.value.request_began is True
        assert len(server.requests) == 1


@pytest.mark.parametrize("parts", [(), (head("200 OK", "Content-Length: 9"), b"abc")], ids=["head", "body"])
def test_a_server_that_falls_silent(session: requests.Session, parts: tuple[bytes, ...]) -> None:
    def silent(peer: Peer) -> None:
        peer.read_request()
        peer.send(*parts)
        peer.hold()

    terminal = RequestsTerminal(session, http_timeout=0.2)
    with ScriptedServer(silent) as server, pytest.raises(GlobusTimeoutError, match=r"within 0\.2 s"):
        terminal(Request("GET", server.origin))


def test_the_deadline_cuts_the_time_out(terminal: RequestsTerminal) -> None:
    def silent(peer: Peer) -> None:
        peer.read_request()
        peer.hold()

    with ScriptedServer(silent) as server, pytest.raises(GlobusTimeoutError, match="deadline"):
        terminal(Request("GET", server.origin, deadline=time.monotonic() + 0.1))


def test_a_body_that_breaks_off(terminal: RequestsTerminal) -> None:
    def broken(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 9"), b"abc")

    with ScriptedServer(broken) as server, pytest.raises(GlobusConnectionError):
        terminal(Request("GET", server.origin))


def test_an_adapter_that_repeats_by_itself_is_refused(session: requests.Session, terminal: RequestsTerminal) -> None:
    session.mount("http://", HTTPAdapter(max_retries=3))
    with _answers(whole(b"ok")) as server:
        with pytest.raises(GlobusSDKUsageError, match="retry_config="):
            terminal(Request("GET", server.origin))
        assert server.requests == []


@pytest.mark.parametrize(
    "settings", [{"http_timeout": 0}, {"http_timeout": 1e10}, {"connect_timeout": -1}, {"session": object()}]
)
def test_settings_that_are_no_use(settings: dict[str, object]) -> None:
    with pytest.raises(GlobusSDKUsageError, match=next(iter(settings))):
        RequestsTerminal(**settings)  # type: ignore[arg-type]


def test_under_a_client(session: requests.Session, terminal: RequestsTerminal) -> None:
    seen: list[str] = []

    class Watching(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
            seen.append(request.headers["Authorization"])
            return super().send(request, *args, **options)  # type: ignore[arg-type]

    session.mount("http://", Watching())
    with _answers(whole(b'{"status": "ACTIVE"}', "200 OK", "Content-Type: application/json")) as server:
        client = TransferClient(
            base_url=server.origin,
            authorizer=AccessTokenAuthorizer("t"),
            terminal=terminal,
            retry_config=RetryConfig(max_retries=0),
        )
        assert client.get_task("x")["status"] == "ACTIVE"
        assert "requests.Session" in str(client.stack)
        client.close()  # not the session, which is the user's
        assert client.get_task("x")["status"] == "ACTIVE"
    assert seen == ["Bearer t", "Bearer t"]


def test_a_body_with_a_length_is_passed_on_as_it_arrives(terminal: RequestsTerminal) -> None:
    went_on = threading.Event()

    def slow(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Content-Length: 6"), b"one")
        assert went_on.wait(PATIENCE)
        peer.send(b"two")

    with ScriptedServer(slow) as server:
        stream = terminal(Request("GET", server.origin, stream=True)).stream
        assert isinstance(stream, ByteStream)
        parts = iter(stream)
        assert next(parts) == b"one"
        went_on.set()
        assert list(parts) == [b"two"]


@pytest.mark.parametrize("answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
def test_tracebacks_with_local_variables_show_no_credential(answer: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer)

    secret = "SEC" + "RET-of-a-request"
    with ScriptedServer(script) as server:
        stack = Stack(RequestsTerminal(), [AccessTokenAuthorizer(secret).bound_to(server.origin)])
        with pytest.raises(NetworkError) as caught:
            stack.send(Request("GET", server.origin))
    printed = "".join(TracebackException.from_exception(caught.value, capture_locals=True).format())
    # The test's own local variable.
    assert printed.replace(f"secret = {secret!r}", "").count(secret) == 0
