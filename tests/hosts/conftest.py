"""A server that refuses the first token, and an authorizer that renews it."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest

from globus_transport import RefreshTokenAuthorizer
from globus_transport.testing.loopback_server import Peer, ScriptedServer, whole
from tests.core.stepping import FakeAuth
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_proxies(monkeypatch)


@pytest.fixture
def authorizer() -> RefreshTokenAuthorizer[Any]:
    """Gives token-1, token-2 ... for the refresh token ``the-refresh-token``."""
    return RefreshTokenAuthorizer("the-refresh-token", FakeAuth())


@pytest.fixture
def guarded_server() -> Iterator[ScriptedServer]:
    """Answers ``{"status": "ACTIVE"}`` to a request with token-2, and 401 to others. Caches may store the answer."""

    def script(peer: Peer) -> None:
        fields = ("Content-Type: application/json", "Cache-Control: max-age=600", f"Date: {formatdate(usegmt=True)}")
        while True:
            request = peer.read_request()
            if request.values("Authorization") == ["Bearer token-2"]:
                peer.send(whole(b'{"status": "ACTIVE"}', "200 OK", *fields))
            else:
                peer.send(whole(b'{"code": "AuthenticationFailed"}', "401 Unauthorized", *fields))

    with ScriptedServer(script) as server:
        yield server
