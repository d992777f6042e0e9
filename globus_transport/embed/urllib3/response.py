"""A response of a stack as a ``urllib3.HTTPResponse``. The embedding in requests uses it, too."""

from __future__ import annotations

import io
from collections.abc import Generator
from typing import Any, cast

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import DecodeError

from globus_transport.embed.stacks import DECODED_ENCODINGS, TruncatedBody
from globus_transport.embed.urllib3.errors import to_urllib3_error
from globus_transport.exc.base import NetworkError, ReplyFormatError
from globus_transport.http.bodies import ByteStream
from globus_transport.http.headers import Headers
from globus_transport.http.messages import Response

_CHUNK = 1 << 16
_EMPTY_FILE = io.BytesIO()
_EMPTY_FILE.close()


class _BodyFile(io.RawIOBase):
    """The body as a file. It raises urllib3's exceptions."""

    def __init__(self, stream: ByteStream, url: str) -> None:
        self._stream = stream
        self._chunks = iter(stream)
        self._rest = b""
        self._url = url

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                self._rest = next(self._chunks)
            except StopIteration:
                return 0
            except NetworkError as error:
                raise to_urllib3_error(error, self._url) from error
            except ReplyFormatError as error:
                raise DecodeError(str(error)) from error
        size = min(len(self._rest), len(buffer))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


class _HttpClientResponse:
    """The part of a response of ``http.client`` that cookie jars read."""

    def __init__(self, headers: HTTPHeaderDict) -> None:
        self.msg = headers

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Does nothing: there is no socket."""


class _StackHTTPResponse(HTTPResponse):
    """A response of urllib3 with a body from a stack."""

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """The rest of the body, after which the body is closed; or its next ``amt`` bytes."""
        data = super().read(amt, decode_content, cache_content)
        if amt is None or amt < 0:
            # The response of http.client closes itself here. self.close() would do more than that.
            cast(Any, self)._fp.close()
        return data

    def stream(self, amt: int | None = _CHUNK, decode_content: bool | None = None) -> Generator[bytes]:
        """The chunks of a body of unknown length as they arrive, as in urllib3."""
        if not self.chunked:
            yield from super().stream(amt, decode_content)
            return
        while not self.closed and (chunk := self.read1(amt, decode_content)):
            yield chunk


def to_urllib3_response(
    response: Response,
    method: str,
    url: str,
    *,
    preload: bool,
    as_decoded: bool = False,
    may_be_cut: bool = False,
) -> HTTPResponse:
    """The response of urllib3. A body that the terminal has decoded is not decoded again.

    :param preload: read the body now
    :param as_decoded: leave out the headers that describe the body as it was encoded
    :param may_be_cut: pass a truncated body as a whole one; otherwise it ends in an exception
    :raises urllib3.exceptions.HTTPError: if the body breaks off while it is read now
    """
    is_decoded = _is_decoded(response.headers)
    headers = HTTPHeaderDict()
    for name, value in response.headers.pairs:
        if not (is_decoded and as_decoded and name.lower() in ("content-encoding", "content-length")):
            headers.add(name, value)
    is_final = is_decoded or "Content-Encoding" not in headers
    stream = response.stream
    if stream is None and response.truncated and not may_be_cut:
        stream = TruncatedBody(response)
    body: Any
    if isinstance(stream, ByteStream):
        body = io.BufferedReader(_BodyFile(stream, url), _CHUNK)
    else:
        body = _EMPTY_FILE if preload and is_final else io.BytesIO(response.body)
    urllib3_response = _StackHTTPResponse(
        body=body,
        headers=headers,
        status=response.status,
        version=11,
        reason=response.reason,
        preload_content=False,
        request_method=method,
        request_url=url,
    )
    urllib3_response.version_string = "HTTP/1.1"
    # No length: the header counts encoded bytes, and the terminal has checked that none is missing.
    urllib3_response.length_remaining = None
    cast(Any, urllib3_response)._original_response = _HttpClientResponse(headers)
    if is_decoded:
        cast(Any, urllib3_response)._init_decoder = _skip_decoder
    if preload:
        cast(Any, urllib3_response)._body = response.body if body is _EMPTY_FILE else urllib3_response.read()
    return urllib3_response


def _is_decoded(headers: Headers) -> bool:
    encoding = headers.get("Content-Encoding")
    return encoding is not None and all(name.strip() in DECODED_ENCODINGS for name in encoding.lower().split(","))


def _skip_decoder() -> None:
    """Keeps urllib3 from decoding bytes that are decoded."""
