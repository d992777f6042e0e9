"""Tasks that make calls with the clients for asyncio, in an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from random import Random
from typing import Any

from benchmarks.soak.calls import Call, check_error, check_reply, choose_call
from benchmarks.soak.clients import AsyncSoakClient, Clients
from benchmarks.soak.counts import Counts

# How a call is ended: not, by its task's cancellation after some time or after some turns of the event loop, or by
# asyncio.timeout().
_ENDINGS = ("not", "cancel", "cancel after turns", "timeout")


def start_tasks(
    number: int, part: str, clients: Clients, random: Random, until: float, limit: float
) -> tuple[threading.Thread, list[Counts]]:
    """Start tasks that make calls until a time on the clock of ``time.monotonic()``.

    :param part: unique; the ids of the calls begin with it
    :param limit: seconds that the last calls may take; tasks that are still at work then have lost their calls
    """
    several = [Counts() for _ in range(number + 1)]
    randoms = [Random(random.random()) for _ in range(number)]

    def run() -> None:
        asyncio.run(_run_tasks(part, clients, randoms, until, limit, several))

    thread = threading.Thread(target=run, name="soak tasks", daemon=True)
    thread.start()
    return thread, several


async def _run_tasks(
    part: str, clients: Clients, randoms: list[Random], until: float, limit: float, several: list[Counts]
) -> None:
    *counts_of_tasks, own = several

    def note_complaint(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        own.add_unexpected(f"the event loop: {context}")

    asyncio.get_running_loop().set_exception_handler(note_complaint)
    tasks = [
        asyncio.create_task(_make_calls(clients, f"{part}-task-{index}", random, counts, until))
        for index, (random, counts) in enumerate(zip(randoms, counts_of_tasks, strict=True))
    ]
    _, pending = await asyncio.wait(tasks, timeout=max(0.0, until - time.monotonic()) + limit)
    for task in pending:
        own.add_lost(f"the call of {task!r}")
        task.cancel()
    for task in tasks:
        if task.done() and (error := task.exception()) is not None:
            own.add_unexpected(f"a task ended with {error!r}")
    # What was abandoned ends in this loop.
    del tasks, pending
    gc.collect()
    for client in clients.awaited:
        await client.close()


async def _make_calls(clients: Clients, name: str, random: Random, counts: Counts, until: float) -> None:
    while time.monotonic() < until:
        client = clients.awaited[random.random() < 0.3]
        call = choose_call(random, f"/{name}-{counts.calls}")
        counts.calls += 1
        try:
            counts.outcomes[await _make_and_end(client, call, random, counts)] += 1
        except Exception as error:
            check_error(counts, call, error)


async def _make_and_end(client: AsyncSoakClient, call: Call, random: Random, counts: Counts) -> str:
    """Make a call, and at times end it early.

    :return: what was done with the reply, or ``"cancelled"``
    """
    ending = random.choice(_ENDINGS)
    if ending == "not":
        return await _make_call(client, call, random, counts)
    if ending == "timeout":
        async with asyncio.timeout(random.random() * 0.5):
            return await _make_call(client, call, random, counts)
    task = asyncio.create_task(_make_call(client, call, random, counts))
    if ending == "cancel after turns":
        for _ in range(random.randrange(30)):
            await asyncio.sleep(0)
    else:
        await asyncio.sleep(random.random() * 0.3)
    task.cancel()
    try:
        return await task
    except asyncio.CancelledError:
        return "cancelled"


async def _make_call(client: AsyncSoakClient, call: Call, random: Random, counts: Counts) -> str:
    is_tls = client.base_url.startswith("https")
    if call.reading is None and call.method == "GET":
        reply = await client.read(call.call_id[1:])
    else:
        reply = await client.request(call.method, call.call_id, data=call.body, stream=call.reading is not None)
    if call.reading is None:
        check_reply(counts, call, reply, reply.binary_content, is_tls=is_tls)
    elif call.reading in ("read", "iterate"):
        if call.reading == "iterate":
            # The server may go on meanwhile.
            await asyncio.sleep(random.random() * 0.05)
        body = b"".join([chunk async for chunk in reply.aiter_bytes()])
        check_reply(counts, call, reply, body, is_tls=is_tls)
    elif call.reading == "leave":
        async for _ in reply.aiter_bytes():
            break
    elif call.reading == "close":
        await reply.aclose()
    else:
        cycle: list[object] = [reply]
        cycle.append(cycle)
    return "whole" if call.reading is None else call.reading
