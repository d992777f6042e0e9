"""What both drivers promise to a flow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest

from globus_transport.core.flow import (
    Flow,
    Read,
    Run,
    Shield,
    Sleep,
    Start,
    Steps,
    Wait,
    read,
    run,
    send,
    shield,
    sleep,
    wait,
)
from globus_transport.exc.base import GlobusConnectionError, MiddlewareError
from globus_transport.http.messages import Request, Response
from tests.core.stepping import ORIGIN, World, get, in_both_worlds

OK = Response(200)


class Stop(BaseException):
    """Nobody expects this one."""


@in_both_worlds
def test_layers_pass_a_request_down_and_a_response_up(world: World) -> None:
    seen: list[str] = []

    def outer(request: Request) -> Flow:
        seen.append("outer asks")
        response: Response = yield request.with_header("X", "outer")
        seen.append("outer has")
        return response

    def inner(request: Request) -> Flow:
        seen.append("inner asks")
        response: Response = yield request.with_header("Y", request.headers["X"])
        seen.append("inner has")
        return Response(201, request=response.request)

    terminal = world.terminal(OK)
    assert world.send(get(), [outer, inner], terminal).status == 201
    assert seen == ["outer asks", "inner asks", "inner has", "outer has"]
    assert terminal.requests[0].headers.pairs == (("X", "outer"), ("Y", "outer"))


@in_both_worlds
def test_a_flow_may_answer_by_itself_or_send_often(world: World) -> None:
    def answer(request: Request) -> Flow:
        yield from ()
        return Response(204)

    def twice(request: Request) -> Flow:
        yield request
        response: Response = yield request
        return response

    assert world.send(get(), [answer], world.terminal()).status == 204
    assert world.send(get(), [twice], world.terminal(Response(500), OK)) is OK


@in_both_worlds
@pytest.mark.parametrize(
    "error",
    [
        GlobusConnectionError("broken"),
        ValueError("anything"),
        KeyboardInterrupt(),
        SystemExit(3),
        asyncio.CancelledError(),
        GeneratorExit(),
        Stop(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_comes_from_below_is_raised_at_the_yield(world: World, error: BaseException) -> None:
    seen: list[object] = []

    def watch(request: Request) -> Flow:
        try:
            response: Response = yield request
        except BaseException as caught:
            seen.append(caught)
            raise
        finally:
            seen.append("finally")
        return response

    terminal = world.terminal(error, OK)
    # asyncio makes new ones of some, so that the type is what can be told.
    with pytest.raises(type(error)):
        world.send(get(), [("outer", watch), ("inner", watch)], terminal)
    assert [type(one) for one in seen] == [type(error), str] * 2
    assert len(terminal.requests) == 1, "nothing is sent again"


@in_both_worlds
def test_a_flow_may_mend_what_comes_from_below(world: World) -> None:
    def mend(request: Request) -> Flow:
        try:
            response: Response = yield request
        except GlobusConnectionError:
            response = yield request.with_header("X", "again")
        return response

    terminal = world.terminal(GlobusConnectionError("broken"), OK)
    assert world.send(get(), [mend], terminal) is OK
    assert terminal.requests[1].headers["X"] == "again"


@in_both_worlds
def test_a_flow_that_fails_fails_the_call(world: World) -> None:
    def before(request: Request) -> Flow:
        yield from ()
        raise KeyError("before")

    def after(request: Request) -> Flow:
        yield request
        raise KeyError("after")

    for layer in (before, after):
        with pytest.raises(KeyError, match=layer.__name__):
            world.send(get(), [layer], world.terminal(OK))


@in_both_worlds
def test_a_middleware_that_only_changes_the_request(world: World) -> None:
    def mark(request: Request) -> Request:
        return request.with_header("X", "on")

    terminal = world.terminal(OK, GlobusConnectionError("broken"))
    assert world.send(get(), [mark, mark_again], terminal) is OK
    assert terminal.requests[0].headers.pairs == (("X", "on"), ("Y", "on"))
    with pytest.raises(GlobusConnectionError):
        world.send(get(), [mark], terminal)


def mark_again(request: Request) -> MyRequest:
    return MyRequest(request.method, request.url, request.with_header("Y", "on").headers)


class MyRequest(Request):
    pass


def plain(request: Request) -> Response:
    return OK


class Wrong:
    def __call__(self, request: Request) -> None:
        return None

    def __str__(self) -> str:
        return "a wrong one"


@in_both_worlds
def test_a_middleware_that_is_no_generator_is_named(world: World) -> None:
    with pytest.raises(MiddlewareError, match=r"layer 'mine': .*plain.* returned Response, not a generator"):
        world.send(get(), [("mine", plain)], world.terminal(OK))  # type: ignore[list-item]
    with pytest.raises(TypeError, match="layer 'wrong': a wrong one returned NoneType, not a generator"):
        world.send(get(), [Wrong()], world.terminal(OK))  # type: ignore[list-item]


@in_both_worlds
def test_what_a_middleware_is_bound_to_is_not_printed(world: World) -> None:
    def forgets(key: str, request: Request) -> None:
        return None

    with pytest.raises(MiddlewareError) as caught:
        world.send(get(), [partial(forgets, "s3cret")], world.terminal(OK))  # type: ignore[list-item]
    assert "forgets returned NoneType" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def forgets_to_return(request: Request) -> Generator[Any, Any, None]:
    yield request


@in_both_worlds
def test_a_flow_that_ends_without_a_response_is_named(world: World) -> None:
    with pytest.raises(MiddlewareError, match=r"layer 'forgets_to_return': .* ended with NoneType, not a Response"):
        world.send(get(), [forgets_to_return], world.terminal(OK))  # type: ignore[list-item]


class MyResponse(Response):
    pass


class MyFlow(Generator[Any, Any, Response]):
    """A generator that is not the interpreter's own."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def send(self, value: Any) -> Any:
        if value is None:
            return self.request
        raise StopIteration(MyResponse(value.status + 1))

    def throw(self, *error: Any) -> Any:
        raise error[0]


