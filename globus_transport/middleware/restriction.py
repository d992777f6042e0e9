"""Restricts a layer that carries a credential to the servers that may see it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Any, Generic, TypeVar, cast, overload

from globus_transport.core.flow import AsyncSend, Flow, Middleware, Send
from globus_transport.core.layers import AnyMiddleware, AsyncCallNext, CallNext, Layer, describe, name_of
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import origin_of

MiddlewareT = TypeVar("MiddlewareT", bound=AnyMiddleware)


class OnlyFor(Generic[MiddlewareT]):
    """The base of what :func:`only_for` makes.

    :ivar middleware: the layer that it restricts
    :ivar origins: of the servers whose requests the layer sees
    :ivar place: that of the layer
    """

    def __init__(self, middleware: MiddlewareT, origins: frozenset[str]) -> None:
        self.middleware = middleware
        self.origins = origins
        # What the layer is called in a stack.
        self.__name__ = name_of(middleware)
        self.place = Layer(name_of(middleware), middleware).place

    def _includes(self, request: Request) -> bool:
        return request.authorize and request.url.origin in self.origins

    def close(self) -> Any:
        """Close the layer, if it has ``close()``."""
        close = getattr(self.middleware, "close", None)
        return None if close is None else close()

    async def aclose(self) -> None:
        """Close the layer, if it has ``aclose()`` or ``close()``."""
        close = getattr(self.middleware, "aclose", self.close)
        if inspect.isawaitable(closing := close()):
            await closing

    def __str__(self) -> str:
        return f"{describe(self.middleware)}, for {', '.join(sorted(self.origins))} only"


class FlowOnlyFor(OnlyFor[Middleware]):
    """A middleware for the requests to some origins."""

    def __call__(self, request: Request) -> Flow | Request:
        return self.middleware(request) if self._includes(request) else request


class CallNextOnlyFor(OnlyFor[CallNext]):
    """A function of ``(request, call_next)`` for the requests to some origins."""

    def __call__(self, request: Request, call_next: Send) -> Response:
        return self.middleware(request, call_next) if self._includes(request) else call_next(request)


class AsyncCallNextOnlyFor(OnlyFor[AsyncCallNext]):
    """An ``async def`` function of ``(request, call_next)`` for the requests to some origins."""

    async def __call__(self, request: Request, call_next: AsyncSend) -> Response:
        sending: Awaitable[Response] = (
            self.middleware(request, call_next) if self._includes(request) else call_next(request)
        )
        return await sending


@overload
def only_for(middleware: Middleware, *urls: str) -> FlowOnlyFor: ...
@overload
def only_for(middleware: CallNext, *urls: str) -> CallNextOnlyFor: ...
@overload
def only_for(middleware: AsyncCallNext, *urls: str) -> AsyncCallNextOnlyFor: ...
def only_for(middleware: AnyMiddleware, *urls: str) -> OnlyFor[Any]:
    """Make a layer that sees only the requests to the origins of ``urls``.

    It does for any layer what ``bound_to()`` does for authorizers: a redirect or a full URL that leads elsewhere is
    sent without the credential, and so is a request with ``authorize=False``::

        layer = only_for(SigV4(key, secret), "https://s3.example.org")
        client = client.with_stack(client.stack.add(layer))

    :param middleware: the layer; a function of ``(request, call_next)`` too
    :param urls: of the servers that may see what the layer adds; only scheme, host and port count
    :raises GlobusSDKUsageError: if no URL is given, or one is not an absolute http(s) URL
    :raises MiddlewareError: if ``middleware`` is none
    """
    if not urls:
        raise GlobusSDKUsageError("only_for() needs the URL of a server that may see what the layer adds")
    origins = frozenset(map(origin_of, urls))
    kind = Layer("layer", middleware).kind
    if kind == "flow":
        return FlowOnlyFor(cast(Middleware, middleware), origins)
    if kind == "call_next":
        return CallNextOnlyFor(cast(CallNext, middleware), origins)
    return AsyncCallNextOnlyFor(cast(AsyncCallNext, middleware), origins)
