"""Request and Response, which layers pass to each other. Both are immutable values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from json import JSONDecodeError
from types import MappingProxyType
from typing import Any

import attrs

from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http import json
from globus_transport.http.bodies import AsyncByteStream, ByteStream, StreamBody
from globus_transport.http.headers import FRAMING, Headers, check_field
from globus_transport.http.urls import URL

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def _to_url(url: str) -> URL:
    return url if type(url) is URL else URL(url)


def _to_headers(headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    return headers if type(headers) is Headers else Headers(headers)


_KNOWN_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_EXPECT_A_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


# Without slots a copy costs half as much, and every layer that changes a request makes one.
@attrs.frozen(repr=False, eq=False, slots=False)
class Request:
    """One HTTP request.

    :ivar method: upper case
    :ivar url: absolute; an :class:`~globus_transport.http.urls.URL`, which is a ``str`` that knows its origin
    :ivar headers: see :class:`Headers`
    :ivar body: ``bytes``, a :class:`StreamBody`, or ``None``
    :ivar stream: whether the response's body is left on the wire, as ``response.stream``
    :ivar repeatable: whether doing it twice has the same effect as doing it once; ``None`` if the method decides
        that (RFC 9110, section 9.2.2)
    :ivar authorize: whether the authorizer adds its credential
    :ivar follow_redirects: whether the redirect layer follows redirects
    :ivar attempt: 1 for the first attempt, counted up by the retry layer
    :ivar deadline: when the call ends, in seconds on the clock of ``time.monotonic()``; ``None`` for no limit
    :ivar route: name of the operation, for logs
    :ivar notify: called with the events of this call (:mod:`globus_transport.core.events`). It is not pickled
    :ivar extensions: for middleware of any package
    :raises GlobusSDKUsageError: if a part is malformed
    """

    method: str
    url: URL = attrs.field(converter=_to_url)
    # rich prints the fields of attrs classes by itself.
    headers: Headers = attrs.field(converter=_to_headers, factory=Headers, repr=False)
    body: bytes | StreamBody | None = attrs.field(default=None, repr=False)
    stream: bool = False
    repeatable: bool | None = None
    authorize: bool = True
    follow_redirects: bool = True
    attempt: int = 1
    deadline: float | None = None
    route: str | None = None
    notify: Callable[[Any], object] | None = None
    extensions: Mapping[str, Any] = _NOTHING

    def __attrs_post_init__(self) -> None:
        method, body = self.method, self.body
        if method not in _KNOWN_METHODS:
            check_field(method, "")
            if method != method.upper():
                raise GlobusSDKUsageError(f"HTTP methods are case-sensitive: {method.upper()!r}, not {method!r}")
        if body is not None and type(body) is not bytes and not isinstance(body, StreamBody):
            raise GlobusSDKUsageError(f"a request body is bytes, a StreamBody or None, not {type(body).__name__}")

    def with_header(self, name: str, value: str) -> Request:
        """This request with one header, which replaces any of that name.

        :param name: the name of the header, in any case
        :param value: its value
        """
        return self._copy("headers", self.headers.with_header(name, value))

    def with_headers(self, headers: Headers) -> Request:
        """This request with other headers."""
        return self._copy("headers", headers)

    def with_wire_headers(self) -> Request:
        """This request with the headers that a terminal adds: ``Host``, and those that say how long the body is.

        For a layer that signs. What it reads here is sent as it is; see "What a terminal adds" in the documentation.
        """
        headers = self.headers.without(*FRAMING)
        if "Host" not in headers:
            headers = Headers.received([("Host", self.url.origin.partition("://")[2]), *headers.pairs])
        framing = self.framing
        return self._copy("headers", headers if framing is None else headers.with_header(*framing))

    @property
    def framing(self) -> tuple[str, str] | None:
        """The header that says where the body ends (RFC 9112, section 6); ``None`` if there is no body to announce."""
        body = self.body
        if body is None:
            return ("Content-Length", "0") if self.method in _EXPECT_A_BODY else None
        if isinstance(body, bytes):
            return "Content-Length", str(len(body))
        return ("Transfer-Encoding", "chunked") if body.length is None else ("Content-Length", str(body.length))

    def with_deadline(self, deadline: float | None) -> Request:
        """This request with another deadline, or none."""
        return self._copy("deadline", deadline)

    def with_listener(self, notify: Callable[[Any], object] | None) -> Request:
        """This request with another ``notify``, or none."""
        return self._copy("notify", notify)

    def _copy(self, field: str, value: object) -> Request:
        """This request with another value of one field. The other fields were checked when it was made."""
        copy = object.__new__(Request)
        fields = copy.__dict__
        fields.update(self.__dict__)
        fields[field] = value
        return copy

    @property
    def may_repeat(self) -> bool:
        """Whether sending it again is safe even if the server may have carried it out before."""
        idempotent = self.method in _IDEMPOTENT_METHODS if self.repeatable is None else self.repeatable
        return idempotent and self.can_replay

    @property
    def only_if_cached(self) -> bool:
        """Whether only caches may answer it, with a 504 if none can (RFC 9111, section 5.2.1.7)."""
        return "only-if-cached" in self.headers.get("Cache-Control", "").lower()

    @property
    def can_replay(self) -> bool:
        """Whether the body can be sent again."""
        return not isinstance(self.body, StreamBody) or self.body.replayable

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url.redacted()}>"

    def __getstate__(self) -> dict[str, Any]:
        # A listener belongs to this process, and the mapping for no extensions cannot be pickled.
        return {**vars(self), "notify": None, "extensions": dict(self.extensions)}


# Without slots, like Request: it takes half the time to make.
@attrs.frozen(repr=False, eq=False, slots=False)
class Response:
    """One HTTP response.

    :ivar status: the status code
    :ivar headers: see :class:`Headers`
    :ivar body: the decoded body; empty while it is on the wire
    :ivar stream: the body on the wire, if the request asked for a stream and the body is not read yet
    :ivar reason: the reason phrase
    :ivar request: that it answers
    :ivar truncated: whether ``body`` was cut at a limit
    """

    status: int
    headers: Headers = attrs.field(converter=_to_headers, factory=Headers, repr=False)
    body: bytes = attrs.field(default=b"", repr=False)
    stream: ByteStream | AsyncByteStream | None = None
    reason: str = ""
    request: Request | None = None
    truncated: bool = False

    @property
    def text(self) -> str:
        """The body as text, by the charset of its Content-Type, else UTF-8; undecodable bytes are replaced."""
        charset = _charset(self.headers.get("Content-Type", ""))
        try:
            return self.body.decode(charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON.

        :raises ReplyFormatError: if it is not
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("Content-Type", "no Content-Type")
            what = f"{len(self.body)} bytes" if self.body else "an empty body"
            raise ReplyFormatError(f"expected JSON, got {what} ({kind}): {_describe(error)}") from None

    def __repr__(self) -> str:
        body = "streaming" if self.stream is not None else f"{len(self.body)} bytes"
        return f"<Response {self.status} {self.reason}, {body}>" if self.reason else f"<Response {self.status}, {body}>"


def _describe(error: Exception) -> str:
    # A JSONDecodeError holds the whole document, which may hold a token. The place in the document is enough.
    if isinstance(error, JSONDecodeError):
        return f"{error.msg} at line {error.lineno} column {error.colno}"
    return type(error).__name__


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"') or "utf-8"
    return "utf-8"