@in_both_worlds
def test_other_generators_and_responses_will_do(world: World) -> None:
    response = world.send(get(), [("mine", lambda request: MyFlow(request))], world.terminal(OK))
    assert type(response) is MyResponse
    assert response.status == 201


@in_both_worlds
@pytest.mark.parametrize("rubbish", [None, 5, "a secret", OK, (get(),), get])
def test_rubbish_is_refused_at_its_yield(world: World, rubbish: object) -> None:
    def dirty(request: Request) -> Flow:
        with pytest.raises(MiddlewareError, match=f"a flow yielded {type(rubbish).__name__}") as refused:
            yield rubbish  # type: ignore[misc]
        assert "secret" not in str(refused.value)
        response: Response = yield request
        return response

    assert world.send(get(), [dirty], world.terminal(OK)) is OK


@in_both_worlds
def test_responses_that_are_not_returned_are_released(world: World) -> None:
    first, second = world.stream(b"1"), world.stream(b"2")

    def again(request: Request) -> Flow:
        yield request
        response: Response = yield request
        return response

    response = world.send(get(), [again], world.terminal(Response(200, stream=first), Response(200, stream=second)))
    assert response.stream is second
    assert (first.closed, second.closed) == (1, 0)


@in_both_worlds
def test_a_response_in_other_words_keeps_its_stream(world: World) -> None:
    stream = world.stream(b"1")

    def rename(request: Request) -> Flow:
        response: Response = yield request
        return Response(299, stream=response.stream)

    assert world.send(get(), [rename], world.terminal(Response(200, stream=stream))).status == 299
    assert stream.closed == 0


@in_both_worlds
@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt(), asyncio.CancelledError()], ids=repr)
def test_a_flow_that_fails_lets_go_of_its_response(world: World, error: BaseException) -> None:
    stream = world.stream(b"1")

    def fail(request: Request) -> Flow:
        yield request
        raise error

    with pytest.raises(type(error)):
        world.send(get(), [fail], world.terminal(Response(200, stream=stream)))
    assert stream.closed == 1


@in_both_worlds
def test_a_flow_that_ends_wrong_lets_go_of_its_response(world: World) -> None:
    stream = world.stream(b"1")
    with pytest.raises(MiddlewareError):
        world.send(get(), [forgets_to_return], world.terminal(Response(200, stream=stream)))  # type: ignore[list-item]
    assert stream.closed == 1


@in_both_worlds
def test_a_flow_above_the_stack_that_fails_lets_go_of_its_response(world: World) -> None:
    stream = world.stream(b"1")

    def operation() -> Steps[int]:
        yield from send(get())
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        world.run(operation(), [], world.terminal(Response(200, stream=stream)))
    assert stream.closed == 1


