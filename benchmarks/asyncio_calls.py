"""Under asyncio: what a call costs, what an authorizer costs inside aiohttp, and calls per second of 64 tasks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from statistics import median

from benchmarks.asyncio_processes import AsyncioProgram, on_a_processor_of_its_own, running_program
from benchmarks.asyncio_program import TASKS
from benchmarks.figures import Spread, microseconds
from benchmarks.loopback import Loopback
from benchmarks.packages import OURS
from benchmarks.rounds import Times, extend, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.small_get import POOL_MANAGER, small_gets
from benchmarks.table import Goal, Peer, Row
from benchmarks.threads import THREADS, rate_of_threads

AIOHTTP, WITH_AUTH, HTTPX = "aiohttp.ClientSession", "aiohttp with GlobusAuth", "httpx.AsyncClient"
OVER_TLS, OVER_PROXY, OVER_SESSION = f"{OURS} over TLS", f"{OURS} through a proxy", f"{OURS} over a session"
AIOHTTP_OVER_TLS = "aiohttp over TLS"
OURS_AFTER, AIOHTTP_AFTER = f"{OURS}, after a large block", "aiohttp, after a large block"
IN_THREADS = f"{POOL_MANAGER}, {THREADS} threads"

_FAR_AWAY = "http://service.example.org"


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time with one task, and calls per second by wall time with many. Each library keeps its connections."""
    times: Times = {}
    rates: Times = {}
    # A process is lucky or not with where its memory lies, so each program is started several times.
    for _ in range(size.asyncio_processes):
        with ExitStack() as stack:
            stack.enter_context(on_a_processor_of_its_own(server))
            programs = {name: stack.enter_context(program) for name, program in _programs(server).items()}
            alone = {name: program.cpu_time(size.asyncio_calls) for name, program in programs.items() if name != HTTPX}
            extend(times, interleaved(alone, size.asyncio_rounds))
            calls = {name: size.thread_calls for name in programs if name not in (OVER_PROXY, WITH_AUTH)}
            # httpx gets slow when many wait for its pool, and has no need of more calls for a steady figure.
            calls[HTTPX] = max(1, size.thread_calls // 10)
            together = {name: programs[name].rate(many) for name, many in calls.items()}
            blocking = stack.enter_context(small_gets(server, connections=THREADS))
            together[IN_THREADS] = rate_of_threads(blocking[POOL_MANAGER], size.thread_calls)
            extend(rates, interleaved(together, size.asyncio_rounds))
    tasks = f"{TASKS} tasks, one AsyncTransferClient: calls per second"
    return [
        _cpu_row("one task, CPU time a call", times, OURS, {AIOHTTP: 0.80}),
        _cpu_row("the same, after a large block of memory was freed", times, OURS_AFTER, {AIOHTTP_AFTER: None}),
        _cpu_row("one task over TLS, CPU time a call", times, OVER_TLS, {OURS: 1.15, AIOHTTP_OVER_TLS: None}),
        _cpu_row("one task through a proxy, CPU time a call", times, OVER_PROXY, {OURS: 1.15}),
        _cpu_row("one task over a session of aiohttp, CPU time a call", times, OVER_SESSION, {AIOHTTP: None}),
        _cpu_row("aiohttp with an authorizer inside: CPU time a call", times, WITH_AUTH, {AIOHTTP: 1.1}),
        _rate_row(tasks, rates, OURS, {AIOHTTP: 1.25, IN_THREADS: 2.0, HTTPX: None, OVER_SESSION: None}),
        _rate_row("the same, after a large block of memory was freed", rates, OURS_AFTER, {AIOHTTP_AFTER: None}),
        _rate_row(f"{TASKS} tasks over TLS: calls per second", rates, OVER_TLS, {AIOHTTP_OVER_TLS: None, OURS: None}),
    ]


def _programs(server: Loopback) -> dict[str, AbstractContextManager[AsyncioProgram]]:
    plain, tls = server.url, server.kept_tls_url
    return {
        OURS: running_program(server, "ours", plain),
        AIOHTTP: running_program(server, "aiohttp", plain),
        OURS_AFTER: running_program(server, "ours", plain, "after-large-block"),
        AIOHTTP_AFTER: running_program(server, "aiohttp", plain, "after-large-block"),
        OVER_TLS: running_program(server, "ours", tls),
        AIOHTTP_OVER_TLS: running_program(server, "aiohttp", tls),
        OVER_PROXY: running_program(server, "ours", _FAR_AWAY, http_proxy=plain),
        OVER_SESSION: running_program(server, "ours-over-a-session", plain),
        WITH_AUTH: running_program(server, "aiohttp-with-auth", plain),
        HTTPX: running_program(server, "httpx", plain),
    }


def _cpu_row(what: str, times: Times, ours: str, limits: Mapping[str, float | None]) -> Row:
    """The figures of ``ours`` beside those of the peers in ``limits``, with what is to be reached."""
    goals = {name: limit for name, limit in limits.items() if limit is not None}
    some = {name: times[name] for name in (ours, *limits)}
    return Row(what, microseconds(median(times[ours])), peers_of(some, ours, microseconds, goals))


def _rate_row(what: str, rates: Times, ours: str, limits: Mapping[str, float | None]) -> Row:
    """The same for calls per second."""
    peers = []
    for name, limit in limits.items():
        ratio = Spread.of_ratios(rates[ours], rates[name])
        goal = None if limit is None else Goal.at_least(ratio.median, limit)
        peers.append(Peer(name, _per_second(rates[name]), ratio, goal))
    return Row(what, _per_second(rates[ours]), peers)


def _per_second(rates: list[float]) -> str:
    return f"{median(rates):.0f} /s"
