"""Stacks: ordered, named layers over a terminal. ``Stack`` runs under threads, ``AsyncStack`` under asyncio.

A stack is immutable. ``add``, ``replace`` and ``remove`` return another stack over the same terminal::

    stack = Stack(Urllib3Terminal(), [Retry(), log_calls])
    stack = stack.add(rate_limit, before="retry")
    response = stack.send(Request("GET", "https://example.org/"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from types import CoroutineType
from typing import Any, Generic, Self, TypeVar, cast

from globus_transport import http
from globus_transport.core import driver
from globus_transport.core.call_log import is_logging, log_call
from globus_transport.core.flow import Middleware, Send, Steps
from globus_transport.core.layers import (
    AnyMiddleware,
    CallNext,
    Kind,
    Layer,
    LayerLike,
    check_names,
    check_places,
    describe,
    position_of,
    runs_coroutine,
    to_layer,
)
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError
from globus_transport.exc.tracebacks import leave_out_own_frames
from globus_transport.http.messages import Request, Response

T = TypeVar("T")
SendT = TypeVar("SendT", bound=Callable[[Request], Any])


class LayeredStack(Generic[SendT]):
    """What both stacks have: their layers, and the methods that make another stack from them."""

    _runs: tuple[Kind, ...]
    _send: SendT
    _layers_are_closed = False

    def __init__(self, terminal: SendT, layers: Iterable[LayerLike] = ()) -> None:
        if not callable(terminal):
            raise MiddlewareError(f"{terminal!r} is no terminal: it cannot be called with a Request")
        self._check_terminal(terminal)
        self.terminal: SendT = terminal
        self.layers = check_names(map(to_layer, layers))
        check_places(self.layers)
        for layer in self.layers:
            if layer.kind not in self._runs:
                right = "AsyncStack" if layer.kind == "async call_next" else "Stack"
                raise MiddlewareError(
                    f"layer {layer.name!r}: {describe(layer.middleware)} is a function of (request, call_next) "
                    f"that only {right} can run; write it as a generator to run it in both"
                )
        self._send = self._compile()
        self._send_logged = self._mount_log(self._send)

    def _check_terminal(self, terminal: SendT) -> None:
        """:raises MiddlewareError: if this stack cannot run it"""

    def _compile(self) -> SendT:
        raise NotImplementedError

    def _mount_log(self, send: SendT) -> SendT:
        """What sends and logs."""
        raise NotImplementedError

    def add(
        self,
        middleware: AnyMiddleware,
        *,
        name: str | None = None,
        before: str | None = None,
        after: str | None = None,
    ) -> Self:
        """A stack with one more layer: next to the terminal, or before or after a named layer.

        A layer that is before another sees the request earlier and the response later. One that has to be the
        innermost stays it: by default the new layer is put before it.

        :raises GlobusSDKUsageError: if both ``before`` and ``after`` are given, no layer has that name, the name
            is in use, or a layer would stand where its :class:`Place` does not allow it
        """
        if before is not None and after is not None:
            raise GlobusSDKUsageError("give before= or after=, not both")
        layer = to_layer(middleware if name is None else (name, middleware))
        position = len(self.layers)
        if self.layers and self.layers[-1].place.innermost and not layer.place.innermost:
            position -= 1
        if before is not None:
            position = position_of(self.layers, before)
        elif after is not None:
            position = position_of(self.layers, after) + 1
        return self._with([*self.layers[:position], layer, *self.layers[position:]])

    def replace(self, name: str, middleware: AnyMiddleware) -> Self:
        """A stack with another middleware in the named layer.

        :raises GlobusSDKUsageError: if there is no layer of that name
        """
        position = position_of(self.layers, name)
        return self._with([*self.layers[:position], Layer(name, middleware), *self.layers[position + 1 :]])

    def remove(self, name: str) -> Self:
        """A stack without the named layer.

        :raises GlobusSDKUsageError: if there is no layer of that name
        """
        position = position_of(self.layers, name)
        return self._with([*self.layers[:position], *self.layers[position + 1 :]])

    def over(self, terminal: SendT) -> Self:
        """The same layers over another terminal."""
        return type(self)(terminal, self.layers)

    def _with(self, layers: list[Layer]) -> Self:
        return type(self)(self.terminal, layers)

    def _unclosed_layers(self) -> list[object]:
        """The middleware that is not closed yet, outermost first. It counts as closed from now on."""
        if self._layers_are_closed:
            return []
        self._layers_are_closed = True
        return list({id(layer.middleware): layer.middleware for layer in self.layers}.values())

    def __getitem__(self, name: str) -> AnyMiddleware:
        """The middleware of the named layer."""
        return self.layers[position_of(self.layers, name)].middleware

    def __contains__(self, name: object) -> bool:
        return any(layer.name == name for layer in self.layers)

    def __str__(self) -> str:
        rows = [(layer.name, describe(layer.middleware)) for layer in self.layers]
        rows.append(("=> terminal", describe(self.terminal)))
        width = max(12, *(len(name) for name, _ in rows))
        return "\n".join([type(self).__name__, *(f"  {name:<{width}} {what}" for name, what in rows)])

    def __repr__(self) -> str:
        names = ", ".join(layer.name for layer in self.layers)
        return f"<{type(self).__name__}: {names} => {type(self.terminal).__name__}>"

    def _repr_html_(self) -> str:
        """A table for notebooks: the layers, outermost first."""
        rows = [(layer.name, describe(layer.middleware)) for layer in self.layers]
        return http.html_tables.html_table(type(self).__name__, [*rows, ("terminal", describe(self.terminal))])

    def __reduce__(self) -> tuple[Any, ...]:
        # The functions that the layers are mounted as cannot be pickled.
        return (type(self), (self.terminal, self.layers))


class Stack(LayeredStack[Send]):
    """Layers over a terminal, for threads. Threads may share it if they may share its layers and terminal.

    :param terminal: a callable ``Request -> Response``
    :param layers: outermost first; each a middleware, a ``(name, middleware)`` pair or a :class:`Layer`
    :raises MiddlewareError: if a layer is not a middleware, or if only AsyncStack can run a layer or the terminal
    """

    _runs = ("flow", "call_next")

    def _check_terminal(self, terminal: Send) -> None:
        if runs_coroutine(terminal):
            raise MiddlewareError(
                f"{describe(terminal)} is a terminal for asyncio; use AsyncStack, or an Async client such as "
                "AsyncTransferClient"
            )

    def _compile(self) -> Send:
        send = driver.checked_terminal(self.terminal)
        for layer in reversed(self.layers):
            if layer.kind == "flow":
                send = driver.mount(layer.name, cast(Middleware, layer.middleware), send)
            else:
                send = driver.mount_call_next(layer.name, cast(CallNext, layer.middleware), send)
        return send

    def _mount_log(self, send: Send) -> Send:
        return driver.mount("log", log_call, send)

    def send(self, request: Request) -> Response:
        """Send one request down the stack.

        :param request: the request
        :raises NetworkError: if no complete response came
        :raises Exception: any exception of a layer
        """
        try:
            return (self._send_logged if is_logging() else self._send)(request)
        except BaseException as error:
            leave_out_own_frames(error)
            raise

    def run(self, flow: Steps[T]) -> T:
        """Run a flow that is above the stack: its requests go through every layer.

        :param flow: such as a route's ``flow()``
        """
        try:
            return driver.run_above(flow, self._send_logged if is_logging() else self._send)
        except BaseException as error:
            leave_out_own_frames(error)
            raise

    def close(self) -> None:
        """Close the layers, as :meth:`close_layers` does, and the terminal's connections."""
        try:
            self.close_layers()
        finally:
            close_if_possible(self.terminal)

    def close_layers(self) -> None:
        """Call ``close()`` of the layers that have it, from the outermost to the innermost. Each is closed once.

        :raises Exception: what a layer raises, after the others are closed
        """
        with ExitStack() as closing:
            for middleware in reversed(self._unclosed_layers()):
                closing.callback(close_if_possible, middleware)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def close_if_possible(thing: object) -> None:
    """Call its ``close()``, if it has one.

    :raises MiddlewareError: if that is a coroutine function, which needs asyncio
    """
    close = getattr(thing, "close", None)
    if close is None:
        return
    if isinstance(closing := close(), CoroutineType):
        closing.close()
        raise MiddlewareError(
            f"{describe(thing)}: close() is a coroutine function, which only AsyncStack awaits; call it aclose(), and "
            "give close() to what has to be closed under threads"
        )
