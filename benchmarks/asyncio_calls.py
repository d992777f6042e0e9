"""Under asyncio: what a call costs, what an authorizer costs inside aiohttp, and calls per second of 64 tasks."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from statistics import median
from typing import Any

import aiohttp
import httpx

from benchmarks.figures import Spread, microseconds
from benchmarks.loopback import TASK_ID, TASK_PATH, Loopback
from benchmarks.packages import OURS
from benchmarks.rounds import Measure, Times, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.small_get import POOL_MANAGER, small_gets
from benchmarks.table import Goal, Peer, Row
from benchmarks.threads import THREADS, rate_of_threads
from globus_transport import AccessTokenAuthorizer, AiohttpTerminal, AsyncTransferClient, Transport
from globus_transport.embed.aiohttp.middlewares import GlobusAuth

TASKS = 64
AIOHTTP, WITH_AUTH, HTTPX = "aiohttp.ClientSession", "aiohttp with GlobusAuth", "httpx.AsyncClient"
AIOHTTP_OVER_TLS = "aiohttp over TLS"
OVER_TLS, OVER_PROXY, OVER_SESSION = f"{OURS} over TLS", f"{OURS} through a proxy", f"{OURS} over a session"
IN_THREADS = f"{POOL_MANAGER}, {THREADS} threads"

_FAR_AWAY = "http://service.example.org"

Get = Callable[[], Coroutine[Any, Any, object]]


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time with one task, and calls per second by wall time with many. Each library keeps its connections."""
    with asyncio.Runner() as runner, small_gets(server, connections=THREADS) as blocking:
        gets = _gets(server)
        by_name = runner.run(gets.__aenter__())
        try:
            alone = (OURS, AIOHTTP, OVER_TLS, AIOHTTP_OVER_TLS, OVER_PROXY, OVER_SESSION, WITH_AUTH)
            times = interleaved({name: _cpu(runner, by_name[name], size.cpu_calls) for name in alone}, size.cpu_rounds)
            # httpx gets slow when many wait for its pool, and has no need of more calls for a steady figure.
            calls = dict.fromkeys((OURS, AIOHTTP, OVER_TLS, AIOHTTP_OVER_TLS, OVER_SESSION), size.thread_calls)
            calls[HTTPX] = max(1, size.thread_calls // 10)
            measures = {name: _rate(runner, by_name[name], many) for name, many in calls.items()}
            measures[IN_THREADS] = rate_of_threads(blocking[POOL_MANAGER], size.thread_calls)
            rates = interleaved(measures, size.thread_rounds)
        finally:
            runner.run(gets.__aexit__(None, None, None))
    return [
        _cpu_row("one task, CPU time a call", times, OURS, {AIOHTTP: 0.80}),
        _cpu_row("one task over TLS, CPU time a call", times, OVER_TLS, {OURS: 1.15, AIOHTTP_OVER_TLS: 0.80}),
        _cpu_row("one task through a proxy, CPU time a call", times, OVER_PROXY, {OURS: 1.15}),
        _cpu_row("one task over a session of aiohttp, CPU time a call", times, OVER_SESSION, {AIOHTTP: None}),
        _cpu_row("aiohttp with an authorizer inside: CPU time a call", times, WITH_AUTH, {AIOHTTP: 1.1}),
        Row(
            f"{TASKS} tasks, one AsyncTransferClient: calls per second",
            _per_second(rates[OURS]),
            [
                _peer(rates, OURS, AIOHTTP, 1.25),
                _peer(rates, OURS, IN_THREADS, 2.0),
                _peer(rates, OURS, HTTPX, None),
                _peer(rates, OURS, OVER_SESSION, None),
            ],
        ),
        Row(
            f"{TASKS} tasks over TLS: calls per second",
            _per_second(rates[OVER_TLS]),
            [_peer(rates, OVER_TLS, AIOHTTP_OVER_TLS, 1.25), _peer(rates, OVER_TLS, OURS, None)],
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
        connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=server.ca_file))
        over_tls = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        client = await stack.enter_async_context(httpx.AsyncClient())

        async def ours_at(base_url: str, **settings: Any) -> Get:
            ours = AsyncTransferClient(base_url=base_url, authorizer=authorizer, **settings)

            async def get() -> object:
                return (await ours.get_task(TASK_ID))["status"]

            await get()
            return get

        async def get_with_httpx() -> object:
            return (await client.get(url)).json()["status"]

        os.environ["http_proxy"] = server.url
        try:
            over_proxy = await ours_at(_FAR_AWAY)
        finally:
            del os.environ["http_proxy"]
        yield {
            OURS: await ours_at(server.url),
            OVER_TLS: await ours_at(server.kept_tls_url, transport=Transport(verify_ssl=server.ca_file)),
            OVER_PROXY: over_proxy,
            OVER_SESSION: await ours_at(server.url, terminal=AiohttpTerminal(bare)),
            AIOHTTP: _get_of(bare, url),
            AIOHTTP_OVER_TLS: _get_of(over_tls, server.kept_tls_url + TASK_PATH),
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


def _cpu_row(what: str, times: Times, ours: str, limits: Mapping[str, float | None]) -> Row:
    """The figures of ``ours`` beside those of the peers in ``limits``, with what is to be reached."""
    goals = {name: limit for name, limit in limits.items() if limit is not None}
    some = {name: times[name] for name in (ours, *limits)}
    return Row(what, microseconds(median(times[ours])), peers_of(some, ours, microseconds, goals))


def _rate(runner: asyncio.Runner, get: Get, calls: int) -> Measure:
    async def work() -> None:
        for _ in range(calls):
            await get()

    async def rate() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(TASKS)))
        return TASKS * calls / (time.perf_counter() - started)

    return lambda: runner.run(rate())


def _peer(rates: Times, ours: str, name: str, limit: float | None) -> Peer:
    ratio = Spread.of_ratios(rates[ours], rates[name])
    goal = None if limit is None else Goal.at_least(ratio.median, limit)
    return Peer(name, _per_second(rates[name]), ratio, goal)


def _per_second(rates: list[float]) -> str:
    return f"{median(rates):.0f} /s"
