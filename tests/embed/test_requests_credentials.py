"""An authorizer inside requests: which servers do not get its credential, and which parts of a call stay unchanged."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import BaseAdapter

from globus_transport import RefreshTokenAuthorizer
from globus_transport.embed.requests import GlobusAuth
from globus_transport.testing.loopback_server import ScriptedServer, answering, once, whole
from tests.core.stepping import FakeAuth
from tests.terminals.fresh_terminal import forget_proxies

REFUSED = whole(b'{"code": "AuthenticationFailed"}', "401 Unauthorized")
HOME, SECURE_HOME, ELSEWHERE = "http://home.example.org", "https://home.example.org", "https://elsewhere.example.org"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


class Prepared(BaseAdapter):
    """Returns prepared responses, and records which credential was sent to which server."""

    def __init__(self, *answers: tuple[int, dict[str, str]]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.sent: list[tuple[str | None, Any]] = []

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        self.sent.append((request.url, request.headers.get("Authorization")))
        reply = requests.Response()
        reply.status_code, headers = self.answers.pop(0)
        reply.headers.update(headers)
        reply.raw = urllib3.HTTPResponse(io.BytesIO(b""), preload_content=False)
        reply.url = request.url or ""
        reply.request = request
        reply.connection = self  # type: ignore[assignment, unused-ignore]
        return reply

    def close(self) -> None:
        """Does nothing: there is no connection."""


def _answers(session: requests.Session, *answers: tuple[int, dict[str, str]]) -> Prepared:
    adapter = Prepared(*answers)
    for prefix in ("http://", "https://", "mock://"):
        session.mount(prefix, adapter)
    return adapter


def _tokens() -> RefreshTokenAuthorizer[Any]:
    """Gives token-1, token-2 ..."""
    return RefreshTokenAuthorizer("the-refresh-token", FakeAuth())


def test_a_redirect_elsewhere_after_a_renewal_carries_nothing(session: requests.Session) -> None:
    # requests itself keeps the credential in a redirect from http to https at the default ports.
    there = {"Location": f"{SECURE_HOME}/there"}
    adapter = _answers(session, (401, {}), (302, there), (200, {}))
    session.get(f"{HOME}/", auth=GlobusAuth(_tokens(), HOME))
    assert adapter.sent == [
        (f"{HOME}/", "Bearer token-1"),
        (f"{HOME}/", "Bearer token-2"),
        (f"{SECURE_HOME}/there", None),
    ]


def test_a_history_has_no_credential(session: requests.Session) -> None:
    auth = GlobusAuth(_tokens(), HOME)
    there, away = {"Location": f"{HOME}/there"}, {"Location": f"{SECURE_HOME}/"}
    adapter = _answers(session, (401, {}), (200, {}), (302, there), (200, {}), (302, away), (200, {}))
    expected = {
        "renewed": (["<hidden>", "Bearer token-2"], ["Bearer token-1", "Bearer token-2"]),
        "redirected": (["<hidden>", "Bearer token-2"], ["Bearer token-2", "Bearer token-2"]),
        "redirected elsewhere": (["<hidden>", None], ["Bearer token-2", None]),
    }
    for case, (recorded, sent) in expected.items():
        reply = session.get(f"{HOME}/", auth=auth)
        got = [earlier.request.headers.get("Authorization") for earlier in (*reply.history, reply)]
        assert got == recorded, case
        assert [credential for _, credential in adapter.sent] == sent, case
        adapter.sent.clear()


def test_a_credential_of_the_user_for_another_server_is_left_alone(session: requests.Session) -> None:
    adapter = _answers(session, (302, {"Location": "/there"}), (401, {}))
    auth = GlobusAuth(_tokens(), HOME)
    assert session.get(f"{ELSEWHERE}/", headers={"Authorization": "Basic mine"}, auth=auth).status_code == 401
    assert [credential for _, credential in adapter.sent] == ["Basic mine", "Basic mine"]


@pytest.mark.parametrize("url", ["mock://thing/x", "https://user:password@elsewhere.example.org/"])
def test_urls_that_this_package_would_not_take_pass(session: requests.Session, url: str) -> None:
    adapter = _answers(session, (401, {}))
    session.auth = GlobusAuth(_tokens(), HOME)
    assert session.get(url).status_code == 401
    assert [credential for _, credential in adapter.sent] == [None]


def test_a_redirect_to_such_a_url_passes_too(session: requests.Session) -> None:
    adapter = _answers(session, (302, {"Location": "https://user:password@elsewhere.example.org/"}), (401, {}))
    assert session.get(f"{HOME}/", auth=GlobusAuth(_tokens(), HOME)).status_code == 401
    assert [credential for _, credential in adapter.sent] == ["Bearer token-1", None]


def test_a_user_name_in_the_url_does_not_hide_the_server(session: requests.Session) -> None:
    adapter = _answers(session, (200, {}))
    session.get("http://user@home.example.org/", auth=GlobusAuth(_tokens(), HOME))
    assert [credential for _, credential in adapter.sent] == ["Bearer token-1"]


def test_a_body_that_is_gone_leaves_the_token_refused(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"ok"))) as server:
        session.auth = GlobusAuth(_tokens(), server.origin)
        assert session.post(server.origin, data=iter([b"x"])).status_code == 401
        assert session.get(server.origin).status_code == 200
        assert [request["Authorization"] for request in server.requests] == ["Bearer token-1", "Bearer token-2"]


class Told:
    """A body that tells its position, but cannot seek."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def tell(self) -> int:
        return self._file.tell()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._file)


