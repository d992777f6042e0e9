"""Declaring API operations: decorators that turn a typed stub into a route.

::

    class TransferRoutes(RouteTable):
        @get("/v0.10/task/{task_id}")
        def get_task(
            self, task_id: UUIDLike, *, query_params: QueryParams = None
        ) -> GlobusHTTPResponse:
            \"\"\"One task's document.\"\"\"
            raise NotImplementedError

On a client a route is callable; on an asyncio client it is awaited. Both have ``.request(...)``, and a paged one
``.pages(...)`` and ``.items(...)``. The annotations are read when a route is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, Union, Unpack, cast, overload

from globus_transport.core.flow import Steps, run
from globus_transport.routing.bound import (
    AsyncOperationCall,
    AsyncPagedRouteCall,
    AsyncPaginated,
    AsyncPaginatorCall,
    AsyncRouteCall,
    AwaitedCalls,
    BlockingCalls,
    BoundOperation,
    BoundRoute,
    NotPaginated,
    OperationCall,
    PagedRouteCall,
    Paginated,
    PaginatorCall,
    RouteCall,
)
from globus_transport.routing.paging import Paging
from globus_transport.routing.plan import Plan, RouteOptions
from globus_transport.routing.table import Declared, RouteTable
from globus_transport.scopes.scope import Scope

P = ParamSpec("P")
R = TypeVar("R")


class _Routed(Declared):
    """One API operation.

    :ivar method: the HTTP method
    :ivar path: relative to the service's address; ``{name}`` stands for a path argument
    :ivar scopes: what a token needs, if it is not what the table says
    """

    def __init__(self, method: str, path: str, function: Callable[..., Any], options: RouteOptions) -> None:
        self._options = options
        self.name = function.__name__
        self.function = function
        self.method = method
        self.path = path
        self.scopes: Iterable[str | Scope] | None = options.get("scopes")

    @cached_property
    def plan(self) -> Plan:
        """How its calls become requests; read from the stub when it is first called for.

        A program uses a few of a service's routes, and starts without reading the others.

        :raises TypeError: if the declaration contradicts itself
        """
        return Plan(self.method, self.path, self.function, self._options)

    def notes(self) -> list[str]:
        """What a printed table says about it."""
        return ["repeatable"] if self._options.get("repeatable") else []

    def __str__(self) -> str:
        return f"{self.name}: {self.method} {self.path}"

    def __repr__(self) -> str:
        return f"<route {self.owner}.{self}>"


class Route(_Routed, Generic[P, R]):
    """An API operation that is one request. Made by :func:`get`, :func:`post` and the others."""

    kind = "route"

    if TYPE_CHECKING:
        # pyright holds a protocol's method against the route itself, not against what a client gives for it.
        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...

        # The types of Bindable.__get__, which is what runs.
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: BlockingCalls, owner: type) -> RouteCall[P, R]: ...
        @overload
        def __get__(self, instance: AwaitedCalls, owner: type) -> AsyncRouteCall[P, R]: ...
        @overload
        def __get__(self, instance: Union[Paginated, AsyncPaginated], owner: type) -> NotPaginated: ...
        @overload
        def __get__(self, instance: RouteTable, owner: type) -> BoundRoute[P, R]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...


class PagedRoute(_Routed, Generic[P, R]):
    """An API operation whose reply is one page of a list."""

    kind = "paged route"

    def __init__(
        self, method: str, path: str, function: Callable[..., Any], options: RouteOptions, paging: Paging
    ) -> None:
        super().__init__(method, path, function, options)
        self.paging = paging

    def notes(self) -> list[str]:
        """What a printed table says about it."""
        return [*super().notes(), f"pages by {self.paging}"]

    if TYPE_CHECKING:
        # The types of Bindable.__get__, which is what runs.
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: BlockingCalls, owner: type) -> PagedRouteCall[P, R]: ...
        @overload
        def __get__(self, instance: AwaitedCalls, owner: type) -> AsyncPagedRouteCall[P, R]: ...
        @overload
        def __get__(self, instance: Paginated, owner: type) -> PaginatorCall[P, R]: ...
        @overload
        def __get__(self, instance: AsyncPaginated, owner: type) -> AsyncPaginatorCall[P, R]: ...
        @overload
        def __get__(self, instance: RouteTable, owner: type) -> BoundRoute[P, R]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...


class Operation(Declared, Generic[P, R]):
    """A call that is made of several requests, written as a flow. Made by :func:`operation`."""

    kind = "operation"
    method = "-"
    path = "(several requests)"

    def __init__(self, function: Callable[..., Any]) -> None:
        self.name = function.__name__
        self.function = function

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"<operation {self.owner}.{self}>"

    if TYPE_CHECKING:
        # The types of Bindable.__get__, which is what runs.
        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: BlockingCalls, owner: type) -> OperationCall[P, R]: ...
        @overload
        def __get__(self, instance: AwaitedCalls, owner: type) -> AsyncOperationCall[P, R]: ...
        @overload
        def __get__(self, instance: Union[Paginated, AsyncPaginated], owner: type) -> NotPaginated: ...
        @overload
        def __get__(self, instance: RouteTable, owner: type) -> BoundOperation[P, R]: ...
        def __get__(self, instance: Any, owner: type) -> Any: ...


class _RouteDecorator:
    def __init__(self, method: str, path: str, options: RouteOptions) -> None:
        self._method, self._path, self._options = method, path, options

    def __call__(self, function: Callable[Concatenate[Any, P], R]) -> Route[P, R]:
        return Route(self._method, self._path, function, self._options)


class _PagedRouteDecorator:
    def __init__(self, method: str, path: str, options: RouteOptions, paging: Paging) -> None:
        self._method, self._path, self._options, self._paging = method, path, options, paging

    def __call__(self, function: Callable[Concatenate[Any, P], R]) -> PagedRoute[P, R]:
        return PagedRoute(self._method, self._path, function, self._options, self._paging)


@overload
def get(path: str, *, paging: Paging, **options: Unpack[RouteOptions]) -> _PagedRouteDecorator: ...
@overload
def get(path: str, **options: Unpack[RouteOptions]) -> _RouteDecorator: ...
def get(path: str, *, paging: Paging | None = None, **options: Unpack[RouteOptions]) -> Any:
    """Declare a route by GET. See :class:`~globus_transport.routing.plan.RouteOptions`.

    :param path: relative to the service's address; ``{name}`` stands for a path argument
    :param paging: how the list is divided into pages; ``None`` for a route that is no list
    :param options: see :class:`RouteOptions`
    """
    return _decorator("GET", path, options, paging)


@overload
def post(path: str, *, paging: Paging, **options: Unpack[RouteOptions]) -> _PagedRouteDecorator: ...
@overload
def post(path: str, **options: Unpack[RouteOptions]) -> _RouteDecorator: ...
def post(path: str, *, paging: Paging | None = None, **options: Unpack[RouteOptions]) -> Any:
    """Declare a route by POST.

    :param path: relative to the service's address; ``{name}`` stands for a path argument
    :param paging: how the list is divided into pages; ``None`` for a route that is no list
    :param options: see :class:`RouteOptions`
    """
    return _decorator("POST", path, options, paging)


def put(path: str, **options: Unpack[RouteOptions]) -> _RouteDecorator:
    """Declare a route by PUT.

    :param path: relative to the service's address; ``{name}`` stands for a path argument
    :param options: see :class:`RouteOptions`
    """
    return _RouteDecorator("PUT", path, options)


def patch(path: str, **options: Unpack[RouteOptions]) -> _RouteDecorator:
    """Declare a route by PATCH.

    :param path: relative to the service's address; ``{name}`` stands for a path argument
    :param options: see :class:`RouteOptions`
    """
    return _RouteDecorator("PATCH", path, options)


def delete(path: str, **options: Unpack[RouteOptions]) -> _RouteDecorator:
    """Declare a route by DELETE.

    :param path: relative to the service's address; ``{name}`` stands for a path argument
    :param options: see :class:`RouteOptions`
    """
    return _RouteDecorator("DELETE", path, options)


def _decorator(method: str, path: str, options: RouteOptions, paging: Paging | None) -> Any:
    if paging is None:
        return _RouteDecorator(method, path, options)
    return _PagedRouteDecorator(method, path, options, paging)


def operation(function: Callable[Concatenate[Any, P], Steps[R]]) -> Operation[P, R]:
    """Declare an operation: a generator method that yields requests and returns the call's result.

    :param function: a generator of steps, which returns the result
    """
    return Operation(function)


def flow_of(method: BoundOperation[P, R] | Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Steps[R]:
    """The call of a client's method as a flow, for an operation that is made of others.

    A subclass, or a test, may have put a function in the place of the route. It is called as a program would call it.

    :param method: a route or operation, as the client or route table gives it
    :param args: arguments of the call
    :param kwargs: arguments of the call, by name
    """
    # A mock says that it is an instance of what it replaces.
    if issubclass(type(method), BoundOperation):
        return cast(BoundOperation[P, R], method).flow(*args, **kwargs)
    return run(partial(cast(Callable[P, R], method), *args, **kwargs))
