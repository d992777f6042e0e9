"""requests-cache: with ``auth=``, over a stack, and under a client. No token comes into its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("requests_cache", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

from requests_cache import CachedSession

from globus_transport import AccessTokenAuthorizer, RefreshTokenAuthorizer, TransferClient
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.http.messages import Request
from globus_transport.terminals.requests import RequestsTerminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, whole

MakeSession = Callable[..., CachedSession]


@pytest.fixture
def make_session(tmp_path: Path) -> Iterator[MakeSession]:
    """Makes a session with its cache in files of ``tmp_path``."""
    sessions: list[Any] = []

    def make(serializer: str = "json", **settings: Any) -> CachedSession:
        session = CachedSession(str(tmp_path), backend="filesystem", serializer=serializer, **settings)
        sessions.append(session)
        return session

    yield make
    for session in sessions:
        session.close()


def stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def credentials_of(server: ScriptedServer) -> list[list[str]]:
    return [request.values("Authorization") for request in server.requests]


@pytest.mark.parametrize("serializer", ["json", "pickle"])
def test_auth_renews_its_token_once_and_no_token_is_stored(
    make_session: MakeSession,
    guarded_server: ScriptedServer,
    authorizer: RefreshTokenAuthorizer[Any],
    tmp_path: Path,
    serializer: str,
) -> None:
    session = make_session(serializer)
    session.auth = GlobusAuth(authorizer, guarded_server.origin)
    first, second = (session.get(guarded_server.origin) for _ in range(2))
    assert (first.json(), second.json()) == ({"status": "ACTIVE"},) * 2
    assert (first.from_cache, second.from_cache) == (False, True)
    assert [earlier.status_code for earlier in second.history] == [401]
    assert credentials_of(guarded_server) == [["Bearer token-1"], ["Bearer token-2"]]
    assert b"ACTIVE" in stored(tmp_path)
    assert b"token" not in stored(tmp_path)


@pytest.mark.parametrize("serializer", ["json", "pickle"])
def test_no_token_of_auth_is_stored_with_a_redirect(
    make_session: MakeSession, authorizer: RefreshTokenAuthorizer[Any], tmp_path: Path, serializer: str
) -> None:
    session = make_session(serializer)
    with ScriptedServer(answering(whole(b"", "302 Found", "Location: /there"), whole(b"there"))) as server:
        session.auth = GlobusAuth(authorizer, server.origin)
        assert [session.get(server.origin).text for _ in range(2)] == ["there", "there"]
        assert credentials_of(server) == [["Bearer token-1"]] * 2
    assert b"token" not in stored(tmp_path)


@pytest.mark.parametrize("serializer", ["json", "pickle"])
def test_no_token_of_a_stack_is_stored_with_any_number_of_redirects(
    make_session: MakeSession, authorizer: RefreshTokenAuthorizer[Any], tmp_path: Path, serializer: str
) -> None:
    session = make_session(serializer)
    moved = [whole(b"", "302 Found", f"Location: /{number}") for number in range(3)]
    with (
        ScriptedServer(answering(*moved, whole(b"there"))) as server,
        TransferClient(base_url=server.origin, authorizer=authorizer) as client,
    ):
        StackAdapter(client.stack).mount(session, server.origin)
        assert [session.get(server.origin).text for _ in range(2)] == ["there", "there"]
        assert credentials_of(server) == [["Bearer token-1"]] * 4
    assert b"token" not in stored(tmp_path)


def test_a_token_that_stays_refused_is_renewed_once_and_a_stored_refusal_is_returned(
    make_session: MakeSession, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    session = make_session(allowable_codes=(200, 401))
    with ScriptedServer(answering(whole(b"no", "401 Unauthorized"))) as server:
        session.auth = GlobusAuth(authorizer, server.origin)
        first, second = (session.get(server.origin) for _ in range(2))
        assert (first.status_code, second.status_code) == (401, 401)
        assert (first.from_cache, second.from_cache) == (False, True)
        assert credentials_of(server) == [["Bearer token-1"], ["Bearer token-2"]]


@pytest.mark.parametrize("stream", [False, True])
def test_a_stack_in_a_session_renews_its_token_once_and_no_token_is_stored(
    make_session: MakeSession,
    guarded_server: ScriptedServer,
    authorizer: RefreshTokenAuthorizer[Any],
    tmp_path: Path,
    stream: bool,
) -> None:
    session = make_session()
    with TransferClient(base_url=guarded_server.origin, authorizer=authorizer) as client:
        StackAdapter(client.stack).mount(session, guarded_server.origin)
        first, second = (session.get(guarded_server.origin, stream=stream) for _ in range(2))
    assert (first.json(), second.json()) == ({"status": "ACTIVE"},) * 2
    assert (first.from_cache, second.from_cache) == (False, True)
    assert credentials_of(guarded_server) == [["Bearer token-1"], ["Bearer token-2"]]
    assert b"token" not in stored(tmp_path)


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_over_the_session_renews_its_token_once_and_no_token_is_stored(
    make_session: MakeSession,
    guarded_server: ScriptedServer,
    authorizer: RefreshTokenAuthorizer[Any],
    tmp_path: Path,
    stream: bool,
) -> None:
    terminal = RequestsTerminal(make_session())
    with TransferClient(base_url=guarded_server.origin, authorizer=authorizer, terminal=terminal) as client:
        for _ in range(2):
            reply = client.request("GET", "/task/x", stream=stream)
            assert b"".join(reply.iter_bytes()) == b'{"status": "ACTIVE"}' if stream else reply["status"] == "ACTIVE"
    assert credentials_of(guarded_server) == [["Bearer token-1"], ["Bearer token-2"]]
    assert b"ACTIVE" in stored(tmp_path)
    assert b"token" not in stored(tmp_path)


def test_hooks_of_the_session_find_a_redirect_as_it_came(make_session: MakeSession) -> None:
    replies: list[Any] = []
    session = make_session()
    session.hooks["response"].append(lambda reply, **_options: replies.append(reply))
    with ScriptedServer(answering(whole(b"", "302 Found", "Location: /there"))) as server:
        response = RequestsTerminal(session)(Request("GET", server.origin))
    assert (response.status, response.headers["Location"]) == (302, "/there")
    assert replies[-1].headers["Location"] == "/there"


@pytest.mark.parametrize(("vary", "sees"), [((), "ada"), (("Vary: Authorization",), "grace")])
def test_two_users_of_one_cache_get_the_same_answer_unless_it_varies(
    make_session: MakeSession, vary: tuple[str, ...], sees: str
) -> None:
    def script(peer: Peer) -> None:
        while True:
            user = peer.read_request()["Authorization"].removeprefix("Bearer ")
            peer.send(whole(user.encode(), "200 OK", *vary))

    session = make_session()
    with ScriptedServer(script) as server:
        ada, grace = (GlobusAuth(AccessTokenAuthorizer(user), server.origin) for user in ("ada", "grace"))
        assert session.get(server.origin, auth=ada).text == "ada"
        assert session.get(server.origin, auth=grace).text == sees
