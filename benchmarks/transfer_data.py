"""A transfer of many files, as a document: building it and making it JSON."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from statistics import median
from typing import Any

import globus_sdk
from globus_sdk.transport import JSONRequestEncoder

import globus_transport
from benchmarks.figures import milliseconds
from benchmarks.loopback import Loopback
from benchmarks.packages import OURS, THEIRS
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Goal, Peer, Row
from globus_transport.routing.json_body import encode_json


def measure(_server: Loopback, size: Size) -> list[Row]:
    """CPU time and peak memory. The paths are there already: they are the caller's."""
    paths = [(f"/experiment/run-7/image-{number}.raw", f"/archive/{number}.raw") for number in range(size.items)]
    their_encoder = JSONRequestEncoder()

    def build(package: Any) -> Any:
        data = package.TransferData("source", "destination", label="many")
        for source, destination in paths:
            data.add_item(source, destination)
        return data

    def ours() -> bytes:
        return encode_json(build(globus_transport))

    def theirs() -> bytes:
        request = their_encoder.encode("POST", "https://service.example.org/", {}, build(globus_sdk), {})
        body = request.prepare().body
        assert isinstance(body, bytes)
        return body

    assert json.loads(ours()) == json.loads(theirs())
    calls: dict[str, Callable[[], bytes]] = {OURS: ours, THEIRS: theirs}
    times = interleaved({name: cpu_time_of(call, 1) for name, call in calls.items()}, size.document_rounds)
    peaks = {name: _peak_of(call) for name, call in calls.items()}
    share = peaks[OURS] / peaks[THEIRS]
    what = f"a TransferData with {size.items:,} items"
    return [
        Row(f"{what}: CPU", milliseconds(median(times[OURS])), peers_of(times, OURS, milliseconds, {THEIRS: 0.5})),
        Row(
            f"{what}: peak memory",
            _megabytes(peaks[OURS]),
            [Peer(f"{THEIRS}: ours is {share:.2f} of it", _megabytes(peaks[THEIRS]), None, Goal.at_most(share, 0.5))],
        ),
    ]


def _peak_of(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
