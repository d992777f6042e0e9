"""The driver for asyncio: runs the same flows as :mod:`globus_transport.core.driver`, and awaits what they ask for.

It has the same parts under the same names. What differs is cancellation: a step may be cancelled, a shielded flow runs
to its end in a task of its own, and streams are closed in a task of their own.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from contextvars import copy_context
from types import GeneratorType
from typing import Any, TypeVar

from globus_transport.core.driver import check_flow, check_response, is_within, not_a_step, with_body
from globus_transport.core.flow import AsyncSend, Hedge, Middleware, Read, Run, Shield, Sleep, Start, Step, Steps, Wait
from globus_transport.core.layers import describe, runs_coroutine
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError
from globus_transport.exc.tracebacks import leave_out_own_frames
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request, Response

T = TypeVar("T")

# The event loop keeps only weak references to tasks; a shielded task must not be collected before its end.
_shielded: set[asyncio.Task[Any]] = set()


def mount(name: str, middleware: Middleware, below: AsyncSend) -> AsyncSend:
    """Put one layer on top of ``below``."""

    async def send(request: Request) -> Response:
        flow = middleware(request)
        if type(flow) is not GeneratorType:
            if isinstance(flow, Request):
                return await below(flow)
            check_flow(name, middleware, flow)
        open_responses: list[Response] = []
        try:
            response = await run(flow, below, open_responses)
            if type(response) is not Response:
                response = check_response(name, middleware, response)
        except BaseException:
            await _release(open_responses)
            raise
        if open_responses:
            await _release_others(open_responses, response)
        return response

    return send


def checked_terminal(terminal: AsyncSend) -> AsyncSend:
    """The terminal, with an error that names it if it returns something else than a response."""

    async def send(request: Request) -> Response:
        answer: Any = terminal(request)
        if not hasattr(answer, "__await__"):
            raise MiddlewareError(
                f"the terminal {describe(terminal)} returned {type(answer).__name__}, which cannot be awaited; "
                "AsyncStack needs a coroutine function, and ThreadsTerminal makes one of a blocking terminal"
            )
        try:
            response = await answer
        except BaseException as error:
            # A layer may log the exception with its local variables.
            leave_out_own_frames(error)
            raise
        return response if type(response) is Response else check_response("terminal", terminal, response)

    return send


def mount_call_next(
    name: str, function: Callable[[Request, AsyncSend], Awaitable[Response]], below: AsyncSend
) -> AsyncSend:
    """Put an ``async def`` function of ``(request, call_next)`` on top of ``below``."""

    async def send(request: Request) -> Response:
        open_responses: list[Response] = []

        async def call_next(request: Request) -> Response:
            answer = await below(request)
            if answer.stream is not None:
                open_responses.append(answer)
            return answer

        try:
            response = await function(request, call_next)
            if type(response) is not Response:
                response = check_response(name, function, response)
        except BaseException:
            await _release(open_responses)
            raise
        if open_responses:
            await _release_others(open_responses, response)
        return response

    return send


def check_event_loop(caller: str, failure: Exception | None = None) -> None:
    """Check that asyncio runs this code, and not another library with coroutines, such as trio.

    :param caller: what needs it, for the message
    :param failure: what was raised, if the check is made because of it
    :raises GlobusSDKUsageError: if no event loop of asyncio is running
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise GlobusSDKUsageError(
            f"{caller} needs asyncio, and no event loop of asyncio is running here; call it under asyncio.run(), or "
            'under anyio with backend="asyncio". Under trio, use trio_asyncio (aio_as_trio), or a client that blocks, '
            "in trio.to_thread.run_sync()"
        ) from failure


async def run_above(flow: Steps[T], send: AsyncSend) -> T:
    """Run a flow that is above a stack; see :func:`globus_transport.core.driver.run_above`."""
    open_responses: list[Response] = []
    try:
        return await run(flow, send, open_responses)
    except BaseException:
        await _release(open_responses)
        raise


async def run(flow: Steps[T], below: AsyncSend, open_responses: list[Response]) -> T:
    """Run a flow to its end, and return its result; see :func:`globus_transport.core.driver.run`."""
    try:
        step = next(flow)
        while True:
            try:
                if type(step) is Request:
                    answer: Any = await below(step)
                    if answer.stream is not None:
                        open_responses.append(answer)
                else:
                    answer = await perform(step, below, open_responses)
            except BaseException as error:
                step = flow.throw(error)
            else:
                step = flow.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result


