"""The terminal over a requests.Session whose hooks, adapters or methods read a response before the terminal."""

from __future__ import annotations

import gc
import gzip
import io
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from globus_transport import (
    GlobusAPIError,
    GlobusConnectionError,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    NetworkError,
    Retry,
    Stack,
    TransferClient,
)
from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.fresh_terminal import forget_proxies

Hook = Callable[..., Any]


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[requests.Session]:
    forget_proxies(monkeypatch)
    with requests.Session() as session:
        yield session


def _hooked(session: requests.Session, hook: Hook) -> RequestsTerminal:
    session.hooks["response"].append(hook)
    return RequestsTerminal(session, http_timeout=5)


def _raise_for_status(reply: requests.Response, **_options: Any) -> None:
    reply.raise_for_status()


# Hooks that read the body.


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_that_a_hook_read_is_there_all_the_same(session: requests.Session, stream: bool) -> None:
    seen: list[bytes] = []
    terminal = _hooked(session, lambda reply, **_: seen.append(reply.content))
    answer = whole(gzip.compress(b"body"), "200 OK", "Content-Encoding: gzip", "Set-Cookie: a=1", "Set-Cookie: b=2")
    with ScriptedServer(answering(answer)) as server:
        response = terminal(Request("GET", server.origin, stream=stream))
        assert (seen, response.body, response.stream) == ([b"body"], b"body", None)
        assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
        assert Stack(terminal).send(Request("GET", server.origin)).body == b"body"
        assert server.connections == 1


def test_a_session_that_reads_bodies_itself() -> None:
    class Reading(requests.Session):
        def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            reply = super().send(request, **options)
            assert reply.text == "body"
            return reply

    with Reading() as session, ScriptedServer(answering(whole(b"body", "404 Not Found"))) as server:
        session.trust_env = False
        assert RequestsTerminal(session)(Request("GET", server.origin)).body == b"body"


@pytest.mark.parametrize(
    "take",
    [
        lambda reply, **_: next(reply.iter_content(2)),
        lambda reply, **_: list(reply.iter_content(2)),
        lambda reply, **_: reply.raw.read(),
    ],
    ids=["a part", "all parts", "raw"],
)
def test_a_body_that_a_hook_did_not_keep_is_no_empty_one(session: requests.Session, take: Hook) -> None:
    def hook(reply: requests.Response, **options: Any) -> None:
        take(reply, **options)

    terminal = _hooked(session, hook)
    with (
        ScriptedServer(answering(whole(b"body"))) as server,
        pytest.raises(GlobusSDKUsageError, match=r"have it use response\.content"),
    ):
        terminal(Request("GET", server.origin))


class _Canned(BaseAdapter):
    """Returns a response without a connection."""

    def __init__(self, raw: Any, content: bytes | None = None) -> None:
        super().__init__()
        self._raw = raw
        self._content = content

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        reply = requests.Response()
        reply.status_code, reply.url, reply.request, reply.raw = 200, request.url or "", request, self._raw
        reply.headers = CaseInsensitiveDict({"X-Own": "1"})
        if self._content is not None:
            reply._content = self._content
        return reply

    def close(self) -> None:
        """Does nothing: there is no connection."""


@pytest.mark.parametrize(
    ("adapter", "body"),
    [(_Canned(None), b""), (_Canned(None, b"kept"), b"kept"), (_Canned(io.BytesIO(b"a file")), b"a file")],
)
def test_an_adapter_without_a_connection(session: requests.Session, adapter: BaseAdapter, body: bytes) -> None:
    session.mount("http://", adapter)
    response = RequestsTerminal(session)(Request("GET", "http://service.example.org"))
    assert (response.body, response.headers["X-Own"], response.reason) == (body, "1", "")


def test_an_adapter_whose_body_breaks_off(session: requests.Session) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("gone")

    session.mount("http://", _Canned(Broken()))
    with pytest.raises(GlobusConnectionError, match="gone"):
        RequestsTerminal(session)(Request("GET", "http://service.example.org"))


# Redirects, for which a session prepares the next request.


@pytest.mark.parametrize("location", ["/there", "http://[bad", "\xff", ""])
@pytest.mark.parametrize("stream", [False, True])
def test_the_body_and_the_way_of_a_redirect(session: requests.Session, location: str, stream: bool) -> None:
    replies: list[requests.Response] = []
    terminal = _hooked(session, lambda reply, **_: replies.append(reply))
    with ScriptedServer(answering(whole(b"moved", "302 Found", f"Location: {location}"))) as server:
        response = terminal(Request("GET", server.origin, stream=stream))
        body = response.stream.read() if isinstance(response.stream, ByteStream) else response.body
    assert (response.status, body, response.headers["Location"]) == (302, b"moved", location)
    assert replies[0].headers["Location"] == location, "whoever looks at the session's own reply finds it"
    assert len(session.hooks["response"]) == 1


def test_the_deadline_holds_for_the_body_of_a_redirect(session: requests.Session) -> None:
    def slow(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("302 Found", "Location: /there", "Content-Length: 99"))
        for _ in range(99):
            peer.pause(0.05)
            peer.send(b"x")

    with ScriptedServer(slow) as server:
        started = time.monotonic()
        with pytest.raises(GlobusTimeoutError):
            RequestsTerminal(session)(Request("GET", server.origin, deadline=started + 0.3))
        assert time.monotonic() - started < 2


# Hooks that raise for a status.


def test_statuses_are_for_the_layers_whatever_a_hook_makes_of_them(session: requests.Session) -> None:
    terminal = _hooked(session, _raise_for_status)
    with ScriptedServer(answering(whole(b'{"code": "NotFound"}', "404 Not Found"))) as server:
        with TransferClient(base_url=server.origin, terminal=terminal) as client:
            with pytest.raises(GlobusAPIError, match="404") as raised:
                client.get("/task", query_params={"access_token": "hush"})
            assert raised.value.__context__ is None, "requests' exception shows the whole address"
        assert len(server.requests) == 1


def test_a_token_is_renewed_though_a_hook_raises(session: requests.Session) -> None:
    class Numbered(GlobusAuthorizer):
        number = 0

        def get_authorization_header(self) -> str:
            return f"Bearer {self.number}"

        def handle_missing_authorization(self) -> bool:
            self.number += 1
            return True

    terminal = _hooked(session, _raise_for_status)
    with ScriptedServer(answering(whole(b"{}", "401 Unauthorized"), whole(b"{}"))) as server:
        with TransferClient(base_url=server.origin, authorizer=Numbered(), terminal=terminal) as client:
            assert client.get("/task").http_status == 200
        assert [request["Authorization"] for request in server.requests] == ["Bearer 0", "Bearer 1"]


def test_the_failure_of_a_request_that_a_hook_sent_is_no_answer(session: requests.Session) -> None:
    with (
        ScriptedServer(answering(whole(b"no", "403 Forbidden"))) as audit,
        ScriptedServer(answering(whole())) as server,
    ):

        def tell(_reply: requests.Response, **_options: Any) -> None:
            requests.post(f"{audit.origin}/?key=hush", timeout=5).raise_for_status()

        terminal = _hooked(session, tell)
        with pytest.raises(NetworkError, match="HTTPError") as raised:
            Stack(terminal, [Retry()]).send(Request("POST", server.origin))
        assert "hush" not in str(raised.value)
    del raised
    with warnings.catch_warnings():
        # requests does not close the response of a call whose hook raised. It is collected here, not in a later test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
