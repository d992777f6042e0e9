"""Bodies with a Content-Encoding: gzip and deflate, undone piece by piece in bounded memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

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
    for name in reversed(encoding.lower().split(",")):
        if name.strip() in ("gzip", "x-gzip", "deflate"):
            chunks = _inflated(chunks, name.strip(), request)
    return chunks


def _inflated(chunks: Iterator[bytes], encoding: str, request: Request) -> Iterator[bytes]:
    inflater = None
    members = 0
    try:
        for chunk in chunks:
            left = chunk
            while left:
                if inflater is None:
                    # A gzip body may be several compressed members. Anything else after the first is padding.
                    if members and (encoding == "deflate" or left[0] != 0x1F):
                        return
                    inflater = zlib.decompressobj(_window(encoding, left))
                if piece := inflater.decompress(left, PIECE):
                    yield piece
                left = inflater.unconsumed_tail
                if inflater.eof:
                    left, inflater, members = inflater.unused_data, None, members + 1
        while inflater is not None and (piece := inflater.decompress(b"", PIECE)):
            yield piece
    except zlib.error as error:
        raise ReplyFormatError(f"{request!r}: the body of the answer is not {encoding}, as it says: {error}") from None
    if inflater is not None and not inflater.eof:
        raise ReplyFormatError(f"{request!r}: the {encoding} body of the answer breaks off")


def _window(encoding: str, start: bytes) -> int:
    if encoding != "deflate":
        return _GZIP
    # RFC 9110 means zlib's format; some servers send bare deflate instead.
    return _ZLIB if start[0] & 0x0F == zlib.DEFLATED else _BARE
