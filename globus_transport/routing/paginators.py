"""Paginators: a list's pages as an iterable, and the classes for methods that programs page by themselves.

A route declares its paging, and ``client.paginated.x`` makes its paginator. The classes here are for methods without a
route, as globus-sdk has them::

    class WidgetsClient(BaseClient):
        @has_paginator(MarkerPaginator, items_key="widgets")
        def list_widgets(self, *, marker: str | None = None) -> GlobusHTTPResponse:
            return self.get("/widgets", query_params={"marker": marker})

    WidgetsClient(...).paginated.list_widgets().items()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

import attrs

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.paging import Marker, NextLink, Offset, Paging
from globus_transport.routing.replies import GlobusHTTPResponse

P = ParamSpec("P")
R = TypeVar("R")
PageT = TypeVar("PageT")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_MARK = "_paginator_of_method"


class Paginator(Iterable[R], Generic[R], ABC):
    """Every page of a list. It can be iterated several times; each time the pages are fetched again.

    :param method: called for each page
    :param items_key: the key of a page's items
    :param client_args: positional arguments of every call
    :param client_kwargs: keyword arguments of every call
    """

    def __init__(
        self,
        method: Callable[..., Any],
        *,
        items_key: str | None = None,
        client_args: tuple[Any, ...],
        client_kwargs: Mapping[str, Any],
        **_more: Any,
    ) -> None:
        self.method = method
        self.items_key = items_key
        self.client_args = client_args
        self.client_kwargs = dict(client_kwargs)

    def __iter__(self) -> Iterator[R]:
        return self.pages()

    @abstractmethod
    def pages(self) -> Iterator[R]:
        """Every page, fetched when it is asked for.

        :raises ReplyFormatError: if a page does not say how the list goes on
        """

    def items(self) -> Iterator[Any]:
        """Every item of every page.

        :raises GlobusSDKUsageError: if the paginator does not know the key of the items
        """
        if self.items_key is None:
            raise GlobusSDKUsageError("the paginator has no items_key=, so that it knows pages only; use pages()")
        return (item for page in self.pages() for item in page[self.items_key])  # type: ignore[index]

    @classmethod
    def wrap(cls, method: Callable[P, PageT]) -> Callable[P, Paginator[PageT]]:
        """What makes paginators for a method of a client, with the method's own types.

        ``Paginator.wrap(client.task_list)(limit=10)`` is ``client.paginated.task_list(limit=10)``.

        :param method: a route with pages, or a method that :func:`has_paginator` decorates
        :raises GlobusSDKUsageError: if it has no pages
        """
        if (make := getattr(method, "paginator", None)) is not None:
            found: Callable[P, Paginator[PageT]] = make
            return found
        mark: _Mark | None = getattr(method, _MARK, None)
        if mark is None:
            raise GlobusSDKUsageError(f"{getattr(method, '__name__', method)} has no pages")
        return mark.bind(method)


def methods_with_pages(cls: type) -> list[str]:
    """The names of the methods that :func:`has_paginator` decorates."""
    return [name for name in dir(cls) if hasattr(getattr(cls, name, None), _MARK)]


class RoutePaginator(Paginator[R]):
    """Every page of a route's list.

    :param route: a route with pages, on a client
    """

    def __init__(self, route: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        super().__init__(route, client_args=args, client_kwargs=kwargs)
        self._route = route

    def pages(self) -> Iterator[R]:
        """Every page, fetched when it is asked for."""
        pages: Iterator[R] = self._route.pages(*self.client_args, **self.client_kwargs)
        return pages

    def items(self) -> Iterator[Any]:
        """Every item of every page."""
        items: Iterator[Any] = self._route.items(*self.client_args, **self.client_kwargs)
        return items


@attrs.frozen
class _Mark:
    """What :func:`has_paginator` says of a method."""

    paginator_class: type[Paginator[Any]]
    items_key: str | None
    parameters: Mapping[str, Any]

    def bind(self, method: Callable[..., Any]) -> Callable[..., Paginator[Any]]:
        @wraps(method)
        def make(*args: Any, **kwargs: Any) -> Paginator[Any]:
            return self.paginator_class(
                method, items_key=self.items_key, client_args=args, client_kwargs=kwargs, **self.parameters
            )

        return make


def has_paginator(
    paginator_class: type[Paginator[Any]], items_key: str | None = None, **paginator_params: Any
) -> Callable[[FunctionT], FunctionT]:
    """Decorate a client's method that returns one page: ``client.paginated`` then has it, too.

    :param paginator_class: how the service divides the list
    :param items_key: the key of a page's items
    :param paginator_params: further parameters of the class
    """

    def decorate(method: FunctionT) -> FunctionT:
        setattr(method, _MARK, _Mark(paginator_class, items_key, paginator_params))
        return method

    return decorate


class _MethodPaginator(Paginator[R]):
    """The base of paginators that call a method with the parameters of a style of paging."""

    def __init__(self, paging: Paging, method: Callable[..., Any], **options: Any) -> None:
        super().__init__(method, **options)
        self._paging = paging

    def pages(self) -> Iterator[R]:
        """Every page, fetched when it is asked for."""
        asked: dict[str, Any] = {**self.client_kwargs, **self._paging.first(self.client_kwargs)}
        while True:
            page: Any = self._call(asked)
            yield page
            following = self._paging.after(asked, page)
            if following is None:
                return
            asked.update(following)

    def _call(self, asked: Mapping[str, Any]) -> Any:
        return self.method(*self.client_args, **asked)


class MarkerPaginator(_MethodPaginator[R]):
    """Each page has ``has_next_page``, and names the next one by a marker.

    :param marker_key: the marker's name in a page
    :param options: the parameters of :class:`Paginator`
    """

    def __init__(self, method: Callable[..., Any], *, marker_key: str = "marker", **options: Any) -> None:
        super().__init__(Marker(key=marker_key, more_key="has_next_page"), method, **options)


class NullableMarkerPaginator(_MethodPaginator[R]):
    """Each page names the next one by a marker, which is null in the last one.

    :param marker_key: the marker's name in a page
    :param options: the parameters of :class:`Paginator`
    """

    def __init__(self, method: Callable[..., Any], *, marker_key: str = "marker", **options: Any) -> None:
        super().__init__(Marker(key=marker_key), method, **options)


class LastKeyPaginator(_MethodPaginator[R]):
    """Each page has ``has_next_page``, and the key of its last item as ``last_key``.

    :param options: the parameters of :class:`Paginator`
    """

    def __init__(self, method: Callable[..., Any], **options: Any) -> None:
        super().__init__(Marker("last_key", more_key="has_next_page"), method, **options)


class NextTokenPaginator(_MethodPaginator[R]):
    """Each page names the next one by ``next_token``, which the last one does not have.

    :param options: the parameters of :class:`Paginator`
    """

    def __init__(self, method: Callable[..., Any], **options: Any) -> None:
        super().__init__(Marker("next_token"), method, **options)


@attrs.frozen
class _CountedOffset(Offset):
    """Pages by limit and offset, whose items a function counts."""

    count: Callable[[Any], int] = attrs.field(kw_only=True)

    def _count(self, page: GlobusHTTPResponse) -> int:
        return self.count(page)


class _OffsetPaginator(_MethodPaginator[R]):
    """The base of paginators by limit and offset.

    :param get_page_size: counts the items of a page
    :param max_total_results: items that the service gives at most; ``None`` for no limit
    :param page_size: items of a page, if the call has no ``limit``
    """

    _total_key: str | None = None

    def __init__(
        self,
        method: Callable[..., Any],
        *,
        get_page_size: Callable[[Any], int],
        max_total_results: int | None,
        page_size: int,
        **options: Any,
    ) -> None:
        paging = _CountedOffset(page_size, max_total_results, total_key=self._total_key, count=get_page_size)
        super().__init__(paging, method, **options)


class HasNextPaginator(_OffsetPaginator[R]):
    """Pages by limit and offset, which say with ``has_next_page`` whether there are more."""


class LimitOffsetTotalPaginator(_OffsetPaginator[R]):
    """Pages by limit and offset, which say in ``total`` how many items there are."""

    _total_key = "total"


class JSONAPIPaginator(_MethodPaginator[R]):
    """Each page has a link to the next one (JSON:API). The method takes its query as ``query_params``.

    :param options: the parameters of :class:`Paginator`
    """

    def __init__(self, method: Callable[..., Any], **options: Any) -> None:
        super().__init__(NextLink(), method, **options)

    def pages(self) -> Iterator[R]:
        """Every page, fetched when it is asked for."""
        query: dict[str, Any] = dict(self.client_kwargs.get("query_params") or {})
        while True:
            page: Any = self._call({**self.client_kwargs, "query_params": query} if query else self.client_kwargs)
            yield page
            following = self._paging.after(query, page)
            if following is None:
                return
            query = {name: value for name, value in following.items() if value is not None}
