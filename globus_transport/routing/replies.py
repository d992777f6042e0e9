"""Replies: what calls return. A reply is indexed like the JSON document in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

import attrs

from globus_transport import http
from globus_transport.exc.base import GlobusSDKUsageError, ReplyFormatError
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Response
from globus_transport.http.response_like import ResponseLike, response_from

#: Stands for a document that is not read yet, or that is not shown.
UNREAD: Any = object()

#: What replies of ``requests`` have, and what a reply has in its place.
_OTHER_WORDS = {
    "content": "reply.binary_content is the body's bytes",
    "items": "reply.data is the document: reply.data.items()",
    "iter_content": "reply.iter_bytes() yields the body's chunks",
    "json": "reply.data is the document, and reply['key'] a value of it",
    "keys": "reply.data is the document: reply.data.keys()",
    "ok": "an unsuccessful status raises GlobusAPIError",
    "raise_for_status": "an unsuccessful status has raised GlobusAPIError by then",
    "reason": "reply.http_reason is the reason phrase",
    "status": "reply.http_status is the status code",
    "status_code": "reply.http_status is the status code",
    "values": "reply.data is the document: reply.data.values()",
}


class GlobusHTTPResponse:
    """The reply of a service.

    ``reply["key"]``, ``"key" in reply``, ``reply.get("key")`` and ``for key in reply`` use the JSON document, as a dict
    or a list does. If the reply is streamed, they read the body first and keep it, as ``text``, ``binary_content`` and
    ``data`` do.

    :param response: the response; in a test also one of ``requests``
    :ivar client: the client that made the call; ``None`` after unpickling
    """

    # Whether iter_bytes() has begun to read the body.
    _is_iterated = False

    def __init__(self, response: Response | GlobusHTTPResponse | ResponseLike, client: Any = None) -> None:
        self.client: Any = client
        if isinstance(response, Response):
            self._response: Response = response
        elif isinstance(response, GlobusHTTPResponse):
            self._response = response._response
            self.client = response.client if client is None else client
        else:
            self._response = response_from(response)
        self._document: Any = UNREAD

    @property
    def http_status(self) -> int:
        """The status code."""
        return self._response.status

    @property
    def http_reason(self) -> str:
        """The reason phrase, which may be empty."""
        return self._response.reason

    @property
    def headers(self) -> Headers:
        """The response headers; names in any case."""
        return self._response.headers

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return self._response.headers.get("Content-Type")

    @property
    def text(self) -> str:
        """The body as text."""
        return self._read_response().text

    @property
    def binary_content(self) -> bytes:
        """The body's bytes."""
        return self._read_response().body

    def _read_response(self) -> Response:
        """The response with its body, which is read if it is still on the wire.

        :raises NetworkError: if the body breaks off
        :raises GlobusSDKUsageError: if it cannot be read here, or has been read in chunks
        """
        response = self._response
        if response.stream is None:
            return response
        if isinstance(response.stream, AsyncByteStream):
            raise GlobusSDKUsageError(
                "this reply's body is still on the wire, and comes through asyncio: read it with "
                "`async for chunk in reply.aiter_bytes()`, or ask for the reply without stream=True"
            )
        if self._is_iterated:
            raise GlobusSDKUsageError(
                "this reply's body was read by iter_bytes(), which keeps nothing: collect the chunks there"
            )
        self._response = attrs.evolve(response, body=response.stream.read(), stream=None)
        return self._response

    @property
    def data(self) -> Any:
        """The JSON document; ``None`` if the body is empty or of another kind.

        :raises ReplyFormatError: if the body says that it is JSON, but is not
        """
        if self._document is UNREAD:
            self._document = self._parse()
        return self._document

    def _parse(self) -> Any:
        response = self._read_response()
        try:
            return response.json()
        except ReplyFormatError:
            if response.body and "json" in (self.content_type or "").lower():
                raise
            return None

    def _whole(self) -> Any:
        data = self.data
        if data is None:
            # It raises an error that says what the body is instead.
            return self._response.json()
        return data

    def get(self, key: str, default: Any = None) -> Any:
        """A value of the document, or ``default``. A list, ``null`` and an empty body have no values.

        :param key: the name of a member of the document
        :param default: returned if there is none
        :raises ReplyFormatError: if the body is something else than JSON, or a text, number or boolean
        """
        data = self.data
        if data is None and self._response.body:
            # It raises if the body is not JSON; else the document is null.
            data = self._response.json()
        if data is None or isinstance(data, list):
            return default
        if not isinstance(data, dict):
            raise ReplyFormatError(f"the reply is a JSON {_kind(data)}, which has no keys to get")
        return data.get(key, default)

    def __getitem__(self, key: str | int | slice) -> Any:
        data = self._whole()
        if not isinstance(data, (dict, list)):
            raise ReplyFormatError(f"the reply is a JSON {_kind(data)}, which cannot be indexed")
        if isinstance(data, list) and isinstance(key, str):
            raise ReplyFormatError(f"the reply is a JSON list, which has no field {key!r}")
        return data[key]  # type: ignore[index]

    def __contains__(self, item: object) -> bool:
        data = self.data
        return isinstance(data, (dict, list)) and item in data

    def __iter__(self) -> Iterator[Any]:
        """The keys of an object, or the elements of an array. Some replies yield the items of their list instead.

        :raises ReplyFormatError: if the document is neither
        """
        data = self._whole()
        if not isinstance(data, (dict, list)):
            raise ReplyFormatError(f"the reply is a JSON {_kind(data)}, which cannot be iterated")
        return iter(data)

    def __bool__(self) -> bool:
        """Whether the document holds anything."""
        return bool(self.data)

    def __str__(self) -> str:
        if self._response.stream is not None:
            # Printing does not read the body.
            return repr(self)
        if self.data is not None:
            return json.dumps(self.data, indent=2, ensure_ascii=False)
        return self.text

    def __repr__(self) -> str:
        """The beginning of the document, with credentials hidden. It never reads a body from the wire."""
        document = self._shown_document()
        if document is UNREAD:
            return f"<{type(self).__name__} {self.http_status}: {self._summary()}>"
        return f"{type(self).__name__}({http.previews.preview(document)})"

    def _repr_html_(self) -> str:
        """A table for notebooks: the members of the document, long ones folded, with credentials hidden."""
        document = self._shown_document()
        rows = [("", self._summary())] if document is UNREAD else http.html_documents.document_rows(document)
        return http.html_tables.html_table(
            f"{type(self).__name__} {self.http_status} {self.http_reason}".rstrip(), rows
        )

    def _shown_document(self) -> Any:
        """The document, if a repr may show it; else ``UNREAD``, and a repr shows the summary."""
        if self._response.stream is not None:
            return UNREAD
        try:
            data = self.data
        except ReplyFormatError:
            return UNREAD
        return UNREAD if data is None else data

    def _summary(self) -> str:
        """What the reply holds, without any value of it."""
        if self._response.stream is not None:
            return "a stream"
        try:
            data = self.data
        except ReplyFormatError:
            data = None
        if isinstance(data, dict):
            return ", ".join(map(str, data)) or "an empty object"
        if isinstance(data, list):
            return f"a list of {len(data)}"
        return f"{len(self._response.body)} bytes"

    if not TYPE_CHECKING:
        # Type checkers would accept any name.
        def __getattr__(self, name: str) -> Any:
            if name in _OTHER_WORDS:
                message = f"{type(self).__name__!r} object has no attribute {name!r}: {_OTHER_WORDS[name]}"
                raise AttributeError(message, name=name, obj=self)
            # Looked up again, because it may be a property that raised the AttributeError.
            return super().__getattribute__(name)

    def iter_bytes(self) -> Iterator[bytes]:
        """The body's chunks: of a streamed reply as they arrive.

        :raises NetworkError: if the body breaks off
        :raises GlobusSDKUsageError: for a reply of an Async client; use :meth:`aiter_bytes`
        """
        stream = self._response.stream
        if isinstance(stream, AsyncByteStream):
            raise GlobusSDKUsageError("this reply came through asyncio: use `async for chunk in reply.aiter_bytes()`")
        if stream is None:
            yield self._response.body
        else:
            self._is_iterated = True
            yield from stream

    async def aiter_bytes(self) -> AsyncIterator[bytes]:
        """The body's chunks, under asyncio.

        :raises NetworkError: if the body breaks off
        """
        stream = self._response.stream
        if isinstance(stream, AsyncByteStream):
            async for chunk in stream:
                yield chunk
        else:
            for chunk in self.iter_bytes():
                yield chunk

    def close(self) -> None:
        """Release the connection of a streamed reply. For a reply of an Async client, use ``await aclose()``."""
        if isinstance(self._response.stream, ByteStream):
            self._response.stream.close()

    async def aclose(self) -> None:
        """Release the connection of a streamed reply, under asyncio."""
        if isinstance(self._response.stream, AsyncByteStream):
            await self._response.stream.close()
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    def __getstate__(self) -> dict[str, Any]:
        response = self._response
        if response.stream is not None:
            raise GlobusSDKUsageError("a reply whose body is still on the wire cannot be pickled; read it first")
        # Neither the client nor the request: they hold credentials.
        bare = Response(response.status, response.headers, response.body, None, response.reason)
        return {**self.__dict__, "_response": bare, "client": None, "_document": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._document = UNREAD


def _kind(data: object) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null", dict: "object"}
    return names.get(type(data), "number")


class ArrayResponse(GlobusHTTPResponse):
    """A reply whose document is a list."""

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def __len__(self) -> int:
        return len(self._items())

    def _items(self) -> list[Any]:
        data = self._whole()
        if not isinstance(data, list):
            raise ReplyFormatError(f"expected a JSON array, got a JSON {_kind(data)}")
        return data


class IterableResponse(GlobusHTTPResponse):
    """A reply that is a page of items; iterating gives them.

    :ivar iter_key: the key under which they stand
    """

    default_iter_key: ClassVar[str]

    def __init__(
        self,
        response: Response | GlobusHTTPResponse | ResponseLike,
        client: Any = None,
        *,
        iter_key: str | None = None,
    ) -> None:
        super().__init__(response, client)
        self.iter_key = self.default_iter_key if iter_key is None else iter_key

    def __iter__(self) -> Iterator[dict[str, Any]]:
        items = self.get(self.iter_key, UNREAD)
        if not isinstance(items, list):
            raise ReplyFormatError(f"expected a list under {self.iter_key!r}, got {self._summary()}")
        return iter(items)
