"""SDKs whose clients are httpx2's: openai, anthropic and gql, with a credential or a stack inside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from tenacity import wait_none

from globus_transport import (
    AsyncioTerminal,
    AsyncStack,
    RefreshTokenAuthorizer,
    Retry,
    RetryConfig,
    Stack,
)
from globus_transport.embed.httpx2 import AsyncStackTransport, GlobusAuth, StackTransport
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, whole

HOW = "install the extra hosts: pip install 'globus_transport[hosts]'"
openai = pytest.importorskip("openai", reason=HOW)
anthropic = pytest.importorskip("anthropic", reason=HOW)
gql = pytest.importorskip("gql", reason=HOW)
gql_httpx = pytest.importorskip("gql.transport.httpx", reason=HOW)

OPENAI_MODEL = b'{"id": "m-1", "object": "model", "created": 1, "owned_by": "x"}'
ANTHROPIC_MODEL = b'{"id": "m-1", "type": "model", "created_at": "2025-01-01T00:00:00Z", "display_name": "M"}'
# The header makes the SDKs wait for a millisecond only.
BUSY = whole(b"", "503 Busy", "retry-after-ms: 1")


def _model_of_openai(url: str, http_client: httpx2.Client, **options: Any) -> str:
    client = openai.OpenAI(base_url=url, api_key="unused", http_client=http_client, **options)
    return str(client.models.retrieve("m-1").id)


def _model_of_anthropic(url: str, http_client: httpx2.Client, **options: Any) -> str:
    client = anthropic.Anthropic(base_url=url, api_key="unused", http_client=http_client, **options)
    return str(client.models.retrieve("m-1").id)


async def _async_model_of_openai(url: str, http_client: httpx2.AsyncClient) -> str:
    client = openai.AsyncOpenAI(base_url=url, api_key="unused", http_client=http_client)
    return str((await client.models.retrieve("m-1")).id)


async def _async_model_of_anthropic(url: str, http_client: httpx2.AsyncClient) -> str:
    client = anthropic.AsyncAnthropic(base_url=url, api_key="unused", http_client=http_client)
    return str((await client.models.retrieve("m-1")).id)


def _guarded(body: bytes) -> ScriptedServer:
    """A server that accepts token-2 only."""

    def script(peer: Peer) -> None:
        while True:
            if peer.read_request().values("Authorization") == ["Bearer token-2"]:
                peer.send(whole(body, "200 OK", "Content-Type: application/json"))
            else:
                peer.send(whole(b"{}", "401 Unauthorized", "Content-Type: application/json"))

    return ScriptedServer(script)


def _seen(server: ScriptedServer) -> list[str]:
    return [request["Authorization"] for request in server.requests]


SDKS: Callable[..., Any] = pytest.mark.parametrize(
    ("get_model", "get_model_async", "body"),
    [
        (_model_of_openai, _async_model_of_openai, OPENAI_MODEL),
        (_model_of_anthropic, _async_model_of_anthropic, ANTHROPIC_MODEL),
    ],
    ids=["openai", "anthropic"],
)


@SDKS
@pytest.mark.parametrize("kind", ["auth", "transport"])
def test_the_credential_takes_the_place_of_the_sdk_s_own_and_is_renewed(
    get_model: Any, get_model_async: Any, body: bytes, kind: str, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    with _guarded(body) as server:
        options: dict[str, Any] = {"auth": GlobusAuth(authorizer, server.origin)}
        if kind == "transport":
            stack = Stack(Urllib3Terminal(), [authorizer.bound_to(server.origin)])
            options = {"transport": StackTransport(stack)}
        with httpx2.Client(**options) as http_client:
            assert get_model(server.origin, http_client) == "m-1"
        assert _seen(server) == ["Bearer token-1", "Bearer token-2"]


@SDKS
@pytest.mark.parametrize("kind", ["auth", "transport"])
def test_under_asyncio_too(
    get_model: Any, get_model_async: Any, body: bytes, kind: str, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    async def main(url: str) -> None:
        options: dict[str, Any] = {"auth": GlobusAuth(authorizer, url)}
        if kind == "transport":
            options = {"transport": AsyncStackTransport(AsyncStack(AsyncioTerminal(), [authorizer.bound_to(url)]))}
        async with httpx2.AsyncClient(**options) as http_client:
            assert await get_model_async(url, http_client) == "m-1"

    with _guarded(body) as server:
        asyncio.run(main(server.origin))
        assert _seen(server) == ["Bearer token-1", "Bearer token-2"]


@SDKS
def test_one_of_the_two_repeats(get_model: Any, get_model_async: Any, body: bytes) -> None:
    for sdk_options, stack_options, sends in [
        ({}, {}, 18),
        ({"max_retries": 0}, {}, 6),
        ({}, {"retries": False}, 3),
    ]:
        stack = Stack(Urllib3Terminal(), [Retry(RetryConfig(wait=wait_none(), budget=None))])
        with (
            stack,
            ScriptedServer(answering(BUSY)) as server,
            httpx2.Client(transport=StackTransport(stack, **stack_options)) as http_client,
        ):
            with pytest.raises((openai.InternalServerError, anthropic.InternalServerError)):
                get_model(server.origin, http_client, **sdk_options)
            assert len(server.requests) == sends


@pytest.mark.parametrize("kind", ["auth", "transport"])
def test_gql_passes_its_options_to_httpx2(kind: str, authorizer: RefreshTokenAuthorizer[Any]) -> None:
    with _guarded(b'{"data": {"task": "done"}}') as server:
        options: dict[str, Any] = {"auth": GlobusAuth(authorizer, server.origin)}
        if kind == "transport":
            options = {"transport": StackTransport(Stack(Urllib3Terminal(), [authorizer.bound_to(server.origin)]))}
        client = gql.Client(transport=gql_httpx.HTTPXTransport(server.origin, **options))
        assert client.execute(gql.gql("{ task }")) == {"task": "done"}
        assert _seen(server) == ["Bearer token-1", "Bearer token-2"]


def test_gql_under_asyncio(authorizer: RefreshTokenAuthorizer[Any]) -> None:
    async def main(url: str) -> Any:
        transport = gql_httpx.HTTPXAsyncTransport(url, auth=GlobusAuth(authorizer, url))
        async with gql.Client(transport=transport) as session:
            return await session.execute(gql.gql("{ task }"))

    with _guarded(b'{"data": {"task": "done"}}') as server:
        assert asyncio.run(main(server.origin)) == {"task": "done"}
        assert _seen(server) == ["Bearer token-1", "Bearer token-2"]
