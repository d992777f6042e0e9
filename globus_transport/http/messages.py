"""Request and Response: what layers pass to each other. Both are immutable values."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http import json as json_text
from globus_transport.http.headers import Headers, check_field
from globus_transport.http.urls import URL
from globus_transport.values import field, frozen

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@frozen(eq=False)
class StreamBody:
    """A request body that is produced while it is sent.

    :ivar open: called once for each time the body is sent; returns its chunks
    :ivar length: in bytes; ``None`` sends it chunked
    :ivar replayable: whether ``open`` can be called again. A body that is not is sent at most once:
        no layer repeats its request
    """

    open: Callable[[], Iterable[bytes]]
    length: int | None = None
    replayable: bool = False

    @classmethod
    def once(cls, chunks: Iterable[bytes], length: int | None = None) -> StreamBody:
        """A body from an iterable that can be read through a single time."""
        return cls(lambda: chunks, length, replayable=False)

    @classmethod
    def file(cls, path: str, chunk_size: int = 1 << 16) -> StreamBody:
        """The bytes of a file, opened anew whenever they are sent.

        :param chunk_size: bytes read at a time
        :raises OSError: if the file's size cannot be read now
        """
        import os

        return cls(lambda: _file_chunks(path, chunk_size), os.stat(path).st_size, replayable=True)


def _file_chunks(path: str, size: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(size):
            yield chunk


class ByteStream(ABC):
    """A response body that is still on the wire. Iterating gives its (decoded) chunks.

    :ivar inner: the stream that this one gets its chunks from, if it stands around another. A layer may put it into the
        place of that one: the driver leaves what it names open. See also :func:`~globus_transport.each_chunk`
    """

    inner: ByteStream | None = None

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """:raises NetworkError: if the body breaks off"""

    def read(self, limit: int | None = None) -> bytes:
        """The rest of the body, or its first ``limit`` bytes, and let go of the connection."""
        try:
            return collected(iter(self), limit)
        finally:
            self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection; what was not read is lost. Harmless when repeated."""


class AsyncByteStream(ABC):
    """:class:`ByteStream` for asyncio. Iterating is best a generator, which is ended when it is left early."""

    inner: AsyncByteStream | None = None

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[bytes]:
        """:raises NetworkError: if the body breaks off"""

    async def read(self, limit: int | None = None) -> bytes:
        """The rest of the body, or its first ``limit`` bytes, and let go of the connection."""
        try:
            return await async_collected(aiter(self), limit)
        finally:
            await self.close()

    @abstractmethod
    async def close(self) -> None:
        """Let go of the connection; what was not read is lost. Harmless when repeated."""


def collected(parts: Iterator[bytes], limit: int | None) -> bytes:
    """The parts in one piece, or their first ``limit`` bytes."""
    whole: list[bytes] = []
    left = limit
    while left is None or left > 0:
        part = next(parts, None)
        if part is None:
            break
        whole.append(part)
        if left is not None:
            left -= len(part)
    return b"".join(whole)[:limit]


async def async_collected(parts: AsyncIterator[bytes], limit: int | None) -> bytes:
    """:func:`collected`, for asyncio. A generator is ended."""
    whole: list[bytes] = []
    length = 0
    try:
        if limit is None or limit > 0:
            async for part in parts:
                whole.append(part)
                length += len(part)
                if limit is not None and length >= limit:
                    break
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()
    return b"".join(whole)[:limit]


def _to_url(url: str) -> URL:
    return url if type(url) is URL else URL(url)


