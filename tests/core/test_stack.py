"""Stacks: editing, names, printing, and that nothing they are given is changed."""

from __future__ import annotations

import asyncio
import copy
import functools
import pickle
from collections.abc import AsyncIterator
from typing import Any

import attrs
import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow
from globus_transport.core.layers import Layer
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError
from globus_transport.http.messages import Request, Response
from globus_transport.middleware.deadline import Deadline
from globus_transport.middleware.redirect import Redirect
from globus_transport.services.transfer.client import TransferClient
from tests.core.stepping import AsyncCanned, Canned, World, get, in_both_worlds

OK = Response(200)


@attrs.frozen
class Mark:
    """Writes its letter into the request."""

    letter: str

    def __call__(self, request: Request) -> Flow:
        response: Response = yield request.with_header("Path", request.headers.get("Path", "") + self.letter)
        return response


def terminal(request: Request) -> Response:
    return Response(200, {"Path": request.headers.get("Path", "")})


async def async_terminal(request: Request) -> Response:
    await asyncio.sleep(0)
    return terminal(request)


def log_calls(request: Request) -> Flow:
    response: Response = yield request
    return response


A, B, C, X = Mark("A"), Mark("B"), Mark("C"), Mark("X")
stack = Stack(terminal, [("a", A), ("b", B), ("c", C)])


def path(edited: Stack) -> str:
    return edited.send(get()).headers["Path"]


def test_layers_stand_outermost_first() -> None:
    assert path(stack) == "ABC"
    assert path(Stack(terminal)) == ""
    assert [layer.name for layer in stack.layers] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        (stack.add(X), "ABCX"),
        (stack.add(X, before="a"), "XABC"),
        (stack.add(X, before="c"), "ABXC"),
        (stack.add(X, after="a"), "AXBC"),
        (stack.add(X, after="c"), "ABCX"),
        (stack.add(X, name="a2", after="a"), "AXBC"),
        (stack.replace("b", X), "AXC"),
        (stack.remove("b"), "AC"),
        (stack.remove("a").remove("c").add(A), "BA"),
        (stack.add(X, name="x", before="b").add(X, name="y", before="x"), "AXXBC"),
    ],
)
def test_editing(edited: Stack, expected: str) -> None:
    assert path(edited) == expected
    assert path(stack) == "ABC", "the stack that was edited stays as it was"
    assert edited.terminal is stack.terminal


def test_editing_for_asyncio() -> None:
    edited = AsyncStack(async_terminal, stack.layers).add(X, before="b").remove("c")
    assert type(edited) is AsyncStack
    assert asyncio.run(edited.send(get())).headers["Path"] == "AXB"


def test_over_another_terminal() -> None:
    other = Canned(OK)
    assert stack.over(other).send(get()) is OK
    assert other.requests[0].headers["Path"] == "ABC"
    assert stack.terminal is terminal


def test_replace_keeps_the_name_and_the_place() -> None:
    edited = stack.replace("b", X)
    assert [layer.name for layer in edited.layers] == ["a", "b", "c"]
    assert edited["b"] is X
    assert stack["b"] is B


def test_looking_up() -> None:
    assert stack["a"] is A
    assert "a" in stack
    assert "x" not in stack
    assert A not in stack


