"""Route tables: classes whose attributes declare API operations. Their rows, and how they print."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from globus_transport import http, routing
from globus_transport.exc.api import GlobusAPIError
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import Response
from globus_transport.routing.bound import Bindable, CallClasses, Documentation, NotMounted
from globus_transport.routing.missing import MISSING
from globus_transport.routing.plan import call_signature
from globus_transport.scopes.scope import Scope

#: Routes that a notebook shows without a click.
_MOST_UNFOLDED = 20


class Declared(Bindable):
    """A row of a route table: an API operation that the table declares.

    :ivar name: of the Python method
    :ivar method: the HTTP method
    :ivar path: relative to the service's address; ``{name}`` stands for a path argument
    :ivar owner: name of the class that declares it
    :ivar function: the stub
    """

    name: str
    method: str
    path: str
    owner: str
    function: Callable[..., Any]

    _table: type | None = None

    def __init_subclass__(cls) -> None:
        cls.__doc__ = Documentation(cls.__doc__)  # type: ignore[assignment]

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner.__name__
        self._table = owner

    def write_help(self, error_class: type[Exception] | None = None) -> str:
        """The complete documentation of a call, for ``help()``.

        :param error_class: of the service's errors; by default that of the table that declares the route
        """
        error_class = error_class or getattr(self._table, "error_class", None)
        return routing.route_help.write_help(
            self.function, [*self.signature.parameters], self._table, error_class=error_class
        )

    def write_own_help(self) -> str:
        """The same, without the errors that every call may raise."""
        return routing.route_help.write_help(self.function, [*self.signature.parameters], self._table)

    @property
    def signature(self) -> inspect.Signature:
        """Parameters and result of a call, without ``self``."""
        return call_signature(self.function)

    @property
    def __name__(self) -> str:
        return self.name

    if not TYPE_CHECKING:
        # Type checkers go by the overloads of ``__get__``.

        @property
        def __signature__(self) -> inspect.Signature:
            return self.signature

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            """Call the route like a method of the class: ``TransferClient.get_task(client, task_id)``."""
            if not args or not isinstance(args[0], RouteTable):
                raise TypeError(f"{self.owner}.{self.name}(client, ...): the first argument is a client")
            client, *rest = args
            return self.__get__(client, type(client))(*rest, **kwargs)

    def notes(self) -> list[str]:
        """Notes for a printed table."""
        return []

    def _repr_html_(self) -> str:
        """A table for notebooks: the call, the request and the documentation."""
        rows = [
            ("call", f"{self.name}{_without_types(self.signature)}".replace(repr(MISSING), "MISSING")),
            ("request", f"{self.method} {self.path}"),
            ("notes", ", ".join(self.notes())),
            ("help", http.html_tables.folded(*_first_line_and_text(self))),
        ]
        return http.html_tables.html_table(f"{self.owner}.{self.name}", [row for row in rows if row[1]])


def _without_types(signature: inspect.Signature) -> inspect.Signature:
    return inspect.Signature(
        [parameter.replace(annotation=parameter.empty) for parameter in signature.parameters.values()]
    )


def _first_line_and_text(route: Declared) -> tuple[str, str]:
    text = inspect.getdoc(route) or ""
    return text.partition("\n")[0], text


class RouteList(tuple[Declared, ...]):
    """The routes of a table, in the order of their declarations. It prints as a table."""

    def __str__(self) -> str:
        rows = [("method", "path", "name", "notes")]
        rows += [(route.method, route.path, route.name, ", ".join(route.notes())) for route in self]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            "  ".join([*(cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)), row[3]])
            for row in rows
        ]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        """A table for notebooks, folded if it is long."""
        rows = [(route.method, route.path, route.name, ", ".join(route.notes())) for route in self]
        table = http.html_tables.html_table(f"{len(self)} routes", rows, ("method", "path", "name", "notes"))
        return (
            http.html_tables.folded(f"{len(self)} routes", http.html_tables.Html(table))
            if len(self) > _MOST_UNFOLDED
            else table
        )

    def __repr__(self) -> str:
        return f"<{len(self)} routes: {', '.join(route.name for route in self)}>"

    def named(self, name: str) -> Declared:
        """The route of a name.

        :raises KeyError: if there is none
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
                    # An attribute of a subclass hides a route of that name.
                    found.pop(name, None)
        return RouteList(found.values())


class _ResourceServerOfScopes:
    def __get__(self, instance: RouteTable | None, owner: type[RouteTable]) -> str | None:
        # A client of one of many resource servers has scopes of its own.
        server: str | None = getattr((owner if instance is None else instance).scopes, "resource_server", None)
        return server


class NoDefaultScopesError(GlobusSDKUsageError, NotImplementedError):
    """A client has no default scopes, so that an application does not know which to ask for."""


class RouteTable:
    """The base of route tables.

    :cvar routes: the table's public routes
    :cvar service_name: for the service's address
    :cvar error_class: the exception for an unsuccessful response
    :cvar scopes: the service's scopes, by name
    :cvar resource_server: the service's name in token responses; by default that of ``scopes``
    :cvar token_scopes: the scopes that a token needs, for routes that do not declare their own
    :cvar call_classes: what a route becomes when its name is read from an instance
    :cvar parameter_help: descriptions of parameters, for the routes of the table whose stubs do not describe them
    :cvar lists_its_routes: whether ``routes`` shows the routes that this class itself declares
    """

    routes: ClassVar[_RoutesOf] = _RoutesOf()
    service_name: ClassVar[str] = ""
    scopes: Any = None
    error_class: ClassVar[type[GlobusAPIError]] = GlobusAPIError
    if TYPE_CHECKING:
        resource_server: str | None
    else:
        resource_server = _ResourceServerOfScopes()
    token_scopes: ClassVar[Iterable[str | Scope]] = ()
    parameter_help: ClassVar[Mapping[str, str]] = {}
    lists_its_routes: ClassVar[bool] = True
    call_classes: ClassVar[CallClasses] = dict.fromkeys(("route", "paged route", "operation"), NotMounted)

    @classmethod
    def error_from(cls, response: Response) -> Exception:
        """The exception for an unsuccessful response: by default one of ``error_class``.

        :param response: an unsuccessful response
        """
        return cls.error_class.from_response(response)

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Whether a call with a transient status, such as 503, can succeed when it is sent again.

        :param response: a response with a transient status
        """
        return True

    @property
    def default_scope_requirements(self) -> list[Scope]:
        """The scopes that an application asks for by default. A table sets them as a class attribute.

        :raises GlobusSDKUsageError: if the table has none
        """
        raise NoDefaultScopesError(f"{type(self).__name__} has no default scopes; give app_scopes=")
