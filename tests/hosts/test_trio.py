"""Under trio, what needs asyncio says so, before anything is sent. trio_asyncio and threads are the ways out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest

import globus_transport.embed.httpx
import globus_transport.embed.httpx2
from globus_transport import (
    AccessTokenAuthorizer,
    AsyncHttpxTerminal,
    AsyncTransferClient,
    GlobusSDKUsageError,
    RefreshTokenAuthorizer,
    TransferClient,
)
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

trio = pytest.importorskip("trio", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

OK = whole(b'{"status": "ACTIVE"}', "200 OK", "Content-Type: application/json")
NEEDS_ASYNCIO = "needs asyncio, and no event loop of asyncio is running here"
LIBRARIES: Callable[..., Any] = pytest.mark.parametrize(
    ("library", "embed"),
    [(httpx, globus_transport.embed.httpx), (httpx2, globus_transport.embed.httpx2)],
    ids=["httpx", "httpx2"],
)


async def _get_task(url: str) -> None:
    async with AsyncTransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=url) as client:
        await client.get_task("id")


async def _task_list(url: str) -> None:
    async with AsyncTransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=url) as client:
        async for _task in client.task_list.items():
            pass


async def _flow(url: str) -> None:
    async with AsyncTransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=url) as client:
        await client.task_wait("id", timeout=1, polling_interval=1)


async def _over_httpx(url: str) -> None:
    async with httpx.AsyncClient() as host:
        client = AsyncTransferClient(
            authorizer=AccessTokenAuthorizer("t"), base_url=url, terminal=AsyncHttpxTerminal(host)
        )
        await client.get_task("id")


@pytest.mark.parametrize("call", [_get_task, _task_list, _flow, _over_httpx])
def test_an_async_client_says_that_it_needs_asyncio(call: Any) -> None:
    with ScriptedServer(answering(OK)) as server:
        with pytest.raises(GlobusSDKUsageError, match=NEEDS_ASYNCIO) as raised:
            trio.run(call, server.origin)
        assert "trio_asyncio" in str(raised.value)
        assert server.requests == []


@LIBRARIES
def test_a_stack_as_transport_says_it(library: Any, embed: Any) -> None:
    async def main(url: str) -> None:
        client = AsyncTransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=url)
        async with library.AsyncClient(transport=embed.AsyncStackTransport(client.stack)) as host:
            await host.get(url)

    with ScriptedServer(answering(OK)) as server:
        with pytest.raises(GlobusSDKUsageError, match=f"^AsyncStackTransport {NEEDS_ASYNCIO}"):
            trio.run(main, server.origin)
        assert server.requests == []


@LIBRARIES
def test_a_credential_that_may_be_renewed_says_it(
    library: Any, embed: Any, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    async def main(url: str, auth: Any) -> int:
        async with library.AsyncClient(auth=auth) as host:
            return int((await host.get(url)).status_code)

    with ScriptedServer(answering(OK)) as server:
        with pytest.raises(GlobusSDKUsageError, match=f"^<GlobusAuth: RefreshTokenAuthorizer.* {NEEDS_ASYNCIO}"):
            trio.run(main, server.origin, embed.GlobusAuth(authorizer, server.origin))
        assert server.requests == []
        # Nothing has to be waited for here.
        assert trio.run(main, server.origin, embed.GlobusAuth(AccessTokenAuthorizer("t"), server.origin)) == 200
        assert server.requests[0]["Authorization"] == "Bearer t"


def test_a_client_that_blocks_works_in_a_thread_of_trio() -> None:
    async def main(url: str) -> str:
        with TransferClient(authorizer=AccessTokenAuthorizer("t"), base_url=url) as client:
            reply = await trio.to_thread.run_sync(client.get_task, "id")
            return str(reply["status"])

    with ScriptedServer(answering(OK)) as server:
        assert trio.run(main, server.origin) == "ACTIVE"
