"""CPU time a call with the extra ``fast``: over a plain connection, over TLS, and through a proxy."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

import urllib3

from benchmarks.figures import microseconds
from benchmarks.loopback import TASK_ID, TASK_PATH, Loopback
from benchmarks.packages import OURS, our_client
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Row
from globus_transport import json_text

_FAR_AWAY = "http://service.example.org"
_LIMIT = 0.5


def measure(server: Loopback, size: Size) -> list[Row]:
    """The same small GET on kept connections, each time against urllib3 doing no more than that."""
    try:
        rows = [
            _row("plain", server, size, server.url, urllib3.PoolManager),
            _row("TLS", server, size, server.kept_tls_url, lambda: urllib3.PoolManager(ca_certs=server.ca_file)),
        ]
        os.environ["http_proxy"] = server.url
        try:
            rows.append(_row("a proxy", server, size, _FAR_AWAY, lambda: urllib3.ProxyManager(server.url)))
        finally:
            del os.environ["http_proxy"]
    finally:
        json_text.use_fast(False)
    return rows


def _row(way: str, server: Loopback, size: Size, url: str, make_manager: Callable[[], urllib3.PoolManager]) -> Row:
    with ExitStack() as stack:
        ours = stack.enter_context(our_client(server, base_url=url, verify=server.ca_file, fast=True))
        manager = stack.enter_context(make_manager())
        peer = f"urllib3.{type(manager).__name__}"
        times = interleaved(
            {
                OURS: cpu_time_of(lambda: ours.get_task(TASK_ID)["status"], size.cpu_calls),
                peer: cpu_time_of(
                    lambda: json.loads(manager.request("GET", url + TASK_PATH).data)["status"], size.cpu_calls
                ),
            },
            size.cpu_rounds,
        )
    peers = peers_of(times, OURS, microseconds, {peer: _LIMIT})
    return Row(f"CPU time a call with the extra fast, {way}", microseconds(median(times[OURS])), peers)
