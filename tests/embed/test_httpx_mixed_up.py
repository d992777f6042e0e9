"""Objects for httpx in clients of httpx2, and the other way round. Terminals take clients of both."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import globus_transport.embed.httpx
import globus_transport.embed.httpx2
from globus_transport import (
    AccessTokenAuthorizer,
    AsyncHttpxTerminal,
    AsyncioTerminal,
    AsyncStack,
    GlobusSDKUsageError,
    HttpxTerminal,
    Request,
    Stack,
)
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole

EMBEDS: dict[str, Any] = {"httpx": globus_transport.embed.httpx, "httpx2": globus_transport.embed.httpx2}
LIBRARIES: dict[str, Any] = {"httpx": httpx, "httpx2": httpx2}


def _get(library: ModuleType, is_async: bool, url: str, **options: Any) -> Any:
    client: Any = library
    if not is_async:
        with client.Client(**options) as sync_client:
            return sync_client.get(url)

    async def main() -> Any:
        async with client.AsyncClient(**options) as async_client:
            return await async_client.get(url)

    return asyncio.run(main())


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(("made_for", "used_in"), [("httpx", "httpx2"), ("httpx2", "httpx")])
def test_the_error_names_the_right_module(made_for: str, used_in: str, is_async: bool) -> None:
    embed, library = EMBEDS[made_for], LIBRARIES[used_in]
    transport = (
        embed.AsyncStackTransport(AsyncStack(AsyncioTerminal()))
        if is_async
        else embed.StackTransport(Stack(Urllib3Terminal()))
    )
    with ScriptedServer(answering(whole(b"ok"))) as server:
        auth = embed.GlobusAuth(AccessTokenAuthorizer("t"), server.origin)
        for options, name in [
            ({"auth": auth}, "GlobusAuth"),
            ({"transport": transport}, "AsyncStackTransport" if is_async else "StackTransport"),
        ]:
            right = f"import {name} from globus_transport.embed.{used_in}$"
            with pytest.raises(GlobusSDKUsageError, match=rf"^{name}: this one is made for {made_for}, .* {right}"):
                _get(library, is_async, server.origin, **options)
        assert server.requests == []


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_a_credential_is_not_called(name: str) -> None:
    auth = EMBEDS[name].GlobusAuth(AccessTokenAuthorizer("t"), "https://service.example.org")
    for request in (None, LIBRARIES[name].Request("GET", "https://service.example.org/")):
        with pytest.raises(GlobusSDKUsageError, match=f"expected a request of a client of {name}, got a"):
            auth(request)


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_a_terminal_takes_a_client_of_both(name: str) -> None:
    library = LIBRARIES[name]
    with ScriptedServer(answering(whole(b"ok"))) as server:
        with library.Client() as client:
            assert Stack(HttpxTerminal(client)).send(Request("GET", server.origin)).body == b"ok"

        async def main() -> bytes:
            async with library.AsyncClient() as client:
                return (await AsyncStack(AsyncHttpxTerminal(client)).send(Request("GET", server.origin))).body

        assert asyncio.run(main()) == b"ok"


def test_a_stack_over_the_other_library_keeps_the_exceptions_of_its_own() -> None:
    with httpx2.Client() as inner:
        transport = EMBEDS["httpx"].StackTransport(Stack(HttpxTerminal(inner)))
        with ScriptedServer(answering(whole(b"ok"))) as server, httpx.Client(transport=transport) as client:
            assert client.get(server.origin).text == "ok"
            with pytest.raises(httpx.ConnectError):
                client.get("http://127.0.0.1:1/")
