"""A caching session of aiohttp-client-cache: the credential is sent, and is not in the cache."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any

import pytest

pytest.importorskip("aiohttp_client_cache", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

from aiohttp_client_cache.backends.base import CacheBackend
from aiohttp_client_cache.session import CachedSession

from globus_transport import RefreshTokenAuthorizer, Retry
from globus_transport.embed.aiohttp import GlobusAuth, StackMiddleware
from globus_transport.testing.loopback_server import ScriptedServer, answering, whole


def _get_twice(url: str, middleware: Any) -> tuple[list[tuple[bool, bytes]], bytes]:
    """Whether each of two responses is from the cache, with its body; and all that the cache stores."""

    async def main() -> tuple[list[tuple[bool, bytes]], bytes]:
        async with CachedSession(cache=CacheBackend(), middlewares=(middleware,)) as session:
            replies = []
            for _ in range(2):
                reply: Any
                async with session.get(url) as reply:
                    assert reply.status == 200
                    replies.append((reply.from_cache, await reply.read()))
            return replies, pickle.dumps([stored async for stored in session.cache.responses.values()])

    return asyncio.run(asyncio.wait_for(main(), 10))


@pytest.mark.parametrize("kind", ["GlobusAuth", "StackMiddleware"])
def test_a_response_is_cached_and_the_credential_is_not(
    kind: str, guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    origin = guarded_server.origin
    auth = GlobusAuth(authorizer, origin) if kind == "GlobusAuth" else StackMiddleware([authorizer.bound_to(origin)])
    replies, stored = _get_twice(f"{origin}/thing", auth)
    assert replies == [(False, b'{"status": "ACTIVE"}'), (True, b'{"status": "ACTIVE"}')]
    assert [request["Authorization"] for request in guarded_server.requests] == ["Bearer token-1", "Bearer token-2"]
    assert b"ACTIVE" in stored
    assert b"Host" in stored
    assert b"token-" not in stored
    assert b"Authorization" not in stored


def test_what_the_layers_repeat_is_stored_once() -> None:
    busy = whole(b"", "503 Service Unavailable", "Retry-After: 0")
    with ScriptedServer(answering(busy, whole(b"done"))) as server:
        replies, stored = _get_twice(server.origin, StackMiddleware([Retry()]))
        assert replies == [(False, b"done"), (True, b"done")]
        assert len(server.requests) == 2
    assert len(pickle.loads(stored)) == 1
