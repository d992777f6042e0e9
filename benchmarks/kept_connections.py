"""CPU time a call over kept connections, plain, with TLS and to a proxy; without the extra ``fast`` and with it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

import urllib3

from benchmarks.figures import microseconds
from benchmarks.loopback import TASK_ID, TASK_PATH, Loopback
from benchmarks.packages import OURS, extra_fast, our_client
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Row

_FAR_AWAY = "http://service.example.org"
_LIMIT = 0.5


def measure(server: Loopback, size: Size) -> list[Row]:
    """The same small GET, each time against urllib3 doing no more than that."""
    rows: list[Row] = []
    for installed in (False, True):
        with extra_fast(installed):
            rows += _rows(server, size, "with the extra fast" if installed else "core dependencies")
    return rows


def _rows(server: Loopback, size: Size, installed: str) -> list[Row]:
    rows = [
        _row("plain", server, size, server.url, urllib3.PoolManager, installed),
        _row("TLS", server, size, server.kept_tls_url, lambda: urllib3.PoolManager(ca_certs=server.ca_file), installed),
    ]
    os.environ["http_proxy"] = server.url
    try:
        rows.append(_row("a proxy", server, size, _FAR_AWAY, lambda: urllib3.ProxyManager(server.url), installed))
    finally:
        del os.environ["http_proxy"]
    return rows


def _row(
    kind: str, server: Loopback, size: Size, url: str, make_manager: Callable[[], urllib3.PoolManager], installed: str
) -> Row:
    with ExitStack() as stack:
        ours = stack.enter_context(our_client(server, base_url=url, verify=server.ca_file))
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
    return Row(f"CPU time a call, {kind}, {installed}", microseconds(median(times[OURS])), peers)
