"""What an authorizer and a whole stack cost inside httpx."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from statistics import median

import httpx

from benchmarks.figures import microseconds
from benchmarks.loopback import Loopback
from benchmarks.packages import our_client
from benchmarks.rounds import cpu_time_of, interleaved, peers_of
from benchmarks.sizes import Size
from benchmarks.table import Row
from globus_transport.embed.httpx.public import GlobusAuth, StackTransport

_PLAIN = "httpx.Client as it is"
_AUTH = "httpx with GlobusAuth"
_TRANSPORT = "httpx with StackTransport"


def measure(server: Loopback, size: Size) -> list[Row]:
    """CPU time of one small GET with its JSON. Every client has a connection of its own."""
    url = server.task_url
    with ExitStack() as stack:
        client = stack.enter_context(our_client(server))
        authorizer = client.authorizer
        assert authorizer is not None
        clients = {
            _TRANSPORT: stack.enter_context(httpx.Client(transport=StackTransport(client.stack))),
            _AUTH: stack.enter_context(httpx.Client(auth=GlobusAuth(authorizer, server.url))),
            _PLAIN: stack.enter_context(httpx.Client()),
        }

        def get(host: httpx.Client) -> object:
            return host.get(url).json()["status"]

        times = interleaved(
            {name: cpu_time_of(partial(get, host), size.cpu_calls) for name, host in clients.items()},
            size.cpu_rounds,
        )
    rows = []
    for name, limit in ((_TRANSPORT, 1.05), (_AUTH, None)):
        peers = peers_of(
            {one: times[one] for one in (name, _PLAIN)}, name, microseconds, {_PLAIN: limit} if limit else None
        )
        rows.append(Row(f"CPU time a call, {name}", microseconds(median(times[name])), peers))
    return rows
