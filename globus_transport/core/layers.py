"""Layers: middleware with a name. Which callables can be middleware, and how a list of layers is edited."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Literal

import attrs

from globus_transport.core.flow import AsyncSend, Middleware, Send
from globus_transport.exc.base import GlobusSDKUsageError, MiddlewareError
from globus_transport.http.messages import Request, Response

CallNext = Callable[[Request, Send], Response]
AsyncCallNext = Callable[[Request, AsyncSend], Awaitable[Response]]

#: What a stack accepts: a middleware, or a function of ``(request, call_next)``, which may be ``async def``.
AnyMiddleware = Middleware | CallNext | AsyncCallNext
Kind = Literal["flow", "call_next", "async call_next"]


@attrs.frozen
class Place:
    """Where a layer has to stand. A middleware says it in its attribute ``place``::

        class Sign:
            place = Place(innermost=True, reason="the signature covers every header")

    A stack refuses layers in another order. ``stack.add()`` finds the right position.

    :ivar innermost: next to the terminal, after all other layers
    :ivar after: names of layers that it has to come after, if the stack has them
    :ivar reason: for the message of the error
    """

    innermost: bool = False
    after: tuple[str, ...] = ()
    reason: str = ""


_ANYWHERE = Place()


def _place_of(layer: Layer) -> Place:
    place = getattr(_without_arguments(layer.middleware), "place", None)
    return place if isinstance(place, Place) else _ANYWHERE


@attrs.frozen(eq=False)
class Layer:
    """A middleware and its name in a stack.

    :ivar name: unique in a stack
    :ivar middleware: a middleware
    :ivar place: where it has to stand; by default what the middleware's attribute ``place`` says
    :ivar kind: ``"flow"`` runs in any stack; ``"call_next"`` under threads only;
        ``"async call_next"`` under asyncio only
    """

    name: str
    middleware: AnyMiddleware
    place: Place = attrs.field(default=attrs.Factory(_place_of, takes_self=True), kw_only=True)
    kind: Kind = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "kind", _kind_of(self.middleware))

    def __str__(self) -> str:
        return f"{self.name:<12} {describe(self.middleware)}"


LayerLike = Layer | AnyMiddleware | tuple[str, AnyMiddleware]


def to_layer(given: LayerLike) -> Layer:
    """A layer from a layer, a ``(name, middleware)`` pair, or a middleware."""
    if isinstance(given, Layer):
        return given
    if isinstance(given, tuple):
        name, middleware = given
        return Layer(name, middleware)
    return Layer(name_of(given), given)


def name_of(middleware: AnyMiddleware) -> str:
    """The name of a layer that is given none: ``log_calls`` for a function, ``rate_limit`` for ``RateLimit()``."""
    function = _without_arguments(middleware)
    name = getattr(function, "__name__", None)
    if isinstance(name, str):
        return name.strip("<>")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(function).__name__).lower()


def describe(middleware: object) -> str:
    """A line about a middleware, for a printed stack."""
    function = _without_arguments(middleware)
    if type(function).__str__ is not object.__str__:
        return str(function)
    return getattr(function, "__qualname__", type(function).__qualname__)


def _without_arguments(middleware: object) -> object:
    # The bound arguments may be secrets.
    return middleware.func if isinstance(middleware, partial) else middleware


def runs_coroutine(candidate: Callable[..., object]) -> bool:
    """Whether calling it gives a coroutine: it, or what calling an object does, is an ``async def``."""
    return any(map(inspect.iscoroutinefunction, (candidate, type(candidate).__call__)))


def is_method(candidate: object, function: Callable[..., object]) -> bool:
    """Whether it is this method of a class, and not another that a subclass or a test has put in its place.

    :param candidate: the method, as an object has it
    :param function: the method, as the class has it
    """
    return getattr(candidate, "__func__", None) is function


def check_names(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """:raises GlobusSDKUsageError: if two layers have one name"""
    layers = tuple(layers)
    seen: set[str] = set()
    for layer in layers:
        if layer.name in seen:
            raise GlobusSDKUsageError(
                f"the stack has a layer {layer.name!r} already; give the new one a name=, or use replace()"
            )
        seen.add(layer.name)
    return layers


def check_places(layers: tuple[Layer, ...]) -> None:
    """:raises GlobusSDKUsageError: if a layer does not stand where it has to"""
    for position, layer in enumerate(layers):
        inside = layers[position + 1 :]
        reason = f": {layer.place.reason}" if layer.place.reason else ""
        if layer.place.innermost and inside:
            raise GlobusSDKUsageError(
                f"layer {layer.name!r} has to be the innermost{reason}; put {inside[0].name!r} before it"
            )
        for other in inside:
            if other.name in layer.place.after:
                raise GlobusSDKUsageError(f"layer {layer.name!r} has to come after {other.name!r}{reason}")


def position_of(layers: tuple[Layer, ...], name: str) -> int:
    """:raises GlobusSDKUsageError: if there is no layer of that name"""
    for position, layer in enumerate(layers):
        if layer.name == name:
            return position
    names = ", ".join(layer.name for layer in layers) or "none"
    raise GlobusSDKUsageError(f"the stack has no layer {name!r}; its layers are: {names}")


def _kind_of(middleware: object) -> Kind:
    if isinstance(middleware, type):
        raise MiddlewareError(f"{middleware.__name__} is a class; put an instance into the stack")
    if not callable(middleware):
        raise MiddlewareError(f"{middleware!r} is no middleware: it cannot be called")
    # For a function, a method or a partial the first counts; for another object, its method ``__call__``.
    functions = (middleware, type(middleware).__call__)
    is_async = runs_coroutine(middleware)
    if any(map(inspect.isasyncgenfunction, functions)):
        raise MiddlewareError(f"{describe(middleware)} is an async generator; write it with plain `def` and `yield`")
    if _takes_call_next(middleware):
        return "async call_next" if is_async else "call_next"
    if is_async:
        raise MiddlewareError(
            f"{describe(middleware)} is a coroutine function of one argument; write it with plain `def` and `yield`, "
            "or as `async def (request, call_next)`"
        )
    return "flow"


def _takes_call_next(middleware: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(middleware).parameters.values()
    except (TypeError, ValueError):  # a builtin without a signature
        return False
    required = [
        parameter
        for parameter in parameters
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and parameter.default is parameter.empty
    ]
    if len(required) > 2 or any(
        parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty for parameter in parameters
    ):
        raise MiddlewareError(
            f"{describe(middleware)} takes {len(required)} arguments; "
            "a middleware takes (request) or (request, call_next)"
        )
    return len(required) == 2
