"""Turns of requests on the connections of a pool: none is lost, none is doubled, and they come in order."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from globus_transport.exc.base import GlobusTimeoutError
from globus_transport.http.messages import Request
from globus_transport.terminals.asyncio.turns import Turns
from tests.core.stepping import unhurried

REQUEST = Request("GET", "https://service.example.org/")

RUN = ("run the loop", 0)
# The number of a request that ends or is cancelled.
steps = st.one_of(
    st.just(("begin", 0)),
    st.just(RUN),
    st.tuples(st.sampled_from(["end", "cancel"]), st.integers(0, 5)),
)


@unhurried
@example(number=1, plan=[("begin", 0), RUN, ("begin", 0), RUN, ("end", 0), ("cancel", 1)])
@example(number=1, plan=[("begin", 0), RUN, ("begin", 0), RUN, ("cancel", 1), ("end", 0)])
@given(number=st.integers(1, 2), plan=st.lists(steps, max_size=30))
def test_no_turn_is_lost_or_doubled_and_they_come_in_order(number: int, plan: list[tuple[str, int]]) -> None:
    async def main() -> None:
        turns = Turns(number)
        tasks: list[asyncio.Task[None]] = []
        served: list[int] = []
        using: set[int] = set()

        async def begin(index: int) -> None:
            if not turns.take():
                await turns.wait(REQUEST, None)
            served.append(index)
            using.add(index)
            assert len(using) <= number

        def end(index: int) -> None:
            if index in using:
                using.remove(index)
                turns.end()

        for what, index in plan:
            if what == "begin":
                tasks.append(asyncio.create_task(begin(len(tasks))))
            elif what == "run the loop":
                await asyncio.sleep(0)
            elif what == "end":
                end(index)
            elif index < len(tasks):
                tasks[index].cancel()
        while not all(task.done() for task in tasks):
            await asyncio.sleep(0)
            for index in list(using):
                end(index)
        for index in list(using):
            end(index)
        # With several turns, one that is free is taken before a task runs whose turn has come.
        assert number > 1 or served == sorted(served)
        assert all(task.cancelled() or index in served for index, task in enumerate(tasks))
        # All are free again, and no more.
        assert [turns.take() for _ in range(number + 1)] == [True] * number + [False]

    asyncio.run(main())


def test_a_call_that_is_thrown_away_while_it_waits_takes_no_turn() -> None:
    async def main() -> None:
        turns = Turns(1)
        assert turns.take()
        call = turns.wait(REQUEST, None)
        call.send(None)
        call.close()
        turns.end()
        assert turns.take()

    asyncio.run(main())


def test_each_waits_as_long_as_it_may() -> None:
    async def main() -> list[str]:
        turns = Turns(1)
        assert turns.take()
        outcomes: list[str] = []

        async def wait(name: str, limit: float | None, deadline: float | None = None) -> None:
            request = Request("GET", REQUEST.url, deadline=None if deadline is None else time.monotonic() + deadline)
            try:
                await turns.wait(request, limit)
            except GlobusTimeoutError as error:
                outcomes.append(f"{name}: deadline, request_began={error.request_began}")
            except TimeoutError:
                outcomes.append(f"{name}: limit")
            else:
                outcomes.append(f"{name}: turn")

        waiting = [
            wait("long", 0.30),
            wait("short", 0.10),
            wait("with a deadline", 0.30, 0.20),
            wait("without a limit", None),
        ]
        tasks = [asyncio.create_task(each) for each in waiting]
        await asyncio.wait(tasks[:3])
        turns.end()
        await asyncio.wait(tasks)
        return outcomes

    expected = [
        "short: limit",
        "with a deadline: deadline, request_began=False",
        "long: limit",
        "without a limit: turn",
    ]
    assert asyncio.run(main()) == expected


def test_a_turn_that_ends_gives_all_others_their_time_again() -> None:
    async def main() -> float:
        turns = Turns(1)
        assert turns.take()
        began = time.monotonic()
        first = asyncio.create_task(turns.wait(REQUEST, 0.2))
        second = asyncio.create_task(turns.wait(REQUEST, 0.2))
        await asyncio.sleep(0.1)
        turns.end()
        await first
        with pytest.raises(TimeoutError):
            await second
        return time.monotonic() - began

    assert asyncio.run(main()) >= 0.3


def test_a_deadline_that_has_passed_does_not_wait() -> None:
    async def main() -> None:
        turns = Turns(1)
        assert turns.take()
        with pytest.raises(GlobusTimeoutError, match="deadline"):
            await turns.wait(Request("GET", REQUEST.url, deadline=time.monotonic()), None)
        turns.end()
        assert turns.take()

    asyncio.run(main())
