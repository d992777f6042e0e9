"""Under asyncio: what an authorizer costs inside aiohttp, and how many calls a second 64 tasks get through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Any

import aiohttp
import httpx

from benchmarks.figures import Spread, microseconds
from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS
from benchmarks.rounds import Measure, Times, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row
from globus_transport import AccessTokenAuthorizer, AiohttpTerminal, AsyncTransferClient
from globus_transport.embed.aiohttp.middlewares import GlobusAuth

TASKS = 64
AIOHTTP, WITH_AUTH, HTTPX = "aiohttp.ClientSession", "aiohttp with GlobusAuth", "httpx.AsyncClient"

Get = Callable[[], Coroutine[Any, Any, object]]


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time with one task, and calls per second by wall time with many. Each library keeps its connections."""
    with asyncio.Runner() as runner:
        gets = _gets(server)
        by_name = runner.run(gets.__aenter__())
        try:
            measures = {name: _cpu(runner, by_name[name], size.cpu_calls) for name in (WITH_AUTH, AIOHTTP)}
            times = interleaved(measures, size.cpu_rounds)
            # httpx gets slow when many wait for its pool, and has no need of more calls for a steady figure.
            calls = {OURS: size.thread_calls, AIOHTTP: size.thread_calls, HTTPX: max(1, size.thread_calls // 10)}
            measures = {name: _rate(runner, by_name[name], many) for name, many in calls.items()}
            rates = interleaved(measures, size.thread_rounds)
        finally:
            runner.run(gets.__aexit__(None, None, None))
    return [
        Row(
            "aiohttp with an authorizer inside: CPU time a call",
            microseconds(median(times[WITH_AUTH])),
            peers_of(times, WITH_AUTH, microseconds, {AIOHTTP: 1.1}),
        ),
        Row(
            f"{TASKS} tasks, one AsyncTransferClient over aiohttp: calls per second",
            _per_second(rates[OURS]),
            [_peer(rates, AIOHTTP, 0.85), _peer(rates, HTTPX, 1.0)],
        ),
    ]


@asynccontextmanager
async def _gets(server: Loopback) -> AsyncIterator[Mapping[str, Get]]:
    """The calls by name. All give the value of one field of the document."""
    url = server.task_url
    authorizer = AccessTokenAuthorizer("access-token-from-the-last-run")
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(aiohttp.ClientSession())
        with_auth = await stack.enter_async_context(
            aiohttp.ClientSession(middlewares=(GlobusAuth(authorizer, server.url),))
        )
        client = await stack.enter_async_context(httpx.AsyncClient())
        terminal = await stack.enter_async_context(AiohttpTerminal())
        ours = AsyncTransferClient(base_url=server.url, authorizer=authorizer, terminal=terminal)

        async def get_ours() -> object:
            return (await ours.get_task(TASK_ID))["status"]

        async def get_with_httpx() -> object:
            return (await client.get(url)).json()["status"]

        yield {
            OURS: get_ours,
            AIOHTTP: _get_of(bare, url),
            WITH_AUTH: _get_of(with_auth, url),
            HTTPX: get_with_httpx,
        }


def _get_of(session: aiohttp.ClientSession, url: str) -> Get:
    async def get() -> object:
        async with session.get(url) as reply:
            return (await reply.json())["status"]

    return get


def _cpu(runner: asyncio.Runner, get: Get, calls: int) -> Measure:
    async def spent() -> float:
        started = time.process_time()
        for _ in range(calls):
            await get()
        return (time.process_time() - started) / calls

    return lambda: runner.run(spent())


def _rate(runner: asyncio.Runner, get: Get, calls: int) -> Measure:
    async def work() -> None:
        for _ in range(calls):
            await get()

    async def rate() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(TASKS)))
        return TASKS * calls / (time.perf_counter() - started)

    return lambda: runner.run(rate())


def _peer(rates: Times, name: str, limit: float) -> Peer:
    ratio = Spread.of_ratios(rates[OURS], rates[name])
    return Peer(name, _per_second(rates[name]), ratio, Goal.at_least(ratio.median, limit))


def _per_second(rates: list[float]) -> str:
    return f"{median(rates):.0f} /s"
