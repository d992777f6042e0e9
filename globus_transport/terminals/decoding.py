"""Bodies with a Content-Encoding: gzip and deflate, undone piece by piece in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

from globus_transport.errors import ReplyFormatError
from globus_transport.messages import Request

#: Bytes that one piece has at most. A small compressed chunk can stand for gigabytes.
PIECE = 1 << 16
_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def decoded(chunks: Iterator[bytes], encoding: str, request: Request) -> Iterator[bytes]:
    """The chunks of a body, decoded. An encoding that is unknown here is left as it is.

    :param encoding: the value of Content-Encoding
    :param request: what they answer, for error messages
    :raises ReplyFormatError: if the body is not in that encoding, or breaks off
    """
    for inflater in _inflaters(encoding, request):
        chunks = _through(inflater, chunks)
    return chunks


async def async_decoded(chunks: AsyncIterator[bytes], encoding: str, request: Request) -> AsyncIterator[bytes]:
    """:func:`decoded` for asyncio: each piece when it is there."""
    for inflater in _inflaters(encoding, request):
        chunks = _async_through(inflater, chunks)
    async for piece in chunks:
        yield piece


def _inflaters(encoding: str, request: Request) -> list[_Inflater]:
    names = [name.strip() for name in reversed(encoding.lower().split(","))]
    return [_Inflater(name, request) for name in names if name in ("gzip", "x-gzip", "deflate")]


def _through(inflater: _Inflater, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from inflater.take(chunk)
        if inflater.is_done:
            return
    yield from inflater.finish()


async def _async_through(inflater: _Inflater, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        for piece in inflater.take(chunk):
            yield piece
        if inflater.is_done:
            return
    for piece in inflater.finish():
        yield piece


class _Inflater:
    """Undoes one encoding of one body.

    :ivar is_done: whether all that follows is padding
    """

    def __init__(self, encoding: str, request: Request) -> None:
        self.is_done = False
        self._encoding = encoding
        self._request = request
        self._members = 0
        self._member: zlib._Decompress | None = None

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """What the next chunk stands for."""
        left = chunk
        try:
            while left:
                if self._member is None:
                    # A gzip body may be several compressed members. Anything else after the first is padding.
                    if self._members and (self._encoding == "deflate" or left[0] != 0x1F):
                        self.is_done = True
                        return
                    self._member = zlib.decompressobj(_window(self._encoding, left))
                member = self._member
                if piece := member.decompress(left, PIECE):
                    yield piece
                left = member.unconsumed_tail
                if member.eof:
                    left, self._member, self._members = member.unused_data, None, self._members + 1
        except zlib.error as error:
            raise self._malformed(error) from None

    def finish(self) -> Iterator[bytes]:
        """What is left when no more comes.

        :raises ReplyFormatError: if more was to come
        """
        member = self._member
        if member is None:
            return
        try:
            while piece := member.decompress(b"", PIECE):
                yield piece
        except zlib.error as error:
            raise self._malformed(error) from None
        if not member.eof:
            raise ReplyFormatError(f"{self._request!r}: the {self._encoding} body of the answer breaks off")

    def _malformed(self, error: zlib.error) -> ReplyFormatError:
        return ReplyFormatError(
            f"{self._request!r}: the body of the answer is not {self._encoding}, as it says: {error}"
        )


def _window(encoding: str, start: bytes) -> int:
    if encoding != "deflate":
        return _GZIP
    # RFC 9110 means zlib's format; some servers send bare deflate instead.
    return _ZLIB if start[0] & 0x0F == zlib.DEFLATED else _BARE
