"""What only the driver for threads does."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from globus_transport.core.flow import Flow, Read, Run, Sleep, Wait
from globus_transport.core.stack import Stack
from globus_transport.exc.base import MiddlewareError
from globus_transport.http.messages import Request, Response
from tests.core.stepping import Canned, FakeAsyncStream, get

OK = Response(200)


async def coroutine_function() -> int:
    return 5


def test_a_coroutine_is_refused_and_closed() -> None:
    def layer(request: Request) -> Flow:
        # A coroutine that is left alone would warn, and a warning fails this test.
        with pytest.raises(MiddlewareError, match=r"Run\(coroutine_function\) is a coroutine function"):
            yield Run(coroutine_function)
        response: Response = yield request
        return response

    assert Stack(Canned(OK), [layer]).send(get()) is OK


def test_a_body_that_belongs_to_asyncio_is_refused() -> None:
    def layer(request: Request) -> Flow:
        response: Response = yield request
        with pytest.raises(MiddlewareError, match="use AsyncStack"):
            yield Read(response)
        return OK

    assert Stack(Canned(Response(200, stream=FakeAsyncStream(b"1"))), [layer]).send(get()) is OK


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(1.5, 1.5), (0, 0), (-1.5, 0), (1e300, threading.TIMEOUT_MAX), (10**400, threading.TIMEOUT_MAX)],
)
def test_sleep_sleeps_that_long_or_as_long_as_python_can(
    monkeypatch: pytest.MonkeyPatch, seconds: float, expected: float
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    def layer(request: Request) -> Flow:
        yield Sleep(seconds)
        response: Response = yield request
        return response

    Stack(Canned(OK), [layer]).send(get())
    assert slept == [expected]


def test_an_interrupted_step_is_raised_at_its_yield(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    seen: list[str] = []

    def layer(request: Request) -> Flow:
        for step in (Sleep(1), Run(interrupt)):
            try:
                yield step
            except KeyboardInterrupt:
                seen.append(type(step).__name__)
        try:
            yield request
        finally:
            seen.append("finally")
        raise AssertionError

    with pytest.raises(KeyboardInterrupt):
        Stack(Canned(KeyboardInterrupt()), [layer]).send(get())
    assert seen == ["Sleep", "Run", "finally"]


def test_everything_happens_in_the_calling_thread() -> None:
    def layer(request: Request) -> Flow:
        assert (yield Run(threading.get_ident)) == caller
        response: Response = yield request
        return response

    caller = threading.get_ident()
    assert Stack(Canned(OK), [layer]).send(get()) is OK


def test_a_stack_serves_many_threads() -> None:
    barrier = threading.Barrier(8)
    together: Future[str] = Future()
    together.set_running_or_notify_cancel()

    def meet(request: Request) -> Flow:
        # All are inside one stack at the same time, and the last one lets the others go.
        if (yield Run(barrier.wait)) == 0:
            together.set_result("now")
        assert (yield Wait(together, 60)) == "now"
        response: Response = yield request
        return response

    stack = Stack(lambda request: Response(200, request=request), [meet])
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(stack.send, [get(f"/{number}") for number in range(8)]))
    assert [response.request.url.target for response in responses if response.request] == [f"/{n}" for n in range(8)]
