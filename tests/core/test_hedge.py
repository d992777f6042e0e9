"""The step that sends a second time beside the first, in both drivers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from globus_transport import AsyncStack, Flow, GlobusConnectionError, Hedge, Request, Response, Stack, hedge
from tests.core.stepping import FakeAsyncStream, FakeStream, get

#: So long that a test which waits for it fails.
EVER = 20.0


def at_once(request: Request) -> Flow:
    """Sends the second as soon as the first does not answer at once."""
    response = yield from hedge(request, 0.0, lambda: True)
    return response


def patiently(request: Request) -> Flow:
    response = yield from hedge(request, EVER, _never)
    return response


def _never() -> bool:
    raise AssertionError("the first answered in time")


class Sends:
    """A terminal for threads, of which the test says what each send comes to."""

    def __init__(self, *outcomes: Callable[[], Response]) -> None:
        self._outcomes = iter(outcomes)
        self._lock = threading.Lock()
        self.threads: list[threading.Thread] = []

    def __call__(self, request: Request) -> Response:
        with self._lock:
            outcome = next(self._outcomes)
            self.threads.append(threading.current_thread())
        return outcome()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(EVER)
            assert not thread.is_alive()


def _lose() -> Response:
    raise GlobusConnectionError("lost")


class TestThreads:
    def test_the_first_in_time(self) -> None:
        sends = Sends(lambda: Response(200))
        assert Stack(sends, [patiently]).send(get()).status == 200
        sends.join()
        assert len(sends.threads) == 1

    def test_the_second_wins_and_the_first_is_let_go(self) -> None:
        release = threading.Event()
        stream = FakeStream(b"late")

        def late() -> Response:
            assert release.wait(EVER)
            return Response(200, stream=stream)

        sends = Sends(late, lambda: Response(201))
        assert Stack(sends, [at_once]).send(get()).status == 201
        assert stream.closed == 0
        release.set()
        sends.join()
        assert stream.closed == 1

    def test_the_first_wins_after_all(self) -> None:
        release = threading.Event()
        second_runs = threading.Event()

        def first() -> Response:
            assert second_runs.wait(EVER)
            return Response(200)

        def second() -> Response:
            second_runs.set()
            assert release.wait(EVER)
            return Response(201)

        sends = Sends(first, second)
        assert Stack(sends, [at_once]).send(get()).status == 200
        release.set()
        sends.join()

    def test_no_second_request_is_wanted(self) -> None:
        asked = threading.Event()

        def refuse() -> bool:
            asked.set()
            return False

        def layer(request: Request) -> Flow:
            response = yield from hedge(request, 0.0, refuse)
            return response

        def first() -> Response:
            assert asked.wait(EVER)
            return Response(200)

        sends = Sends(first)
        assert Stack(sends, [layer]).send(get()).status == 200
        sends.join()

    def test_an_early_failure_is_the_answer(self) -> None:
        with pytest.raises(GlobusConnectionError, match="lost"):
            Stack(Sends(_lose), [patiently]).send(get())

    @pytest.mark.parametrize("first_to_fail", ["first", "second"])
    def test_one_failure_leaves_the_other(self, first_to_fail: str) -> None:
        both_run = threading.Barrier(2)

        def fails() -> Response:
            both_run.wait(EVER)
            return _lose()

        def answers() -> Response:
            both_run.wait(EVER)
            return Response(200)

        outcomes = [fails, answers] if first_to_fail == "first" else [answers, fails]
        sends = Sends(*outcomes)
        assert Stack(sends, [at_once]).send(get()).status == 200
        sends.join()

    def test_two_failures(self) -> None:
        both_run = threading.Barrier(2)

        def fails(text: str) -> Callable[[], Response]:
            def fail() -> Response:
                both_run.wait(EVER)
                raise GlobusConnectionError(text)

            return fail

        sends = Sends(fails("the first"), fails("the second"))
        with pytest.raises(GlobusConnectionError, match="the first"):
            Stack(sends, [at_once]).send(get())
        sends.join()

    def test_a_stream_that_no_layer_returns_is_released(self) -> None:
        stream = FakeStream(b"x")

        def drops(request: Request) -> Flow:
            yield Hedge(request, EVER, _never)
            return Response(204)

        assert Stack(Sends(lambda: Response(200, stream=stream)), [drops]).send(get()).status == 204
        assert stream.closed == 1

    def test_the_context_goes_along(self) -> None:
        name: ContextVar[str] = ContextVar("name")
        name.set("mine")
        assert Stack(Sends(lambda: Response(200, {"X-Name": name.get()})), [patiently]).send(get()).headers[
            "X-Name"
        ] == ("mine")


class AsyncSends:
    """The same for asyncio; keeps what was cancelled."""

    def __init__(self, *outcomes: Callable[[], Any]) -> None:
        self._outcomes = list(outcomes)
        self.begun = 0
        self.cancelled = 0

    async def __call__(self, request: Request) -> Response:
        outcome = self._outcomes[self.begun]
        self.begun += 1
        try:
            response: Response = await outcome()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return response


async def _answer(status: int = 200) -> Response:
    return Response(status)


async def _for_ever() -> Response:
    await asyncio.Event().wait()
    raise AssertionError


async def _fail() -> Response:
    raise GlobusConnectionError("lost")


class TestAsyncio:
    def run(self, sends: AsyncSends, layer: Callable[[Request], Flow]) -> Response:
        async def main() -> Response:
            response = await asyncio.wait_for(AsyncStack(sends, [layer]).send(get()), EVER)
            assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"
            return response

        return asyncio.run(main())

    def test_the_first_in_time(self) -> None:
        sends = AsyncSends(_answer)
        assert self.run(sends, patiently).status == 200
        assert sends.begun == 1

    def test_the_second_wins_and_the_first_is_cancelled_at_once(self) -> None:
        sends = AsyncSends(_for_ever, lambda: _answer(201))
        assert self.run(sends, at_once).status == 201
        assert sends.cancelled == 1

    def test_the_first_wins_after_all(self) -> None:
        async def slow() -> Response:
            for _ in range(5):
                await asyncio.sleep(0)
            return Response(200)

        sends = AsyncSends(slow, _for_ever)
        assert self.run(sends, at_once).status == 200
        assert (sends.begun, sends.cancelled) == (2, 1)

    def test_both_at_once_and_one_stream_is_let_go(self) -> None:
        streams = [FakeAsyncStream(b"1"), FakeAsyncStream(b"2")]

        async def main() -> tuple[Response, list[int]]:
            go = asyncio.Event()
            sends = AsyncSends(lambda: answer(go, streams[0]), lambda: answer(go, streams[1]))
            task = asyncio.create_task(AsyncStack(sends, [at_once]).send(get()))
            while sends.begun < 2:
                await asyncio.sleep(0)
            go.set()
            return await task, [stream.closed for stream in streams]

        async def answer(go: asyncio.Event, stream: FakeAsyncStream) -> Response:
            await go.wait()
            return Response(200, stream=stream)

        response, closed = asyncio.run(main())
        assert response.stream is streams[0]
        assert closed == [0, 1]

    def test_an_early_failure_is_the_answer(self) -> None:
        with pytest.raises(GlobusConnectionError, match="lost"):
            self.run(AsyncSends(_fail), patiently)

    def test_one_failure_leaves_the_other(self) -> None:
        async def fails_late() -> Response:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return await _fail()

        async def later_still() -> Response:
            for _ in range(9):
                await asyncio.sleep(0)
            return Response(200)

        assert self.run(AsyncSends(fails_late, later_still), at_once).status == 200
        assert self.run(AsyncSends(later_still, _fail), at_once).status == 200

    def test_cancelling_the_caller_cancels_both(self) -> None:
        async def main() -> int:
            sends = AsyncSends(_for_ever, _for_ever)
            task = asyncio.create_task(AsyncStack(sends, [at_once]).send(get()))
            while sends.begun < 2:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return sends.cancelled

        assert asyncio.run(main()) == 2

    def test_what_second_raises_ends_both(self) -> None:
        def refuse() -> bool:
            raise ValueError("no")

        def layer(request: Request) -> Flow:
            response = yield from hedge(request, 0.0, refuse)
            return response

        sends = AsyncSends(_for_ever)
        with pytest.raises(ValueError, match="no"):
            self.run(sends, layer)
        assert sends.cancelled == 1
