"""CPU time a call over a kept TLS connection, and through a kept connection to a proxy."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from statistics import median

import urllib3

from benchmarks.figures import microseconds
from benchmarks.loopback import TASK_ID, TASK_PATH, Loopback
from benchmarks.packages import OURS, our_client
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.small_get import POOL_MANAGER
from benchmarks.table import Row

_FAR_AWAY = "http://service.example.org"


def measure(server: Loopback, size: Size) -> list[Row]:
    """The same small GET as over a plain connection."""
    return [_over_tls(server, size), _through_a_proxy(server, size)]


def _over_tls(server: Loopback, size: Size) -> Row:
    url, ca_file = server.kept_tls_url, server.ca_file
    with ExitStack() as stack:
        ours = stack.enter_context(our_client(server, base_url=url, verify=ca_file))
        manager = stack.enter_context(urllib3.PoolManager(ca_certs=ca_file))
        times = interleaved(
            {
                OURS: cpu_time_of(lambda: ours.get_task(TASK_ID)["status"], size.cpu_calls),
                POOL_MANAGER: cpu_time_of(
                    lambda: json.loads(manager.request("GET", url + TASK_PATH).data)["status"], size.cpu_calls
                ),
            },
            size.cpu_rounds,
        )
    peers = peers_of(times, OURS, microseconds, {POOL_MANAGER: 0.5})
    return Row("CPU time a call, kept TLS connection", microseconds(median(times[OURS])), peers)


def _through_a_proxy(server: Loopback, size: Size) -> Row:
    os.environ["http_proxy"] = server.url
    try:
        with ExitStack() as stack:
            ours = stack.enter_context(our_client(server, base_url=_FAR_AWAY))
            manager = stack.enter_context(urllib3.ProxyManager(server.url))
            times = interleaved(
                {
                    OURS: cpu_time_of(lambda: ours.get_task(TASK_ID)["status"], size.cpu_calls),
                    "urllib3.ProxyManager": cpu_time_of(
                        lambda: json.loads(manager.request("GET", _FAR_AWAY + TASK_PATH).data)["status"],
                        size.cpu_calls,
                    ),
                },
                size.cpu_rounds,
            )
    finally:
        del os.environ["http_proxy"]
    peers = peers_of(times, OURS, microseconds, {"urllib3.ProxyManager": 0.5})
    return Row("CPU time a call, through a proxy", microseconds(median(times[OURS])), peers)
