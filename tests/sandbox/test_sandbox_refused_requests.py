"""Requests that the sandbox's server refuses before the services see them, tested by bytes."""

from __future__ import annotations

import http.client
import io
import socket
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.request_reading import RequestRefusedError, read_chunks, read_header_lines
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

PAGE = "/v2/web/auth-code"
CHUNKED = "Transfer-Encoding: chunked"


def talk(url: str, sent: bytes) -> list[tuple[int, bytes]]:
    """Send bytes and read the answers until the server closes the connection.

    :return: the status and the body of each answer
    """
    parts = urlsplit(url)
    assert parts.hostname
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    answers: list[tuple[int, bytes]] = []
    stream = io.BytesIO(received)
    while line := stream.readline():
        headers = http.client.parse_headers(stream)
        answers.append((int(line.split()[1]), stream.read(int(headers["Content-Length"]))))
    return answers


def request(url: str, *lines: str, method: str = "POST", host: str | None = None, body: bytes = b"") -> bytes:
    """The bytes of a request to the sandbox."""
    head = [f"{method} {PAGE} HTTP/1.1", f"Host: {urlsplit(url).netloc if host is None else host}", *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def refused(globus: Sandbox, sent: bytes) -> tuple[int, str]:
    """Send a request that must be refused, and a good one after it, which must not be answered.

    :return: the status and the message
    """
    follow_up = request(globus.auth_url, "X-Follow-Up: 1", method="GET")
    answers = talk(globus.auth_url, sent + follow_up)
    assert len(answers) == 1, answers
    assert len(globus.requests) == 0
    status, message = answers[0]
    return status, message.decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_the_sandbox_answers_to_its_own_names(globus: Sandbox, host: str) -> None:
    port = urlsplit(globus.auth_url).port
    ((status, _),) = talk(globus.auth_url, request(globus.auth_url, method="GET", host=f"{host}:{port}"))
    assert status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost.evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "localhost",
        "127.0.0.1:1",
        "127.0.0.2:{port}",
        "[::1]:{port}",
        "0.0.0.0:{port}",
    ],
)
def test_requests_to_other_hosts_are_refused(globus: Sandbox, host: str) -> None:
    host = host.format(port=urlsplit(globus.auth_url).port)
    status, message = refused(globus, request(globus.auth_url, host=host))
    assert status == 421
    assert host in message
    assert urlsplit(globus.auth_url).netloc in message


@pytest.mark.parametrize(
    "host",
    ["", " ", "a b", "user@127.0.0.1:{port}", "127.0.0.1:{port}/", "127.0.0.1:{port},evil.example", "127.0.0.1:", ":1"],
)
def test_malformed_hosts_are_refused(globus: Sandbox, host: str) -> None:
    host = host.format(port=urlsplit(globus.auth_url).port)
    assert refused(globus, request(globus.auth_url, host=host))[0] == 400


def test_a_request_has_one_host(globus: Sandbox) -> None:
    twice = request(globus.auth_url, f"Host: {urlsplit(globus.auth_url).netloc}")
    assert refused(globus, twice)[0] == 400
    assert refused(globus, f"GET {PAGE} HTTP/1.1\r\n\r\n".encode())[0] == 400
    assert refused(globus, f"GET {PAGE} HTTP/1.0\r\n\r\n".encode())[0] == 400


def test_a_request_to_the_port_of_the_other_service_is_refused(globus: Sandbox) -> None:
    assert refused(globus, request(globus.transfer_url))[0] == 421


def test_further_host_names() -> None:
    with Sandbox(host_names=["Globus.Test", "127.0.0.9"]) as globus:
        for url in (globus.auth_url, globus.transfer_url):
            for host in ("globus.test", "GLOBUS.TEST:8443", "127.0.0.9"):
                ((status, _),) = talk(url, request(url, method="DELETE", host=host))
                assert status in (401, 405)
            ((status, _),) = talk(url, request(url, host="evil.example"))
            assert status == 421
    for wrong in ("", "a b", "http://globus.test", "globus.test:80"):
        with pytest.raises(ValueError, match="host_names"):
            Sandbox(host_names=[wrong])
    with pytest.raises(TypeError, match="host_names"):
        Sandbox(host_names="globus.test")


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Content-Length: 5", CHUNKED], b"0\r\n\r\n"),
        ([CHUNKED, "Content-Length: 5"], b"0\r\n\r\n"),
        (["Content-Length: 3", "Content-Length: 5"], b"abcde"),
        (["Content-Length: 3", "content-length: 3"], b"abc"),
        (["Content-Length: 3, 3"], b"abc"),
        (["Content-Length: +3"], b"abc"),
        (["Content-Length: 1_0"], b"0123456789"),
        (["Content-Length: 0x3"], b"abc"),
        (["Content-Length: \xb3"], b"abc"),
        (["Content-Length:"], b""),
        (["Content-Length: " + "9" * 5000], b""),
        (["Transfer-Encoding: gzip"], b""),
        (["Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding: chunked, chunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding: identity"], b""),
        (["Transfer-Encoding:"], b""),
        ([CHUNKED, CHUNKED], b"0\r\n\r\n"),
        (["Transfer-Encoding : chunked"], b"0\r\n\r\n"),
        ([" Transfer-Encoding: chunked"], b"0\r\n\r\n"),
        (["X: 1", " folded"], b""),
        (["X: 1\rContent-Length: 3"], b"abc"),
        (["X: a\0b"], b""),
        (["no colon", "Content-Length: 3"], b"abc"),
        ([": no name"], b""),
        (["From somebody"], b""),
        ([CHUNKED], b"0x3\r\nabc\r\n0\r\n\r\n"),
        ([CHUNKED], b"+3\r\nabc\r\n0\r\n\r\n"),
        ([CHUNKED], b"-3\r\nabc\r\n0\r\n\r\n"),
        ([CHUNKED], b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n"),
        ([CHUNKED], b"\r\n"),
        ([CHUNKED], b"3\r\nabcd\r\n0\r\n\r\n"),
        ([CHUNKED], b"3\r\nabc0\r\n\r\n"),
        ([CHUNKED], b"3;" + b"x" * 10_000 + b"\r\nabc\r\n0\r\n\r\n"),
        ([CHUNKED], b"0\r\nno colon\r\n\r\n"),
    ],
)
def test_bodies_that_can_be_understood_in_two_ways_are_refused(globus: Sandbox, lines: list[str], body: bytes) -> None:
    assert refused(globus, request(globus.auth_url, *lines, body=body))[0] == 400


