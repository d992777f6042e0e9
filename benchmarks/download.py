"""A long body, taken as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median

import urllib3

from benchmarks.figures import Spread
from benchmarks.loopback import Loopback
from benchmarks.packages import OURS, AnyClient, our_client
from benchmarks.rounds import Measure, interleaved, wall_time_of
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row

_URLLIB3 = "urllib3's stream()"


def measure(server: Loopback, size: Size) -> list[Row]:
    """Megabytes per second, by wall time, in the chunks that each has by default."""
    length = size.download_bytes
    path = f"/big?bytes={length}"
    with our_client(server) as client, urllib3.PoolManager() as manager:

        def by_urllib3() -> Iterable[bytes]:
            response = manager.request("GET", server.url + path, preload_content=False)
            yield from response.stream()
            response.release_conn()

        speeds = interleaved(
            {
                OURS: _speed(lambda: _chunks(client, server.url + path), length),
                _URLLIB3: _speed(by_urllib3, length),
            },
            size.download_rounds,
        )
    ratio = Spread.of_ratios(speeds[OURS], speeds[_URLLIB3])
    peer = Peer(_URLLIB3, _megabytes(speeds[_URLLIB3]), ratio, Goal.at_least(ratio.median, 0.85))
    return [Row("streaming download", _megabytes(speeds[OURS]), [peer])]


def _chunks(client: AnyClient, url: str) -> Iterable[bytes]:
    chunks: Iterable[bytes] = client.request("GET", url, stream=True).iter_bytes()
    return chunks


def _speed(download: Callable[[], Iterable[bytes]], length: int) -> Measure:
    def take_all() -> None:
        received = sum(map(len, download()))
        if received != length:
            raise RuntimeError(f"{received} bytes of {length} arrived")

    seconds = wall_time_of(take_all)
    return lambda: length / seconds()


def _megabytes(speeds: list[float]) -> str:
    return f"{median(speeds) / 1e6:.0f} MB/s"
