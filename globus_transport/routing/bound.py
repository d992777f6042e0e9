"""Routes on a client: what ``client.get_task`` is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from globus_transport.core.flow import Steps, send
from globus_transport.http.messages import Request
from globus_transport.values import Generic

if TYPE_CHECKING:
    import inspect

    from globus_transport.routing.pages import PageRequests

P = ParamSpec("P")
R = TypeVar("R")


class BoundOperation(Generic[P, R]):
    """An operation on a route table, or on a client: several requests that make one call."""

    def __init__(self, route: Any, client: Any) -> None:
        self._route = route
        self._client = client
        self.__doc__ = route.__doc__

    def flow(self, *args: P.args, **kwargs: P.kwargs) -> Steps[R]:
        """The call as a flow, for an operation that is made of others: ``reply = yield from table.x.flow(...)``."""
        flow: Steps[R] = self._route.function(self._client, *args, **kwargs)
        return flow

    @property
    def __name__(self) -> str:
        return str(self._route.name)

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


class BoundRoute(BoundOperation[P, R]):
    """A route on a route table, or on a client."""

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
        result: R = self._client.stack.run(self._route.function(self._client, *args, **kwargs))
        return result


class RouteCall(BoundRoute[P, R]):
    """A route on a client: call it."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        client, plan = self._client, self._route.plan
        reply: R = plan.reply(client.stack.send(plan.request(client, args, kwargs)), client)
        return reply


class PagedRouteCall(RouteCall[P, R]):
    """A route on a client whose reply is one page of a list: call it for one, or go through all."""

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        """Every page, fetched when it is asked for. A ``limit`` is the size of the pages.

        :raises ReplyFormatError: if a page does not say how the list goes on
        """
        # Not at the top: most programs start with one reply.
        from globus_transport.routing.pages import PageRequests

        client = self._client
        requests = PageRequests(self._route.plan, self._route.paging, client, args, kwargs)
        return _pages(client.stack.send, requests)

    def items(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Any]:
        """Every item of every page."""
        pages: Iterator[Any] = self.pages(*args, **kwargs)
        return (item for page in pages for item in page)


def _pages(send: Callable[[Request], Any], requests: PageRequests) -> Iterator[Any]:
    while requests.more:
        yield requests.take(send(requests.request()))


class Paginator(Generic[R]):
    """Every page of a list. Iterating gives the pages, as often as one likes, each time anew."""

    def __init__(self, pages: Callable[[], Iterator[R]]) -> None:
        self._pages = pages

    def __iter__(self) -> Iterator[R]:
        return self._pages()

    def pages(self) -> Iterator[R]:
        """Every page, fetched when it is asked for."""
        return self._pages()

    def items(self) -> Iterator[Any]:
        """Every item of every page."""
        pages: Iterator[Any] = self._pages()
        return (item for page in pages for item in page)


class PaginatorCall(BoundOperation[P, R]):
    """A route on ``client.paginated``: calling it sends nothing yet."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Paginator[R]:
        route = PagedRouteCall[P, R](self._route, self._client)
        return Paginator(lambda: route.pages(*args, **kwargs))


class NotPaginated:
    """What type checkers see for ``client.paginated.x`` if x has no pages."""
