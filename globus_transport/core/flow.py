"""Flows and steps: the whole protocol between a layer and the driver that runs it.

A *middleware* is a callable that takes a :class:`Request` and returns a *flow*. A flow is a generator: it yields
*steps*, which are requests to the driver, and returns a :class:`Response`::

    def retry_once(request: Request) -> Flow:
        response: Response = yield request      # send it on, down the stack
        if response.status == 503:
            yield Sleep(1.0)
            response = yield request
        return response

The value of a ``yield`` is the step's answer. If the step failed, its exception is raised at the ``yield``. A flow does
no I/O and does not wait by itself. That is why threads and asyncio run the same flow, and why a test can step it by
hand: ``flow = retry_once(request)``; ``next(flow)`` is ``request``; ``flow.send(Response(503))`` is ``Sleep(1.0)``.

A middleware that only changes the request returns the new request instead of a flow. It does not see the response::

    def trace(request: Request) -> Request:
        return request.with_header("X-Trace", "on")

The steps are a closed set: :class:`Request`, :class:`Sleep`, :class:`Wait`, :class:`Run`, :class:`Start`,
:class:`Read`, :class:`Shield` and :class:`Hedge`. The answer of a plain ``yield`` is untyped; the functions
:func:`send`, :func:`sleep`, :func:`wait`, :func:`run`, :func:`read`, :func:`shield` and :func:`hedge` give it its type:
``response = yield from send(request)``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future
from typing import Any, TypeVar, cast

import attrs

from globus_transport.exc.base import NetworkError, ReplyFormatError
from globus_transport.http.bodies import ERROR_BODY_LIMIT
from globus_transport.http.messages import Request, Response

T = TypeVar("T")


@attrs.frozen
class Sleep:
    """Let ``seconds`` pass.

    :param seconds: how long
    """

    seconds: float


@attrs.frozen
class Wait:
    """Wait for a future that something else completes. Its result or exception is the answer.

    :ivar future: what another call completes
    :ivar timeout: in seconds; ``None`` waits without a limit. After it, ``TimeoutError`` is raised, and the future
        stays as it is
    """

    future: Future[Any]
    timeout: float | None = None


class _Work:
    __slots__ = ("args", "function")

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.function = function
        self.args = args

    def __repr__(self) -> str:
        # The arguments may be tokens.
        return f"{type(self).__name__}({getattr(self.function, '__qualname__', type(self.function).__name__)})"


class Run(_Work):
    """Call a function that blocks. Under threads it is called in place, under asyncio in a worker thread.

    Its result is the answer. If it returns a coroutine, asyncio awaits it; under threads that is an error.

    A layer over a client that exists for both, such as redis's, passes both functions::

        value = yield Run(self.redis.get, key, for_asyncio=self.async_redis.get)

    :param function: a function, or a coroutine function under asyncio
    :param args: its arguments
    :param for_asyncio: called in its place under asyncio, in the event loop, with the same arguments. What it returns
        is awaited
    """

    __slots__ = ("for_asyncio",)

    def __init__(
        self, function: Callable[..., Any], *args: Any, for_asyncio: Callable[..., Awaitable[Any]] | None = None
    ) -> None:
        super().__init__(function, *args)
        self.for_asyncio = for_asyncio


class Start(_Work):
    """Begin a function that blocks and that other callers wait for, too. The answer is ``None``.

    Under threads it is called in place. Under asyncio it runs in a thread of its own, and the program does not end
    before it: it goes on when the caller is cancelled, when the loop is closed, and when all worker threads are busy.
    The function reports its outcome, including exceptions, through a future.
    """

    __slots__ = ()


@attrs.frozen
class Read:
    """Read a streamed body. The answer is the response with its ``body``, and without a ``stream``.

    :ivar response: a streamed response
    :ivar limit: bytes that are read at most. The rest is dropped, ``truncated`` is set, and the connection is closed
    """

    response: Response
    limit: int | None = None


@attrs.frozen
class Shield:
    """Run a flow to its end, even if the caller is cancelled meanwhile. Its requests go down the stack, too.

    :param flow: what runs to its end though the call is cancelled
    """

    flow: Generator[Any, Any, Any]


@attrs.frozen
class Hedge:
    """Send a request. If no response comes within ``after`` seconds, send it a second time beside the first.

    The answer is the response that comes first. The other request is abandoned: under asyncio it is cancelled, under
    threads it runs to its end in a thread of its own. If one of them fails, the outcome of the other is the answer. If
    both fail, the exception of the first is raised.

    :ivar request: sent at once, and perhaps a second time
    :ivar after: seconds to wait for the first response before the second request is due
    :ivar second: called when the second request is due; says whether it is sent. An exception from it ends both
    """

    request: Request
    after: float
    second: Callable[[], bool]


Step = Request | Sleep | Wait | Run | Start | Read | Shield | Hedge
Flow = Generator[Step, Any, Response]
Middleware = Callable[[Request], Flow | Request]

#: A flow that returns something other than a Response, such as the result of a client's operation.
Steps = Generator[Step, Any, T]

#: What a terminal is, under threads and under asyncio.
Send = Callable[[Request], Response]
AsyncSend = Callable[[Request], Awaitable[Response]]


def send(request: Request) -> Steps[Response]:
    """Send ``request`` on down the stack.

    :param request: the request
    """
    return cast(Response, (yield request))


def sleep(seconds: float) -> Steps[None]:
    """Let ``seconds`` pass.

    :param seconds: how long
    """
    yield Sleep(seconds)


def wait(future: Future[T], timeout: float | None = None) -> Steps[T]:
    """Wait for ``future``; see :class:`Wait`.

    :param future: what another call completes
    :param timeout: seconds to wait at most; ``None`` for no limit
    """
    return cast(T, (yield Wait(future, timeout)))


def run(function: Callable[..., T], *args: Any, for_asyncio: Callable[..., Awaitable[T]] | None = None) -> Steps[T]:
    """Call a function that blocks; see :class:`Run`.

    :param function: a function, or a coroutine function under asyncio
    :param args: its arguments
    :param for_asyncio: a coroutine function that is called under asyncio instead; ``None`` for the same function
    """
    return cast(T, (yield Run(function, *args, for_asyncio=for_asyncio)))


def read(response: Response, limit: int | None = None) -> Steps[Response]:
    """Read a streamed body; see :class:`Read`.

    :param response: a streamed response
    :param limit: bytes of the body at most; ``None`` for no limit
    """
    return cast(Response, (yield Read(response, limit)))


def read_bounded(response: Response, limit: int = ERROR_BODY_LIMIT) -> Steps[Response]:
    """Read the body of a response that a layer does not pass on, or makes an exception of, and free its connection.

    A body that breaks off is no error here, since the status still says what it said: it is empty, and ``truncated``.

    :param response: a streamed response
    :param limit: bytes that are read at most; the rest is dropped
    """
    if response.stream is None:
        return response
    try:
        return (yield from read(response, limit))
    except (NetworkError, ReplyFormatError):
        return attrs.evolve(response, body=b"", stream=None, truncated=True)


def shield(flow: Steps[T]) -> Steps[T]:
    """Run ``flow`` to its end, even if the caller is cancelled; see :class:`Shield`.

    :param flow: what runs to its end though the call is cancelled
    """
    return cast(T, (yield Shield(flow)))


def hedge(request: Request, after: float, second: Callable[[], bool]) -> Steps[Response]:
    """Send ``request``, and a second time if the first takes long; see :class:`Hedge`.

    :param request: sent at once
    :param after: seconds to wait for the first response before the second request is due
    :param second: called then; says whether it is sent
    """
    return cast(Response, (yield Hedge(request, after, second)))
