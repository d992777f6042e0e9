"""Threads and asyncio tasks that find one token stale, all at once: exactly one grant."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow
from globus_transport.core.layers import LayerLike
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusTimeoutError
from globus_transport.http.messages import Request, Response
from tests.core.stepping import ORIGIN, FakeAuth, Reply, get

EXPIRED, REFUSED_LATER = 5, int(time.time()) + 10**6


class Everyone:
    """A layer that opens a gate when a given number of calls have passed it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.here = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Flow:
        with self._lock:
            self.number -= 1
            if self.number == 0:
                self.here.set()
        response: Response = yield request
        return response


class Service:
    """Accepts the newest token of one auth client, under threads and asyncio."""

    def __init__(self, auth: FakeAuth) -> None:
        self.auth = auth
        self.refusals = 0

    def __call__(self, request: Request) -> Response:
        if request.headers["Authorization"] == f"Bearer token-{len(self.auth.grants)}" and self.auth.grants:
            return Response(200)
        self.refusals += 1
        return Response(401)

    async def answer(self, request: Request) -> Response:
        await asyncio.sleep(0)
        return self(request)


def rotating(before: Callable[[int], object]) -> FakeAuth:
    """Refuses a refresh token that was used before."""
    auth = FakeAuth(before, refresh_token="refresh-1")

    def check(number: int) -> None:
        assert len(set(auth.grants)) == number, "a refresh token was used twice"
        auth.extra = {"refresh_token": f"refresh-{number}"}
        before(number)

    auth.before = check
    return auth


def sharing(auth: FakeAuth, expires_at: int, **more: Any) -> RefreshTokenAuthorizer[Reply]:
    return RefreshTokenAuthorizer("refresh-0", auth, access_token="token-0", expires_at=expires_at, **more)


@pytest.mark.parametrize("expires_at", [EXPIRED, REFUSED_LATER], ids=["expired", "refused"])
def test_32_threads(expires_at: int) -> None:
    everyone = Everyone(32)
    auth = rotating(lambda _: everyone.here.wait(60))
    stored: list[Reply] = []
    authorizer = sharing(auth, expires_at, on_refresh=stored.append)
    stack = Stack(Service(auth), [everyone, authorizer.bound_to(ORIGIN)])
    barrier = threading.Barrier(32)

    def call(number: int) -> int:
        barrier.wait(60)
        return stack.send(get(f"/{number}")).status

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(call, range(32))) == [200] * 32
    assert auth.grants == ["refresh-0"]
    assert len(stored) == 1
    assert authorizer.refresh_token == "refresh-1"


def test_two_threads_that_both_come_first() -> None:
    both_are_here = threading.Barrier(2)
    # Long enough for a thread with a renewal of its own to make a grant of its own.
    auth = rotating(lambda _: time.sleep(0.2))
    stack = Stack(Service(auth), [sharing(auth, EXPIRED).bound_to(ORIGIN)])

    def call(path: str) -> int:
        both_are_here.wait(60)
        return stack.send(get(path)).status

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(call, ("/1", "/2"))) == [200, 200]
    assert auth.grants == ["refresh-0"]


@pytest.mark.parametrize("expires_at", [EXPIRED, REFUSED_LATER], ids=["expired", "refused"])
def test_32_tasks(expires_at: int) -> None:
    everyone = Everyone(32)
    auth = rotating(lambda _: everyone.here.wait(60))
    stack = AsyncStack(Service(auth).answer, [everyone, sharing(auth, expires_at).bound_to(ORIGIN)])

    async def main() -> None:
        responses = await asyncio.gather(*(stack.send(get(f"/{number}")) for number in range(32)))
        assert [response.status for response in responses] == [200] * 32

    asyncio.run(main())
    assert auth.grants == ["refresh-0"]


@pytest.mark.parametrize("expires_at", [EXPIRED, REFUSED_LATER], ids=["expired", "refused"])
def test_threads_and_tasks_of_two_loops_together(expires_at: int) -> None:
    everyone = Everyone(32)
    auth = rotating(lambda _: everyone.here.wait(60))
    service = Service(auth)
    layers: list[LayerLike] = [everyone, sharing(auth, expires_at).bound_to(ORIGIN)]
    stack, async_stack = Stack(service, layers), AsyncStack(service.answer, layers)
    barrier = threading.Barrier(18)

    def call(_number: int) -> list[int]:
        barrier.wait(60)
        return [stack.send(get()).status]

    async def tasks() -> list[int]:
        responses = await asyncio.gather(*(async_stack.send(get()) for _ in range(8)))
        return [response.status for response in responses]

    def loop(_number: int) -> list[int]:
        barrier.wait(60)
        return asyncio.run(tasks())

    with ThreadPoolExecutor(18) as pool:
        futures = [pool.submit(loop, 0), pool.submit(loop, 1), *(pool.submit(call, number) for number in range(16))]
        results = [future.result(60) for future in futures]
    assert [status for result in results for status in result] == [200] * 32
    assert auth.grants == ["refresh-0"]


def test_a_failing_renewal_fails_every_call_once() -> None:
    class AuthError(Exception):
        pass

    everyone = Everyone(8)

    def fail(number: int) -> None:
        assert everyone.here.wait(60)
        raise AuthError

    auth = FakeAuth(fail)
    layers: list[LayerLike] = [everyone, sharing(auth, EXPIRED).bound_to(ORIGIN)]
    stack = AsyncStack(Service(auth).answer, layers)

    async def main() -> None:
        results = await asyncio.gather(*(stack.send(get()) for _ in range(8)), return_exceptions=True)
        assert [type(result) for result in results] == [AuthError] * 8

    asyncio.run(main())
    # All eight were in the layer below when the one grant failed.
    assert len(auth.grants) == 1


