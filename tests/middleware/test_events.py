"""The layer of events, and what the other layers tell its listener."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from globus_transport import (
    AsyncStack,
    Events,
    GlobusAPIError,
    GlobusConnectionError,
    Redirect,
    RefreshTokenAuthorizer,
    Request,
    Response,
    Retry,
    RetryConfig,
    Stack,
)
from globus_transport.core.events import Attempt, Began, Ended, Event, Hedged, Redirected, Renewal, Waiting
from globus_transport.core.layers import LayerLike
from globus_transport.middleware.errors import Errors
from tests.core.stepping import ORIGIN, Canned, FakeAuth, World, end_of, get, in_both_worlds

SECRET = "s3cret"


def authorizer() -> RefreshTokenAuthorizer[Any]:
    return RefreshTokenAuthorizer("refresh", FakeAuth())


def at_once() -> Retry:
    from tenacity import wait_none

    return Retry(RetryConfig(wait=wait_none()))


def lost() -> GlobusConnectionError:
    return GlobusConnectionError("the connection broke")


def test_began_and_ended() -> None:
    told: list[Event] = []
    request = get()
    flow = Events(told.append)(request)
    sent = next(flow)
    assert isinstance(sent, Request)
    assert sent.url == request.url
    assert told == [Began(sent)]
    answer = Response(200)
    assert end_of(flow, answer) is answer
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert ended.outcome is answer
    assert ended.seconds >= 0
    assert request.notify is None, "it was given away, and stays as it is"


@pytest.mark.parametrize("failure", [ValueError("x"), KeyboardInterrupt(), asyncio.CancelledError()])
def test_every_end_is_told(failure: BaseException) -> None:
    told: list[Event] = []
    flow = Events(told.append)(get())
    next(flow)
    with pytest.raises(type(failure)) as raised:
        flow.throw(failure)
    assert raised.value is failure
    assert [type(event) for event in told] == [Began, Ended]
    assert isinstance(told[1], Ended)
    assert told[1].outcome is failure


def test_what_a_listener_raises_ends_the_call() -> None:
    def refuse(_event: Event) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        next(Events(refuse)(get()))


@in_both_worlds
def test_the_whole_story_in_order(world: World) -> None:
    told: list[Event] = []
    terminal = world.terminal(
        Response(401),
        Response(503, {"Retry-After": "0"}),
        lost(),
        Response(302, {"Location": "/other"}),
        Response(200),
    )
    layers: list[LayerLike] = [
        Events(told.append),
        Errors(GlobusAPIError),
        Redirect(),
        at_once(),
        authorizer().bound_to(ORIGIN),
    ]
    assert world.send(get(route="transfer.get_task"), layers, terminal).status == 200
    assert [type(event) for event in told] == [
        Began,
        Renewal,  # there was no token yet
        Renewal,  # 401
        Attempt,
        Waiting,
        Attempt,
        Waiting,
        Attempt,
        Redirected,
        Attempt,
        Ended,
    ]
    renewals = [event for event in told if isinstance(event, Renewal)]
    assert [event.reason for event in renewals] == ["stale", "refused"]
    attempts = [event for event in told if isinstance(event, Attempt)]
    assert [event.request.attempt for event in attempts] == [1, 2, 3, 1]
    assert [type(event.outcome) for event in attempts] == [Response, GlobusConnectionError, Response, Response]
    waits = [event for event in told if isinstance(event, Waiting)]
    assert [event.outcome for event in waits] == [event.outcome for event in attempts[:2]]
    (hop,) = (event for event in told if isinstance(event, Redirected))
    assert (hop.status, hop.request.url, hop.following.url) == (302, f"{ORIGIN}/thing", f"{ORIGIN}/other")


def test_two_layers_both_hear_everything() -> None:
    outer: list[Event] = []
    inner: list[Event] = []
    layers: list[LayerLike] = [("outer", Events(outer.append)), ("inner", Events(inner.append)), at_once()]
    Stack(Canned(lost(), Response(200)), layers).send(get())
    story = [Began, Attempt, Waiting, Attempt, Ended]
    assert [type(event) for event in inner] == story
    assert [type(event) for event in outer] == story


def test_tasks_beside_each_other_are_told_apart() -> None:
    told: list[Event] = []

    async def answer(request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(200, request=request)

    async def both() -> None:
        stack = AsyncStack(answer, [Events(told.append), Retry()])
        await asyncio.gather(stack.send(get("/a")), stack.send(get("/b")))

    asyncio.run(both())
    for path in ("/a", "/b"):
        mine = [type(event) for event in told if event.request.url.endswith(path)]
        assert mine == [Began, Attempt, Ended]


def _url(path: str) -> Request:
    return Request("GET", f"{ORIGIN}{path}?code={SECRET}", {"Authorization": f"Bearer {SECRET}"}, route=None)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Began(_url("/a")), "began"),
        (Attempt(_url("/a"), Response(200), 0.25), "attempt 1: status 200 after 0.250 s"),
        (Waiting(_url("/a"), ValueError(SECRET), 1.5), "ValueError; sending again in 1.500 s"),
        (Renewal(_url("/a"), "refused", 0.01), "new access token after a 401, in 0.010 s"),
        (Renewal(_url("/a"), "stale", 0.01), "new access token ahead of the request, in 0.010 s"),
        (Redirected(_url("/a"), _url("/b"), 307), f"status 307; following to {ORIGIN}/b?code=<hidden>"),
        (Hedged(_url("/a"), 0.5), "no answer in 0.500 s; sent a second time beside the first"),
        (Ended(_url("/a"), Response(404), 2.0), "status 404 after 2.000 s in all"),
    ],
)
def test_one_line_without_a_secret(event: Event, line: str) -> None:
    assert str(event) == f"GET {ORIGIN}/a?code=<hidden>: {line}"
    assert SECRET not in repr(event)


def test_the_route_names_the_call() -> None:
    assert str(Began(get(route="transfer.get_task"))) == "transfer.get_task: began"


@pytest.mark.parametrize(
    ("listener", "line"), [(print, "to print"), (test_the_route_names_the_call, "to test_the_route_names_the_call")]
)
def test_printed(listener: Callable[[Event], object], line: str) -> None:
    assert str(Events(listener)) == line


def test_a_stack_of_it_survives_pickling() -> None:
    stack = pickle.loads(pickle.dumps(Stack(Canned(Response(200)), [Events(print)])))
    assert stack["events"] == Events(print)
