"""The concurrency limit, stepped by hand, and with real threads and tasks."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from globus_transport import (
    AsyncStack,
    ConcurrencyLimit,
    Flow,
    GlobusSDKUsageError,
    GlobusTimeoutError,
    Request,
    Response,
    Retry,
    Stack,
    Wait,
)
from tests.core.stepping import Canned, World, end_of, get, in_both_worlds, unhurried


def entered(layer: ConcurrencyLimit) -> Flow:
    flow = layer(get())
    assert isinstance(next(flow), Request)
    return flow


def waiting(layer: ConcurrencyLimit) -> tuple[Flow, Wait]:
    flow = layer(get())
    step = next(flow)
    assert isinstance(step, Wait)
    assert not step.future.done()
    return flow, step


def test_first_come_first_served() -> None:
    layer = ConcurrencyLimit(2)
    first, second = entered(layer), entered(layer)
    third, its_turn = waiting(layer)
    _, fourths_turn = waiting(layer)
    end_of(second, Response(200))
    assert its_turn.future.done()
    assert not fourths_turn.future.done()
    assert isinstance(third.send(None), Request)
    end_of(first, Response(200))
    assert fourths_turn.future.done()
    end_of(third, Response(200))


@pytest.mark.parametrize("end", [ValueError(), asyncio.CancelledError(), GeneratorExit()])
def test_every_end_gives_the_place_back(end: BaseException) -> None:
    layer = ConcurrencyLimit(1)
    flow = entered(layer)
    _, turn = waiting(layer)
    with pytest.raises(type(end)):
        flow.throw(end)
    assert turn.future.done()


def test_one_that_gives_up_takes_no_place() -> None:
    layer = ConcurrencyLimit(1)
    first = entered(layer)
    gone, turn = waiting(layer)
    _, next_turn = waiting(layer)
    with pytest.raises(asyncio.CancelledError):
        gone.throw(asyncio.CancelledError())
    end_of(first, Response(200))
    assert not turn.future.done()
    assert next_turn.future.done()


def test_one_that_gives_up_when_its_turn_came_passes_it_on() -> None:
    layer = ConcurrencyLimit(1)
    first = entered(layer)
    gone, turn = waiting(layer)
    _, next_turn = waiting(layer)
    end_of(first, Response(200))
    assert turn.future.done()
    with pytest.raises(asyncio.CancelledError):
        gone.throw(asyncio.CancelledError())
    assert next_turn.future.done()


def test_the_deadline_ends_the_wait() -> None:
    layer = ConcurrencyLimit(1)
    first = entered(layer)
    flow = layer(get(deadline=time.monotonic() + 30))
    step = next(flow)
    assert isinstance(step, Wait)
    assert step.timeout == pytest.approx(30, abs=1)
    with pytest.raises(GlobusTimeoutError, match="1 others") as raised:
        flow.throw(TimeoutError())
    assert (raised.value.final, raised.value.request_began) == (True, False)
    first.close()
    entered(layer)


@in_both_worlds
def test_a_deadline_that_passes_while_it_waits(world: World) -> None:
    layer = ConcurrencyLimit(1)
    first = entered(layer)
    terminal = world.terminal(Response(200))
    with pytest.raises(GlobusTimeoutError, match="1 others"):
        world.send(get(deadline=time.monotonic() + 0.05), [Retry(), layer], terminal)
    assert terminal.requests == []
    first.close()
    assert world.send(get(), [layer], terminal).status == 200


@in_both_worlds
def test_a_streamed_response_gives_its_place_back_with_its_headers(world: World) -> None:
    layer = ConcurrencyLimit(1)
    stream = world.stream(b"x")
    response = world.send(get(stream=True), [layer], world.terminal(Response(200, stream=stream)))
    assert response.stream is stream
    assert stream.closed == 0
    entered(layer)


def test_two_stacks_share_one_queue() -> None:
    layer = ConcurrencyLimit(1)
    first, second = (Stack(Canned(Response(200), Response(200)), [layer]) for _ in range(2))
    held = entered(layer)
    done: list[Response] = []
    threads = [threading.Thread(target=lambda stack=stack: done.append(stack.send(get()))) for stack in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(0.05)
        assert thread.is_alive(), "it did not wait for the place that the layer gave away elsewhere"
    held.close()
    for thread in threads:
        thread.join(20)
    assert len(done) == 2


def test_origins_have_nothing_to_do_with_each_other() -> None:
    layer = ConcurrencyLimit(1)
    first = entered(layer)
    assert isinstance(next(layer(Request("GET", "https://other.example.org/"))), Request)
    first.close()


@unhurried
@given(st.integers(1, 4), st.lists(st.sampled_from(["come", "end", "cancel", "go"]), max_size=60))
def test_never_more_than_the_limit_and_no_place_is_lost(limit: int, story: list[str]) -> None:
    layer = ConcurrencyLimit(limit)
    running: list[Flow] = []
    line: list[tuple[Flow, Wait]] = []
    for event in story:
        if event == "come":
            flow = layer(get())
            step = next(flow)
            if isinstance(step, Wait):
                line.append((flow, step))
            else:
                running.append(flow)
        elif event == "end" and running:
            end_of(running.pop(0), Response(200))
        elif event == "cancel" and line:
            flow, _ = line.pop()
            flow.close()
        elif event == "go":
            for flow, step in [(flow, step) for flow, step in line if step.future.done()]:
                line.remove((flow, step))
                assert isinstance(flow.send(None), Request)
                running.append(flow)
        on_the_way = len(running) + sum(step.future.done() for _, step in line)
        assert on_the_way <= limit
        if any(not step.future.done() for _, step in line):
            assert on_the_way == limit, "someone waits though there is a place"


class _Counting:
    """A terminal that records how many calls were in it at the same time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()

    def enter(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self) -> None:
        with self.lock:
            self.now -= 1

    def __call__(self, request: Request) -> Response:
        self.enter()
        time.sleep(0.001)
        self.leave()
        return Response(200)

    async def answer(self, request: Request) -> Response:
        self.enter()
        await asyncio.sleep(0.001)
        self.leave()
        return Response(200)


def test_with_threads() -> None:
    terminal = _Counting()
    stack = Stack(terminal, [ConcurrencyLimit(3)])
    threads = [threading.Thread(target=lambda: [stack.send(get()) for _ in range(10)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert terminal.most == 3


def test_with_tasks_of_which_some_are_cancelled() -> None:
    terminal = _Counting()

    async def main() -> None:
        stack = AsyncStack(terminal.answer, [ConcurrencyLimit(3)])
        tasks = [asyncio.create_task(stack.send(get())) for _ in range(40)]
        await asyncio.sleep(0)
        for task in tasks[10:20]:
            task.cancel()
        done = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)
        assert sum(isinstance(outcome, Response) for outcome in done) == 30

    asyncio.run(main())
    assert terminal.most == 3


def test_settings_copies_and_print() -> None:
    with pytest.raises(GlobusSDKUsageError, match="above 0"):
        ConcurrencyLimit(0)
    copy = pickle.loads(pickle.dumps(ConcurrencyLimit(4)))
    entered(copy)
    assert str(copy) == "4 requests at a time for each origin"
