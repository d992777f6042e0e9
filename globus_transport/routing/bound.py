"""Routes on a client: what ``client.get_task`` is, and what calling it does.

Reading a route's name from a client gives one of these objects. Which one depends on the client: calls of a blocking
client return replies, those of an asyncio client are awaited, and ``client.paginated`` makes paginators. The classes
:class:`BlockingCalls`, :class:`AwaitedCalls`, :class:`Paginated` and :class:`AsyncPaginated` say it, to programs and to
type checkers.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, ParamSpec, Self, TypeVar

from globus_transport import routing
from globus_transport.core.flow import Steps, send
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.exc.tracebacks import leave_out_own_frames, raises_from_its_caller
from globus_transport.http.messages import Request, Response
from globus_transport.routing.paging import PageRequests

if TYPE_CHECKING:
    from globus_transport.routing.paginators import Paginator

P = ParamSpec("P")
R = TypeVar("R")


class Documentation:
    """The ``__doc__`` of a class whose objects write their own.

    :param of_class: the docstring of the class
    """

    def __init__(self, of_class: str | None) -> None:
        self.of_class = of_class

    def __get__(self, instance: Any, owner: type) -> str | None:
        if instance is None:
            return self.of_class
        text: str | None = instance.write_help()
        return text


class BoundOperation(Generic[P, R]):
    """An operation on a route table, or on a client: several requests that make one call."""

    def __init__(self, route: Any, client: Any) -> None:
        self._route = route
        self._client = client

    def __init_subclass__(cls) -> None:
        cls.__doc__ = Documentation(cls.__doc__)  # type: ignore[assignment]

    def write_help(self) -> str:
        """The documentation of the route on this client, for ``help()``."""
        text: str = self._route.write_help(getattr(self._client, "error_class", None))
        return text

    def __get__(self, _instance: object, _owner: type) -> Self:
        # As a method has it that is bound to its object. help() takes it for one, and shows the signature.
        return self

    def flow(self, *args: P.args, **kwargs: P.kwargs) -> Steps[R]:
        """The call as a flow, for an operation that is made of others: ``reply = yield from table.x.flow(...)``."""
        return self._start(args, kwargs)

    def _start(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Steps[R]:
        """Call the operation's function, which returns a flow.

        :raises TypeError: if the arguments do not fit it; the message names the parameter that is nearest to a keyword
        """
        try:
            flow: Steps[R] = self._route.function(self._client, *args, **kwargs)
        except TypeError as error:
            hint = routing.nearest_parameter.hint_for(str(error), kwargs, [*self._route.signature.parameters])
            if not hint:
                raise
            raise TypeError(f"{error}{hint}") from None
        return flow

    @property
    def __self__(self) -> Any:
        return self._client

    @property
    def __name__(self) -> str:
        return str(self._route.name)

    def __eq__(self, other: object) -> bool:
        # As methods of one object are equal, though each read of the name makes another.
        if type(other) is not type(self):
            return NotImplemented
        return self._route is other._route and self._client is other._client

    def __hash__(self) -> int:
        return hash((id(self._route), id(self._client)))

    @property
    def __signature__(self) -> inspect.Signature:
        signature: inspect.Signature = self._route.signature
        return signature

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        # Where an editor finds the declaration.
        function: Callable[..., Any] = self._route.function
        return function

    def __repr__(self) -> str:
        return f"<{type(self._client).__name__}.{self._route}>"

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        table: str = self._route._repr_html_()
        return table


class BoundRoute(BoundOperation[P, R]):
    """A route on a route table, or on a client."""

    @raises_from_its_caller
    def request(self, *args: P.args, **kwargs: P.kwargs) -> Request:
        """The call's request, without a credential, not sent: to send it through a stack of one's own.

        :raises GlobusSDKUsageError: if an argument has no form on the wire
        """
        request: Request = self._route.plan.request(self._client, args, kwargs)
        return request

    def flow(self, *args: P.args, **kwargs: P.kwargs) -> Steps[R]:
        """The call as a flow, for an operation that is made of others: ``reply = yield from table.x.flow(...)``."""
        response = yield from send(self._route.plan.request(self._client, args, kwargs))
        reply: R = self._route.plan.reply(response, self._client)
        return reply


class OperationCall(BoundOperation[P, R]):
    """An operation on a client: call it."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            result: R = self._client.stack.run(self._start(args, kwargs))
            return result
        except BaseException as error:
            leave_out_own_frames(error)
            raise


class AsyncOperationCall(BoundOperation[P, R]):
    """An operation on a client: call it and await the result."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            result: R = await self._client.stack.run(self._start(args, kwargs))
            return result
        except BaseException as error:
            leave_out_own_frames(error)
            raise


class RouteCall(BoundRoute[P, R]):
    """A route on a client: call it."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        client, plan = self._client, self._route.plan
        try:
            reply: R = plan.reply(client.stack.send(plan.request(client, args, kwargs)), client)
            return reply
        except BaseException as error:
            leave_out_own_frames(error)
            raise


