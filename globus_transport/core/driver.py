"""The driver for threads: runs flows, and does what their steps ask for, in the calling thread.

:func:`mount` puts one layer on top of what is below it, and gives a function ``Request -> Response``. A stack is made
by mounting its layers one after the other, from the terminal up. When that function is called, it starts the layer's
flow; :func:`run` advances the flow and answers its steps. The answer to a yielded request is the response from the
function below; the answer to any other step comes from :func:`perform`.

The driver also keeps streamed responses from leaking: a layer that drops a response, or fails, does not have to close
it. Every response with an open stream that came up to the layer is closed, but for the one that the layer returns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from threading import TIMEOUT_MAX
from types import CoroutineType, GeneratorType
from typing import Any, TypeVar

from globus_transport.core.daemon_thread import in_daemon_thread
from globus_transport.core.flow import Hedge, Middleware, Read, Run, Send, Shield, Sleep, Start, Step, Steps, Wait
from globus_transport.core.layers import describe
from globus_transport.exc.base import MiddlewareError
from globus_transport.exc.tracebacks import leave_out_own_frames
from globus_transport.http.bodies import ByteStream
from globus_transport.http.messages import Request, Response

T = TypeVar("T")


def mount(name: str, middleware: Middleware, below: Send) -> Send:
    """Put one layer on top of ``below``."""

    def send(request: Request) -> Response:
        flow = middleware(request)
        if type(flow) is not GeneratorType:
            if isinstance(flow, Request):
                return below(flow)
            check_flow(name, middleware, flow)
        open_responses: list[Response] = []
        try:
            response = run(flow, below, open_responses)
            if type(response) is not Response:
                response = check_response(name, middleware, response)
        except BaseException:
            _release(open_responses)
            raise
        if open_responses:
            _release_others(open_responses, response)
        return response

    return send


def checked_terminal(terminal: Send) -> Send:
    """The terminal, with an error that names it if it returns something else than a response."""

    def send(request: Request) -> Response:
        try:
            response = terminal(request)
        except BaseException as error:
            # A layer may log the exception with its local variables.
            leave_out_own_frames(error)
            raise
        return response if type(response) is Response else check_response("terminal", terminal, response)

    return send


def mount_call_next(name: str, function: Callable[[Request, Send], Response], below: Send) -> Send:
    """Put a function of ``(request, call_next)`` on top of ``below``. The rules for flows apply to it."""

    def send(request: Request) -> Response:
        open_responses: list[Response] = []

        def call_next(request: Request) -> Response:
            answer = below(request)
            if answer.stream is not None:
                open_responses.append(answer)
            return answer

        try:
            response = function(request, call_next)
            if type(response) is not Response:
                response = check_response(name, function, response)
        except BaseException:
            _release(open_responses)
            raise
        if open_responses:
            _release_others(open_responses, response)
        return response

    return send


def run_above(flow: Steps[T], send: Send) -> T:
    """Run a flow that is above a stack. If its result holds a streamed response, that stays open."""
    open_responses: list[Response] = []
    try:
        return run(flow, send, open_responses)
    except BaseException:
        _release(open_responses)
        raise


def run(flow: Steps[T], below: Send, open_responses: list[Response]) -> T:
    """Run a flow to its end, and return its result.

    :param below: sends the flow's requests
    :param open_responses: every response whose body is not read yet is added to it
    """
    try:
        step = next(flow)
        while True:
            try:
                if type(step) is Request:
                    answer: Any = below(step)
                    if answer.stream is not None:
                        open_responses.append(answer)
                else:
                    answer = perform(step, below, open_responses)
            except BaseException as error:
                step = flow.throw(error)
            else:
                step = flow.send(answer)
    except StopIteration as end:
        result: T = end.value
        return result


def perform(step: Step, below: Send, open_responses: list[Response]) -> Any:
    """Do what a step other than a request asks for, and return its answer. The parameters are those of :func:`run`."""
    if isinstance(step, Sleep):
        return time.sleep(min(max(step.seconds, 0.0), TIMEOUT_MAX))
    if isinstance(step, Wait):
        return step.future.result(None if step.timeout is None else min(step.timeout, TIMEOUT_MAX))
    if isinstance(step, Run):
        return _run_here(step)
    if isinstance(step, Start):
        return step.function(*step.args)
    if isinstance(step, Read):
        return _read(step)
    if isinstance(step, Shield):
        return run(step.flow, below, open_responses)
    if isinstance(step, Hedge):
        return _hedge(step, below, open_responses)
    raise not_a_step(step)


def _read(step: Read) -> Response:
    stream = step.response.stream
    if stream is None:
        return step.response
    if not isinstance(stream, ByteStream):
        raise MiddlewareError("this response came from a terminal for asyncio; use AsyncStack")
    return with_body(step, stream.read(None if step.limit is None else step.limit + 1))


def _release(responses: Iterable[Response]) -> None:
    with ExitStack() as streams:
        for response in responses:
            if isinstance(response.stream, ByteStream):
                # If closing one stream fails, the others are closed all the same.
                streams.callback(response.stream.close)


def _release_others(responses: list[Response], kept: Response) -> None:
    others = [response for response in responses if not is_within(response, kept)]
    try:
        _release(others)
    except BaseException:
        # The caller gets the exception instead of it.
        _release([kept])
        raise


def is_within(response: Response, other: Response) -> bool:
    """Whether the body of ``other`` is that of ``response``, or is read from it."""
    stream = other.stream
    while stream is not None:
        if stream is response.stream:
            return True
        stream = stream.inner
    return False


def with_body(step: Read, body: bytes) -> Response:
    """The answer to a ``Read``.

    :param body: up to one byte more than the limit, which shows that the body goes on
    """
    response = step.response
    truncated = step.limit is not None and len(body) > step.limit
    return Response(
        response.status,
        response.headers,
        body[: step.limit] if truncated else body,
        None,
        response.reason,
        response.request,
        truncated,
    )


def _run_here(step: Run) -> Any:
    answer = step.function(*step.args)
    if isinstance(answer, CoroutineType):
        answer.close()
        raise MiddlewareError(
            f"{step!r} is a coroutine function, which only AsyncStack and the Async clients can await; "
            "give a plain function"
        )
    return answer


def _hedge(step: Hedge, below: Send, open_responses: list[Response]) -> Response:
    sends = [in_daemon_thread(below, step.request)]
    try:
        wait(sends, step.after)
        if not sends[0].done() and step.second():
            sends.append(in_daemon_thread(below, step.request))
        pending = set(sends)
        while pending:
            _, pending = wait(pending, return_when=FIRST_COMPLETED)
            for sending in sends:
                if sending.done() and sending.exception() is None:
                    sends.remove(sending)
                    response = sending.result()
                    if response.stream is not None:
                        open_responses.append(response)
                    return response
        return sends[0].result()
    finally:
        for sending in sends:
            sending.add_done_callback(_close_response)


def _close_response(future: Future[Response]) -> None:
    if future.exception() is None:
        _release([future.result()])


def check_flow(name: str, middleware: object, flow: object) -> None:
    """Accept any generator.

    :raises MiddlewareError: for anything else
    """
    if not isinstance(flow, Generator):
        raise MiddlewareError(
            f"layer {name!r}: {describe(middleware)} returned {type(flow).__name__}, not a generator. "
            "A middleware passes the request on with `response = yield request` and returns a Response, "
            "or it returns the request that is to be passed on"
        )


def check_response(name: str, middleware: object, response: object) -> Response:
    """Accept subclasses of Response.

    :raises MiddlewareError: for anything else
    """
    if not isinstance(response, Response):
        ending = type(response).__name__
        raise MiddlewareError(f"layer {name!r}: {describe(middleware)} ended with {ending}, not a Response")
    return response


def not_a_step(step: object) -> MiddlewareError:
    """The exception for a flow that yielded something that is not a step."""
    return MiddlewareError(
        f"a flow yielded {type(step).__name__}; it may yield a Request, Sleep, Wait, Run, Start, Read, Shield or Hedge"
    )