def test_chunks_belong_to_http_1_1(globus: Sandbox) -> None:
    sent = request(globus.auth_url, CHUNKED, body=b"0\r\n\r\n").replace(b"HTTP/1.1", b"HTTP/1.0")
    assert refused(globus, sent)[0] == 400


@pytest.mark.parametrize("lines", [["X: " + "x" * 70_000], [f"X{number}: {'x' * 100}" for number in range(1000)]])
def test_long_heads_are_refused(globus: Sandbox, lines: list[str]) -> None:
    assert refused(globus, request(globus.auth_url, *lines))[0] == 431


def test_half_a_head_is_not_carried_out(globus: Sandbox) -> None:
    whole = request(globus.auth_url, method="GET")
    for length in range(1, len(whole)):
        assert talk(globus.auth_url, whole[:length]) in ([], [(400, b"Bad request syntax")]), whole[:length]
    assert len(globus.requests) == 0
    assert len(talk(globus.auth_url, whole)) == 1


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Content-Length: 1001"], b"x" * 1001),
        (["Content-Length: 999999999999999999"], b""),
        ([CHUNKED], b"1f4\r\n" + b"x" * 500 + b"\r\n1f5\r\n" + b"x" * 501 + b"\r\n0\r\n\r\n"),
        ([CHUNKED], b"fffffffffffffff\r\nx"),
        (["Content-Length: 1001", "Expect: 100-continue"], b""),
    ],
)
@pytest.mark.parametrize("service", ["auth", "transfer"])
def test_large_bodies_are_refused(service: str, lines: list[str], body: bytes) -> None:
    with Sandbox(max_body_size=1000) as globus:
        url = globus.auth_url if service == "auth" else globus.transfer_url
        (answer,) = talk(url, request(url, *lines, body=body))
        assert answer[0] == 413
        assert b"1000 bytes" in answer[1]
        assert len(globus.requests) == 0


def test_bodies_up_to_the_limit_are_read() -> None:
    with Sandbox(max_body_size=1000) as globus:
        for lines, body in (
            (["Content-Length: 1000"], b"x" * 1000),
            ([CHUNKED], b"3E8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n"),
        ):
            ((status, _),) = talk(globus.auth_url, request(globus.auth_url, *lines, body=body))
            assert status == 405
    for wrong in (0, -1):
        with pytest.raises(ValueError, match="max_body_size"):
            Sandbox(max_body_size=wrong)


def test_forms_have_a_smaller_limit_than_documents_of_transfer(globus: Sandbox) -> None:
    megabytes = b"x" * (3 << 20)
    assert Http(globus.auth_url)("POST", PAGE, body=megabytes).status == 413
    transfer = Http(globus.transfer_url, globus.issue_token(TRANSFER_ALL).access_token)
    assert transfer("POST", "/v0.10/transfer", body=megabytes).document["message"] == "The body is not JSON"
    # The client sends all of this body before it reads the answer.
    assert transfer("POST", "/v0.10/transfer", body=b"x" * (65 << 20)).status == 413


def test_the_sandbox_closes_at_once_while_a_refused_request_goes_on() -> None:
    with Sandbox(max_body_size=10) as globus:
        parts = urlsplit(globus.auth_url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10) as connection:
            connection.sendall(request(globus.auth_url, "Content-Length: 100"))
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 413")
            globus.close()


@given(st.binary(max_size=60))
def test_the_readers_refuse_or_take_any_bytes(data: bytes) -> None:
    for prefix in (b"", b"3\r\nabc\r\n", b"Host: x\r\n"):
        for read in (read_header_lines, lambda stream: read_chunks(stream, 10)):
            try:
                read(io.BytesIO(prefix + data))
            except (ConnectionError, RequestRefusedError):
                continue
