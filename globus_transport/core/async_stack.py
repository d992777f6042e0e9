"""The stack for asyncio."""

from __future__ import annotations

import inspect
from typing import Self, TypeVar, cast

from globus_transport.core import async_driver
from globus_transport.core.flow import AsyncSend, Middleware, Steps
from globus_transport.core.layers import AsyncCallNext
from globus_transport.core.stack import LayeredStack
from globus_transport.exc.tracebacks import leave_out_own_frames
from globus_transport.http.messages import Request, Response

T = TypeVar("T")


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

    async def send(self, request: Request) -> Response:
        """Send one request down the stack.

        :raises NetworkError: if no complete response came
        :raises Exception: any exception of a layer
        """
        try:
            return await self._send(request)
        except BaseException as error:
            leave_out_own_frames(error)
            raise

    async def run(self, flow: Steps[T]) -> T:
        """Run a flow that is above the stack: its requests go through every layer."""
        try:
            return await async_driver.run_above(flow, self._send)
        except BaseException as error:
            leave_out_own_frames(error)
            raise

    async def close(self) -> None:
        """Close the terminal's connections."""
        close = getattr(self.terminal, "close", None)
        if close is not None:
            closing = close()
            if inspect.isawaitable(closing):
                await closing

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()