class AsyncRouteCall(BoundRoute[P, R]):
    """A route on a client: call it and await the reply."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        client, plan = self._client, self._route.plan
        try:
            reply: R = plan.reply(await client.stack.send(plan.request(client, args, kwargs)), client)
            return reply
        except BaseException as error:
            leave_out_own_frames(error)
            raise


class PagedRouteCall(RouteCall[P, R]):
    """A route on a client whose reply is one page of a list: call it for one, or go through all."""

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        """Every page, fetched when it is asked for. A ``limit`` is the size of the pages.

        :raises ReplyFormatError: if a page does not say how the list goes on
        """
        client = self._client
        return _pages(client.stack.send, PageRequests(self._route.plan, self._route.paging, client, args, kwargs))

    def items(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Any]:
        """Every item of every page."""
        pages: Iterator[Any] = self.pages(*args, **kwargs)
        return (item for page in pages for item in page)

    def paginator(self, *args: P.args, **kwargs: P.kwargs) -> Paginator[R]:
        """The pages as an iterable, as ``client.paginated`` gives it. Nothing is sent yet."""
        return routing.paginators.RoutePaginator(self, args, kwargs)


class AsyncPagedRouteCall(AsyncRouteCall[P, R]):
    """A route on a client whose reply is one page of a list: await one, or go through all."""

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        """Every page, fetched when it is asked for. A ``limit`` is the size of the pages.

        :raises ReplyFormatError: if a page does not say how the list goes on
        """
        client = self._client
        return _async_pages(client.stack.send, PageRequests(self._route.plan, self._route.paging, client, args, kwargs))

    def items(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Any]:
        """Every item of every page."""
        return _async_items(self.pages(*args, **kwargs))


def _pages(send: Callable[[Request], Response], requests: PageRequests) -> Iterator[Any]:
    try:
        while requests.more:
            yield requests.take(send(requests.request()))
    except BaseException as error:
        leave_out_own_frames(error)
        raise


async def _async_pages(send: Callable[[Request], Awaitable[Response]], requests: PageRequests) -> AsyncIterator[Any]:
    try:
        while requests.more:
            yield requests.take(await send(requests.request()))
    except BaseException as error:
        leave_out_own_frames(error)
        raise


async def _async_items(pages: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for page in pages:
        for item in page:
            yield item


class AsyncPaginator(Generic[R]):
    """Every page of a list. It can be iterated several times; each time the pages are fetched again."""

    def __init__(self, pages: Callable[[], AsyncIterator[R]]) -> None:
        self._pages = pages

    def __aiter__(self) -> AsyncIterator[R]:
        return self._pages()

    def pages(self) -> AsyncIterator[R]:
        """Every page, fetched when it is asked for."""
        return self._pages()

    def items(self) -> AsyncIterator[Any]:
        """Every item of every page."""
        return _async_items(self._pages())


class PaginatorCall(BoundOperation[P, R]):
    """A route on ``client.paginated``: calling it sends nothing yet."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Paginator[R]:
        return PagedRouteCall[P, R](self._route, self._client.client).paginator(*args, **kwargs)


class AsyncPaginatorCall(BoundOperation[P, R]):
    """A route on ``client.paginated``: calling it sends nothing yet."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncPaginator[R]:
        route = AsyncPagedRouteCall[P, R](self._route, self._client.client)
        return AsyncPaginator(lambda: route.pages(*args, **kwargs))


class NotPaginatedError(GlobusSDKUsageError, AttributeError):
    """``client.paginated`` has no such call, because the route has no pages."""


class NotPaginated:
    """What type checkers see for ``client.paginated.x`` if x has no pages. A program gets the exception.

    :raises NotPaginatedError: always
    """

    def __new__(cls, route: Any, _view: Any) -> NoReturn:
        raise NotPaginatedError(f"{route.name} has no pages; call client.{route.name}")


class NotMounted:
    """What a route of a table without a client becomes.

    :raises TypeError: always
    """

    def __new__(cls, route: Any, table: Any) -> NoReturn:
        raise TypeError(f"{type(table).__name__} is a route table; mount it: class Client(BaseClient, {route.owner})")


class Bindable:
    """Base of routes and operations: a descriptor that makes the call object for the client that it is read from.

    :cvar kind: ``"route"``, ``"paged route"`` or ``"operation"``
    """

    kind: ClassVar[str]

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else instance.call_classes[self.kind](self, instance)


#: Which class a route becomes when its name is read from a client, by the kind of the route.
CallClasses = Mapping[str, type]


class BlockingCalls:
    """Base of clients whose calls return replies."""

    call_classes: ClassVar[CallClasses] = {
        "route": RouteCall,
        "paged route": PagedRouteCall,
        "operation": OperationCall,
    }


class AwaitedCalls:
    """Base of clients whose calls are awaited."""

    call_classes: ClassVar[CallClasses] = {
        "route": AsyncRouteCall,
        "paged route": AsyncPagedRouteCall,
        "operation": AsyncOperationCall,
    }


class Paginated:
    """``client.paginated``: the paged routes of a client, as paginators.

    :ivar client: the client that sends the requests
    """

    call_classes: ClassVar[CallClasses] = {
        "route": NotPaginated,
        "paged route": PaginatorCall,
        "operation": NotPaginated,
    }

    def __init__(self, client: BlockingCalls) -> None:
        self.client = client

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # A method of the client's own class that has_paginator() decorates, or a route without pages.
            if name.startswith("_"):
                raise AttributeError(name)
            try:
                return routing.paginators.Paginator.wrap(getattr(self.client, name))
            except GlobusSDKUsageError as error:
                raise NotPaginatedError(f"{error}; call client.{name}") from None

    def __dir__(self) -> list[str]:
        return [*_paged_routes(type(self)), *routing.paginators.methods_with_pages(type(self.client))]


def _paged_routes(view: Any) -> list[str]:
    return [route.name for route in getattr(view, "routes", ()) if route.kind == "paged route"]


class AsyncPaginated:
    """``client.paginated``: the paged routes of a client, as asynchronous paginators.

    :ivar client: the client that sends the requests
    """

    call_classes: ClassVar[CallClasses] = {
        "route": NotPaginated,
        "paged route": AsyncPaginatorCall,
        "operation": NotPaginated,
    }

    def __init__(self, client: AwaitedCalls) -> None:
        self.client = client

    def __dir__(self) -> list[str]:
        return _paged_routes(type(self))
