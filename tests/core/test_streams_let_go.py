"""Streamed responses that nobody returned are let go of, whatever goes wrong meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import attrs
import pytest

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.flow import Flow, send
from globus_transport.core.stack import Stack
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.chunks import each_chunk
from globus_transport.http.messages import Request, Response
from tests.core.stepping import AsyncCanned, Canned, FakeAsyncStream, FakeStream, World, get, in_both_worlds


class Refused(Exception):
    pass


CallNext = Callable[[Request], Response]
AsyncCallNext = Callable[[Request], Awaitable[Response]]


def refusing(request: Request, call_next: CallNext) -> Response:
    call_next(request)
    raise Refused


async def async_refusing(request: Request, call_next: AsyncCallNext) -> Response:
    await call_next(request)
    raise Refused


def second(request: Request, call_next: CallNext) -> Response:
    call_next(request)
    return call_next(request)


async def async_second(request: Request, call_next: AsyncCallNext) -> Response:
    await call_next(request)
    return await call_next(request)


def wrong(request: Request, call_next: CallNext) -> Any:
    return call_next(request).status


async def async_wrong(request: Request, call_next: AsyncCallNext) -> Any:
    return (await call_next(request)).status


def of_colour(world: World, plain: Any, coroutine: Any) -> Any:
    return coroutine if isinstance(world.terminal(), AsyncCanned) else plain


@in_both_worlds
def test_what_a_function_with_call_next_did_not_return(world: World) -> None:
    for layers, error in (((refusing, async_refusing), Refused), ((wrong, async_wrong), TypeError)):
        stream = world.stream(b"x")
        with pytest.raises(error):
            world.send(get(stream=True), [of_colour(world, *layers)], world.terminal(Response(200, stream=stream)))
        assert stream.closed == 1
    first, wanted = world.stream(b"1"), world.stream(b"2")
    terminal = world.terminal(Response(200, stream=first), Response(200, stream=wanted))
    assert world.send(get(stream=True), [of_colour(world, second, async_second)], terminal).stream is wanted
    assert (first.closed, wanted.closed) == (1, 0)


def third(request: Request) -> Flow:
    yield request
    yield request
    return (yield from send(request))


@in_both_worlds
def test_one_that_cannot_be_closed_keeps_no_other_open(world: World) -> None:
    streams = [world.stream(), world.stream(), world.stream()]
    for stuck in streams[:2]:
        break_close(stuck)
    terminal = world.terminal(*(Response(200, stream=stream) for stream in streams))
    with pytest.raises(OSError, match="stuck"):
        world.send(get(stream=True), [third], terminal)
    assert [stream.closed for stream in streams] == [1, 1, 1]


def break_close(stream: Any) -> None:
    close = stream.close

    def stuck() -> Any:
        closing = close()
        if closing is None:
            raise OSError("stuck")
        return after(closing)

    async def after(closing: Awaitable[None]) -> None:
        await closing
        raise OSError("stuck")

    stream.close = stuck


def test_a_task_that_is_cancelled_while_a_connection_is_closed() -> None:
    class Slow(FakeAsyncStream):
        async def close(self) -> None:
            closing.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await super().close()

    def twice(request: Request) -> Flow:
        yield request
        return (yield from send(request))

    closing = asyncio.Event()
    streams = [Slow(), Slow()]

    async def main() -> None:
        terminal = AsyncCanned(*(Response(200, stream=stream) for stream in streams))
        task = asyncio.ensure_future(AsyncStack(terminal, [twice]).send(get(stream=True)))
        await closing.wait()
        task.cancel()
        for _ in range(10):
            # Again and again: whoever cancels may be impatient.
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while not all(stream.closed for stream in streams):
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), 10))
    assert [stream.closed for stream in streams] == [1, 1]


def shout(request: Request) -> Flow:
    return each_chunk((yield from send(request)), bytes.upper)


def louder(request: Request) -> Flow:
    return each_chunk((yield from send(request)), lambda chunk: chunk + b"!")


def take(stream: Any, chunks: int | None = None) -> list[bytes]:
    """The first chunks, or all; then the stream is left."""
    taken: list[bytes] = []
    if isinstance(stream, ByteStream):
        iterator = iter(stream)
        while chunks is None or len(taken) < chunks:
            chunk = next(iterator, None)
            if chunk is None:
                break
            taken.append(chunk)
        stream.close()
        return taken

    async def main() -> None:
        assert isinstance(stream, AsyncByteStream)
        async for chunk in stream:
            taken.append(chunk)
            if len(taken) == chunks:
                break
        await stream.close()

    asyncio.run(main())
    return taken


@in_both_worlds
def test_a_body_passes_through_functions(world: World) -> None:
    def streamed() -> tuple[Any, Any]:
        stream = world.stream(b"ab", b"cd")
        terminal = world.terminal(Response(200, stream=stream))
        return stream, world.send(get(stream=True), [louder, shout], terminal).stream

    stream, outer = streamed()
    assert stream.closed == 0
    assert take(outer) == [b"AB!", b"CD!"]
    assert stream.closed >= 1
    stream, outer = streamed()
    assert take(outer, 1) == [b"AB!"]
    assert stream.closed >= 1
    stream, outer = streamed()
    assert read(outer, 4) == b"AB!C"
    assert stream.closed >= 1


def read(stream: Any, limit: int | None) -> bytes:
    if isinstance(stream, ByteStream):
        return stream.read(limit)
    whole: bytes = asyncio.run(stream.read(limit))
    return whole


@in_both_worlds
def test_a_body_that_is_there_passes_in_one_piece(world: World) -> None:
    assert world.send(get(), [louder, shout], world.terminal(Response(200, body=b"abcd"))).body == b"ABCD!"


class Around(ByteStream):
    def __init__(self, stream: ByteStream, names_it: bool) -> None:
        self.stream = stream
        if names_it:
            self.inner = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self.stream

    def close(self) -> None:
        self.stream.close()


@pytest.mark.parametrize("names_it", [True, False])
def test_a_stream_of_ones_own_names_the_one_that_it_reads(names_it: bool) -> None:
    def around(request: Request) -> Flow:
        response = yield from send(request)
        assert isinstance(response.stream, ByteStream)
        return attrs.evolve(response, stream=Around(Around(response.stream, names_it), True))

    stream = FakeStream(b"x")
    response = Stack(Canned(Response(200, stream=stream)), [around]).send(get(stream=True))
    assert stream.closed == (0 if names_it else 1)
    assert isinstance(response.stream, ByteStream)
    assert response.stream.read() == b"x"
