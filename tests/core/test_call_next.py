"""Functions of (request, call_next), plain and ``async def``: each in the stack that can run it."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import AsyncSend, Flow, Send
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionError, MiddlewareError
from globus_transport.http.messages import Request, Response
from tests.core.stepping import AsyncCanned, Canned, FakeStream, get

OK = Response(200)


def plain(request: Request, call_next: Send) -> Response:
    response = call_next(request.with_header("Plain", "yes"))
    return Response(response.status + 1)


async def coroutine(request: Request, call_next: AsyncSend) -> Response:
    await asyncio.sleep(0)
    response = await call_next(request.with_header("Async", "yes"))
    return Response(response.status + 1)


class Plain:
    def __call__(self, request: Request, call_next: Send) -> Response:
        return plain(request, call_next)

    def method(self, request: Request, call_next: Send) -> Response:
        return plain(request, call_next)


class Coroutine:
    async def __call__(self, request: Request, call_next: AsyncSend) -> Response:
        return await coroutine(request, call_next)

    async def method(self, request: Request, call_next: AsyncSend) -> Response:
        return await coroutine(request, call_next)


def extra(request: Request, call_next: Send, limit: int = 3) -> Response:
    return plain(request, call_next)


plain_ones = [plain, Plain(), Plain().method, functools.partial(plain), extra, lambda r, n: plain(r, n)]
coroutine_ones = [coroutine, Coroutine(), Coroutine().method, functools.partial(coroutine)]


def flow(request: Request) -> Flow:
    response: Response = yield request.with_header("Flow", "yes")
    return response


@pytest.mark.parametrize("middleware", plain_ones)
def test_a_plain_function_stands_among_flows(middleware: Any) -> None:
    terminal = Canned(OK)
    stack = Stack(terminal, [("outer", flow), ("mine", middleware), ("inner", flow)])
    assert stack.layers[1].kind == "call_next"
    assert stack.send(get()).status == 201
    assert terminal.requests[0].headers["Plain"] == "yes"


@pytest.mark.parametrize("middleware", coroutine_ones)
def test_a_coroutine_function_stands_among_flows(middleware: Any) -> None:
    terminal = AsyncCanned(OK)
    stack = AsyncStack(terminal, [("outer", flow), ("mine", middleware), ("inner", flow)])
    assert stack.layers[1].kind == "async call_next"
    assert asyncio.run(stack.send(get())).status == 201
    assert terminal.requests[0].headers["Async"] == "yes"


@pytest.mark.parametrize("middleware", plain_ones)
def test_a_plain_function_is_refused_under_asyncio(middleware: Any) -> None:
    with pytest.raises(MiddlewareError, match=r"layer 'mine': .* that only Stack can run; write it as a generator"):
        AsyncStack(AsyncCanned(), [("mine", middleware)])


@pytest.mark.parametrize("middleware", coroutine_ones)
def test_a_coroutine_function_is_refused_under_threads(middleware: Any) -> None:
    with pytest.raises(MiddlewareError, match=r"layer 'mine': .* that only AsyncStack can run; write it as a"):
        Stack(Canned(), [("mine", middleware)])


@pytest.mark.parametrize("edit", [lambda s: s.add(coroutine), lambda s: s.replace("flow", coroutine)])
def test_editing_refuses_too(edit: Any) -> None:
    with pytest.raises(MiddlewareError, match="only AsyncStack can run"):
        edit(Stack(Canned(), [flow]))


def test_an_exception_passes_through() -> None:
    def mend(request: Request, call_next: Send) -> Response:
        try:
            return call_next(request)
        except GlobusConnectionError:
            return call_next(request)

    terminal = Canned(GlobusConnectionError("broken"), OK)
    assert Stack(terminal, [mend, flow]).send(get()) is OK
    assert len(terminal.requests) == 2


def forgets(request: Request, call_next: Send) -> Any:
    call_next(request)


async def async_forgets(request: Request, call_next: AsyncSend) -> Any:
    await call_next(request)


def test_one_that_forgets_to_return_is_named() -> None:
    stack = Stack(Canned(OK, OK), [forgets])
    for one in (stack, stack.add(flow, before="forgets")):
        with pytest.raises(MiddlewareError, match=r"layer 'forgets': .* ended with NoneType, not a Response"):
            one.send(get())


def test_a_coroutine_function_that_forgets_to_return_is_named() -> None:
    stack = AsyncStack(AsyncCanned(OK, OK), [async_forgets])
    for one in (stack, stack.add(flow, before="async_forgets")):
        with pytest.raises(MiddlewareError, match=r"layer 'async_forgets': .* ended with NoneType, not a Response"):
            asyncio.run(one.send(get()))


def test_a_streamed_response_passes_through() -> None:
    stream = FakeStream(b"1")

    def look(request: Request, call_next: Send) -> Response:
        return call_next(request)

    response = Stack(Canned(Response(200, stream=stream)), [flow, look]).send(get())
    assert response.stream is stream
    assert stream.closed == 0
