"""respx mocks what httpx sends: clients with a credential, and clients of this package that send through httpx."""

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

respx = pytest.importorskip("respx", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

URL = "https://transfer.example.org"
REAL = whole(b'{"status": "REAL"}', "200 OK", "Content-Type: application/json")


def test_a_credential_is_renewed_against_the_mock(authorizer: RefreshTokenAuthorizer[Any]) -> None:
    with respx.mock as router, httpx.Client(auth=GlobusAuth(authorizer, URL)) as client:
        route = router.get(URL).mock(side_effect=[httpx.Response(401), httpx.Response(200, text="in")])
        assert client.get(URL).text == "in"
        assert [call.request.headers["Authorization"] for call in route.calls] == ["Bearer token-1", "Bearer token-2"]


def test_it_sees_what_a_terminal_over_httpx_sends(authorizer: RefreshTokenAuthorizer[Any]) -> None:
    answers = [httpx.Response(401, json={}), httpx.Response(503), httpx.Response(200, json={"status": "MOCKED"})]
    with respx.mock as router, httpx.Client() as host:
        route = router.get(f"{URL}/v0.10/task/id").mock(side_effect=answers)
        client = TransferClient(authorizer=authorizer, base_url=URL, terminal=HttpxTerminal(host))
        assert client.get_task("id")["status"] == "MOCKED"
        assert [call.request.headers["Authorization"][-7:] for call in route.calls] == ["token-1", "token-2", "token-2"]

    async def main() -> Any:
        async with httpx.AsyncClient() as host:
            terminal = AsyncHttpxTerminal(host)
            client = AsyncTransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=URL, terminal=terminal)
            return await client.get_task("id")

    with respx.mock as router:
        router.get(f"{URL}/v0.10/task/id").mock(return_value=httpx.Response(200, json={"status": "MOCKED"}))
        assert asyncio.run(main())["status"] == "MOCKED"


def test_it_does_not_see_the_default_terminal() -> None:
    with ScriptedServer(answering(REAL)) as server, respx.mock(assert_all_called=False) as router:
        router.get(url__startswith=server.origin).mock(return_value=httpx.Response(200, json={"status": "MOCKED"}))
        with TransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=server.origin) as client:
            assert client.get_task("id")["status"] == "REAL"
            with httpx.Client(transport=StackTransport(client.stack)) as host:
                assert host.get(server.origin).json() == {"status": "REAL"}


def test_using_httpx_it_takes_the_place_of_a_stack_as_transport() -> None:
    with ScriptedServer(answering(REAL)) as server, respx.mock(using="httpx") as router:
        router.get(url__startswith=server.origin).mock(return_value=httpx.Response(200, json={"status": "MOCKED"}))
        with (
            TransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=server.origin) as client,
            httpx.Client(transport=StackTransport(client.stack)) as host,
        ):
            assert host.get(server.origin).json() == {"status": "MOCKED"}
        assert server.requests == []