def test_a_body_that_cannot_go_back_is_sent_once(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED)) as server:
        auth = GlobusAuth(_tokens(), server.origin)
        assert session.post(server.origin, data=Told(b"body"), auth=auth).status_code == 401
        assert [request.body for request in server.requests] == [b"body"]


def test_a_pickled_reply_takes_no_authorizer_along(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"ok"))) as server:
        reply = session.get(server.origin, auth=GlobusAuth(_tokens(), server.origin))
        packed = pickle.dumps(reply)
        assert b"the-refresh-token" not in packed
        (hook,) = pickle.loads(packed).request.hooks["response"]
        assert hook(reply) is None
        (own,) = reply.request.hooks["response"]
        assert copy.deepcopy(reply.request).hooks["response"] == [own]


def test_put_on_twice_it_answers_once(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED)) as server:
        auth = GlobusAuth(_tokens(), server.origin)
        prepared = session.prepare_request(requests.Request("GET", server.origin, auth=auth))
        auth(prepared)
        assert session.send(prepared).status_code == 401
        assert len(server.requests) == 2


def test_the_second_reply_has_its_time_and_the_first_its_body(session: requests.Session) -> None:
    with ScriptedServer(answering(REFUSED, whole(b"ok"))) as server:
        reply = session.get(server.origin, auth=GlobusAuth(_tokens(), server.origin), stream=True)
        assert reply.content == b"ok"
        assert reply.elapsed.total_seconds() > 0
        assert reply.history[0].json() == {"code": "AuthenticationFailed"}


def test_a_refusal_that_breaks_off_is_one_still(session: requests.Session) -> None:
    cut = once(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\nabc")
    with ScriptedServer(cut, answering(whole(b"ok"))) as server:
        assert session.get(server.origin, auth=GlobusAuth(_tokens(), server.origin)).text == "ok"


def test_a_renewal_that_fails_lets_go_of_the_refusal(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    authorizer = _tokens()
    authorizer.ensure_valid_token()
    replies: list[requests.Response] = []
    monkeypatch.setattr(authorizer, "_renewal", object(), raising=False)
    with ScriptedServer(answering(REFUSED)) as server:
        hooks = {"response": lambda reply, **_options: replies.append(reply)}
        auth = GlobusAuth(authorizer, server.origin)
        prepared = session.prepare_request(requests.Request("GET", server.origin, auth=auth))
        prepared.hooks["response"].insert(0, hooks["response"])
        with pytest.raises(AttributeError):
            session.send(prepared, stream=True)
        assert [reply.raw.closed for reply in replies] == [True]
