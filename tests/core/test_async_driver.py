"""What only the driver for asyncio does: cancellation, worker threads, shielding."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow, Read, Run, Shield, Sleep, Step, Steps, Wait, run, send
from globus_transport.http.messages import Request, Response
from tests.core.stepping import AsyncCanned, FakeAsyncStream, FakeStream, get

OK = Response(200)


class Stuck(FakeAsyncStream):
    """A body that never comes."""

    async def read(self, limit: int | None = None) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError


async def until(condition: Callable[[], object]) -> None:
    """Let the other tasks go on until this is so."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it does not come about")


@pytest.mark.parametrize("kind", ["request", "sleep", "wait", "run", "read", "shield"])
def test_cancellation_is_raised_at_the_yield(kind: str) -> None:
    release = threading.Event()
    never: Future[None] = Future()
    first = FakeAsyncStream(b"1")
    seen: list[str] = []

    def forever() -> Steps[None]:
        yield Sleep(3600)

    def step_for(request: Request) -> Step:
        steps: dict[str, Callable[[], Step]] = {
            "request": lambda: request.with_header("X", "stuck"),
            "sleep": lambda: Sleep(3600),
            "wait": lambda: Wait(never),
            "run": lambda: Run(release.wait),
            "read": lambda: Read(Response(200, stream=Stuck())),
            "shield": lambda: Shield(forever()),
        }
        return steps[kind]()

    def layer(request: Request) -> Flow:
        yield request
        try:
            seen.append("waits")
            yield step_for(request)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        finally:
            seen.append("finally")
        raise AssertionError

    async def terminal(request: Request) -> Response:
        if "X" in request.headers:
            await asyncio.Event().wait()
        return Response(200, stream=first)

    async def main() -> None:
        task = asyncio.create_task(AsyncStack(terminal, [layer]).send(get()))
        await until(lambda: seen)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["waits", "cancelled", "finally"]
        assert first.closed == 1
        assert not never.cancelled()
        release.set()

    asyncio.run(main())


def test_a_cancelled_call_sends_nothing_more() -> None:
    terminal = AsyncCanned(OK)

    def layer(request: Request) -> Flow:
        response: Response = yield request
        yield Sleep(3600)
        return response

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await AsyncStack(terminal, [layer]).send(get())

    asyncio.run(main())
    assert len(terminal.requests) == 1


def test_a_coroutine_that_is_closed_closes_its_flow() -> None:
    seen: list[str] = []

    def layer(request: Request) -> Flow:
        try:
            response: Response = yield request
        finally:
            seen.append("finally")
        return response

    call = AsyncStack(AsyncCanned(OK), [layer]).send(get())
    call.send(None)
    call.close()
    assert seen == ["finally"]


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_shielded_survives_its_caller(fails: bool) -> None:
    seen: list[str] = []
    complaints: list[Any] = []
    gates: list[weakref.ref[asyncio.Event]] = []
    stream = FakeAsyncStream(b"1")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))

        async def terminal(request: Request) -> Response:
            # Only the shielded task holds the gate, so that it goes when that task is collected.
            gate = asyncio.Event()
            gates.append(weakref.ref(gate))
            await gate.wait()
            return Response(200, stream=stream)

        def important(request: Request) -> Steps[None]:
            seen.append("begins")
            yield request
            seen.append("ends")
            if fails:
                raise KeyError

        def layer(request: Request) -> Flow:
            yield Shield(important(request))
            raise AssertionError

        task = asyncio.create_task(AsyncStack(terminal, [layer]).send(get()))
        await until(lambda: gates)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # Nothing but the driver holds the shielded task now.
        del task
        await asyncio.sleep(0)
        gc.collect()
        gate = gates[0]()
        assert gate is not None
        gate.set()
        await until(lambda: stream.closed)
        gc.collect()

    asyncio.run(main())
    assert seen == ["begins", "ends"]
    assert stream.closed == 1
    assert not complaints


def test_run_is_in_another_thread_with_the_same_context() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")

    def look() -> tuple[str, int]:
        return variable.get(), threading.get_ident()

    def layer(request: Request) -> Flow:
        value, thread = yield from run(look)
        assert value == "mine"
        assert thread != threading.get_ident()
        response: Response = yield request
        return response

    async def main() -> None:
        variable.set("mine")
        assert await AsyncStack(AsyncCanned(OK), [layer]).send(get()) is OK

    asyncio.run(main())


def test_a_coroutine_function_is_awaited_in_the_loop() -> None:
    async def where(number: int) -> tuple[int, int]:
        await asyncio.sleep(0)
        return number, threading.get_ident()

    async def fail() -> None:
        raise KeyError("from the coroutine")

    def layer(request: Request) -> Flow:
        assert (yield Run(where, 5)) == (5, threading.get_ident())
        with pytest.raises(KeyError, match="from the coroutine"):
            yield Run(fail)
        response: Response = yield request
        return response

    assert asyncio.run(AsyncStack(AsyncCanned(OK), [layer]).send(get())) is OK


class SlowStream(FakeStream):
    def read(self, limit: int | None = None) -> bytes:
        self.thread = threading.get_ident()
        return super().read(limit)


def test_a_blocking_body_is_read_in_a_worker_thread_and_released() -> None:
    read_one, left_one = SlowStream(b"ab"), SlowStream(b"cd")

    def layer(request: Request) -> Flow:
        first: Response = yield request
        first = yield Read(first)
        yield request
        return first

    terminal = AsyncCanned(Response(200, stream=read_one), Response(200, stream=left_one))
    assert asyncio.run(AsyncStack(terminal, [layer]).send(get())).body == b"ab"
    assert read_one.thread != threading.get_ident()
    assert left_one.closed == 1


def test_a_wait_lets_other_tasks_go_on() -> None:
    future: Future[str] = Future()

    def waits(request: Request) -> Flow:
        assert (yield Wait(future)) == "from the other task"
        response: Response = yield request
        return response

    def completes(request: Request) -> Flow:
        future.set_result("from the other task")
        response: Response = yield request
        return response

    async def main() -> None:
        calls: list[Awaitable[Response]] = [
            AsyncStack(AsyncCanned(OK), [layer]).send(get()) for layer in (waits, waits, completes)
        ]
        async with asyncio.timeout(60):
            assert await asyncio.gather(*calls) == [OK, OK, OK]

    asyncio.run(main())


def test_a_waiter_whose_loop_is_gone_is_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    future: Future[int] = Future()

    def layer(request: Request) -> Flow:
        with pytest.raises(TimeoutError):
            yield Wait(future, 0)
        return OK

    asyncio.run(AsyncStack(AsyncCanned(), [layer]).send(get()))
    with caplog.at_level(logging.DEBUG):
        future.set_result(1)
    assert not caplog.records


def test_a_stack_serves_many_tasks_and_loops() -> None:
    async def terminal(request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(200, request=request)

    def layer(request: Request) -> Flow:
        return (yield from send(request.with_header("X", request.url.target)))

    stack = AsyncStack(terminal, [layer])

    async def main() -> None:
        responses = await asyncio.gather(*(stack.send(get(f"/{number}")) for number in range(20)))
        assert [response.request.headers["X"] for response in responses if response.request] == [
            f"/{number}" for number in range(20)
        ]

    asyncio.run(main())
    asyncio.run(main())
