"""Response hooks that raise for a status, as httpx's documentation shows them, beside a credential."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

import globus_transport.embed.httpx
import globus_transport.embed.httpx2
from globus_transport import AsyncioTerminal, AsyncStack, GlobusAuthorizer, RefreshTokenAuthorizer, Stack
from globus_transport.terminals.urllib3.terminal import Urllib3Terminal
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole
from tests.core.stepping import FakeAuth

OK, REFUSED = whole(b"yes"), whole(b"no", "401 Unauthorized")


class OwnError(Exception):
    """What a program raises for a status."""


def raise_for_status(response: Any) -> None:
    response.raise_for_status()


def raise_own_error(response: Any) -> None:
    try:
        response.raise_for_status()
    except Exception as error:
        raise OwnError from error


class Host:
    """One of the two modules with one of its two kinds of clients. ``get`` sends requests with one client."""

    def __init__(self, library: ModuleType, embed: ModuleType, is_async: bool) -> None:
        self.library: Any = library
        self.embed: Any = embed
        self.is_async = is_async

    def get(self, url: str, times: int, *, hook: Callable[[Any], None] = raise_for_status, **options: Any) -> list[Any]:
        """The status of each response, or the class of the exception."""
        if not self.is_async:
            results: list[Any] = []
            with self.library.Client(event_hooks={"response": [hook]}, **options) as client:
                for _ in range(times):
                    try:
                        results.append(client.get(url).status_code)
                    except Exception as error:
                        results.append(type(error))
            return results

        async def async_hook(response: Any) -> None:
            hook(response)

        async def main() -> list[Any]:
            results: list[Any] = []
            async with self.library.AsyncClient(event_hooks={"response": [async_hook]}, **options) as client:
                for _ in range(times):
                    try:
                        results.append((await client.get(url)).status_code)
                    except Exception as error:
                        results.append(type(error))
            return results

        return asyncio.run(main())


HOSTS = {
    "httpx.Client": Host(httpx, globus_transport.embed.httpx, False),
    "httpx.AsyncClient": Host(httpx, globus_transport.embed.httpx, True),
    "httpx2.Client": Host(httpx2, globus_transport.embed.httpx2, False),
    "httpx2.AsyncClient": Host(httpx2, globus_transport.embed.httpx2, True),
}
every_host: Callable[..., Any] = pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)


def _seen(server: ScriptedServer) -> list[str]:
    return [request["Authorization"] for request in server.requests]


@every_host
def test_the_call_after_the_one_that_a_hook_ended_has_a_new_token(
    host: Host, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    auth = host.embed.GlobusAuth(authorizer, guarded_server.origin)
    assert host.get(guarded_server.origin, 3, auth=auth) == [host.library.HTTPStatusError, 200, 200]
    assert _seen(guarded_server) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


@every_host
def test_a_hook_may_raise_an_exception_of_the_program(
    host: Host, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    auth = host.embed.GlobusAuth(authorizer, guarded_server.origin)
    assert host.get(guarded_server.origin, 2, auth=auth, hook=raise_own_error) == [OwnError, 200]


@every_host
def test_a_hook_that_lets_401_pass_lets_the_call_renew(
    host: Host, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    def raise_for_others(response: Any) -> None:
        if response.status_code != 401:
            response.raise_for_status()

    auth = host.embed.GlobusAuth(authorizer, guarded_server.origin)
    assert host.get(guarded_server.origin, 1, auth=auth, hook=raise_for_others) == [200]


@every_host
def test_other_statuses_say_nothing_about_the_token(host: Host) -> None:
    auth_client = FakeAuth()
    with ScriptedServer(answering(whole(b"", "403 Forbidden")), answering(OK)) as server:
        auth = host.embed.GlobusAuth(RefreshTokenAuthorizer("refresh", auth_client), server.origin)
        assert host.get(server.origin, 2, auth=auth) == [host.library.HTTPStatusError, 200]
        assert _seen(server) == ["Bearer token-1"] * 2


@every_host
def test_the_refusal_of_an_older_token_does_not_discard_the_new_one(host: Host) -> None:
    authorizer = RefreshTokenAuthorizer("refresh", FakeAuth())

    def renew_and_raise(response: Any) -> None:
        # Meanwhile another thread has renewed the token.
        if response.status_code == 401:
            authorizer.handle_missing_authorization()
            renewing = threading.Thread(target=authorizer.get_authorization_header)
            renewing.start()
            renewing.join()
        response.raise_for_status()

    with ScriptedServer(answering(REFUSED), answering(OK)) as server:
        auth = host.embed.GlobusAuth(authorizer, server.origin)
        assert host.get(server.origin, 2, auth=auth, hook=renew_and_raise) == [host.library.HTTPStatusError, 200]
        assert _seen(server) == ["Bearer token-1", "Bearer token-2"]


@every_host
def test_an_authorizer_of_the_program_replaces_its_credential(host: Host) -> None:
    class Numbered(GlobusAuthorizer):
        number = 1

        def get_authorization_header(self) -> str:
            return f"Bearer own-{self.number}"

        def handle_missing_authorization(self) -> bool:
            self.number += 1
            return True

    with ScriptedServer(answering(REFUSED), answering(OK)) as server:
        auth = host.embed.GlobusAuth(Numbered(), server.origin)
        assert host.get(server.origin, 2, auth=auth) == [host.library.HTTPStatusError, 200]
        assert _seen(server) == ["Bearer own-1", "Bearer own-2"]


@every_host
def test_a_stack_as_transport_renews_below_the_hooks(
    host: Host, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    layers = [authorizer.bound_to(guarded_server.origin)]
    if host.is_async:
        transport = host.embed.AsyncStackTransport(AsyncStack(AsyncioTerminal(), layers))
    else:
        transport = host.embed.StackTransport(Stack(Urllib3Terminal(), layers))
    assert host.get(guarded_server.origin, 2, transport=transport) == [200, 200]
    assert _seen(guarded_server) == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]
