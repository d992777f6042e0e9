"""CacheControl in a session: what it stores when a client sends through the session, and with ``auth=``."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import requests

pytest.importorskip("cachecontrol", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

from cachecontrol import CacheControl
from cachecontrol.caches import FileCache

from globus_transport import AccessTokenAuthorizer, NetworkError, RefreshTokenAuthorizer, TransferClient
from globus_transport.embed.requests import GlobusAuth
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request, Response
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, head, once, whole

FRESH = f"Cache-Control: max-age=600\r\nDate: {formatdate(usegmt=True)}"
CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield CacheControl(session, cache=FileCache(tmp_path))


def stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def body_of(response: Response) -> bytes:
    return response.stream.read() if isinstance(response.stream, ByteStream) else response.body


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "answer",
    [
        whole(b"body" * 50_000, "200 OK", FRESH),
        head("200 OK", FRESH, CHUNKED) + b"4\r\nbody\r\n2\r\nab\r\n0\r\n\r\n",
        whole(gzip.compress(b"body"), "200 OK", FRESH, "Content-Encoding: gzip"),
        whole(b"", "200 OK", FRESH),
    ],
    ids=["length", "chunked", "gzip", "empty"],
)
def test_what_a_client_received_is_stored(session: requests.Session, answer: bytes, stream: bool) -> None:
    with ScriptedServer(answering(answer)) as server:
        request = Request("GET", f"{server.origin}/thing", stream=stream)
        first, second = (body_of(RequestsTerminal(session)(request)) for _ in range(2))
        assert len(server.requests) == 1
    assert first == second


@pytest.mark.parametrize(
    "parts",
    [(head("200 OK", FRESH, "Content-Length: 9"), b"abc"), (head("200 OK", FRESH, CHUNKED), b"3\r\nabc\r\n")],
    ids=["length", "chunked"],
)
def test_a_body_that_breaks_off_is_an_error_and_is_not_stored(
    session: requests.Session, parts: tuple[bytes, ...]
) -> None:
    with ScriptedServer(once(*parts), answering(whole(b"complete"))) as server:
        terminal, request = RequestsTerminal(session), Request("GET", f"{server.origin}/thing")
        with pytest.raises(NetworkError):
            terminal(request)
        assert terminal(request).body == b"complete"


def test_a_client_renews_its_token_once_and_only_the_answer_is_stored(
    session: requests.Session, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any], tmp_path: Path
) -> None:
    terminal = RequestsTerminal(session)
    with TransferClient(base_url=guarded_server.origin, authorizer=authorizer, terminal=terminal) as client:
        assert [client.get_task("x")["status"] for _ in range(3)] == ["ACTIVE"] * 3
    assert [request["Authorization"] for request in guarded_server.requests] == ["Bearer token-1", "Bearer token-2"]
    assert b"ACTIVE" in stored(tmp_path)
    assert b"token" not in stored(tmp_path)


def test_auth_renews_its_token_once_and_only_the_answer_is_stored(
    session: requests.Session, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any], tmp_path: Path
) -> None:
    session.auth = GlobusAuth(authorizer, guarded_server.origin)
    assert [session.get(guarded_server.origin).json()["status"] for _ in range(3)] == ["ACTIVE"] * 3
    assert [request["Authorization"] for request in guarded_server.requests] == ["Bearer token-1", "Bearer token-2"]
    assert b"ACTIVE" in stored(tmp_path)
    assert b"token" not in stored(tmp_path)


@pytest.mark.parametrize(("vary", "sees"), [((), b"ada"), (("Vary: Authorization",), b"grace")])
def test_two_users_of_one_cache_get_the_same_answer_unless_it_varies_and_then_tokens_are_stored(
    session: requests.Session, tmp_path: Path, vary: tuple[str, ...], sees: bytes
) -> None:
    with ScriptedServer(answering(whole(b"ada", "200 OK", FRESH, *vary), whole(b"grace", "200 OK", FRESH))) as server:
        for user, expected in (("token-of-ada", b"ada"), ("token-of-grace", sees)):
            auth = GlobusAuth(AccessTokenAuthorizer(user), server.origin)
            assert session.get(server.origin, auth=auth).content == expected
            assert (f"Bearer {user}".encode() in stored(tmp_path)) == (bool(vary) and user == "token-of-ada")
