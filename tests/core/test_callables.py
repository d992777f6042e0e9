"""What is seen of a callable without ``inspect`` is what ``inspect`` says."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from globus_transport.core.callables import looked_up, plainly_takes_one, runs_coroutine
from globus_transport.core.layers import _kind_by_signature
from globus_transport.exc.base import MiddlewareError


def plain(request: Any) -> Any:
    return request


def generator(request: Any) -> Iterator[Any]:
    yield request


async def coroutine(request: Any) -> Any:
    return request


async def async_generator(request: Any) -> AsyncIterator[Any]:
    yield request


def around(request: Any, call_next: Any) -> Any:
    return call_next(request)


async def async_around(request: Any, call_next: Any) -> Any:
    return await call_next(request)


def nothing() -> None: ...


def with_default(request: Any, more: int = 1) -> Any:
    return request, more


def named(*, request: Any) -> Any:
    return request


def any_number(*requests: Any) -> Any:
    return requests


def any_names(request: Any, **more: Any) -> Any:
    return request, more


def three(request: Any, call_next: Any, more: Any) -> Any:
    return request, call_next, more


def first_and_more(request: Any, *more: Any) -> Any:
    return request, more


def named_more(request: Any, *, more: Any) -> Any:
    return request, more


@functools.wraps(around)
def narrowed(request: Any) -> Any:
    return request


def marked(request: Any) -> Any:
    return coroutine(request)


# From Python 3.12 on.
getattr(inspect, "markcoroutinefunction", lambda function: function)(marked)

FUNCTIONS: list[Any] = [
    plain, generator, coroutine, async_generator, around, async_around, nothing, with_default, named, any_number,
    any_names, first_and_more, named_more, three, narrowed, marked,
]  # fmt: skip


def objects_of(function: Any) -> Iterator[Any]:
    """What people make of a function."""
    yield function
    yield functools.partial(function)

    def method(_self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    yield type("Passing", (), {"__call__": method})()
    yield type("Static", (), {"__call__": staticmethod(function)})()
    if function not in (nothing, named, any_number):
        # Its first argument is the object.
        yield type("Bound", (), {"__call__": function})()
        yield types.MethodType(function, object())


def seconds() -> Iterator[Any]:
    class Flow:
        def __call__(self, request: Any) -> Iterator[Any]:
            yield request

    class Around:
        def __call__(self, request: Any, call_next: Any) -> Any:
            return call_next(request)

    class AsyncAround:
        async def __call__(self, request: Any, call_next: Any) -> Any:
            return await call_next(request)

    class Narrowed:
        @functools.wraps(three)
        def __call__(self, request: Any) -> Any:
            return request

    class Described(Flow):
        __signature__ = inspect.Signature([inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in "ab"])

    yield from (Flow(), Around(), AsyncAround(), Narrowed(), Described(), Mock(), AsyncMock(), print, "".join)


CALLABLES: list[Any] = [one for function in FUNCTIONS for one in objects_of(function)] + list(seconds())


def kind_of(candidate: Callable[..., object]) -> str:
    try:
        return _kind_by_signature(candidate)
    except MiddlewareError:
        return "none"


@pytest.mark.parametrize("candidate", CALLABLES, ids=range(len(CALLABLES)))
def test_it_is_what_inspect_says(candidate: Any) -> None:
    by_inspect = any(map(inspect.iscoroutinefunction, (candidate, type(candidate).__call__)))
    assert runs_coroutine(candidate) is by_inspect
    if plainly_takes_one(candidate):
        assert kind_of(candidate) == "flow"


@pytest.mark.parametrize("candidate", [plain, generator, *(one for one in seconds() if type(one).__name__ == "Flow")])
def test_everyday_layers_need_no_inspect(candidate: Any) -> None:
    assert plainly_takes_one(candidate)


@pytest.mark.parametrize("candidate", [one for one in objects_of(lambda *given: given) if callable(one)])
def test_what_is_looked_up_does_the_same(candidate: Any) -> None:
    assert looked_up(candidate)("request") == candidate("request")


def test_an_object_is_looked_up_once() -> None:
    class Flow:
        def __call__(self, request: Any) -> Any:
            return self, request

    flow = Flow()
    found = looked_up(flow)
    Flow.__call__ = plain  # type: ignore[method-assign,assignment]
    assert found(1) == (flow, 1)
    assert looked_up(plain) is plain
