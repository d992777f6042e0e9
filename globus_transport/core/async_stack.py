"""The stack for asyncio."""

from __future__ import annotations

import inspect
from contextlib import AsyncExitStack
from typing import Self, TypeVar, cast

from globus_transport.core import async_driver
from globus_transport.core.call_log import is_logging, log_call
from globus_transport.core.flow import AsyncSend, Middleware, Steps
from globus_transport.core.layers import AsyncCallNext
from globus_transport.core.stack import LayeredStack
from globus_transport.exc.tracebacks import leave_out_own_frames
from globus_transport.http.messages import Request, Response

T = TypeVar("T")

# What asyncio raises where another library, such as trio, runs the coroutine, and what that library raises.
_OF_ANOTHER_LOOP = (RuntimeError, TypeError)


class AsyncStack(LayeredStack[AsyncSend]):
    """Layers over a terminal, for asyncio.

    :param terminal: a coroutine function ``Request -> Response``
    :param layers: outermost first; each a middleware, a ``(name, middleware)`` pair or a ``Layer``
    :raises MiddlewareError: if a layer is not a middleware, or if only ``Stack`` can run a layer
    """

    _runs = ("flow", "async call_next")

    def _compile(self) -> AsyncSend:
        send = async_driver.checked_terminal(self.terminal)
        for layer in reversed(self.layers):
            if layer.kind == "flow":
                send = async_driver.mount(layer.name, cast(Middleware, layer.middleware), send)
            else:
                send = async_driver.mount_call_next(layer.name, cast(AsyncCallNext, layer.middleware), send)
        return send

    def _mount_log(self, send: AsyncSend) -> AsyncSend:
        return async_driver.mount("log", log_call, send)

    async def send(self, request: Request) -> Response:
        """Send one request down the stack.

        :param request: the request
        :raises NetworkError: if no complete response came
        :raises GlobusSDKUsageError: if asyncio is needed, and does not run this, as under trio
        :raises Exception: any exception of a layer
        """
        try:
            return await (self._send_logged if is_logging() else self._send)(request)
        except BaseException as error:
            leave_out_own_frames(error)
            # Checked after a failure only, because the check takes time.
            if isinstance(error, _OF_ANOTHER_LOOP):
                async_driver.check_event_loop(f"{request!r}: an AsyncStack", error)
            raise

    async def run(self, flow: Steps[T]) -> T:
        """Run a flow that is above the stack: its requests go through every layer.

        :param flow: such as a route's ``flow()``
        """
        try:
            return await async_driver.run_above(flow, self._send_logged if is_logging() else self._send)
        except BaseException as error:
            leave_out_own_frames(error)
            if isinstance(error, _OF_ANOTHER_LOOP):
                async_driver.check_event_loop("an AsyncStack", error)
            raise

    async def close(self) -> None:
        """Close the layers, as :meth:`close_layers` does, and the terminal's connections."""
        try:
            await self.close_layers()
        finally:
            await _close_if_possible(self.terminal)

    async def close_layers(self) -> None:
        """Call ``aclose()``, or else ``close()``, of the layers that have it, from the outermost to the innermost.

        Each is closed once.

        :raises Exception: what a layer raises, after the others are closed
        """
        async with AsyncExitStack() as closing:
            for middleware in reversed(self._unclosed_layers()):
                closing.push_async_callback(_close_if_possible, middleware)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()


async def _close_if_possible(thing: object) -> None:
    close = getattr(thing, "aclose", None) or getattr(thing, "close", None)
    if close is not None and inspect.isawaitable(closing := close()):
        await closing
