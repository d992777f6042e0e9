"""A route's declaration, compiled: makes the request from the arguments of a call, and the reply from the response."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Mapping
from typing import Any, NoReturn, TypedDict, get_args, get_origin, get_type_hints

from globus_transport import routing
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL, path_segment
from globus_transport.routing.json_body import encode_json
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import (
    Body,
    Encode,
    Field,
    MoreFields,
    MoreQuery,
    Query,
    encode_query,
)
from globus_transport.routing.replies import GlobusHTTPResponse, IterableResponse
from globus_transport.scopes.scope import Scope

_JSON = Headers({"Content-Type": "application/json"})
_FORM = Headers({"Content-Type": "application/x-www-form-urlencoded"})
_NO_HEADERS = Headers()
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_LOCATIONS = (Query, Field, Body, MoreQuery, MoreFields)

#: The parts of a call: URL without its query, query, fields of the body, and the body's document if it is given whole.
Parts = tuple[URL, dict[str, Any], dict[str, Any], Any]


class RouteOptions(TypedDict, total=False):
    """What a route can declare besides its method and path.

    ``form``: whether the body is a form instead of JSON. ``wrap``: the name of an object that the fields are put into.
    ``constants``: fields with fixed values. ``from_client``: parts of the path, and fields, whose values are attributes
    of the client: for each name the attribute.
    ``repeatable``: whether doing it twice has the same effect as doing it once, if the method does not decide that.
    ``scopes``: what a token needs. ``authorize``: whether the client's credential is sent, which is the default.
    ``iter_key``: the key of the reply's items. ``reply_options``: further arguments of the reply's class, by name.
    ``prepare``: a function that checks or changes several parameters together: it takes the arguments by name, and
    returns them.
    """

    form: bool
    wrap: str
    constants: Mapping[str, Any]
    from_client: Mapping[str, str]
    repeatable: bool
    scopes: tuple[str | Scope, ...]
    authorize: bool
    iter_key: str
    reply_options: Mapping[str, Any]
    prepare: Callable[[dict[str, Any]], dict[str, Any]]


class Parameter:
    """One parameter of a route: its location in the request, its name there, and how its value is written."""

    __slots__ = ("encode", "location", "name", "wire_name")

    def __init__(self, name: str, location: type, wire_name: str, encode: Encode | None = None) -> None:
        self.name = name
        self.location = location
        self.wire_name = wire_name
        self.encode = encode


class Plan:
    """How the calls of one route become requests.

    :param function: the stub, whose parameters and annotations are read
    :raises TypeError: if the declaration contradicts itself
    """

    def __init__(self, method: str, path: str, function: Callable[..., Any], options: RouteOptions) -> None:
        self.name = function.__name__
        # A route that only an operation uses is logged without its underscore.
        self.label = self.name.lstrip("_")
        self.method = method
        self.path = path
        self.function = function
        self.is_form = options.get("form", False)
        self.wrap = options.get("wrap")
        self.constants = dict(options.get("constants", {}))
        self.repeatable = options.get("repeatable")
        self.authorize = options.get("authorize", True)
        self.prepare = options.get("prepare")
        self._literals, self._path_names = _split_path(path)
        from_client = options.get("from_client", {})
        self._path_from_client = {name: from_client[name] for name in self._path_names if name in from_client}
        self._fields_from_client = {
            name: attribute for name, attribute in from_client.items() if name not in self._path_names
        }
        self._read_stub()
        self._choose_reply(options.get("iter_key"), options.get("reply_options", {}))
        self._has_fields = bool(self.constants or self._fields_from_client) or any(
            parameter.location in (Field, MoreFields) for parameter in self.parameters.values()
        )

    def _read_stub(self) -> None:
        self._hints = get_type_hints(self.function, include_extras=True)
        declared = list(inspect.signature(self.function).parameters.values())[1:]
        self.positional = tuple(
            parameter.name for parameter in declared if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        )
        self.parameters = {parameter.name: self._parameter(parameter.name) for parameter in declared}
        for name in self._path_names:
            if (name in self.parameters) == (name in self._path_from_client):
                raise TypeError(f"{self.name}: {name!r} of the path is either a parameter or in from_client=")
        self.required = frozenset(parameter.name for parameter in declared if parameter.default is parameter.empty)
        # Only these are sent if the caller gives nothing.
        self._defaults = {
            parameter.name: parameter.default
            for parameter in declared
            if parameter.default is not parameter.empty
            and parameter.default is not None
            and parameter.default is not MISSING
        }

    def _parameter(self, name: str) -> Parameter:
        if name in self._path_names:
            return Parameter(name, str, name)
        for marker in getattr(self._hints.get(name), "__metadata__", ()):
            if isinstance(marker, (Query, Field)):
                return Parameter(name, type(marker), marker.name or name, marker.encode)
            if isinstance(marker, _LOCATIONS):
                return Parameter(name, type(marker), name)
        return Parameter(name, Field if self.method in _WITH_BODY else Query, name)

    def _choose_reply(self, iter_key: str | None, reply_options: Mapping[str, Any]) -> None:
        reply = self._hints.get("return")
        if not isinstance(reply, type) or not issubclass(reply, GlobusHTTPResponse):
            raise TypeError(f"{self.name}: a route returns GlobusHTTPResponse or a subclass, not {reply!r}")
        self.reply_class = reply
        self._reply_options: dict[str, Any] = dict(reply_options)
        try:
            inspect.signature(reply).bind(None, client=None, **reply_options)
        except TypeError as error:
            raise TypeError(f"{self.name}: reply_options= do not fit {reply.__name__}: {error}") from None
        if iter_key is not None:
            if not issubclass(reply, IterableResponse):
                raise TypeError(f"{self.name}: iter_key= needs an IterableResponse")
            self._reply_options["iter_key"] = iter_key

    def request(self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Request:
        """The request of one call.

        :param client: knows the service's address and the ``from_client`` values
        :raises TypeError: if the arguments don't fit the stub
        :raises GlobusSDKUsageError: if an argument has no form on the wire
        """
        return self.build(self.parts(client, args, kwargs))

    def parts(self, client: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Parts:
        """The call's arguments, sorted by their locations.

        :raises TypeError: if they don't fit the stub
        :raises GlobusSDKUsageError: if an argument has no form on the wire
        """
        given = self._given(args, kwargs)
        if self.prepare is not None:
            given = self.prepare(given)
        query, fields, document = self._sorted(given, client)
        return self._url(client, given), query, fields, document

    def build(self, parts: Parts) -> Request:
        """The request of a call's parts.

        :raises GlobusSDKUsageError: if a part has no form on the wire
        """
        url, query, fields, document = parts
        if query:
            text = encode_query(query)
            if text:
                url = URL.at(url.origin, f"{url.target}?{text}")
        headers, body = self._body(document, fields)
        return Request(
            self.method,
            url,
            headers,
            body,
            repeatable=self.repeatable,
            authorize=self.authorize,
            route=self.label,
        )

    def _sorted(self, given: Mapping[str, Any], client: Any) -> tuple[dict[str, Any], dict[str, Any], Any]:
        query: dict[str, Any] = {}
        fields = dict(self.constants)
        for name, attribute in self._fields_from_client.items():
            fields[name] = getattr(client, attribute)
        document: Any = MISSING
        more: list[tuple[dict[str, Any], Mapping[str, Any]]] = []
        for name, value in given.items():
            parameter = self.parameters[name]
            location = parameter.location
            if location is str or (value is MISSING and location is not Body):
                continue
            if location is Query:
                if value is not None:
                    query[parameter.wire_name] = parameter.encode(name, value) if parameter.encode else value
            elif location is Field:
                fields[parameter.wire_name] = parameter.encode(name, value) if parameter.encode else value
            elif location is Body:
                document = self._document(name, value)
            elif value is not None:
                more.append((query if location is MoreQuery else fields, _mapping(name, value)))
        for target, extra in more:
            target.update(extra)
        return query, fields, document

    def _document(self, name: str, value: Any) -> Any:
        if (value is None or value is MISSING) and name not in self.required:
            return MISSING
        if isinstance(value, (Mapping, list, tuple)):
            return value
        raise GlobusSDKUsageError(f"{name}: expected a mapping or a list, got {type(value).__name__}")

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        given = dict(zip(self.positional, args, strict=False))
        if len(args) > len(self.positional):
            self._refuse(args, kwargs)
        if kwargs:
            if not given.keys().isdisjoint(kwargs) or not kwargs.keys() <= self.parameters.keys():
                self._refuse(args, kwargs)
            given.update(kwargs)
        if not self.required <= given.keys():
            self._refuse(args, kwargs)
        return {**self._defaults, **given} if self._defaults else given

    def _refuse(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> NoReturn:
        try:
            call_signature(self.function).bind(*args, **kwargs)
        except TypeError as error:
            hint = routing.nearest_parameter.hint_for(str(error), kwargs, [*self.parameters])
            # The traceback shows this frame, whose arguments may be secrets.
            del args, kwargs
            raise TypeError(f"{self.name}(): {error}{hint}") from None
        raise AssertionError(f"{self.name}: the arguments fit its signature, yet not its plan")

    def _url(self, client: Any, given: Mapping[str, Any]) -> URL:
        parts = [client.base_path, self._literals[0]]
        for name, literal in zip(self._path_names, self._literals[1:], strict=True):
            attribute = self._path_from_client.get(name)
            parts.append(path_segment(name, given[name] if attribute is None else getattr(client, attribute)))
            parts.append(literal)
        return URL.at(client.origin, "".join(parts))

    def _body(self, document: Any, fields: dict[str, Any]) -> tuple[Headers, bytes | None]:
        if document is not MISSING:
            document = {**_mapping("the body", document), **fields} if fields else document
        elif self._has_fields:
            document = {self.wrap: fields} if self.wrap else fields
        else:
            return _NO_HEADERS, None
        if not self.is_form:
            return _JSON, encode_json(document)
        text = encode_query(_mapping("the form", document))
        return (_FORM, text.encode("ascii")) if text else (_NO_HEADERS, None)

    def reply(self, response: Response, client: Any) -> Any:
        """The reply of one call."""
        return self.reply_class(response, client=client, **self._reply_options)


def _split_path(path: str) -> tuple[list[str], list[str]]:
    literal, *rest = path.split("{")
    pairs = [piece.partition("}") for piece in rest]
    return [literal, *(after for _, _, after in pairs)], [name for name, _, _ in pairs]


def _mapping(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise GlobusSDKUsageError(f"{name}: expected a mapping, got {type(value).__name__}")
    return value


class CallSignature(inspect.Signature):
    """A signature that ``help()`` shows with short names of types."""

    def __str__(self) -> str:
        return self.format()

    def format(self, **_options: Any) -> str:
        """The text that ``help()`` shows. Python 3.13 asks for it by this name."""
        return routing.readable_types.signature_text(self)


def call_signature(function: Callable[..., Any]) -> CallSignature:
    """What a call of a stub takes and gives: without ``self``, and without the markers of where parameters go."""
    hints = get_type_hints(function)
    declared = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=hints.get(parameter.name, parameter.empty))
        for parameter in list(declared.parameters.values())[1:]
    ]
    return CallSignature(parameters, return_annotation=_result_of(hints.get("return", declared.empty)))


def _result_of(annotation: Any) -> Any:
    """What a call returns: of an operation, which is written as a generator, the value that it ends with."""
    if get_origin(annotation) is Generator:
        return get_args(annotation)[2]
    return annotation
