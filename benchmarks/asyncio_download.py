"""A long body under asyncio, taken as it comes: how fast, and how much of it is in memory."""

from __future__ import annotations

from statistics import median

from benchmarks.asyncio_processes import on_a_processor_of_its_own, running_program
from benchmarks.figures import Spread
from benchmarks.loopback import Loopback
from benchmarks.packages import OURS
from benchmarks.processes import run_program
from benchmarks.rounds import Times, extend, interleaved
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row

_AIOHTTP = "aiohttp's iter_any()"
_MOST_MEGABYTES = 40

_PROGRAM = """
import asyncio, resource, sys
from globus_transport import AccessTokenAuthorizer, AsyncTransferClient

url, length, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])

async def main():
    async with AsyncTransferClient(base_url=url, authorizer=AccessTokenAuthorizer("access")) as client:
        async for _ in (await client.request("GET", f"{url}/big?bytes=1000", stream=True)).aiter_bytes():
            pass
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        received, pauses = 0, 0
        async for chunk in (await client.request("GET", f"{url}/big?bytes={length}", stream=True)).aiter_bytes():
            received += len(chunk)
            if pause and received >> 22 > pauses:
                pauses += 1
                await asyncio.sleep(pause)
        assert received == length
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)

asyncio.run(main())
"""


def measure(server: Loopback, size: Size) -> list[Row]:
    """Megabytes per second by wall time, and the growth of a process that only downloads."""
    length = size.asyncio_download_bytes
    speeds: Times = {}
    for _ in range(size.asyncio_processes):
        with (
            on_a_processor_of_its_own(server),
            running_program(server, "ours", server.url) as ours,
            running_program(server, "aiohttp", server.url) as theirs,
        ):
            measures = {OURS: ours.download(length), _AIOHTTP: theirs.download(length)}
            extend(speeds, interleaved(measures, size.asyncio_rounds))
    ratio = Spread.of_ratios(speeds[OURS], speeds[_AIOHTTP])
    peer = Peer(_AIOHTTP, _megabytes(speeds[_AIOHTTP]), ratio, Goal.at_least(ratio.median, 1.0))
    rows = [Row("streaming download under asyncio", _megabytes(speeds[OURS]), [peer])]
    for what, pause in (("", 0.0), (", with a reader that sleeps", 0.01)):
        grown = 1024 * float(run_program(_PROGRAM, server.url, str(length), str(pause)))
        goal = Goal.at_most(grown / 1e6, _MOST_MEGABYTES, " MB")
        rows.append(Row(f"memory of it{what}", f"{grown / 1e6:.1f} MB", [], goal))
    return rows


def _megabytes(speeds: list[float]) -> str:
    return f"{median(speeds) / 1e6:.0f} MB/s"
