"""The clients for asyncio in programs that are written with anyio: task groups, cancel scopes, worker threads."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

pytest.importorskip("anyio", reason="install the extra hosts: pip install 'globus_transport[hosts]'")

import anyio
import anyio.to_thread

from globus_transport import AsyncTransferClient, GlobusTimeoutError, RefreshTokenAuthorizer, TransferClient, Transport
from globus_transport.testing.loopback_server import Peer, ScriptedServer, answering, silent, whole
from tests.core.stepping import FakeAuth


def _run(main: Callable[[], Awaitable[Any]]) -> Any:
    async def limited() -> Any:
        with anyio.fail_after(20):
            return await main()

    return anyio.run(limited)


def test_tasks_of_a_group_renew_once(guarded_server: ScriptedServer) -> None:
    auth = FakeAuth(before=lambda number: time.sleep(0.1))
    authorizer: RefreshTokenAuthorizer[Any] = RefreshTokenAuthorizer("refresh", auth)

    async def main() -> list[str]:
        statuses: list[str] = []
        async with AsyncTransferClient(authorizer=authorizer, base_url=guarded_server.origin) as client:

            async def call(number: int) -> None:
                statuses.append((await client.get_task(str(number)))["status"])

            async with anyio.create_task_group() as group:
                for number in range(10):
                    group.start_soon(call, number)
        return statuses

    assert _run(main) == ["ACTIVE"] * 10
    assert {request["Authorization"] for request in guarded_server.requests} == {"Bearer token-1", "Bearer token-2"}
    assert len(auth.grants) == 2


def test_a_cancel_scope_ends_a_call_and_its_connection() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.wait_for_close()

    async def main(server: ScriptedServer) -> tuple[bool, str]:
        async with AsyncTransferClient(base_url=server.origin) as client:
            with anyio.move_on_after(0.2) as scope:
                await client.get_task("1")
            closed = await anyio.to_thread.run_sync(server.saw_close.wait, 5)
            assert closed
            return scope.cancelled_caught, (await client.get_task("2"))["status"]

    with ScriptedServer(script, answering(whole(b'{"status": "ACTIVE"}'))) as server:
        assert _run(lambda: main(server)) == (True, "ACTIVE")


def test_the_deadline_of_a_client_ends_a_call_within_a_longer_cancel_scope() -> None:
    async def main(origin: str) -> tuple[bool, float]:
        async with AsyncTransferClient(base_url=origin, transport=Transport(deadline=0.2)) as client:
            start = time.monotonic()
            with anyio.move_on_after(10) as scope, pytest.raises(GlobusTimeoutError):
                await client.get_task("1")
            return scope.cancelled_caught, time.monotonic() - start

    with ScriptedServer(silent) as server:
        cancelled, seconds = _run(lambda: main(server.origin))
    assert not cancelled
    assert seconds < 5


def test_the_blocking_client_in_a_worker_thread(
    guarded_server: ScriptedServer, authorizer: RefreshTokenAuthorizer[Any]
) -> None:
    async def main() -> str:
        with TransferClient(authorizer=authorizer, base_url=guarded_server.origin) as client:
            task = await anyio.to_thread.run_sync(client.get_task, "1")
            return str(task["status"])

    assert _run(main) == "ACTIVE"
