"""One renewal at a time: leaders, waiters, and who takes over. Stepped by hand."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.authorizers.renewal import SharedRenewal
from globus_transport.core.flow import Flow, Run, Shield, Start, Step, Steps, Wait
from globus_transport.exc.base import GlobusSDKUsageError, GlobusTimeoutError
from globus_transport.http.messages import Request, Response
from tests.core.stepping import FakeAuth, Reply, get

OK = Response(200)
REFUSED = Response(401)


def refreshing(auth: FakeAuth, **more: Any) -> RefreshTokenAuthorizer[Reply]:
    return RefreshTokenAuthorizer("refresh-0", auth, **more)


def work_of(step: Step) -> Callable[[], object]:
    """The work that this step starts."""
    assert isinstance(step, Start)
    return lambda: step.function(*step.args)


def future_of(step: Step) -> Future[Any]:
    """The future that this step waits for."""
    assert isinstance(step, Wait)
    return step.future


def led(leader: Generator[Step, Any, Any], step: Step) -> Any:
    """Carry out the renewal that this step starts, and send its outcome to the leader."""
    work_of(step)()
    return leader.send(future_of(leader.send(None)).result(0))


def value_of(flow: Steps[Any]) -> Any:
    """What a flow ends with, if all it does is to lead."""
    with pytest.raises(StopIteration) as end:
        led(flow, next(flow))
    return end.value.value


def header(step: Step) -> str:
    assert isinstance(step, Request)
    return step.headers["Authorization"]


def test_one_leads_and_the_others_wait_for_it() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    flows = [authorizer.authorize(get(f"/{number}")) for number in range(32)]
    leader, *waiters = flows
    start = next(leader)
    (future,) = {future_of(next(waiter)) for waiter in waiters}
    assert future.running()
    assert future.cancel() is False, "a waiter that gives up must not cancel it for all"
    assert header(led(leader, start)) == "Bearer token-1"
    for waiter in waiters:
        assert header(waiter.send(future.result(0))) == "Bearer token-1"
    assert len(auth.grants) == 1


def test_a_401_of_many_is_one_renewal() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth, access_token="token-0", expires_at=int(time.time()) + 3600)
    flows = [authorizer.authorize(get(f"/{number}")) for number in range(32)]
    assert {header(next(flow)) for flow in flows} == {"Bearer token-0"}
    leader, *others = flows
    start = leader.send(REFUSED)
    waiters, late = others[:16], others[16:]
    (future,) = {future_of(waiter.send(REFUSED)) for waiter in waiters}
    assert header(led(leader, start)) == "Bearer token-1"
    assert {header(waiter.send(future.result(0))) for waiter in waiters} == {"Bearer token-1"}
    # Their 401 comes when the token has been replaced already.
    assert {header(flow.send(REFUSED)) for flow in late} == {"Bearer token-1"}
    assert len(auth.grants) == 1


def test_the_renewals_error_is_everyones() -> None:
    class AuthError(Exception):
        pass

    def fail(number: int) -> None:
        raise AuthError(number)

    auth = FakeAuth(fail)
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    start = next(leader)
    future = future_of(next(waiter))
    work_of(start)()
    assert future_of(leader.send(None)) is future
    error = future.exception(0)
    assert isinstance(error, AuthError)
    for flow in (leader, waiter):
        with pytest.raises(AuthError):
            flow.throw(error)
    assert len(auth.grants) == 1
    # The next call starts a new renewal.
    work_of(next(authorizer.authorize(get())))


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_when_the_renewal_is_interrupted_the_next_takes_over(end: type[BaseException]) -> None:
    def interrupt(number: int) -> None:
        if number == 1:
            raise end

    auth = FakeAuth(interrupt)
    authorizer = refreshing(auth)
    leader, first, second = (authorizer.authorize(get()) for _ in range(3))
    start = next(leader)
    future = future_of(next(first))
    future_of(next(second))
    with pytest.raises(end) as raised:
        work_of(start)()
    with pytest.raises(end):
        leader.throw(raised.value)
    error = future.exception(0)
    assert error is not None
    # One of the waiters leads now, and the other waits again.
    new_start = first.throw(error)
    new_future = future_of(second.throw(error))
    assert header(led(first, new_start)) == "Bearer token-2"
    assert header(second.send(new_future.result(0))) == "Bearer token-2"


@pytest.mark.parametrize("end", [KeyboardInterrupt, asyncio.CancelledError, GeneratorExit])
def test_when_the_leader_is_cancelled_before_it_began_the_next_takes_over(end: type[BaseException]) -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    work_of(next(leader))
    future = future_of(next(waiter))
    with pytest.raises(end):
        leader.throw(end())
    error = future.exception(0)
    assert error is not None
    assert header(led(waiter, waiter.throw(error))) == "Bearer token-1"
    assert len(auth.grants) == 1


def test_where_no_thread_can_be_started_everyone_gets_the_error() -> None:
    authorizer = refreshing(FakeAuth())
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    next(leader)
    future = future_of(next(waiter))
    with pytest.raises(RuntimeError, match="can't start"):
        leader.throw(RuntimeError("can't start new thread"))
    assert isinstance(future.exception(0), RuntimeError)
    assert authorizer.get_authorization_header() == "Bearer token-1"


def test_a_leader_that_is_abandoned_does_not_block_the_next() -> None:
    authorizer = refreshing(FakeAuth())
    flow = authorizer.authorize(get())
    work_of(next(flow))
    flow.close()
    assert authorizer.get_authorization_header() == "Bearer token-1"


def test_a_caller_that_is_cancelled_leaves_the_renewal_alone() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    start = next(leader)
    future = future_of(next(waiter))
    assert future_of(leader.send(None)) is future
    with pytest.raises(asyncio.CancelledError):
        leader.throw(asyncio.CancelledError())
    assert not future.done()
    work_of(start)()
    assert header(waiter.send(future.result(0))) == "Bearer token-1"
    assert len(auth.grants) == 1


# A store that has to be awaited, in the leader's loop.


async def kept(_reply: Reply) -> None:
    pass


def lead_of(step: Step) -> Steps[Any]:
    """The flow of the renewal that this step leads."""
    assert isinstance(step, Shield)
    return step.flow


def test_what_is_awaited_is_a_step_of_the_leaders_flow() -> None:
    authorizer = refreshing(FakeAuth(), on_refresh=kept)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    lead = lead_of(next(leader))
    future = future_of(next(waiter))
    work_of(next(lead))()
    store = lead.send(future_of(lead.send(None)).result(0))
    assert isinstance(store, Run)
    assert store.function is kept
    assert authorizer.access_token is None, "a token that is not stored is not used"
    with pytest.raises(StopIteration):
        lead.send(None)
    assert future_of(leader.send(None)) is future
    assert {header(flow.send(future.result(0))) for flow in (leader, waiter)} == {"Bearer token-1"}


def test_its_leader_is_cancelled_before_it_began() -> None:
    authorizer = refreshing(FakeAuth(), on_refresh=kept)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    lead = lead_of(next(leader))
    future = future_of(next(waiter))
    with pytest.raises(asyncio.CancelledError):
        leader.throw(asyncio.CancelledError())
    error = future.exception(0)
    assert error is not None
    lead_of(waiter.throw(error))
    with pytest.raises(StopIteration):
        next(lead)  # it does not begin after all


def test_a_grant_that_outlives_its_cancelled_leader_is_not_made_again() -> None:
    begun, release = threading.Event(), threading.Event()

    def block(number: int) -> None:
        begun.set()
        assert release.wait(60)

    auth = FakeAuth(block, refresh_token="refresh-1")
    authorizer = refreshing(auth, on_refresh=kept)
    leader = authorizer.authorize(get())
    lead = lead_of(next(leader))
    with ThreadPoolExecutor(2) as workers:
        # As under asyncio: the step's function goes on in a thread while its flow is cancelled.
        orphan = workers.submit(work_of(next(lead)))
        assert begun.wait(60)
        first = future_of(lead.send(None))
        with pytest.raises(asyncio.CancelledError):
            lead.throw(asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            leader.throw(asyncio.CancelledError())
        follower = authorizer.authorize(get())
        new_lead = lead_of(next(follower))
        second = workers.submit(work_of(next(new_lead)))
        assert not second.done(), "it waits for the grant that is on its way"
        release.set()
        for work in (orphan, second):
            work.result(60)
        assert future_of(new_lead.send(None)).result(0) is first.result(0)
    follower.close()
    assert auth.grants == ["refresh-0"]


def test_a_function_that_gives_a_coroutine_is_no_coroutine_function() -> None:
    authorizer = refreshing(FakeAuth(), on_refresh=lambda reply: kept(reply))
    with pytest.raises(GlobusSDKUsageError, match="give the coroutine function itself"):
        authorizer.get_authorization_header()


# Waiting and deadlines.


def test_a_waiter_waits_as_long_as_its_deadline_allows() -> None:
    authorizer = refreshing(FakeAuth())
    leader = authorizer.authorize(get())
    work_of(next(leader))
    patient, hurried, late = (
        next(authorizer.authorize(get(deadline=deadline)))
        for deadline in (None, time.monotonic() + 100, time.monotonic() - 5)
    )
    assert isinstance(patient, Wait)
    assert isinstance(hurried, Wait)
    assert isinstance(late, Wait)
    assert patient.timeout is None
    assert hurried.timeout is not None
    assert 90 < hurried.timeout <= 100
    assert late.timeout == 0
    leader.close()


@pytest.mark.parametrize("late", ["leader", "waiter"])
def test_a_deadline_that_passes_while_waiting(late: str) -> None:
    authorizer = refreshing(FakeAuth())
    leader, waiter = (authorizer.authorize(get(deadline=time.monotonic())) for _ in range(2))
    start = next(leader)
    future = future_of(next(waiter))
    assert future_of(leader.send(None)) is future
    gives_up, stays = (leader, waiter) if late == "leader" else (waiter, leader)
    with pytest.raises(GlobusTimeoutError, match="while the token was being renewed"):
        gives_up.throw(TimeoutError())
    work_of(start)()
    assert header(stays.send(future.result(0))) == "Bearer token-1"


def test_a_renewal_that_ends_just_as_the_deadline_passes_is_used() -> None:
    authorizer = refreshing(FakeAuth())
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get(deadline=time.monotonic()))
    start = next(leader)
    future_of(next(waiter))
    led(leader, start)
    assert header(waiter.throw(TimeoutError())) == "Bearer token-1"


@pytest.mark.parametrize("error", [TimeoutError("of the token endpoint"), KeyError("refused")])
def test_a_renewal_that_fails_just_as_the_deadline_passes_tells_its_own_error(error: Exception) -> None:
    error.__cause__ = cause = OSError()

    def fail(number: int) -> None:
        raise error

    authorizer = refreshing(FakeAuth(fail))
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get(deadline=time.monotonic()))
    start = next(leader)
    future_of(next(waiter))
    work_of(start)()
    with pytest.raises(type(error)) as raised:
        waiter.throw(TimeoutError())
    assert raised.value is error
    assert error.__cause__ is cause


# The parts, by themselves.


def test_stored_before_adopted_before_used() -> None:
    told: list[str] = []

    def tell(what: str, answer: Any = None) -> Any:
        told.append(what)
        return answer

    renewal: SharedRenewal[str] = SharedRenewal(
        lambda: tell("fetch", 1),
        lambda answer: Run(tell, f"store {answer}"),
        lambda answer: tell(f"adopt {answer}", "value"),
        lambda: False,
    )
    assert value_of(renewal.get_fresh(lambda: None, None)) == "value"
    assert told == ["fetch", "store 1", "adopt 1"]


def test_nothing_to_store() -> None:
    renewal: SharedRenewal[int] = SharedRenewal(
        lambda: 1, lambda _: None, lambda answer: int(answer) + 1, lambda: False
    )
    assert value_of(renewal.get_fresh(lambda: None, None)) == 2


def test_a_fresh_value_is_used() -> None:
    renewal: SharedRenewal[str] = SharedRenewal(lambda: None, lambda _: None, str, lambda: False)
    with pytest.raises(StopIteration) as end:
        next(renewal.get_fresh(lambda: "fresh", None))
    assert end.value.value == "fresh"


def test_the_deadline_does_not_cut_the_flow_short_by_itself() -> None:
    # A fresh token is used even after the deadline; the terminal decides whether to send the request.
    authorizer = refreshing(FakeAuth(), access_token="token-0", expires_at=int(time.time()) + 3600)
    flow: Flow = authorizer.authorize(get(deadline=time.monotonic() - 5))
    assert header(next(flow)) == "Bearer token-0"
