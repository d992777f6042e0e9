"""A response of a stack as a ``urllib3.HTTPResponse``, which requests, too, is built on."""

from __future__ import annotations

import io
from collections.abc import Generator
from typing import Any, cast

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import DecodeError

from globus_transport.embed.truncated import TruncatedBody
from globus_transport.embed.urllib3.errors import to_urllib3_error
from globus_transport.exc.base import NetworkError, ReplyFormatError
from globus_transport.http.bodies import ByteStream
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Response

# What every terminal undoes. Other encodings reach the caller, who asked for them.
_UNDONE = frozenset({"gzip", "x-gzip", "deflate"})
_CHUNK = 1 << 16
_AT_ITS_END = io.BytesIO()
_AT_ITS_END.close()


class _Body(io.RawIOBase):
    """The body as a file. What breaks off is told in urllib3's way."""

    def __init__(self, stream: ByteStream, url: str) -> None:
        self._stream = stream
        self._chunks = iter(stream)
        self._left = b""
        self._url = url

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            try:
                self._left = next(self._chunks)
            except StopIteration:
                return 0
            except NetworkError as error:
                raise to_urllib3_error(error, self._url) from error
            except ReplyFormatError as error:
                raise DecodeError(str(error)) from error
        taken = self._left[: len(buffer)]
        self._left = self._left[len(taken) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _Head:
    """What cookie jars look for in a response of ``http.client``."""

    def __init__(self, headers: HTTPHeaderDict) -> None:
        self.msg = headers

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing of it is open."""


class _Reply(HTTPResponse):
    """urllib3's response over the body that a stack gives."""

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """The rest of the body, after which this is closed; or its next bytes."""
        data = super().read(amt, decode_content, cache_content)
        if amt is None or amt < 0:
            # http.client's does that by itself. Not self.close(), which may be more than the body's end.
            cast(Any, self)._fp.close()
        return data

    def stream(self, amt: int | None = _CHUNK, decode_content: bool | None = None) -> Generator[bytes]:
        """The chunks of a body of unknown length as they come, as urllib3 has it."""
        if not self.chunked:
            yield from super().stream(amt, decode_content)
            return
        while not self.closed and (chunk := self.read1(amt, decode_content)):
            yield chunk


def to_urllib3(
    response: Response,
    method: str,
    url: str,
    *,
    preload: bool,
    as_decoded: bool = False,
    may_be_cut: bool = False,
) -> HTTPResponse:
    """The response. What its terminal decoded, nothing here decodes again.

    :param preload: read the body now
    :param as_decoded: leave the headers out that describe the body as it was before it was decoded
    :param may_be_cut: take the beginning of a body, if there is no more, for a whole one
    :raises urllib3.exceptions.HTTPError: if the body breaks off while it is read now
    """
    undone = _was_undone(response.headers)
    headers = HTTPHeaderDict()
    for name, value in response.headers.pairs:
        if not (undone and as_decoded and name.lower() in ("content-encoding", "content-length")):
            headers.add(name, value)
    as_it_is = undone or "Content-Encoding" not in headers
    stream = response.stream
    if stream is None and response.truncated and not may_be_cut:
        stream = TruncatedBody(response)
    body: Any
    if isinstance(stream, ByteStream):
        body = io.BufferedReader(_Body(stream, url), _CHUNK)
    else:
        body = _AT_ITS_END if preload and as_it_is else io.BytesIO(response.body)
    made = _Reply(
        body=body,
        headers=headers,
        status=response.status,
        version=11,
        reason=response.reason,
        preload_content=False,
        request_method=method,
        request_url=url,
    )
    made.version_string = "HTTP/1.1"
    # Of no length: the header counts the bytes before decoding, and the terminal has seen to it that none is missing.
    made.length_remaining = None
    cast(Any, made)._original_response = _Head(headers)
    if undone:
        cast(Any, made)._init_decoder = _no_decoder
    if preload:
        cast(Any, made)._body = response.body if body is _AT_ITS_END else made.read()
    return made


def _was_undone(headers: Headers) -> bool:
    encoding = headers.get("Content-Encoding")
    return encoding is not None and all(name.strip() in _UNDONE for name in encoding.lower().split(","))


def _no_decoder() -> None:
    """The bytes are as they were before they were encoded for the way."""
