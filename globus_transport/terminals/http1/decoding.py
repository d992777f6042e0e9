"""Bodies with a Content-Encoding: gzip and deflate, undone piece by piece in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain

from globus_transport.exc.base import ReplyFormatError
from globus_transport.http.messages import Request

#: Bytes that one piece has at most. A small compressed chunk can stand for gigabytes.
PIECE = 1 << 16
_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


def decoded(chunks: Iterator[bytes], encoding: str, request: Request) -> Iterator[bytes]:
    """The chunks of a body, decoded. An encoding that is unknown here is left as it is.

    :param encoding: the value of Content-Encoding
    :param request: what they answer, for error messages
    :raises ReplyFormatError: if the body is not in that encoding, or breaks off
    """
    decoder = Decoder(encoding, request)
    return _through(decoder, chunks) if decoder.has_work else chunks


def _through(decoder: Decoder, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield from decoder.take(chunk)
        if decoder.is_done:
            break
    yield from decoder.finish()


class Decoder:
    """Undoes the encodings of one body, chunk by chunk. One that is unknown here is left as it is.

    :param encoding: the value of Content-Encoding
    :param request: what the body answers, for error messages
    """

    def __init__(self, encoding: str, request: Request) -> None:
        names = [name.strip() for name in reversed(encoding.lower().split(","))]
        self._inflaters = [_Inflater(name, request) for name in names if name in ("gzip", "x-gzip", "deflate")]

    @property
    def has_work(self) -> bool:
        """Whether there is an encoding to be undone."""
        return bool(self._inflaters)

    @property
    def is_done(self) -> bool:
        """Whether all that follows is padding."""
        return any(inflater.is_done for inflater in self._inflaters)

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """What the next chunk stands for.

        :raises ReplyFormatError: if it is not in the encoding
        """
        return self._after(0, chunk)

    def finish(self) -> Iterator[bytes]:
        """What is left when no more comes.

        :raises ReplyFormatError: if more was to come
        """
        # What comes before one that is done is of no interest any more.
        first = max((number for number, one in enumerate(self._inflaters, 1) if one.is_done), default=0)
        for number, inflater in enumerate(self._inflaters[first:], first + 1):
            for piece in inflater.finish():
                yield from self._after(number, piece)

    def _after(self, number: int, chunk: bytes) -> Iterator[bytes]:
        pieces: Iterator[bytes] = iter((chunk,))
        for inflater in self._inflaters[number:]:
            pieces = chain.from_iterable(map(inflater.take, pieces))
        return pieces


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