@in_both_worlds
def test_a_shielded_flow_lets_go_of_its_response(world: World) -> None:
    stream = world.stream(b"1")

    def status(request: Request) -> Steps[int]:
        response = yield from send(request)
        return response.status

    def look(request: Request) -> Flow:
        return Response((yield Shield(status(request))))

    assert world.send(get(), [look], world.terminal(Response(202, stream=stream))).status == 202
    assert stream.closed == 1


@in_both_worlds
def test_a_shielded_flow_hands_its_response_on(world: World) -> None:
    stream = world.stream(b"1")

    def layer(request: Request) -> Flow:
        return (yield from shield(send(request)))

    assert world.send(get(), [layer], world.terminal(Response(200, stream=stream))).stream is stream
    assert stream.closed == 0


@in_both_worlds
def test_read(world: World) -> None:
    stream = world.stream(b"ab", b"cd")

    def whole(request: Request) -> Flow:
        return (yield from read((yield request)))

    response = world.send(
        get(), [whole], world.terminal(Response(200, {"X": "1"}, stream=stream, reason="OK", request=get("/sent")))
    )
    assert (response.status, response.headers["X"], response.body, response.stream) == (200, "1", b"abcd", None)
    assert (response.reason, response.truncated) == ("OK", False)
    assert response.request
    assert response.request.url == ORIGIN + "/sent"
    assert stream.closed == 1


@in_both_worlds
@pytest.mark.parametrize(
    ("limit", "body", "truncated"), [(5, b"abcd", False), (4, b"abcd", False), (3, b"abc", True), (0, b"", True)]
)
def test_read_up_to_a_limit(world: World, limit: int, body: bytes, truncated: bool) -> None:
    def part(request: Request) -> Flow:
        return (yield from read((yield request), limit))

    response = world.send(get(), [part], world.terminal(Response(200, stream=world.stream(b"ab", b"cd"))))
    assert (response.body, response.truncated) == (body, truncated)


@in_both_worlds
def test_read_of_a_whole_response_is_that_response(world: World) -> None:
    def layer(request: Request) -> Flow:
        response: Response = yield Read((yield request))
        return response

    assert world.send(get(), [layer], world.terminal(OK)) is OK


@in_both_worlds
def test_a_body_that_breaks_off_is_raised_at_the_read(world: World) -> None:
    stream = world.stream(breaks_with=GlobusConnectionError("broke off"))

    def layer(request: Request) -> Flow:
        response: Response = yield request
        with pytest.raises(GlobusConnectionError, match="broke off"):
            yield Read(response)
        return Response(299)

    assert world.send(get(), [layer], world.terminal(Response(200, stream=stream))).status == 299
    assert stream.closed == 1


@in_both_worlds
@pytest.mark.parametrize("timeout", [None, 30, 1e300])
def test_wait_for_what_another_thread_completes(world: World, timeout: float | None) -> None:
    def layer(request: Request) -> Flow:
        future: Future[int] = Future()
        threading.Timer(0.01, future.set_result, [7]).start()
        assert (yield from wait(future, timeout)) == 7
        response: Response = yield request
        return response

    assert world.send(get(), [layer], world.terminal(OK)) is OK


@in_both_worlds
def test_sleep_and_run(world: World) -> None:
    def layer(request: Request) -> Flow:
        yield from sleep(0)
        assert (yield Sleep(0)) is None
        assert (yield from run(divmod, 7, 2)) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            yield Run(divmod, 7, 0)
        response: Response = yield request
        return response

    assert world.send(get(), [layer], world.terminal(OK)) is OK


@in_both_worlds
def test_a_function_that_raises_stop_iteration_does_not_end_the_flow(world: World) -> None:
    def layer(request: Request) -> Flow:
        try:
            yield Run(next, iter(()))
        except (StopIteration, RuntimeError):
            response: Response = yield request
            return response
        raise AssertionError

    assert world.send(get(), [layer], world.terminal(OK)) is OK


@in_both_worlds
def test_run_has_a_twin_for_asyncio(world: World) -> None:
    async def in_the_loop(key: str) -> str:
        await asyncio.sleep(0)
        return f"{key} from asyncio"

    def ask(request: Request) -> Flow:
        value = yield from run(lambda key: f"{key} from threads", "value", for_asyncio=in_the_loop)
        return Response(200, {"X-Value": value}, request=request)

    assert world.send(get(), [ask], world.terminal()).headers["X-Value"] == f"value from {type(world).__name__.lower()}"


