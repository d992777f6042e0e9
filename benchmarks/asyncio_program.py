"""A program with one client of asyncio. It measures the client when it is told to, by a line of its input.

    python -m benchmarks.asyncio_program LIBRARY URL TASK_ID CA_FILE [after-large-block]

Each client has such a process of its own, as it has where somebody uses it, and imports no package but the client's.
In a process with several, what a call costs depends on what the others did. The most depends on malloc: that of glibc
gets a block of 128 kB or more from the system, and gives it back as soon as it is free, until the program has freed a
larger one. With ``asyncio.Protocol``, the event loop allocates 256 kB whenever something was received.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

TASKS = 64

# Larger than any that a client allocates for a call.
_LARGE_BLOCK = 1 << 20


class Calls(NamedTuple):
    """What is measured of a client: a call for a small document, and of some a body of so many bytes as it comes."""

    get: Callable[[], Awaitable[object]]
    download: Callable[[int], AsyncIterator[bytes]] | None = None


@asynccontextmanager
async def _ours(url: str, task_id: str, ca_file: str, **settings: Any) -> AsyncIterator[Calls]:
    from globus_transport import AccessTokenAuthorizer, AsyncTransferClient, Transport

    if url.startswith("https:"):
        settings["transport"] = Transport(verify_ssl=ca_file)
    async with AsyncTransferClient(base_url=url, authorizer=AccessTokenAuthorizer("access"), **settings) as client:

        async def get() -> object:
            return (await client.get_task(task_id))["status"]

        async def download(length: int) -> AsyncIterator[bytes]:
            async for chunk in (await client.request("GET", f"{url}/big?bytes={length}", stream=True)).aiter_bytes():
                yield chunk

        yield Calls(get, download)


@asynccontextmanager
async def _ours_over_a_session(url: str, task_id: str, ca_file: str) -> AsyncIterator[Calls]:
    import aiohttp

    from globus_transport import AiohttpTerminal

    async with (
        aiohttp.ClientSession() as session,
        _ours(url, task_id, ca_file, terminal=AiohttpTerminal(session)) as calls,
    ):
        yield calls


@asynccontextmanager
async def _aiohttp(url: str, task_id: str, ca_file: str, **settings: Any) -> AsyncIterator[Calls]:
    import ssl

    import aiohttp

    if url.startswith("https:"):
        settings["connector"] = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=ca_file))
    async with aiohttp.ClientSession(**settings) as session:

        async def get() -> object:
            async with session.get(f"{url}/v0.10/task/{task_id}") as reply:
                return (await reply.json())["status"]

        async def download(length: int) -> AsyncIterator[bytes]:
            async with session.get(f"{url}/big?bytes={length}") as reply:
                async for chunk in reply.content.iter_any():
                    yield chunk

        yield Calls(get, download)


@asynccontextmanager
async def _aiohttp_with_auth(url: str, task_id: str, ca_file: str) -> AsyncIterator[Calls]:
    from globus_transport import AccessTokenAuthorizer
    from globus_transport.embed.aiohttp import GlobusAuth

    async with _aiohttp(
        url, task_id, ca_file, middlewares=(GlobusAuth(AccessTokenAuthorizer("access"), url),)
    ) as calls:
        yield calls


@asynccontextmanager
async def _httpx(url: str, task_id: str, _ca_file: str) -> AsyncIterator[Calls]:
    import httpx

    async with httpx.AsyncClient() as client:

        async def get() -> object:
            return (await client.get(f"{url}/v0.10/task/{task_id}")).json()["status"]

        yield Calls(get)


_LIBRARIES: Mapping[str, Callable[[str, str, str], AbstractAsyncContextManager[Calls]]] = {
    "ours": _ours,
    "ours-over-a-session": _ours_over_a_session,
    "aiohttp": _aiohttp,
    "aiohttp-with-auth": _aiohttp_with_auth,
    "httpx": _httpx,
}


async def _cpu_time(client: Calls, calls: int) -> float:
    """CPU seconds of one call, if one task makes so many."""
    started = time.process_time()
    for _ in range(calls):
        await client.get()
    return (time.process_time() - started) / calls


async def _rate(client: Calls, calls: int) -> float:
    """Calls per second of all tasks, each of which makes so many."""

    async def work() -> None:
        for _ in range(calls):
            await client.get()

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(TASKS)))
    return TASKS * calls / (time.perf_counter() - started)


async def _download(client: Calls, length: int) -> float:
    """Bytes per second of a body of so many bytes."""
    assert client.download is not None
    started = time.perf_counter()
    received = 0
    async for chunk in client.download(length):
        received += len(chunk)
    if received != length:
        raise RuntimeError(f"{received} bytes of {length} arrived")
    return length / (time.perf_counter() - started)


_MEASURES: Mapping[str, Callable[[Calls, int], Awaitable[float]]] = {
    "cpu_time": _cpu_time,
    "rate": _rate,
    "download": _download,
}


async def _run(library: str, url: str, task_id: str, ca_file: str, *options: str) -> None:
    if "after-large-block" in options:
        bytearray(_LARGE_BLOCK)
    async with _LIBRARIES[library](url, task_id, ca_file) as client:
        # Nothing else runs meanwhile, so that reading may block.
        for line in sys.stdin:
            name, number = line.split()
            print(await _MEASURES[name](client, int(number)), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(*sys.argv[1:]))