async def perform(step: Step, below: AsyncSend, open_responses: list[Response]) -> Any:
    """Do what a step other than a request asks for, and return its answer."""
    if isinstance(step, Sleep):
        return await asyncio.sleep(step.seconds)
    if isinstance(step, Wait):
        return await result_of(step.future, step.timeout)
    if isinstance(step, Start):
        arguments = (step.function, *step.args)
        return threading.Thread(target=copy_context().run, args=arguments, name=repr(step)).start()
    if isinstance(step, Run):
        if step.for_asyncio is not None:
            return await step.for_asyncio(*step.args)
        if runs_coroutine(step.function):
            return await step.function(*step.args)
        answer = await asyncio.to_thread(_run_in_worker, step)
        return await answer if inspect.iscoroutine(answer) else answer
    if isinstance(step, Read):
        return await _read(step)
    if isinstance(step, Shield):
        return await _shield(step.flow, below, open_responses)
    if isinstance(step, Hedge):
        return await _hedge(step, below, open_responses)
    raise not_a_step(step)


async def result_of(future: Future[T], timeout: float | None = None) -> T:
    """The result of a future that another thread completes.

    :param timeout: in seconds; ``None`` waits without a limit
    :raises TimeoutError: if it takes longer
    """
    await until_done(future, timeout)
    return future.result()


async def until_done(future: Future[Any], timeout: float | None) -> None:
    """Wait for such a future, whatever its outcome.

    :raises TimeoutError: if it takes longer
    """
    # Not asyncio.wrap_future(): cancelling this waiter would cancel the future for all waiters, and a TimeoutError of
    # the future would become another one.
    if not future.done():
        loop = asyncio.get_running_loop()
        done = asyncio.Event()

        def wake_up(_future: object) -> None:
            with suppress(RuntimeError):  # The loop is closed, and nobody waits.
                loop.call_soon_threadsafe(done.set)

        future.add_done_callback(wake_up)
        async with asyncio.timeout(timeout):
            await done.wait()


def _run_in_worker(step: Run) -> Any:
    try:
        return step.function(*step.args)
    except StopIteration as error:
        # A future cannot hold it; whatever awaits the thread would wait for ever.
        raise RuntimeError(f"{step!r} raised StopIteration") from error


async def _shield(flow: Steps[T], below: AsyncSend, open_responses: list[Response]) -> T:
    caller_is_gone = False

    async def to_its_end() -> T:
        responses: list[Response] = []
        try:
            return await run(flow, below, responses)
        finally:
            if caller_is_gone:
                await _release(responses)
            else:
                open_responses.extend(responses)

    task = _kept(asyncio.ensure_future(to_its_end()))
    try:
        return await asyncio.shield(task)
    except BaseException:
        caller_is_gone = True
        raise


def _kept(task: asyncio.Task[T]) -> asyncio.Task[T]:
    _shielded.add(task)
    task.add_done_callback(_forget)
    return task


def _forget(task: asyncio.Task[Any]) -> None:
    _shielded.discard(task)
    if not task.cancelled():
        # The caller may be cancelled by now. asyncio warns of an exception that is never retrieved.
        task.exception()


async def _hedge(step: Hedge, below: AsyncSend, open_responses: list[Response]) -> Response:
    sends = [asyncio.ensure_future(below(step.request))]
    try:
        await asyncio.wait(sends, timeout=step.after)
        if not sends[0].done() and step.second():
            sends.append(asyncio.ensure_future(below(step.request)))
        pending = set(sends)
        while pending:
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for sending in sends:
                if sending.done() and not sending.cancelled() and sending.exception() is None:
                    sends.remove(sending)
                    response = sending.result()
                    if response.stream is not None:
                        open_responses.append(response)
                    return response
        return sends[0].result()
    finally:
        for sending in sends:
            sending.cancel()
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
        await _release([outcome for outcome in outcomes if isinstance(outcome, Response)])


async def _read(step: Read) -> Response:
    stream = step.response.stream
    if stream is None:
        return step.response
    limit = None if step.limit is None else step.limit + 1
    if isinstance(stream, ByteStream):
        return with_body(step, await asyncio.to_thread(stream.read, limit))
    return with_body(step, await stream.read(limit))


async def _release(responses: list[Response]) -> None:
    if responses:
        # In a task of its own, because the caller may be cancelled while a connection is closed.
        await asyncio.shield(_kept(asyncio.ensure_future(_close(responses))))


async def _close(responses: list[Response]) -> None:
    async with AsyncExitStack() as streams:
        for response in responses:
            # If closing one stream fails, the others are closed all the same.
            if isinstance(response.stream, ByteStream):
                streams.callback(response.stream.close)
            elif response.stream is not None:
                streams.push_async_callback(response.stream.close)


async def _release_others(responses: list[Response], kept: Response) -> None:
    try:
        await _release([response for response in responses if not is_within(response, kept)])
    except BaseException:
        # The caller gets the exception instead of it.
        await _release([kept])
        raise
