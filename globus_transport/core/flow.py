"""Flows and steps: the whole protocol between a layer and the driver that runs it.

A *middleware* is a callable that takes a :class:`Request` and returns a *flow*, which is a
generator. A flow yields *steps*, things it asks for, and returns a :class:`Response`::

    def tell(request: Request) -> Flow:
        response: Response = yield request      # send it on, down the stack
        if response.status == 503:
            yield Sleep(1.0)
            response = yield request
        return response

What comes back from a ``yield`` is the step's answer; if the step failed, its exception is raised
there. A flow does no I/O and waits for nothing by itself, so that threads and asyncio run the same
one, and so that a test steps it by hand: ``flow = tell(request)``, ``next(flow)`` is ``request``,
``flow.send(Response(503))`` is ``Sleep(1.0)``.

One that only changes the request returns the new one instead of a flow, and has no say in the response::

    def trace(request: Request) -> Request:
        return request.with_header("X-Trace", "on")

The steps are a closed set: :class:`Request`, :class:`Sleep`, :class:`Wait`, :class:`Run`, :class:`Start`,
:class:`Read`, :class:`Shield` and :class:`Hedge`. ``yield`` gives an untyped answer; the functions
:func:`send`, :func:`sleep`, :func:`wait`, :func:`run`, :func:`read`, :func:`shield` and :func:`hedge`
give each its type: ``response = yield from send(request)``.
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
    """Let ``seconds`` pass."""

    seconds: float


@attrs.frozen
class Wait:
    """Wait for a future that someone else completes; its result or exception is the answer.

    :ivar timeout: in seconds; ``None`` waits for ever. When it runs out, the answer is the
        exception ``TimeoutError``, and the future stays as it was
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
    """Do blocking work: called in place under threads, in a worker thread under asyncio.

    A coroutine that the function returns is awaited under asyncio, and refused under threads.
    """

    __slots__ = ()


class Start(_Work):
    """Begin blocking work that others wait for too, and go on: the answer is ``None``.

    Called in place under threads. Under asyncio in a thread of its own, which the end of the program waits for: neither
    cancelling the caller, nor closing the loop, nor a pool of worker threads that all wait for it stops it.
    The function tells its outcome, an exception too, by a future.
    """

    __slots__ = ()


@attrs.frozen
class Read:
    """Read a streamed body now. The answer is the response with ``body`` filled and no ``stream``.

    :ivar limit: bytes at most; the rest is dropped, ``truncated`` set, and the connection closed
    """

    response: Response
    limit: int | None = None


@attrs.frozen
class Shield:
    """Run a flow to its end even if the caller is cancelled meanwhile. Its requests go down the stack too."""

    flow: Generator[Any, Any, Any]


@attrs.frozen
class Hedge:
    """Send a request; if it has no answer after ``after`` seconds, send it a second time beside that.

    The answer is the first response of the two. The other one is let go of: under asyncio it is
    cancelled at once; under threads it runs to its end in a thread of its own. If one fails, the other's
    outcome is waited for; if both do, the answer is the exception of the first.

    :ivar second: is called when the second is about to be sent, and says whether it shall be. What it
        raises ends both
    """

    request: Request
    after: float
    second: Callable[[], bool]


Step = Request | Sleep | Wait | Run | Start | Read | Shield | Hedge
Flow = Generator[Step, Any, Response]
Middleware = Callable[[Request], Flow | Request]

#: A flow that ends with something other than a Response: an operation of a client, a renewal.
Steps = Generator[Step, Any, T]

#: What a terminal is, under threads and under asyncio.
Send = Callable[[Request], Response]
AsyncSend = Callable[[Request], Awaitable[Response]]


def send(request: Request) -> Steps[Response]:
    """Send ``request`` on down the stack."""
    return cast(Response, (yield request))


def sleep(seconds: float) -> Steps[None]:
    """Let ``seconds`` pass."""
    yield Sleep(seconds)


def wait(future: Future[T], timeout: float | None = None) -> Steps[T]:
    """Wait for ``future``; see :class:`Wait`."""
    return cast(T, (yield Wait(future, timeout)))


def run(function: Callable[..., T], *args: Any) -> Steps[T]:
    """Do blocking work; see :class:`Run`."""
    return cast(T, (yield Run(function, *args)))


def read(response: Response, limit: int | None = None) -> Steps[Response]:
    """Read a streamed body now; see :class:`Read`."""
    return cast(Response, (yield Read(response, limit)))


def read_bounded(response: Response, limit: int = ERROR_BODY_LIMIT) -> Steps[Response]:
    """Read the body of a response that a layer does not pass on, or makes an exception of, and free its connection.

    A body that breaks off is no error here, since the status still says what it said: it is empty, and ``truncated``.

    :param limit: bytes that are read at most; the rest is dropped
    """
    if response.stream is None:
        return response
    try:
        return (yield from read(response, limit))
    except (NetworkError, ReplyFormatError):
        return attrs.evolve(response, body=b"", stream=None, truncated=True)


def shield(flow: Steps[T]) -> Steps[T]:
    """Run ``flow`` to its end whatever happens to the caller; see :class:`Shield`."""
    return cast(T, (yield Shield(flow)))


def hedge(request: Request, after: float, second: Callable[[], bool]) -> Steps[Response]:
    """Send ``request``, and perhaps a second time; see :class:`Hedge`."""
    return cast(Response, (yield Hedge(request, after, second)))
