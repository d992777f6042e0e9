"""Makes errors of a service, for tests of a program's error handling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar, overload

from globus_transport.exc.api import GlobusAPIError
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request, Response

ErrorT = TypeVar("ErrorT", bound=GlobusAPIError)


@overload
def construct_error(
    *,
    http_status: int,
    body: bytes | str | Mapping[str, Any],
    error_class: type[ErrorT],
    method: str = ...,
    response_headers: Mapping[str, str] | None = ...,
    request_headers: Mapping[str, str] | None = ...,
    response_encoding: str = ...,
    url: str = ...,
) -> ErrorT: ...
@overload
def construct_error(
    *,
    http_status: int,
    body: bytes | str | Mapping[str, Any],
    method: str = ...,
    response_headers: Mapping[str, str] | None = ...,
    request_headers: Mapping[str, str] | None = ...,
    response_encoding: str = ...,
    url: str = ...,
) -> GlobusAPIError: ...
def construct_error(
    *,
    http_status: int,
    body: bytes | str | Mapping[str, Any],
    error_class: type[GlobusAPIError] = GlobusAPIError,
    method: str = "GET",
    response_headers: Mapping[str, str] | None = None,
    request_headers: Mapping[str, str] | None = None,
    response_encoding: str = "utf-8",
    url: str = "https://service.example.org/",
) -> GlobusAPIError:
    """Make the error that a client raises for a response.

    :param http_status: of the response
    :param body: a mapping is sent as JSON, with the Content-Type for that
    :param error_class: of the error; by default :class:`GlobusAPIError`
    :param method: of the request
    :param response_headers: of the response
    :param request_headers: of the request
    :param response_encoding: of a body that is text
    :param url: of the request
    :raises GlobusSDKUsageError: if the method, the URL or a header is malformed
    """
    headers = Headers(response_headers or {})
    if isinstance(body, Mapping):
        headers = headers.with_defaults(Headers({"Content-Type": "application/json"}))
        body = json.dumps(dict(body))
    content = body.encode(response_encoding) if isinstance(body, str) else body
    request = Request(method, url, dict(request_headers or {}))
    return error_class(Response(http_status, headers, content, request=request))