@in_both_worlds
def test_a_failure_of_the_twin_is_raised_at_the_yield(world: World) -> None:
    def fail() -> str:
        raise KeyError("x")

    async def fail_in_the_loop() -> str:
        raise KeyError("x")

    def ask(request: Request) -> Flow:
        try:
            yield from run(fail, for_asyncio=fail_in_the_loop)
        except KeyError:
            return Response(204, request=request)
        return Response(200, request=request)

    assert world.send(get(), [ask], world.terminal()).status == 204


def test_run_does_not_print_its_arguments() -> None:
    assert repr(Run(divmod, "s3cret")) == "Run(divmod)"
    assert repr(Run(Wrong(), "s3cret")) == "Run(Wrong)"


@in_both_worlds
def test_wait_gives_what_the_future_gives(world: World) -> None:
    good: Future[int] = Future()
    good.set_result(5)
    bad: Future[int] = Future()
    bad.set_exception(KeyError("bad"))

    def layer(request: Request) -> Flow:
        assert (yield from wait(good)) == 5
        assert (yield Wait(good, 0)) == 5
        with pytest.raises(KeyError, match="bad"):
            yield Wait(bad)
        response: Response = yield request
        return response

    assert world.send(get(), [layer], world.terminal(OK)) is OK


@in_both_worlds
@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("timeout", [0, 0.001])
def test_a_wait_that_runs_out_leaves_the_future_as_it_was(world: World, running: bool, timeout: float) -> None:
    future: Future[int] = Future()
    if running:
        future.set_running_or_notify_cancel()

    def layer(request: Request) -> Flow:
        with pytest.raises(TimeoutError):
            yield Wait(future, timeout)
        assert not future.cancelled()
        response: Response = yield request
        return response

    assert world.send(get(), [layer], world.terminal(OK)) is OK
    future.set_result(1)


@in_both_worlds
def test_a_wait_for_what_a_worker_completes(world: World) -> None:
    future: Future[str] = Future()

    def layer(request: Request) -> Flow:
        yield Run(future.set_result, "done")
        assert (yield Wait(future, 60)) == "done"
        response: Response = yield request
        return response

    assert world.send(get(), [layer], world.terminal(OK)) is OK


@in_both_worlds
def test_what_is_shielded_has_the_stack_below_and_gives_its_result_or_error(world: World) -> None:
    def inner(request: Request) -> Steps[str]:
        response = yield from send(request)
        yield from sleep(0)
        if response.status != 200:
            raise KeyError(response.status)
        return "done"

    def layer(request: Request) -> Flow:
        assert (yield from shield(inner(request))) == "done"
        with pytest.raises(KeyError):
            yield Shield(inner(request))
        return OK

    terminal = world.terminal(OK, Response(500))
    assert world.send(get(), [layer], terminal) is OK
    assert len(terminal.requests) == 2


@in_both_worlds
def test_a_flow_above_the_stack_goes_through_every_layer(world: World) -> None:
    def mark(request: Request) -> Flow:
        response: Response = yield request.with_header("X", "marked")
        return response

    def operation() -> Steps[list[int]]:
        first = yield from send(get("/1"))
        second = yield from send(get("/2"))
        return [first.status, second.status]

    terminal = world.terminal(Response(201), Response(202))
    assert world.run(operation(), [mark], terminal) == [201, 202]
    assert [request.headers["X"] for request in terminal.requests] == ["marked", "marked"]


@in_both_worlds
def test_work_that_is_started_tells_its_outcome_by_a_future(world: World) -> None:
    told: Future[str] = Future()
    where: ContextVar[str] = ContextVar("where")

    def work(text: str) -> None:
        told.set_result(f"{text} {where.get()}")

    def layer(request: Request) -> Flow:
        where.set("here")
        assert (yield Start(work, "done")) is None
        return Response(200, reason=(yield from wait(told, 20)))

    assert repr(Start(work, "s3cret")).endswith("work)")
    assert "s3cret" not in repr(Start(work, "s3cret"))
    assert world.send(get(), [layer], world.terminal()).reason == "done here"
