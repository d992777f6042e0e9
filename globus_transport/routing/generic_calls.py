"""Calls without a route: for what a service can do and no table lists yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec

from globus_transport.core.flow import Steps, send
from globus_transport.http.messages import Request
from globus_transport.http.urls import URL, whole_path
from globus_transport.routing.encoders import RequestData, RequestHeaders, add_query, choose_encoder
from globus_transport.routing.parameters import encode_query
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import Operation, flow_of, operation
from globus_transport.routing.table import RouteTable

QueryParameters = Mapping[str, Any] | None

P = ParamSpec("P")


def _with_method(method: str, parameters: Callable[Concatenate[Any, P], Any]) -> Operation[P, GlobusHTTPResponse]:
    """The call for one HTTP method. It has the parameters of a stub, and is a ``request`` with that method."""

    @wraps(parameters)
    def call(self: Any, *args: P.args, **kwargs: P.kwargs) -> Steps[GlobusHTTPResponse]:
        reply: GlobusHTTPResponse = yield from flow_of(self.request, method, *args, **kwargs)
        return reply

    call.__name__ = method.lower()
    call.__doc__ = f"{method} with a path."
    return Operation(call)


def _without_body(
    self: Any,
    path: str,
    *,
    query_params: QueryParameters = None,
    headers: RequestHeaders = None,
    automatic_authorization: bool = True,
) -> GlobusHTTPResponse:
    raise NotImplementedError


def _with_body(
    self: Any,
    path: str,
    *,
    query_params: QueryParameters = None,
    data: RequestData = None,
    headers: RequestHeaders = None,
    encoding: str | None = None,
    automatic_authorization: bool = True,
) -> GlobusHTTPResponse:
    raise NotImplementedError


class GenericCalls(RouteTable):
    """``get``, ``post``, ``put``, ``patch``, ``delete`` and ``request`` with a path of one's own.

    ``path`` is relative to the service's address, and quoted. An absolute URL is taken as it is; the
    credential goes along only if it leads to the client's own origin.

    ``data`` is sent as JSON if it is a mapping or list, and as it is if it is text, bytes or a
    ``StreamBody``; ``encoding`` says it outright: ``"json"``, ``"form"`` or ``"text"``. ``MISSING`` is left out of the
    query, the headers and the data.

    All raise ``GlobusSDKUsageError`` if something cannot be sent, ``GlobusAPIError`` if the service
    refuses, and ``NetworkError`` if no reply comes.
    """

    lists_its_routes: ClassVar[bool] = False

    #: Scheme, host and port of the service.
    origin: str
    #: The path of the service's address, without a slash at its end.
    base_path: str

    get = _with_method("GET", _without_body)
    post = _with_method("POST", _with_body)
    put = _with_method("PUT", _with_body)
    patch = _with_method("PATCH", _with_body)
    delete = _with_method("DELETE", _without_body)

    @operation
    def request(
        self,
        method: str,
        path: str,
        *,
        query_params: QueryParameters = None,
        data: RequestData = None,
        headers: RequestHeaders = None,
        encoding: str | None = None,
        allow_redirects: bool = True,
        stream: bool = False,
        automatic_authorization: bool = True,
    ) -> Steps[GlobusHTTPResponse]:
        """Any method on a path.

        :param stream: leave the reply's body on the wire, for ``reply.iter_bytes()``
        """
        url = _url(self, path, query_params)
        fields, body = choose_encoder(encoding, data).encode_content(data, headers)
        response = yield from send(
            Request(
                method,
                url,
                fields,
                body,
                stream=stream,
                authorize=automatic_authorization,
                follow_redirects=allow_redirects,
            )
        )
        return GlobusHTTPResponse(response, self)


def _url(client: GenericCalls, path: str, query_params: QueryParameters) -> URL:
    if path.startswith(("https://", "http://")):
        return add_query(path, query_params)
    query = encode_query(query_params) if query_params else ""
    target = f"{client.base_path}/{whole_path(path.lstrip('/'))}"
    return URL.at(client.origin, f"{target}?{query}" if query else target)
