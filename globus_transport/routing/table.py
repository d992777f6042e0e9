"""Route tables: their rows, the classes of them, and what they look like printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Response
from globus_transport.routing.plan import call_signature
from globus_transport.values import Generic

if TYPE_CHECKING:
    import inspect

    from globus_transport.exc.api import GlobusAPIError
    from globus_transport.scopes.scope import Scope

T = TypeVar("T")


class Declared:
    """A call that a route table declares.

    :cvar kind: ``"route"``, ``"paged route"`` or ``"operation"``
    :ivar name: of the Python method
    :ivar method: the HTTP method
    :ivar path: relative to the service's address; ``{name}`` stands for a path argument
    :ivar function: the stub
    :ivar owner: name of the class that declares it
    """

    kind: ClassVar[str]
    name: str
    method: str
    path: str
    owner: str
    function: Callable[..., Any]

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner.__name__

    @property
    def signature(self) -> inspect.Signature:
        """What a call takes, without ``self``."""
        return call_signature(self.function)

    if not TYPE_CHECKING:

        @property
        def __signature__(self) -> inspect.Signature:
            return self.signature

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            """``TransferClient.get_task(client, task_id)``, as a method can be called.

            A mock with a client for its spec goes by this signature, and brings no client.
            """
            if not args or not hasattr(args[0], "_bind"):
                raise TypeError(f"{self.owner}.{self.name}(client, ...): the first argument is a client")
            client, *rest = args
            return self.__get__(client, type(client))(*rest, **kwargs)

    def _bound_to(self, instance: Any) -> Any:
        return self if instance is None else instance._bind(self)

    def notes(self) -> list[str]:
        """What a printed table says about it."""
        return []


class RouteList(tuple[Declared, ...]):
    """The routes of a table, in the order in which they are declared. Prints as a table."""

    def __str__(self) -> str:
        rows = [("method", "path", "name", "notes")]
        rows += [(route.method, route.path, route.name, ", ".join(route.notes())) for route in self]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            "  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]])
            for row in rows
        ]
        return "\n".join(line.rstrip() for line in lines)

    def __repr__(self) -> str:
        return f"<{len(self)} routes: {', '.join(route.name for route in self)}>"

    def named(self, name: str) -> Declared:
        """One route.

        :raises KeyError: if there is none of that name
        """
        for route in self:
            if route.name == name:
                return route
        raise KeyError(name)


class _RoutesOf:
    """``SomeClient.routes``: every public route of the class and its bases."""

    def __get__(self, _instance: object, owner: type[RouteTable]) -> RouteList:
        found: dict[str, Any] = {}
        for cls in reversed(owner.__mro__):
            if not vars(cls).get("lists_its_routes", True):
                continue
            for name, value in vars(cls).items():
                if isinstance(value, Declared) and not name.startswith("_"):
                    found[name] = value
                else:
                    # What a subclass puts in a route's place hides it.
                    found.pop(name, None)
        return RouteList(found.values())


class _ResourceServerOfScopes:
    def __get__(self, _instance: object, owner: type[RouteTable]) -> str | None:
        server: str | None = getattr(owner.scopes, "resource_server", None)
        return server


class LateValue(Generic[T]):
    """A class attribute that is found when it is read: what only some programs ask a table for, and takes a module.

    :param find: finds it
    """

    def __init__(self, find: Callable[[], T]) -> None:
        self._find = find

    def __get__(self, _instance: object, _owner: type) -> T:
        return self._find()


class NoDefaultScopesError(GlobusSDKUsageError, NotImplementedError):
    """Which scopes an application has to ask for, for a client, is not known."""


def _any_api_error() -> type[GlobusAPIError]:
    from globus_transport.exc.api import GlobusAPIError

    return GlobusAPIError


class RouteTable:
    """The base of route tables.

    :cvar routes: the table's public routes
    :cvar service_name: for the service's address
    :cvar error_class: what an unsuccessful reply is raised as
    :cvar scopes: the service's scopes, by name
    :cvar resource_server: the service's name in token replies; by default what ``scopes`` says
    :cvar token_scopes: what a token needs for a route that does not say so itself
    :cvar lists_its_routes: whether ``routes`` shows what this very class declares
    """

    routes: ClassVar[_RoutesOf] = _RoutesOf()
    service_name: ClassVar[str] = ""
    scopes: ClassVar[Any] = None
    if TYPE_CHECKING:
        error_class: ClassVar[type[GlobusAPIError]]
        resource_server: ClassVar[str | None]
    else:
        error_class = LateValue(_any_api_error)
        resource_server = _ResourceServerOfScopes()
    token_scopes: ClassVar[Iterable[str | Scope]] = ()
    lists_its_routes: ClassVar[bool] = True

    @classmethod
    def error_from(cls, response: Response) -> Exception:
        """What an unsuccessful reply is raised as: made by ``error_class``, which is loaded for it."""
        return cls.error_class.from_response(response)

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Whether a status that usually passes may pass here, so that the call is repeated."""
        return True

    @property
    def default_scope_requirements(self) -> list[Scope]:
        """The scopes that an application asks for, for such a client. Tables say them as a class attribute.

        :raises GlobusSDKUsageError: if the table does not say
        """
        raise NoDefaultScopesError(f"{type(self).__name__} has no default scopes; give app_scopes=")

    def _bind(self, route: Any) -> Any:
        """What reading a route's name from an instance gives."""
        raise TypeError(f"{type(self).__name__} is a route table; mount it: class Client(BaseClient, {route.owner})")


class Blocking:
    """Marks clients whose calls return replies."""


class Awaiting:
    """Marks clients whose calls return awaitables."""


class BlockingPages:
    """Marks views of a client whose calls return paginators."""


class AwaitingPages:
    """Marks views of a client whose calls return asynchronous paginators."""
