"""Threads that make calls with the clients for threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from random import Random

from benchmarks.soak.calls import Call, check_error, check_reply, choose_call
from benchmarks.soak.clients import Clients, SoakClient
from benchmarks.soak.counts import Counts
from globus_transport.routing.replies import GlobusHTTPResponse


def start_threads(
    number: int, part: str, clients: Clients, random: Random, until: float
) -> tuple[list[threading.Thread], list[Counts]]:
    """Start threads that make calls until a time on the clock of ``time.monotonic()``.

    :param part: unique; the ids of the calls begin with it
    """
    several = [Counts() for _ in range(number)]
    threads = []
    for index, counts in enumerate(several):
        name = f"{part}-thread-{index}"
        arguments = (clients, name, Random(random.random()), counts, lambda: time.monotonic() >= until)
        threads.append(threading.Thread(target=make_calls, args=arguments, name=f"soak {name}", daemon=True))
    for thread in threads:
        thread.start()
    return threads, several


def join_threads(threads: list[threading.Thread], counts: Counts, limit: float) -> None:
    """Wait for the threads. Those that are still at work after the limit, in seconds, have lost their calls."""
    until = time.monotonic() + limit
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            counts.add_lost(f"the call of {thread.name}")


def make_calls(clients: Clients, name: str, random: Random, counts: Counts, is_over: Callable[[], bool]) -> None:
    """Make one call after the other, and count what happens to them.

    :param name: unique; the ids of the calls begin with it
    """
    while not is_over():
        client = clients.blocking[random.random() < 0.3]
        call = choose_call(random, f"/{name}-{counts.calls}")
        counts.calls += 1
        try:
            counts.outcomes[_make_call(client, call, counts)] += 1
        except Exception as error:
            check_error(counts, call, error)


def _make_call(client: SoakClient, call: Call, counts: Counts) -> str:
    """:return: what was done with the reply"""
    is_tls = client.base_url.startswith("https")
    if call.reading is None and call.method == "GET":
        reply = client.read(call.call_id[1:])
    else:
        reply = client.request(call.method, call.call_id, data=call.body, stream=call.reading is not None)
    if call.reading in (None, "read"):
        check_reply(counts, call, reply, reply.binary_content, is_tls=is_tls)
    elif call.reading == "iterate":
        check_reply(counts, call, reply, b"".join(reply.iter_bytes()), is_tls=is_tls)
    elif call.reading == "leave":
        for _ in reply.iter_bytes():
            break
    elif call.reading == "close":
        reply.close()
    else:
        _abandon(reply)
    return "whole" if call.reading is None else call.reading


def _abandon(reply: GlobusHTTPResponse) -> None:
    """Leave a reply to the garbage collector, as a part of a cycle."""
    cycle: list[object] = [reply]
    cycle.append(cycle)
