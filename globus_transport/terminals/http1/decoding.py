"""Decodes bodies with a Content-Encoding (RFC 9110, section 8.4), piece by piece in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from itertools import chain

from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.messages import Request
from globus_transport.http.time_limits import time_left

#: Bytes that one piece has at most. A small compressed chunk can become gigabytes.
PIECE = 1 << 16
# Each coding multiplies what a byte can become, and takes a call within a call.
_MOST_CODINGS = 5
# One coding makes 1,032 bytes of one at most. What becomes more was coded twice, to fill somebody's memory.
_MOST_EXPANSION = 1100
# Up to here it may.
_ALLOWANCE = 1 << 24
_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def decoded(chunks: Iterator[bytes], encoding: str, request: Request) -> Iterator[bytes]:
    """The decoded chunks of a body. Unknown encodings are left as they are.

    :param encoding: the value of Content-Encoding
    :param request: that the body answers, for error messages
    :raises ReplyFormatError: if the body is not in that encoding, breaks off, or has more than five codings
    """
    decoder = Decoder(encoding, request)
    return _decode_chunks(decoder, chunks) if decoder.has_work else chunks


def _decode_chunks(decoder: Decoder, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from decoder.take(chunk)
        if decoder.is_done:
            break
    yield from decoder.finish()


class Decoder:
    """Decodes one body, chunk by chunk. Unknown encodings are left as they are.

    :param encoding: the value of Content-Encoding
    :param request: that the body answers, for error messages
    :raises ReplyFormatError: if there are more than five codings
    """

    def __init__(self, encoding: str, request: Request) -> None:
        names = [name.strip() for name in reversed(encoding.lower().split(","))]
        if len(names) > _MOST_CODINGS:
            raise ReplyFormatError(
                f"{request!r}: the body of the answer has {len(names)} content codings; "
                f"{_MOST_CODINGS} are decoded at most"
            )
        self._request = request
        self._taken = 0
        self._inflaters = [
            _Inflater(name, request, self._check) for name in names if name in ("gzip", "x-gzip", "deflate")
        ]

    @property
    def has_work(self) -> bool:
        """Whether there is an encoding to decode."""
        return bool(self._inflaters)

    @property
    def is_done(self) -> bool:
        """Whether everything that follows is padding."""
        return any(inflater.is_done for inflater in self._inflaters)

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """Decode the next chunk.

        :raises ReplyFormatError: if it is not in the encoding, or becomes too much
        :raises GlobusTimeoutError: if the request's deadline passes
        """
        self._taken += len(chunk)
        return self._after(0, chunk)

    def finish(self) -> Iterator[bytes]:
        """Decode what is left at the end of the body.

        :raises ReplyFormatError: if the body breaks off
        """
        # The inflaters before one that is done hold padding only.
        first = max((number for number, inflater in enumerate(self._inflaters, 1) if inflater.is_done), default=0)
        for number, inflater in enumerate(self._inflaters[first:], first + 1):
            for piece in inflater.finish():
                yield from self._after(number, piece)

    def _check(self, size: int) -> None:
        """Called with the bytes that the body has become by one of its codings."""
        # The deadline ends inflating as well.
        time_left(self._request, None)
        if size > _ALLOWANCE and size > _MOST_EXPANSION * self._taken:
            raise ReplyFormatError(
                f"{self._request!r}: {self._taken} bytes of the body become more than {size} by their codings"
            )

    def _after(self, number: int, chunk: bytes) -> Iterator[bytes]:
        pieces: Iterator[bytes] = iter((chunk,))
        for inflater in self._inflaters[number:]:
            pieces = chain.from_iterable(map(inflater.take, pieces))
        return pieces


class _Inflater:
    """Decodes one encoding of one body.

    :param check: called with the number of decoded bytes
    :ivar is_done: whether everything that follows is padding
    """

    def __init__(self, encoding: str, request: Request, check: Callable[[int], None]) -> None:
        self.is_done = False
        self._encoding = encoding
        self._request = request
        self._check = check
        self._given = 0
        self._members = 0
        self._member: zlib._Decompress | None = None

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """Decode the next chunk."""
        left = b"" if self.is_done else chunk
        try:
            while left:
                if self._member is None:
                    # A gzip body may be several compressed members. Anything else after the first is padding.
                    if self._members and (self._encoding == "deflate" or left[0] != 0x1F):
                        self.is_done = True
                        return
                    self._member = zlib.decompressobj(_window(self._encoding, left))
                member = self._member
                piece = member.decompress(left, PIECE)
                self._given += len(piece)
                self._check(self._given)
                if piece:
                    yield piece
                left = member.unconsumed_tail
                if member.eof:
                    left, self._member, self._members = member.unused_data, None, self._members + 1
        except zlib.error as error:
            raise self._malformed(error) from None

    def finish(self) -> Iterator[bytes]:
        """Decode what is left at the end of the body.

        :raises ReplyFormatError: if the body breaks off
        """
        member = self._member
        if member is None:
            return
        try:
            while piece := member.decompress(b"", PIECE):
                self._given += len(piece)
                self._check(self._given)
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
