"""One renewal at a time: leaders, waiters, and who takes over. Stepped by hand."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport.authorizers.refresh_token import RefreshTokenAuthorizer
from globus_transport.errors import GlobusTimeoutError
from globus_transport.flow import Flow, Run, Shield, Step, Steps, Wait
from globus_transport.messages import Request, Response
from globus_transport.tokens.renewal import Renewal
from tests.core.stepping import FakeAuth, Reply, get

OK = Response(200)
REFUSED = Response(401)


def refreshing(auth: FakeAuth, **more: Any) -> RefreshTokenAuthorizer[Reply]:
    return RefreshTokenAuthorizer("refresh-0", auth, **more)


def lead_of(step: Step) -> Steps[Any]:
    """The flow of the renewal that this step leads."""
    assert isinstance(step, Shield)
    return step.flow


def work_of(step: Step) -> Callable[[], Any]:
    """What this step would run."""
    assert isinstance(step, Run)
    return lambda: step.function(*step.args)


def future_of(step: Step) -> Future[Any]:
    """What this step waits for."""
    assert isinstance(step, Wait)
    return step.future


def finish(lead: Steps[Any], step: Step | None = None) -> Any:
    """Carry out the renewal to its end."""
    try:
        while True:
            step = lead.send(None if step is None else work_of(step)())
    except StopIteration as end:
        return end.value


def header(step: Step) -> str:
    assert isinstance(step, Request)
    return step.headers["Authorization"]


def test_one_leads_and_the_others_wait_for_it() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    flows = [authorizer.authorize(get(f"/{number}")) for number in range(32)]
    leader, *waiters = flows
    lead = lead_of(next(leader))
    futures = {future_of(next(waiter)) for waiter in waiters}
    (future,) = futures
    assert future.running()
    assert future.cancel() is False, "a waiter that gives up must not cancel it for all"
    token = finish(lead)
    assert header(leader.send(token)) == "Bearer token-1"
    for waiter in waiters:
        assert header(waiter.send(future.result(0))) == "Bearer token-1"
    assert len(auth.grants) == 1


def test_a_401_of_many_is_one_renewal() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth, access_token="token-0", expires_at=int(time.time()) + 3600)
    flows = [authorizer.authorize(get(f"/{number}")) for number in range(32)]
    assert {header(next(flow)) for flow in flows} == {"Bearer token-0"}
    leader, *others = flows
    lead = lead_of(leader.send(REFUSED))
    waiters, late = others[:16], others[16:]
    (future,) = {future_of(waiter.send(REFUSED)) for waiter in waiters}
    leader.send(finish(lead))
    assert {header(waiter.send(future.result(0))) for waiter in waiters} == {"Bearer token-1"}
    # Their 401 comes when the token has been replaced already.
    assert {header(flow.send(REFUSED)) for flow in late} == {"Bearer token-1"}
    assert len(auth.grants) == 1


def test_the_leaders_error_is_everyones() -> None:
    class AuthError(Exception):
        pass

    def fail(number: int) -> None:
        raise AuthError(number)

    auth = FakeAuth(fail)
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    lead = lead_of(next(leader))
    future = future_of(next(waiter))
    work = work_of(next(lead))
    with pytest.raises(AuthError) as raised:
        work()
    with pytest.raises(AuthError):
        lead.throw(raised.value)
    assert future.exception(0) is raised.value
    for flow in (leader, waiter):
        with pytest.raises(AuthError):
            flow.throw(raised.value)
    assert len(auth.grants) == 1
    # The next call begins anew.
    lead_of(next(authorizer.authorize(get())))


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit])
def test_when_the_leader_is_cancelled_the_next_takes_over(end: type[BaseException]) -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    leader, first, second = (authorizer.authorize(get()) for _ in range(3))
    lead = lead_of(next(leader))
    future = future_of(next(first))
    future_of(next(second))
    next(lead)
    with pytest.raises(end):
        lead.throw(end())
    error = future.exception(0)
    assert error is not None
    with pytest.raises(end):
        leader.throw(end())
    # One of the waiters leads now, and the other waits again.
    new_lead = lead_of(first.throw(error))
    new_future = future_of(second.throw(error))
    assert header(first.send(finish(new_lead))) == "Bearer token-1"
    assert header(second.send(new_future.result(0))) == "Bearer token-1"
    assert len(auth.grants) == 1


@pytest.mark.parametrize("end", [KeyboardInterrupt, asyncio.CancelledError, GeneratorExit])
def test_when_the_leader_is_cancelled_before_it_began_the_next_takes_over(end: type[BaseException]) -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    lead = lead_of(next(leader))
    future = future_of(next(waiter))
    with pytest.raises(end):
        leader.throw(end())
    error = future.exception(0)
    assert error is not None
    new_lead = lead_of(waiter.throw(error))
    with pytest.raises(StopIteration):
        next(lead)  # it does not begin after all
    assert header(waiter.send(finish(new_lead))) == "Bearer token-1"
    assert len(auth.grants) == 1


def test_a_leader_that_nobody_drives_any_more_does_not_block_the_next() -> None:
    authorizer = refreshing(FakeAuth())
    flow = authorizer.authorize(get())
    lead_of(next(flow))
    flow.close()
    assert authorizer.get_authorization_header() == "Bearer token-1"


def test_a_caller_that_is_cancelled_leaves_the_renewal_alone() -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get())
    lead = lead_of(next(leader))
    step = next(lead)
    future = future_of(next(waiter))
    with pytest.raises(asyncio.CancelledError):
        leader.throw(asyncio.CancelledError())
    assert not future.done()
    finish(lead, step)
    assert header(waiter.send(future.result(0))) == "Bearer token-1"
    assert len(auth.grants) == 1


def test_a_grant_that_outlives_its_cancelled_leader_is_not_made_again() -> None:
    begun, release = threading.Event(), threading.Event()

    def block(number: int) -> None:
        begun.set()
        assert release.wait(60)

    auth = FakeAuth(block, refresh_token="refresh-1")
    authorizer = refreshing(auth)
    leader = authorizer.authorize(get())
    lead = lead_of(next(leader))
    with ThreadPoolExecutor(2) as workers:
        # As under asyncio: the step's function goes on in a worker thread while its flow is cancelled.
        orphan = workers.submit(work_of(next(lead)))
        assert begun.wait(60)
        with pytest.raises(asyncio.CancelledError):
            lead.throw(asyncio.CancelledError())
        with pytest.raises(asyncio.CancelledError):
            leader.throw(asyncio.CancelledError())
        follower = authorizer.authorize(get())
        new_lead = lead_of(next(follower))
        second = workers.submit(work_of(next(new_lead)))
        assert not second.done(), "it waits for the grant that is on its way"
        release.set()
        assert second.result(60) is orphan.result(60)
    step = new_lead.send(second.result())
    assert header(follower.send(finish(new_lead, step))) == "Bearer token-1"
    assert auth.grants == ["refresh-0"]


# Waiting and deadlines.


def test_a_waiter_waits_as_long_as_its_deadline_allows() -> None:
    authorizer = refreshing(FakeAuth())
    leader = authorizer.authorize(get())
    lead_of(next(leader))
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


def test_a_deadline_that_passes_while_waiting() -> None:
    authorizer = refreshing(FakeAuth())
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get(deadline=time.monotonic()))
    lead = lead_of(next(leader))
    future_of(next(waiter))
    with pytest.raises(GlobusTimeoutError, match="while another call was renewing the token"):
        waiter.throw(TimeoutError())
    assert header(leader.send(finish(lead))) == "Bearer token-1"


def test_a_renewal_that_ends_just_as_the_deadline_passes_is_used() -> None:
    authorizer = refreshing(FakeAuth())
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get(deadline=time.monotonic()))
    lead = lead_of(next(leader))
    future_of(next(waiter))
    leader.send(finish(lead))
    assert header(waiter.throw(TimeoutError())) == "Bearer token-1"


@pytest.mark.parametrize("error", [TimeoutError("of the token endpoint"), KeyError("refused")])
def test_a_renewal_that_fails_just_as_the_deadline_passes_tells_its_own_error(error: Exception) -> None:
    auth = FakeAuth()
    authorizer = refreshing(auth)
    leader, waiter = authorizer.authorize(get()), authorizer.authorize(get(deadline=time.monotonic()))
    lead = lead_of(next(leader))
    future_of(next(waiter))
    next(lead)
    error.__cause__ = cause = OSError()
    with pytest.raises(type(error)):
        lead.throw(error)
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

    renewal: Renewal[str] = Renewal(
        lambda: tell("fetch", 1),
        lambda answer: tell(f"store {answer}"),
        lambda answer: tell(f"adopt {answer}", "value"),
    )
    flow = renewal.renewed(lambda: None, None)
    assert finish(lead_of(next(flow))) == "value"
    assert told == ["fetch", "store 1", "adopt 1"]


def test_nothing_to_store() -> None:
    renewal: Renewal[int] = Renewal(lambda: 1, None, lambda answer: int(answer) + 1)
    assert finish(lead_of(next(renewal.renewed(lambda: None, None)))) == 2


def test_a_fresh_value_is_used() -> None:
    renewal: Renewal[str] = Renewal(lambda: None, None, str)
    with pytest.raises(StopIteration) as end:
        next(renewal.renewed(lambda: "fresh", None))
    assert end.value.value == "fresh"


def test_the_deadline_does_not_cut_the_flow_short_by_itself() -> None:
    # A fresh token is used at whatever time; whether to send is for others to say.
    authorizer = refreshing(FakeAuth(), access_token="token-0", expires_at=int(time.time()) + 3600)
    flow: Flow = authorizer.authorize(get(deadline=time.monotonic() - 5))
    assert header(next(flow)) == "Bearer token-0"
