"""Promises of docs/threat_model.rst that are about several parts of the package, or about what others do to it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from globus_transport import Cassette, GlobusConnectionError, Request, Response, Stack
from globus_transport.login_flows.landing import LANDING_PAGE, open_landing_server
from globus_transport.login_flows.local_server import LocalServerLoginFlowManager
from globus_transport.services.auth.client import NativeAppAuthClient
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.terminals.certificates import Authority
from tests.terminals.fresh_terminal import Fresh, forget_proxies, fresh_asyncio, fresh_urllib3, get


def _answer(request: Request) -> Response:
    return Response(200, {}, b"{}", request=request)


def test_only_the_owner_can_read_a_cassette(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    before = os.umask(0)
    try:
        Stack(_answer, [("cassette", Cassette(path))]).send(Request("GET", "https://service.example.org/"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("fresh", [fresh_urllib3, fresh_asyncio])
@pytest.mark.parametrize("url", ["http://service.example.org/", "https://service.example.org/"])
def test_a_proxy_that_is_not_trusted_sees_no_request(
    fresh: Fresh, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forget_proxies(monkeypatch)
    with ScriptedServer(answering(whole(b"")), tls=Authority(tmp_path).server_context("127.0.0.1")) as proxy:
        host = proxy.origin.removeprefix("https://")
        monkeypatch.setenv("ALL_PROXY", f"https://user:password@{host}")
        with fresh() as terminal, pytest.raises(GlobusConnectionError, match="CERTIFICATE_VERIFY_FAILED") as caught:
            terminal(get(url))
        assert proxy.requests == []
    assert "password" not in f"{caught.value!r} {caught.value}"


def test_a_login_in_the_browser_listens_on_loopback() -> None:
    manager = LocalServerLoginFlowManager(NativeAppAuthClient("6c1629cf-446c-49e7-af95-323c6412397f"))
    server = open_landing_server(manager.server_address, LANDING_PAGE)
    try:
        assert server.redirect_uri.startswith("http://127.0.0.1:")
    finally:
        server.close()
