"""hishel's cache over a stack, beside a credential, and below a client of this package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from globus_transport import HttpxTerminal, RefreshTokenAuthorizer, Stack, TransferClient
from globus_transport.embed.httpx import GlobusAuth, StackTransport
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

HOW = "install the extra hosts: pip install 'globus_transport[hosts]'"
hishel = pytest.importorskip("hishel", reason=HOW)
hishel_httpx = pytest.importorskip("hishel.httpx", reason=HOW)


@pytest.fixture
def storage(tmp_path: Path) -> Any:
    storage = hishel.SqliteStorage(database_path=tmp_path / "cache.db")
    yield storage
    storage.close()


@pytest.fixture
def private() -> Any:
    """The rules of RFC 9111 for the cache of one user."""
    return hishel.CacheOptions(shared=False)


@pytest.fixture
def plain_server() -> Iterator[ScriptedServer]:
    """As ``guarded_server``, but the 401 may not be stored: hishel stores each answer with a max-age, a 401 too."""
    answer = whole(b'{"status": "ACTIVE"}', "200 OK", "Cache-Control: max-age=600", "Content-Type: application/json")
    with ScriptedServer(answering(whole(b"{}", "401 Unauthorized"), answer)) as server:
        yield server


def _seen(server: ScriptedServer) -> list[str]:
    return [request["Authorization"] for request in server.requests]


def test_a_cache_over_a_stack(
    guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any], storage: Any, private: Any
) -> None:
    stack = Stack(Urllib3Terminal(), [authorizer.bound_to(guarded_server.origin)])
    transport = hishel_httpx.CacheTransport(next_transport=StackTransport(stack), storage=storage, rfc=private)
    with stack, httpx.Client(transport=transport) as client:
        replies = [client.get(guarded_server.origin) for _ in range(2)]
    assert [reply.json() for reply in replies] == [{"status": "ACTIVE"}] * 2
    assert _seen(guarded_server) == ["Bearer token-1", "Bearer token-2"]


def test_a_credential_beside_a_cache(
    plain_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any], storage: Any, private: Any
) -> None:
    auth = GlobusAuth(authorizer, plain_server.origin)
    with hishel_httpx.CacheClient(auth=auth, storage=storage, rfc=private) as client:
        replies = [client.get(plain_server.origin) for _ in range(2)]
    assert [reply.json() for reply in replies] == [{"status": "ACTIVE"}] * 2
    assert _seen(plain_server) == ["Bearer token-1", "Bearer token-2"]


def test_a_shared_cache_does_not_store_what_a_credential_was_sent_for(
    guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any], storage: Any
) -> None:
    auth = GlobusAuth(authorizer, guarded_server.origin)
    with hishel_httpx.CacheClient(auth=auth, storage=storage, rfc=True) as client:
        for _ in range(2):
            assert client.get(guarded_server.origin).json() == {"status": "ACTIVE"}
    assert _seen(guarded_server) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_a_client_that_sends_through_a_cache(
    plain_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any], storage: Any, private: Any
) -> None:
    with hishel_httpx.CacheClient(storage=storage, rfc=private) as host:
        url = plain_server.origin
        client = TransferClient(authorizer=authorizer, base_url=url, terminal=HttpxTerminal(host))
        for _ in range(2):
            assert client.get_task("id")["status"] == "ACTIVE"
    assert _seen(plain_server) == ["Bearer token-1", "Bearer token-2"]
