"""A response of a stack as a ``urllib3.HTTPResponse``, which requests, too, is built on."""

from __future__ import annotations

import io
from email.message import Message
from typing import Any, cast

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from globus_transport.errors import GlobusTimeoutError, NetworkError
from globus_transport.messages import ByteStream, Response


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
            except GlobusTimeoutError as error:
                raise ReadTimeoutError(cast(Any, None), self._url, str(error)) from error
            except NetworkError as error:
                raise ProtocolError(str(error), error) from error
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
        self.msg = Message()
        for name, value in headers.iteritems():
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing of it is open."""


def to_urllib3(response: Response, method: str, url: str, *, preload: bool) -> HTTPResponse:
    """The response. Its body was decoded by the stack, so that nothing here decodes it again.

    :param preload: read the body now
    """
    headers = HTTPHeaderDict()
    for name, value in response.headers.pairs:
        headers.add(name, value)
    body: Any = io.BytesIO(response.body)
    if isinstance(response.stream, ByteStream):
        body = io.BufferedReader(_Body(response.stream, url), 1 << 16)
    made = HTTPResponse(
        body=body,
        headers=headers,
        status=response.status,
        version=11,
        version_string="HTTP/1.1",
        reason=response.reason,
        preload_content=False,
        decode_content=False,
        request_method=method,
        request_url=url,
    )
    # Of no length: the header counts the bytes before decoding.
    made.length_remaining = None
    cast(Any, made)._original_response = _Head(headers)
    if "Content-Encoding" in headers:
        cast(Any, made)._init_decoder = _no_decoder
    if preload:
        cast(Any, made)._body = made.read()
    return made


def _no_decoder() -> None:
    """The bytes are as they were before they were encoded for the way."""
