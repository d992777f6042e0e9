"""A user's own middleware, in all the ways in which it can be written."""

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import assert_type

from globus_transport import (
    AsyncStack,
    AsyncTransferClient,
    Flow,
    IdempotencyKey,
    Layer,
    Middleware,
    Request,
    Response,
    Sleep,
    Stack,
    TransferClient,
    read,
    run,
    send,
    sleep,
    wait,
)


def plainly(request: Request) -> Flow:
    response: Response = yield request
    if response.status == 503:
        yield Sleep(1.0)
        response = yield request
    return response


def with_helpers(request: Request) -> Flow:
    response = yield from send(request.with_header("X-Mine", "1"))
    assert_type(response, Response)
    assert_type((yield from run(len, "abc")), int)
    future: Future[str] = Future()
    assert_type((yield from wait(future, timeout=1.0)), str)
    yield from sleep(0.5)
    assert_type((yield from read(response, limit=10)), Response)
    return response


def only_the_request(request: Request) -> Request:
    return request.with_header("X-Mine", "1")


class Counting:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: Request) -> Flow:
        self.count += 1
        return (yield from send(request))


def around(request: Request, call_next: Callable[[Request], Response]) -> Response:
    return call_next(request)


async def around_async(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    return await call_next(request)


def terminal(request: Request) -> Response:
    return Response(200, request=request)


async def async_terminal(request: Request) -> Response:
    return Response(200, request=request)


some_of_them: list[Middleware] = [plainly, only_the_request, IdempotencyKey(make=lambda: "key")]
stack = Stack(terminal, [plainly, only_the_request, ("helped", with_helpers), Layer("counting", Counting()), around])
assert_type(stack.send(Request("GET", "https://example.org/")), Response)
assert_type(stack.add(plainly, name="again", before="helped"), Stack)
async_stack = AsyncStack(async_terminal, [plainly, around_async])
assert_type(async_stack.replace("plainly", with_helpers), AsyncStack)

client = TransferClient(terminal=terminal)
client = client.with_stack(client.stack.add(with_helpers, before="retry"))
async_client = AsyncTransferClient(terminal=async_terminal)
async_client = async_client.with_stack(async_client.stack.add(around_async, after="errors"))
