"""From starting Python to the first reply."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from benchmarks.figures import milliseconds
from benchmarks.loopback import TASK_ID, Loopback
from benchmarks.packages import OURS, THEIRS
from benchmarks.processes import run_program
from benchmarks.rounds import interleaved, peers_of, wall_time_of
from benchmarks.sizes import Size
from benchmarks.table import Row

_CLIENT_SCRIPT = f"""
import sys, time
from {{package}} import ConfidentialAppAuthClient, RefreshTokenAuthorizer, TransferClient
auth_client = ConfidentialAppAuthClient({TASK_ID!r}, "secret", base_url=sys.argv[1])
authorizer = RefreshTokenAuthorizer(
    "refresh", auth_client, access_token="access", expires_at=int(time.time()) + 3600
)
with auth_client, TransferClient(base_url=sys.argv[1], authorizer=authorizer) as client:
    print(client.get_task({TASK_ID!r})["status"])
"""
_ASYNC_CLIENT_SCRIPT = f"""
import asyncio, sys
from globus_transport import AccessTokenAuthorizer, AsyncTransferClient

async def main():
    async with AsyncTransferClient(base_url=sys.argv[1], authorizer=AccessTokenAuthorizer("access")) as client:
        print((await client.get_task({TASK_ID!r}))["status"])

asyncio.run(main())
"""
_AIOHTTP_SCRIPT = """
import asyncio, sys
import aiohttp

async def main():
    async with aiohttp.ClientSession() as session, session.get(sys.argv[2]) as reply:
        print((await reply.json())["status"])

asyncio.run(main())
"""
_AIOHTTP = "aiohttp.ClientSession"
_WITHOUT_ORJSON = "import sys; sys.modules['orjson'] = None\n"
_WITH_FAST = f"{OURS} with the extra fast"


def measure(server: Loopback, size: Size) -> list[Row]:
    """Wall time of the whole program, Python's own start included."""

    def program(text: str) -> Callable[[], object]:
        return lambda: run_program(text, server.url, server.task_url)

    ours = _CLIENT_SCRIPT.format(package="globus_transport")
    programs = {
        OURS: program(_WITHOUT_ORJSON + ours),
        _WITH_FAST: program(ours),
        THEIRS: program(_CLIENT_SCRIPT.format(package="globus_sdk")),
    }
    async_programs = {OURS: program(_WITHOUT_ORJSON + _ASYNC_CLIENT_SCRIPT), _AIOHTTP: program(_AIOHTTP_SCRIPT)}
    return [
        _row("cold start: python to first reply", programs, {THEIRS: 0.9}, size),
        _row("cold start of asyncio.run: python to first reply", async_programs, {_AIOHTTP: 0.75}, size),
    ]


def _row(what: str, programs: dict[str, Callable[[], object]], limits: dict[str, float], size: Size) -> Row:
    times = interleaved({name: wall_time_of(run) for name, run in programs.items()}, size.process_rounds)
    return Row(what, milliseconds(median(times[OURS])), peers_of(times, OURS, milliseconds, limits))
