"""The encodings of a request's body and parameters, for calls without a route: ``encoding="json"`` and so on."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Request
from globus_transport.http.urls import URL
from globus_transport.routing.json_body import encode_json
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import encode_query

RequestHeaders = Mapping[str, Any] | None
RequestData = Mapping[str, Any] | Iterable[Any] | str | bytes | StreamBody | None


class RequestEncoder:
    """Encodes a body of text or bytes as it is. The base of the other encoders.

    :cvar content_type: of requests with a body and without a Content-Type of their own
    """

    content_type: str | None = None

    def encode(
        self, method: str, url: str, params: Mapping[str, Any] | None, data: RequestData, headers: RequestHeaders
    ) -> Request:
        """Make the request.

        :param params: of the query. Lists are repeated; ``None`` and ``MISSING`` are left out
        :raises GlobusSDKUsageError: if something of it cannot be sent
        """
        return Request(method, add_query(url, params), *self.encode_content(data, headers))

    def encode_content(self, data: RequestData, headers: RequestHeaders) -> tuple[Headers, bytes | StreamBody | None]:
        """The headers and the body of the request.

        :raises GlobusSDKUsageError: if something of it cannot be sent
        """
        fields = encode_headers(headers)
        body = None if data is None else self.encode_body(data)
        if body is not None and self.content_type is not None:
            fields = fields.with_defaults(Headers({"Content-Type": self.content_type}))
        return fields, body

    def encode_body(self, data: Any) -> bytes | StreamBody | None:
        """The body as it is sent; ``None`` if there is none.

        :raises GlobusSDKUsageError: if the data cannot be sent in this encoding
        """
        if isinstance(data, str):
            return data.encode()
        if isinstance(data, (bytes, StreamBody)):
            return data
        raise GlobusSDKUsageError(f"data: text is str, bytes or a StreamBody, not a {type(data).__name__}")


class JSONRequestEncoder(RequestEncoder):
    """Encodes a body as JSON. MISSING is left out at every depth."""

    content_type = "application/json"

    def encode_body(self, data: Any) -> bytes:
        """The document as JSON.

        :raises GlobusSDKUsageError: if a part of it has no JSON form
        """
        return encode_json(data)


class FormRequestEncoder(RequestEncoder):
    """Encodes a body as a form."""

    content_type = "application/x-www-form-urlencoded"

    def encode_body(self, data: Any) -> bytes | None:
        """The mapping as a form; ``None`` if nothing is left of it.

        :raises GlobusSDKUsageError: if it is not a mapping, or a value cannot be sent in a form
        """
        if not isinstance(data, Mapping):
            raise GlobusSDKUsageError(f"data: a form is a mapping, not a {type(data).__name__}")
        return encode_query(data).encode("ascii") or None


ENCODERS: Mapping[str, RequestEncoder] = {
    "json": JSONRequestEncoder(),
    "form": FormRequestEncoder(),
    "text": RequestEncoder(),
}


def choose_encoder(encoding: str | None, data: RequestData) -> RequestEncoder:
    """The encoder of that name; without a name that for the kind of data.

    :raises GlobusSDKUsageError: if there is none of that name
    """
    if encoding is None:
        encoding = "text" if isinstance(data, (str, bytes, StreamBody)) else "json"
    if encoding not in ENCODERS:
        raise GlobusSDKUsageError(f"encoding={encoding!r}: give 'json', 'form' or 'text'")
    return ENCODERS[encoding]


def encode_headers(headers: RequestHeaders) -> Headers:
    """The headers of a call. MISSING is left out; ids and members of enumerations are written as text.

    :raises GlobusSDKUsageError: if a name or value cannot be sent
    """
    given = headers.items() if headers else ()
    return Headers([(name, _header_text(value)) for name, value in given if value is not MISSING])


def _header_text(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, uuid.UUID) else value


def add_query(url: str, params: Mapping[str, Any] | None) -> URL:
    """A URL with further parameters of its query.

    :raises GlobusSDKUsageError: if the URL or a parameter cannot be sent
    """
    query = encode_query(params) if params else ""
    return URL(f"{url}{'&' if '?' in url else '?'}{query}" if query else url)
