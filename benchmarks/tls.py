"""A new TLS connection, when there have been others."""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

import requests
import urllib3

from benchmarks.figures import milliseconds
from benchmarks.loopback import TASK_ID, TASK_PATH, Loopback
from benchmarks.packages import OURS, THEIRS, our_client, their_client
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Row


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of a call over a connection of its own: the server closes after each reply.

    Everybody verifies the server by the same CA file, and has done so before.
    """
    url, ca_file = server.tls_url, server.ca_file
    with ExitStack() as stack:
        ours = stack.enter_context(our_client(server, base_url=url, verify=ca_file))
        theirs = stack.enter_context(their_client(server, base_url=url, verify=ca_file))
        session = stack.enter_context(requests.Session())
        session.verify = ca_file
        manager = stack.enter_context(urllib3.PoolManager(ca_certs=ca_file))
        calls = {
            OURS: lambda: ours.get_task(TASK_ID)["status"],
            "urllib3.PoolManager": lambda: manager.request("GET", url + TASK_PATH).json()["status"],
            "requests.Session": lambda: session.get(url + TASK_PATH).json()["status"],
            THEIRS: lambda: theirs.get_task(TASK_ID)["status"],
        }
        times = interleaved({name: cpu_time_of(call, size.tls_calls) for name, call in calls.items()}, size.tls_rounds)
    figure = median(times[OURS])
    # 2 ms where globus-sdk takes 16: as a ratio, so that it means the same on every machine.
    peers = peers_of(times, OURS, milliseconds, {THEIRS: 0.125})
    return [Row("a call over a new TLS connection: CPU", milliseconds(figure), peers)]
