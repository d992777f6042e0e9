"""pytest-httpx mocks httpx's own transports: what sends through them is mocked, a stack as transport is not."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncHttpxTerminal,
    AsyncTransferClient,
    HttpxTerminal,
    RefreshTokenAuthorizer,
    TransferClient,
)
from globus_transport.embed.httpx import GlobusAuth, StackTransport
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

pytest.importorskip("pytest_httpx", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

URL = "https://transfer.example.org"
REAL = whole(b'{"status": "REAL"}', "200 OK", "Content-Type: application/json")


def _sent(httpx_mock: Any) -> list[str]:
    return [request.headers["Authorization"] for request in httpx_mock.get_requests()]


def test_a_credential_is_renewed_against_the_mock(httpx_mock: Any, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    # httpx sends one request object twice, so get_requests() shows the last token for both.
    httpx_mock.add_response(status_code=401, match_headers={"Authorization": "Bearer token-1"})
    httpx_mock.add_response(text="in", match_headers={"Authorization": "Bearer token-2"})
    with httpx.Client(auth=GlobusAuth(authorizer, URL)) as client:
        assert client.get(URL).text == "in"


def test_it_sees_what_a_terminal_over_httpx_sends(httpx_mock: Any, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    httpx_mock.add_response(status_code=401, json={})
    httpx_mock.add_response(json={"status": "MOCKED"})
    with httpx.Client() as host:
        client = TransferClient(authorizer=authorizer, base_url=URL, terminal=HttpxTerminal(host))
        assert client.get_task("id")["status"] == "MOCKED"

    async def main() -> Any:
        async with httpx.AsyncClient() as host:
            terminal = AsyncHttpxTerminal(host)
            client = AsyncTransferClient(authorizer=authorizer, base_url=URL, terminal=terminal)
            return await client.get_task("id")

    httpx_mock.add_response(json={"status": "MOCKED"})
    assert asyncio.run(main())["status"] == "MOCKED"
    assert _sent(httpx_mock) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_it_does_not_see_a_stack_as_transport(httpx_mock: Any) -> None:
    with (
        ScriptedServer(answering(REAL)) as server,
        TransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=server.origin) as client,
        httpx.Client(transport=StackTransport(client.stack)) as host,
    ):
        assert host.get(server.origin).json() == {"status": "REAL"}
        assert client.get_task("id")["status"] == "REAL"
    assert httpx_mock.get_requests() == []
