"""A stack inside a requests.Session: settings of a call are applied or refused, never ignored."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from globus_transport import GlobusSDKUsageError, ReplyFormatError, Response, Stack
from globus_transport.embed.requests import StackAdapter
from globus_transport.embed.urllib3.response import to_urllib3_response
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, head, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import forget_proxies

HOST = "http://service.example.org"


@pytest.fixture(autouse=True)
def _as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)
    # A session passes the CA file of the environment as if the caller had named it.
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
def terminal() -> Iterator[Urllib3Terminal]:
    terminal = Urllib3Terminal(http_timeout=10)
    yield terminal
    terminal.close()


@pytest.fixture
def session(terminal: Urllib3Terminal) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("http://", StackAdapter(Stack(terminal)))
        yield session


def _answered_at_once() -> StackAdapter:
    return StackAdapter(Stack(lambda request: Response(200, request=request)))


def test_a_terminal_that_verifies_nothing_does_when_it_is_asked_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    terminal = Urllib3Terminal(verify_ssl=False)
    with (
        ScriptedServer(answering(whole(b"ok")), tls=authority.server_context("localhost")) as server,
        requests.Session() as session,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        url = server.origin.replace("127.0.0.1", "localhost")
        StackAdapter(Stack(terminal)).mount(session, url)
        with pytest.raises(requests.exceptions.SSLError):
            session.get(url)
        assert session.get(url, verify=False).text == "ok"
    terminal.close()


def test_the_ca_file_of_the_terminal_is_what_verify_true_means(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    terminal = Urllib3Terminal(verify_ssl=str(authority.file))
    with (
        ScriptedServer(answering(whole(b"ok")), tls=authority.server_context("localhost")) as server,
        requests.Session() as session,
    ):
        url = server.origin.replace("127.0.0.1", "localhost")
        StackAdapter(Stack(terminal)).mount(session, url)
        assert session.get(url).text == "ok"
    terminal.close()


def test_where_nothing_is_encrypted_verify_means_nothing() -> None:
    with requests.Session() as session:
        _answered_at_once().mount(session, HOST)
        assert session.get(HOST, verify=False).status_code == 200


def test_a_session_that_ignores_the_proxy_of_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:password@proxy.example.org:3128")
    with requests.Session() as session:
        _answered_at_once().mount(session, HOST)
        assert session.get(HOST).status_code == 200
        session.trust_env = False
        with pytest.raises(GlobusSDKUsageError, match=r"directly, but .* through proxy\.example\.org:3128") as raised:
            session.get(HOST)
    assert "password" not in str(raised.value)


@pytest.mark.parametrize("proxy", ["http://user:password@proxy.example.org", "proxy.example.org:3128"])
def test_the_proxy_of_the_environment_may_be_named(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with requests.Session() as session:
        _answered_at_once().mount(session, HOST)
        session.trust_env = False
        assert session.get(HOST, proxies={"http": proxy, "https": "http://another.example.org"}).status_code == 200
        with pytest.raises(GlobusSDKUsageError, match="proxies"):
            session.get(HOST, proxies={"http": "http://someone:else@proxy.example.org:3128"})


def test_a_request_that_was_prepared_by_hand_goes_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3129")
    with requests.Session() as session:
        _answered_at_once().mount(session, HOST)
        assert session.send(session.prepare_request(requests.Request("GET", HOST))).status_code == 200
        monkeypatch.setenv("NO_PROXY", "service.example.org")
        assert session.get(HOST).status_code == 200


def test_a_network_that_no_proxy_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8")
    with requests.Session() as session:
        _answered_at_once().mount(session, "http://10.1.2.3", "http://11.1.2.3")
        assert session.get("http://10.1.2.3/").status_code == 200
        assert session.get("http://11.1.2.3/").status_code == 200


def test_an_empty_proxy_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with requests.Session() as session:
        _answered_at_once().mount(session, HOST)
        assert session.get(HOST, proxies={"http": ""}).status_code == 200
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
        with pytest.raises(GlobusSDKUsageError, match="directly, but"):
            session.get(HOST, proxies={"http": ""})


def _outcome(session: requests.Session, url: str, timeout: Any) -> object:
    try:
        return session.get(url, timeout=timeout).status_code
    except Exception as error:
        return type(error)


@pytest.mark.parametrize(
    "timeout",
    [
        None,
        5,
        (None, 5),
        0,
        -1,
        (1, 2, 3),
        "soon",
        urllib3.Timeout(5),
        urllib3.Timeout(connect=2),
        urllib3.Timeout(total=5, read=1),
    ],
    ids=str,
)
def test_time_outs_are_taken_as_requests_takes_them(session: requests.Session, timeout: Any) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server, requests.Session() as plain:
        assert _outcome(session, server.origin, timeout) == _outcome(plain, server.origin, timeout)


@pytest.mark.parametrize("stream", [True, False])
def test_a_body_in_another_encoding_than_it_says(session: requests.Session, stream: bool) -> None:
    with ScriptedServer(answering(whole(b"plain", "200 OK", "Content-Encoding: gzip"))) as server:
        with pytest.raises(requests.exceptions.ContentDecodingError) as raised:
            assert session.get(server.origin, stream=stream).content
        error: BaseException | None = raised.value
        while error is not None and not isinstance(error, ReplyFormatError):
            error = error.__cause__ or error.__context__
        assert error is not None


def test_an_encoding_that_terminals_leave_is_undone_by_urllib3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib3.response.BaseHTTPResponse, "CONTENT_DECODERS", ["zip"])
    # It decodes every encoding that it does not know as deflate.
    raw = to_urllib3_response(Response(200, {"Content-Encoding": "zip"}, b"not zipped"), "GET", HOST, preload=False)
    with pytest.raises(urllib3.exceptions.DecodeError):
        raw.read(decode_content=True)
    raw = to_urllib3_response(Response(200, {"Content-Encoding": "gzip"}, b"unzipped"), "GET", HOST, preload=False)
    assert raw.read(decode_content=True) == b"unzipped"


def test_the_body_of_an_error_is_whole_when_it_is_streamed(session: requests.Session) -> None:
    body = b"x" * (2 << 20)
    with ScriptedServer(answering(whole(body, "404 Not Found"))) as server:
        assert session.get(server.origin, stream=True).content == body
        assert len(session.get(server.origin).content) == 1 << 20


@pytest.mark.parametrize("beginning", [b"", b"begin"])
def test_a_body_that_a_layer_cut_is_no_whole_one(beginning: bytes) -> None:
    adapter = StackAdapter(Stack(lambda request: Response(503, {}, beginning, request=request, truncated=True)))
    with requests.Session() as session:
        adapter.mount(session, HOST)
        reply = session.get(HOST, stream=True)
        assert reply.status_code == 503
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match=f"kept {len(beginning)} bytes"):
            assert reply.content
        parts = session.get(HOST, stream=True).iter_content(5)
        assert beginning == b"" or next(parts) == beginning
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            next(parts)
        assert session.get(HOST).content == beginning, "without stream=True it may be cut"


def test_a_user_name_in_the_url_is_a_credential_as_ever(session: requests.Session) -> None:
    with ScriptedServer(answering(whole(b"ok"))) as server:
        assert session.get(server.origin.replace("//", "//u:p@")).text == "ok"
        assert server.requests[0]["Authorization"] == "Basic dTpw"


def test_a_url_that_cannot_be_sent_is_invalid() -> None:
    prepared = requests.Request("GET", HOST).prepare()
    prepared.url = "http://a b/"
    with pytest.raises(requests.exceptions.InvalidURL):
        _answered_at_once().send(prepared)


def test_chunks_are_given_as_they_come(session: requests.Session) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(head("200 OK", "Transfer-Encoding: chunked"), b"8\r\nline 1\r\n\r\n")
        peer.wait_for_close()

    with ScriptedServer(script) as server, session.get(server.origin, stream=True, timeout=5) as reply:
        assert next(reply.iter_content(512)) == b"line 1\r\n"
