"""One authorizer among tasks, event loops and threads: one grant, and a token that no cancellation loses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport import AsyncioTerminal, AsyncTransferClient, RefreshTokenAuthorizer, TransferClient
from globus_transport.sandbox import Sandbox

Authorizer = RefreshTokenAuthorizer[Any]


def _authorizer(client: TransferClient) -> Authorizer:
    assert isinstance(client.authorizer, RefreshTokenAuthorizer)
    return client.authorizer


async def _until(happened: Callable[[], bool]) -> None:
    for _ in range(500):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def test_cancelling_the_task_that_renews_does_not_lose_the_token(globus: Sandbox, client: TransferClient) -> None:
    client.task_list()
    authorizer = _authorizer(client)
    old_refresh_token, old_access_token = authorizer.refresh_token, authorizer.access_token
    globus.revoke_all_access_tokens()
    authorizer.expires_at = None
    globus.token_delay = 0.6
    before = globus.grants["refresh_token"]
    asked = globus.requests.count(service="auth")

    async def main() -> list[int]:
        async with AsyncioTerminal() as terminal:
            other = AsyncTransferClient(authorizer=authorizer, base_url=globus.transfer_url, terminal=terminal)
            leader = asyncio.create_task(other.task_list())
            await asyncio.sleep(0.15)  # it waits for the token endpoint
            followers = [asyncio.create_task(other.task_list()) for _ in range(8)]
            await asyncio.sleep(0.05)
            leader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leader
            assert authorizer.access_token == old_access_token  # so it was cancelled while the grant was made
            replies = await asyncio.gather(*followers)
            return [reply.http_status for reply in replies]

    assert asyncio.run(main()) == [200] * 8
    assert globus.grants["refresh_token"] - before == 1
    assert globus.requests.count(service="auth") - asked == 1
    assert authorizer.refresh_token != old_refresh_token


def test_the_token_is_there_even_if_everyone_who_waited_was_cancelled(globus: Sandbox, client: TransferClient) -> None:
    authorizer = _authorizer(client)
    globus.token_delay = 0.2

    async def main() -> int:
        async with AsyncioTerminal() as terminal:
            other = AsyncTransferClient(authorizer=authorizer, base_url=globus.transfer_url, terminal=terminal)
            tasks = [asyncio.create_task(other.task_list()) for _ in range(4)]
            await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {
                asyncio.CancelledError
            }
            await _until(lambda: authorizer.access_token is not None)
            return (await other.task_list()).http_status

    assert asyncio.run(main()) == 200
    assert globus.grants["refresh_token"] == 1


@pytest.mark.parametrize("how", ["expired", "refused"])
def test_threads_and_two_event_loops_make_one_grant(globus: Sandbox, client: TransferClient, how: str) -> None:
    client.task_list()
    authorizer = _authorizer(client)
    globus.revoke_all_access_tokens()
    if how == "expired":
        authorizer.expires_at = 1
    globus.token_delay = 0.05
    before = globus.grants["refresh_token"]
    everyone = threading.Barrier(2 + 8)
    terminal = AsyncioTerminal()

    async def tasks() -> list[int]:
        async with terminal:
            other = AsyncTransferClient(authorizer=authorizer, base_url=globus.transfer_url, terminal=terminal)
            everyone.wait(10)
            replies = await asyncio.gather(*(other.task_list() for _ in range(16)))
            return [reply.http_status for reply in replies]

    def thread() -> list[int]:
        everyone.wait(10)
        return [client.task_list().http_status]

    with ThreadPoolExecutor(10) as pool:
        started = [
            *(pool.submit(asyncio.run, tasks()) for _ in range(2)),
            *(pool.submit(thread) for _ in range(8)),
        ]
        statuses = [status for one in started for status in one.result(30)]
    assert statuses == [200] * (2 * 16 + 8)
    assert globus.grants["refresh_token"] - before == 1