@pytest.mark.parametrize(
    "edit",
    [
        lambda: stack.replace("no", X),
        lambda: stack.remove("no"),
        lambda: stack.add(X, before="no"),
        lambda: stack.add(X, after="no"),
        lambda: stack["no"],
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(edit: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match="has no layer 'no'; its layers are: a, b, c"):
        edit()


def test_an_unknown_name_in_an_empty_stack() -> None:
    with pytest.raises(GlobusSDKUsageError, match="its layers are: none"):
        Stack(terminal).remove("no")


@pytest.mark.parametrize(
    "make",
    [
        lambda: stack.add(X, name="a"),
        lambda: stack.add(X).add(Mark("Y")),
        lambda: Stack(terminal, [log_calls, log_calls]),
        lambda: Stack(terminal, [("log_calls", A), log_calls]),
    ],
)
def test_a_name_is_given_once(make: Any) -> None:
    with pytest.raises(GlobusSDKUsageError, match=r"the stack has a layer '\w+' already"):
        make()


def test_one_place_only() -> None:
    with pytest.raises(GlobusSDKUsageError, match="before= or after=, not both"):
        stack.add(X, before="a", after="b")


class RateLimit:
    def __call__(self, request: Request) -> Flow:
        response: Response = yield request
        return response

    def method(self, request: Request) -> Flow:
        return self(request)


@pytest.mark.parametrize(
    ("middleware", "name"),
    [
        (log_calls, "log_calls"),
        (RateLimit(), "rate_limit"),
        (RateLimit().method, "method"),
        (lambda request: log_calls(request), "lambda"),
        (functools.partial(log_calls), "log_calls"),
        (functools.partial(functools.partial(RateLimit())), "rate_limit"),
        (("mine", log_calls), "mine"),
        (Layer("yours", log_calls), "yours"),
    ],
)
def test_names_that_nobody_gave(middleware: Any, name: str) -> None:
    edited = Stack(Canned(OK), [middleware])
    assert [layer.name for layer in edited.layers] == [name]
    assert edited.send(get()) is OK


def test_a_partial_prints_as_its_function() -> None:
    def signed(secret: str, request: Request) -> Request:
        return request.with_header("X-Signed", secret)

    line = str(Stack(Canned(OK), [functools.partial(signed, "s3cret")])).splitlines()[1]
    assert line.split() == ["signed", "test_a_partial_prints_as_its_function.<locals>.signed"]


def test_printing() -> None:
    printed = Stack(terminal, [Deadline(5), ("follow", Redirect(3)), log_calls, RateLimit()])
    assert str(printed) == "\n".join(
        [
            "Stack",
            "  deadline     5 s for the whole call",
            "  follow       at most 3 hops",
            "  log_calls    log_calls",
            "  rate_limit   RateLimit",
            "  => terminal  terminal",
        ]
    )
    assert repr(printed) == "<Stack: deadline, follow, log_calls, rate_limit => function>"
    assert str(AsyncStack(AsyncCanned())) == "AsyncStack\n  => terminal  AsyncCanned"


async def coroutine_function(request: Request) -> Response:
    return OK


async def async_generator(request: Request) -> AsyncIterator[Request]:
    yield request


def three(a: int, b: int, c: int) -> None: ...


def keyword_only(request: Request, *, limit: int) -> None: ...


class AsyncCall:
    async def __call__(self, request: Request) -> Response:
        return OK


@pytest.mark.parametrize(
    ("middleware", "why"),
    [
        (RateLimit, "RateLimit is a class; put an instance"),
        (5, "5 is no middleware: it cannot be called"),
        (None, "None is no middleware"),
        (coroutine_function, "is a coroutine function of one argument"),
        (AsyncCall(), "is a coroutine function of one argument"),
        (functools.partial(coroutine_function), "is a coroutine function of one argument"),
        (async_generator, "is an async generator; write it with plain `def`"),
        (three, "takes 3 arguments"),
        (keyword_only, "takes 1 arguments"),
    ],
)
@pytest.mark.parametrize("kind", [Stack, AsyncStack])
def test_what_is_no_middleware_is_refused_at_once(kind: Any, middleware: Any, why: str) -> None:
    with pytest.raises(MiddlewareError, match=why) as refused:
        kind(terminal, [("mine", middleware)])
    assert isinstance(refused.value, TypeError)


def test_a_terminal_can_be_called() -> None:
    with pytest.raises(MiddlewareError, match="5 is no terminal"):
        Stack(5)  # type: ignore[arg-type]


def test_compiled_once() -> None:
    class Counted:
        looked_at = 0

        def __call__(self, request: Request) -> Flow:
            response: Response = yield request
            return response

        @property
        def __signature__(self) -> Any:
            type(self).looked_at += 1
            raise AttributeError

    counted = Stack(terminal, [Counted()])
    before = Counted.looked_at
    for _ in range(3):
        counted.send(get())
    assert before > 0
    assert Counted.looked_at == before


@in_both_worlds
def test_one_middleware_serves_two_stacks(world: World) -> None:
    shared = RateLimit()
    before = dict(vars(shared))
    layers: list[Any] = [("x", shared)]
    first, second = world.terminal(Response(201)), world.terminal(Response(202))
    assert world.send(get(), layers, first).status == 201
    assert world.send(get(), [("y", shared), ("a", A)], second).status == 202
    assert world.send(get(), layers, world.terminal(OK)).status == 200
    assert vars(shared) == before
    assert layers == [("x", shared)]


def test_layers_of_one_stack_may_make_another() -> None:
    other = Stack(Canned(OK), stack.layers)
    assert other.layers == stack.layers
    assert other.send(get()) is OK


def test_pickling() -> None:
    for edited in (stack.add(X), AsyncStack(async_terminal, [A, log_calls])):
        for same in (pickle.loads(pickle.dumps(edited)), copy.copy(edited), copy.deepcopy(edited)):
            assert type(same) is type(edited)
            assert str(same) == str(edited)
            assert [layer.middleware for layer in same.layers] == [layer.middleware for layer in edited.layers]
    assert path(pickle.loads(pickle.dumps(stack.add(X)))) == "ABCX"


class Closable(Canned):
    closed = 0

    def close(self) -> None:
        self.closed += 1


class AsyncClosable(AsyncCanned):
    closed = 0

    async def close(self) -> None:
        self.closed += 1


def test_closing_closes_the_terminal() -> None:
    closable = Closable(OK)
    with Stack(closable) as opened:
        assert opened.send(get()) is OK
        assert closable.closed == 0
    assert closable.closed == 1
    with Stack(terminal):
        pass  # a function has nothing to close


@pytest.mark.parametrize("make", [Closable, AsyncClosable])
def test_closing_under_asyncio(make: Any) -> None:
    async def main() -> None:
        closable = make()
        async with AsyncStack(closable):
            assert closable.closed == 0
        assert closable.closed == 1
        async with AsyncStack(async_terminal):
            pass

    asyncio.run(main())


class _ForAsyncio:
    async def __call__(self, request: Request) -> Response:
        return Response(200)


@pytest.mark.parametrize("terminal", [_ForAsyncio(), _ForAsyncio().__call__])
def test_a_terminal_for_asyncio_is_refused_at_once(terminal: Any) -> None:
    for make in (Stack, Stack(Canned()).over, lambda terminal: TransferClient(terminal=terminal)):
        with pytest.raises(MiddlewareError, match="use AsyncStack"):
            make(terminal)


def test_long_names_stand_in_one_column() -> None:
    def passes(request: Request) -> Flow:
        response: Response = yield request
        return response

    lines = str(Stack(Canned(), [("a_name_of_some_length", passes), ("short", passes)])).splitlines()[1:]
    places = {line.index(what) for line, what in zip(lines, ("test_long", "test_long", "Canned"), strict=True)}
    assert places == {len("  a_name_of_some_length ")}
