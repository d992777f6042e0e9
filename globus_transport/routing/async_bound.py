"""Routes on an asyncio client: what ``await client.get_task(...)`` calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, ParamSpec, TypeVar

from globus_transport.http.messages import Request, Response
from globus_transport.routing.bound import BoundOperation, BoundRoute
from globus_transport.routing.pages import PageRequests

P = ParamSpec("P")
R = TypeVar("R")


class AsyncOperationCall(BoundOperation[P, R]):
    """An operation on a client: call it and await the result."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        result: R = await self._client.stack.run(self._route.function(self._client, *args, **kwargs))
        return result


class AsyncRouteCall(BoundRoute[P, R]):
    """A route on a client: call it and await the reply."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        client, plan = self._client, self._route.plan
        reply: R = plan.reply(await client.stack.send(plan.request(client, args, kwargs)), client)
        return reply


class AsyncPagedRouteCall(AsyncRouteCall[P, R]):
    """A route on a client whose reply is one page of a list: await one, or go through all."""

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        """Every page, fetched when it is asked for. A ``limit`` is the size of the pages.

        :raises ReplyFormatError: if a page does not say how the list goes on
        """
        client = self._client
        requests = PageRequests(self._route.plan, self._route.paging, client, args, kwargs)
        return _pages(client.stack.send, requests)

    def items(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Any]:
        """Every item of every page."""
        return _items(self.pages(*args, **kwargs))


async def _pages(send: Callable[[Request], Awaitable[Response]], requests: PageRequests) -> AsyncIterator[Any]:
    while requests.more:
        yield requests.take(await send(requests.request()))


async def _items(pages: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for page in pages:
        for item in page:
            yield item


class AsyncPaginator(Generic[R]):
    """Every page of a list. Iterating gives the pages, as often as one likes, each time anew."""

    def __init__(self, pages: Callable[[], AsyncIterator[R]]) -> None:
        self._pages = pages

    def __aiter__(self) -> AsyncIterator[R]:
        return self._pages()

    def pages(self) -> AsyncIterator[R]:
        """Every page, fetched when it is asked for."""
        return self._pages()

    def items(self) -> AsyncIterator[Any]:
        """Every item of every page."""
        return _items(self._pages())


class AsyncPaginatorCall(BoundOperation[P, R]):
    """A route on ``client.paginated``: calling it sends nothing yet."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncPaginator[R]:
        route = AsyncPagedRouteCall[P, R](self._route, self._client)
        return AsyncPaginator(lambda: route.pages(*args, **kwargs))
