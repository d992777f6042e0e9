"""What an authorizer and a whole stack cost inside requests, and a stack in the place of a PoolManager."""

from __future__ import annotations

import json
from contextlib import ExitStack
from statistics import median

import requests
import urllib3

from benchmarks.figures import microseconds
from benchmarks.loopback import Loopback
from benchmarks.packages import our_client
from benchmarks.rounds import Measure, cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Row
from globus_transport.embed.requests import GlobusAuth, StackAdapter
from globus_transport.embed.urllib3.pool import StackPool

_PLAIN = "requests.Session as it is"
_AUTH = "requests with GlobusAuth"
_ADAPTER = "requests with StackAdapter"
_MANAGER = "urllib3.PoolManager as it is"
_POOL = "StackPool"


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of one small GET with its JSON. Every session has a connection of its own."""
    url = server.task_url
    with ExitStack() as stack:
        client = stack.enter_context(our_client(server))
        authorizer = client.authorizer
        assert authorizer is not None
        plain = stack.enter_context(requests.Session())
        with_auth = stack.enter_context(requests.Session())
        with_auth.auth = GlobusAuth(authorizer, server.url)
        with_stack = stack.enter_context(requests.Session())
        StackAdapter(client.stack).mount(with_stack, server.url)
        manager = stack.enter_context(urllib3.PoolManager())
        pool = StackPool(client.stack)

        def get(call: Measure) -> Measure:
            return cpu_time_of(call, size.cpu_calls)

        of_requests = interleaved(
            {
                _ADAPTER: get(lambda: with_stack.get(url).json()["status"]),
                _AUTH: get(lambda: with_auth.get(url).json()["status"]),
                _PLAIN: get(lambda: plain.get(url).json()["status"]),
            },
            size.cpu_rounds,
        )
        of_urllib3 = interleaved(
            {
                _POOL: get(lambda: json.loads(pool.request("GET", url).data)["status"]),
                _MANAGER: get(lambda: json.loads(manager.request("GET", url).data)["status"]),
            },
            size.cpu_rounds,
        )
    rows = []
    for name in (_ADAPTER, _AUTH):
        times = {one: of_requests[one] for one in (name, _PLAIN)}
        peers = peers_of(times, name, microseconds, {_PLAIN: 1.1})
        rows.append(Row(f"CPU time a call, {name}", microseconds(median(times[name])), peers))
    peers = peers_of(of_urllib3, _POOL, microseconds)
    return [*rows, Row(f"CPU time a call, {_POOL}", microseconds(median(of_urllib3[_POOL])), peers)]