def _to_headers(headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    return headers if type(headers) is Headers else Headers(headers)


_KNOWN_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


if TYPE_CHECKING:
    _Draft = object
else:

    class _Draft:
        """A request that is being copied: the same fields, which can still be set."""

        __slots__ = (
            "__weakref__",
            "attempt",
            "authorize",
            "body",
            "deadline",
            "extensions",
            "follow_redirects",
            "headers",
            "method",
            "notify",
            "repeatable",
            "route",
            "stream",
            "url",
        )


@frozen(repr=False, eq=False)
class Request(_Draft):
    """One HTTP request.

    :ivar method: upper case
    :ivar url: absolute; an :class:`~globus_transport.http.urls.URL`, which is a ``str`` that knows its origin
    :ivar headers: see :class:`Headers`
    :ivar body: ``bytes``, a :class:`StreamBody`, or ``None``
    :ivar stream: leave the response's body on the wire, as ``response.stream``
    :ivar repeatable: whether doing it twice is the same as doing it once. ``None`` goes by the
        method (RFC 9110, section 9.2.2)
    :ivar authorize: let the authorizer put its credential on
    :ivar follow_redirects: let the redirect layer follow
    :ivar attempt: 1 the first time, counted up by the retry layer
    :ivar deadline: the moment, on ``time.monotonic()``'s clock in seconds, after which nobody waits any more
    :ivar route: name of the operation, for logs
    :ivar notify: is told what happens to this call; see :mod:`globus_transport.core.events`. A copy has none
    :ivar extensions: for anyone's middleware
    :raises GlobusSDKUsageError: if a part is malformed
    """

    method: str
    url: URL = field(converter=_to_url)
    headers: Headers = field(converter=_to_headers, factory=Headers)
    body: bytes | StreamBody | None = None
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
        """This request with one header set, in the place of any of that name."""
        return self.with_headers(self.headers.with_header(name, value))

    def with_headers(self, headers: Headers) -> Request:
        """This request with other headers. The same as ``attrs.evolve``, without its cost."""
        draft = _draft_of(self)
        draft.headers = headers
        return _request(draft)

    def with_deadline(self, deadline: float | None) -> Request:
        """This request with another deadline, or none. The same as ``attrs.evolve``, without its cost."""
        draft = _draft_of(self)
        draft.deadline = deadline
        return _request(draft)

    def with_listener(self, notify: Callable[[Any], object] | None) -> Request:
        """This request with another ``notify``, or none. The same as ``attrs.evolve``, without its cost."""
        draft = _draft_of(self)
        draft.notify = notify
        return _request(draft)

    @property
    def may_repeat(self) -> bool:
        """Whether sending it again is safe even when an earlier one may have been carried out."""
        idempotent = self.method in _IDEMPOTENT_METHODS if self.repeatable is None else self.repeatable
        return idempotent and self.can_replay

    @property
    def can_replay(self) -> bool:
        """Whether the body can be sent again."""
        return not isinstance(self.body, StreamBody) or self.body.replayable

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url.redacted()}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Whoever listens does so in this process.
        values = [None if name == "notify" else getattr(self, name) for name in Request.__match_args__]
        # The read-only mapping that stands for no extensions cannot be pickled; the field is the last.
        return (Request, tuple(values if self.extensions else values[:-1]))


def _draft_of(request: Request) -> Any:
    # Several layers copy each request: field by field, which is faster than any loop, and than going through __init__.
    draft: Any = _Draft()
    draft.method = request.method
    draft.url = request.url
    draft.headers = request.headers
    draft.body = request.body
    draft.stream = request.stream
    draft.repeatable = request.repeatable
    draft.authorize = request.authorize
    draft.follow_redirects = request.follow_redirects
    draft.attempt = request.attempt
    draft.deadline = request.deadline
    draft.route = request.route
    draft.notify = request.notify
    draft.extensions = request.extensions
    return draft


def _request(draft: Any) -> Request:
    draft.__class__ = Request
    request: Request = draft
    return request


@frozen(repr=False, eq=False)
class Response:
    """One HTTP response.

    :ivar status: the status code
    :ivar headers: see :class:`Headers`
    :ivar body: the decoded body; empty while it is still on the wire
    :ivar stream: the body on the wire, if the request asked for a stream and nobody read it yet
    :ivar reason: the reason phrase
    :ivar request: what was sent to get it
    :ivar truncated: whether ``body`` was cut at a limit
    """

    status: int
    headers: Headers = field(converter=_to_headers, factory=Headers)
    body: bytes = b""
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
            return json_text.loads(self.body)
        except GlobusSDKUsageError:
            # What the environment says about orjson is no use.
            raise
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("Content-Type", "no Content-Type")
            what = f"{len(self.body)} bytes" if self.body else "an empty body"
            raise ReplyFormatError(f"expected JSON, got {what} ({kind}): {_place(error)}") from None

    def __repr__(self) -> str:
        body = "streaming" if self.stream is not None else f"{len(self.body)} bytes"
        return f"<Response {self.status} {self.reason}, {body}>" if self.reason else f"<Response {self.status}, {body}>"


def _place(error: Exception) -> str:
    # A JSONDecodeError holds the whole document, which may hold a token; its place says enough.
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno} column {error.colno}"
    return type(error).__name__


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"') or "utf-8"
    return "utf-8"