def test_a_cancelled_task_does_not_take_the_renewal_with_it() -> None:
    begun, release = threading.Event(), threading.Event()

    def block(number: int) -> None:
        begun.set()
        assert release.wait(60)

    auth = FakeAuth(block)
    stack = AsyncStack(Service(auth).answer, [sharing(auth, EXPIRED).bound_to(ORIGIN)])

    async def main() -> None:
        leader = asyncio.create_task(stack.send(get()))
        await asyncio.to_thread(begun.wait)
        waiter = asyncio.create_task(stack.send(get()))
        await asyncio.sleep(0)
        leader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leader
        release.set()
        assert (await waiter).status == 200

    asyncio.run(main())
    assert len(auth.grants) == 1


@pytest.mark.parametrize("steps", range(5))
def test_a_loop_that_ends_during_a_renewal_does_not_block_the_next_one(steps: int) -> None:
    auth = FakeAuth()
    stack = AsyncStack(Service(auth).answer, [sharing(auth, EXPIRED).bound_to(ORIGIN)])

    async def give_up_after(turns: int) -> None:
        task = asyncio.create_task(stack.send(get()))
        for _ in range(turns):
            await asyncio.sleep(0)
        assert not task.cancelled()
        # The loop ends here, and cancels every task that is left: the shielded one too.

    asyncio.run(give_up_after(steps))
    # The deadline is there to fail instead of hanging.
    response = asyncio.run(stack.send(get(deadline=time.monotonic() + 20)))
    assert response.status == 200
    assert len(auth.grants) == 1


def test_a_thread_may_wait_for_a_tasks_renewal() -> None:
    begun, release = threading.Event(), threading.Event()

    def block(number: int) -> None:
        begun.set()
        assert release.wait(60)

    auth = FakeAuth(block)
    service = Service(auth)
    layers: list[LayerLike] = [sharing(auth, EXPIRED).bound_to(ORIGIN)]

    async def main() -> None:
        leader = asyncio.create_task(AsyncStack(service.answer, layers).send(get()))
        await asyncio.to_thread(begun.wait)
        in_a_thread = asyncio.create_task(asyncio.to_thread(Stack(service, layers).send, get()))
        await asyncio.sleep(0)
        release.set()
        assert [(await leader).status, (await in_a_thread).status] == [200, 200]

    asyncio.run(main())
    assert len(auth.grants) == 1


def test_worker_threads_that_all_wait_for_a_tasks_renewal_do_not_keep_it_from_its_end() -> None:
    auth = FakeAuth()
    service = Service(auth)
    everyone = Everyone(3)
    layers: list[LayerLike] = [everyone, sharing(auth, EXPIRED).bound_to(ORIGIN)]
    stack = Stack(service, layers)

    async def main() -> None:
        # On a machine with few CPUs no worker is left for the renewal.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
        calls = (AsyncStack(service.answer, layers).send(get()), *(asyncio.to_thread(stack.send, get()) for _ in "12"))
        async with asyncio.timeout(20):
            assert [response.status for response in await asyncio.gather(*calls)] == [200] * 3

    asyncio.run(main())
    assert len(auth.grants) == 1


def test_a_call_in_a_loops_own_thread_may_wait_for_a_tasks_renewal() -> None:
    begun = threading.Event()
    auth = FakeAuth(lambda _: begun.set())
    service = Service(auth)
    layers: list[LayerLike] = [sharing(auth, EXPIRED).bound_to(ORIGIN)]

    async def main() -> None:
        leader = asyncio.create_task(AsyncStack(service.answer, layers).send(get()))
        await asyncio.sleep(0)
        # It blocks the loop.
        assert Stack(service, layers).send(get(deadline=time.monotonic() + 20)).status == 200
        assert (await leader).status == 200

    asyncio.run(main())
    assert len(auth.grants) == 1


def test_a_loop_that_is_closed_during_a_renewal_does_not_block_the_next_call() -> None:
    release = threading.Event()
    auth = FakeAuth(lambda _: release.wait(60))
    service = Service(auth)
    layers: list[LayerLike] = [sharing(auth, EXPIRED).bound_to(ORIGIN)]
    loop = asyncio.new_event_loop()
    with pytest.raises(TimeoutError):
        loop.run_until_complete(asyncio.wait_for(AsyncStack(service.answer, layers).send(get()), 0.05))
    loop.close()
    release.set()
    assert Stack(service, layers).send(get(deadline=time.monotonic() + 20)).status == 200
    assert len(auth.grants) == 1


def test_a_deadline_ends_the_wait_of_the_task_that_leads() -> None:
    release = threading.Event()
    auth = FakeAuth(lambda _: release.wait(60))
    stack = AsyncStack(Service(auth).answer, [sharing(auth, EXPIRED).bound_to(ORIGIN)])

    async def main() -> None:
        with pytest.raises(GlobusTimeoutError, match="while the token was being renewed"):
            await stack.send(get(deadline=time.monotonic() + 0.05))
        release.set()
        assert (await stack.send(get())).status == 200

    asyncio.run(main())
    assert len(auth.grants) == 1
