"""The sandbox's HTTP/1.1 server, tested by bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from werkzeug.wrappers import Request, Response

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.server import HTTPService, Reply, _Handler
from tests.sandbox.sandbox_http import Http


class Echo:
    """Answers with the body of the request, and records the request."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, environ: object) -> Reply:
        request = Request(environ)  # type: ignore[arg-type]
        self.requests.append(request)
        status = int(request.args.get("status", "200"))
        return Reply(Response(request.get_data() or b"empty", status))


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def service(echo: Echo) -> Iterator[HTTPService]:
    service = HTTPService("echo", echo, host_names=["sandbox"])
    yield service
    service.close()


@contextlib.contextmanager
def connected(service: HTTPService) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", int(service.url.rstrip("/").rpartition(":")[2])), timeout=10) as client:
        yield client


def talk(service: HTTPService, sent: bytes) -> bytes:
    """Send bytes, close the sending half, and read all responses."""
    with connected(service) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_many_requests_on_one_connection(globus: Sandbox) -> None:
    connection = Http(globus.auth_url).connect()
    try:
        connection.request("GET", "/v2/web/auth-code")
        connection.getresponse().read()
        first = connection.sock
        for method in ("POST", "HEAD", "GET"):
            connection.request(method, "/v2/web/auth-code", body=b"x" if method == "POST" else None)
            response = connection.getresponse()
            content = response.read()
            assert (len(content) > 0) is (method != "HEAD")
        assert connection.sock is first is not None
    finally:
        connection.close()


def test_nothing_waits_for_an_acknowledgement(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    respond = _Handler._respond

    def look(handler: _Handler) -> None:
        found.append(handler.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        respond(handler)

    monkeypatch.setattr(_Handler, "do_GET", look)
    service = HTTPService("echo", echo, host_names=["sandbox"])
    try:
        assert talk(service, b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n").endswith(b"empty")
    finally:
        service.close()
    assert len(found) == 1
    assert found[0] != 0


def test_chunked_body(service: HTTPService, echo: Echo) -> None:
    head = b"POST / HTTP/1.1\r\nHost: sandbox\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = talk(service, head + b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n" + head + b"0\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200") == 2
    assert b"abc0123456789" in answer
    assert [request.content_length for request in echo.requests] == [13, 0]


@pytest.mark.parametrize("head", [b"Content-Length: x", b"Content-Length: -5", b"Transfer-Encoding: chunked\r\n\r\n-5"])
def test_nonsensical_length(service: HTTPService, echo: Echo, head: bytes) -> None:
    answer = talk(service, b"POST / HTTP/1.1\r\nHost: sandbox\r\n" + head + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert echo.requests == []


@pytest.mark.parametrize("rest", [b"Content-Length: 10\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n10\r\nabc"])
def test_half_a_request_is_not_carried_out(
    service: HTTPService, echo: Echo, rest: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert talk(service, b"POST / HTTP/1.1\r\nHost: sandbox\r\n" + rest) == b""
    assert echo.requests == []
    assert capsys.readouterr().err == ""


def test_half_closed_connection_gets_its_answer(service: HTTPService) -> None:
    assert talk(service, b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n").endswith(b"\r\n\r\nempty")


def test_some_answers_have_no_body(service: HTTPService) -> None:
    for request in (b"GET /?status=204", b"GET /?status=304", b"HEAD /"):
        answer = talk(service, request + b" HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 ")
        assert answer.endswith(b"\r\n\r\n")


def test_close_on_request(service: HTTPService) -> None:
    with connected(service) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n")
        assert b"Connection: close" in b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_expect_100(service: HTTPService) -> None:
    with connected(service) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: sandbox\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"ok")
        connection.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: connection.recv(1 << 16), b"")).endswith(b"ok")


def test_what_a_request_looks_like_inside(service: HTTPService, echo: Echo) -> None:
    talk(
        service,
        b"GET /a%2Fb%C3%A9?q=1&q=2 HTTP/1.1\r\nHost: sandbox\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Type: a/b\r\n\r\n",
    )
    (request,) = echo.requests
    assert (request.path, request.args.getlist("q")) == ("/a/b\xe9", ["1", "2"])
    assert (request.headers["X-Twice"], request.content_type) == ("1,2", "a/b")


def test_close_ends_idle_connections_and_threads(echo: Echo) -> None:
    before = set(threading.enumerate())
    service = HTTPService("echo", echo, host_names=["sandbox"])
    with connected(service) as idle, connected(service) as used:
        used.sendall(b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        assert used.recv(1 << 16)
        for _ in range(3):
            talk(service, b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        service.close()
        assert used.recv(1) == b""
        assert idle.recv(1) == b""
    assert set(threading.enumerate()) <= before


def test_broken_respond_shows(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(environ: object) -> Reply:
        raise LookupError("broken on purpose")

    service = HTTPService("broken", fail, host_names=["sandbox"])
    try:
        assert talk(service, b"GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n") == b""
    finally:
        service.close()
    assert "broken on purpose" in capsys.readouterr().err
