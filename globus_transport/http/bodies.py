"""Streamed bodies of requests and responses."""

from __future__ import annotations

import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator

import attrs

from globus_transport.exc.base import GlobusSDKUsageError

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_GZIP_START = b"\x1f\x8b"

#: Bytes that are read at most of a body that was not requested: that of an error or a redirect.
ERROR_BODY_LIMIT = 1 << 20


@attrs.frozen(eq=False)
class StreamBody:
    """A request body that is produced while it is sent.

    :ivar open: called each time the body is sent; returns its chunks
    :ivar length: in bytes; ``None`` sends it chunked
    :ivar replayable: whether the body can be sent again. If not, the request is sent at most once
    :ivar readable: whether a layer may call ``open``, which it may do for a replayable body. If not, only the library
        that the body comes from can read it, such as aiohttp a form with files
    """

    open: Callable[[], Iterable[bytes]]
    length: int | None = None
    replayable: bool = False
    readable: bool = True

    @classmethod
    def once(cls, chunks: Iterable[bytes], length: int | None = None) -> StreamBody:
        """A body from an iterable that can be read only once.

        :param chunks: the body, which can be sent once
        """
        return cls(lambda: chunks, length, replayable=False)

    @classmethod
    def file(cls, path: str, chunk_size: int = 1 << 16) -> StreamBody:
        """The bytes of a file, which is opened each time they are sent.

        :param path: of a file, which is read while it is sent
        :param chunk_size: bytes read at a time
        :raises OSError: if the file's size cannot be read now
        """
        return cls(lambda: _file_chunks(path, chunk_size), os.stat(path).st_size, replayable=True)


def _file_chunks(path: str, size: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(size):
            yield chunk


class ByteStream(ABC):
    """A response body that is still on the wire. Iterating gives its (decoded) chunks.

    :ivar inner: the stream that this one reads its chunks from, if there is one. A layer may replace that stream by
        this one: the driver does not close it then. See also :func:`~globus_transport.each_chunk`
    """

    inner: ByteStream | None = None

    @abstractmethod
    def __iter__(self) -> Iterator[bytes]:
        """:raises NetworkError: if the body breaks off"""

    def read(self, limit: int | None = None) -> bytes:
        """Read the rest of the body, or its first ``limit`` bytes, and release the connection.

        :param limit: bytes at most
        """
        try:
            return join_chunks(iter(self), limit)
        finally:
            self.close()

    @abstractmethod
    def close(self) -> None:
        """Release the connection; what was not read is lost. It may be called again."""


class AsyncByteStream(ABC):
    """:class:`ByteStream` for asyncio. ``__aiter__`` should be a generator, which is closed when a loop ends early."""

    inner: AsyncByteStream | None = None

    @abstractmethod
    def __aiter__(self) -> AsyncIterator[bytes]:
        """:raises NetworkError: if the body breaks off"""

    async def read(self, limit: int | None = None) -> bytes:
        """Read the rest of the body, or its first ``limit`` bytes, and release the connection.

        :param limit: bytes at most
        """
        try:
            return await async_join_chunks(aiter(self), limit)
        finally:
            await self.close()

    @abstractmethod
    async def close(self) -> None:
        """Release the connection; what was not read is lost. It may be called again."""


def join_chunks(chunks: Iterator[bytes], limit: int | None) -> bytes:
    """The chunks in one piece, or their first ``limit`` bytes."""
    whole: list[bytes] = []
    left = limit
    while left is None or left > 0:
        chunk = next(chunks, None)
        if chunk is None:
            break
        whole.append(chunk)
        if left is not None:
            left -= len(chunk)
    return b"".join(whole)[:limit]


async def async_join_chunks(chunks: AsyncIterator[bytes], limit: int | None) -> bytes:
    """:func:`join_chunks`, for asyncio. A generator is closed."""
    whole: list[bytes] = []
    length = 0
    try:
        if limit is None or limit > 0:
            async for chunk in chunks:
                whole.append(chunk)
                length += len(chunk)
                if limit is not None and length >= limit:
                    break
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
    return b"".join(whole)[:limit]


def inflate(body: bytes, most: int) -> bytes | None:
    """A gzip or zlib body without its compression; ``None`` if it becomes longer than ``most`` bytes.

    :raises zlib.error: if the body is neither, or incomplete
    """
    plain = bytearray()
    while True:
        member = zlib.decompressobj(_GZIP_OR_ZLIB)
        plain += member.decompress(body, most + 1 - len(plain))
        if len(plain) > most:
            return None
        if not member.eof:
            raise zlib.error("the body is incomplete")
        body = member.unused_data
        # A gzip body may have several members (RFC 1952, section 2.2). Other bytes after the first one are padding.
        if not body.startswith(_GZIP_START):
            return bytes(plain)


def parts_of(body: StreamBody) -> Iterator[bytes]:
    """The parts of a request body that are not empty.

    :raises GlobusSDKUsageError: if they are not as long as the body's ``length``
    :raises Exception: any exception of the body
    """
    sent = 0
    for part in body.open():
        sent += len(part)
        if body.length is not None and sent > body.length:
            raise GlobusSDKUsageError(f"the request body was announced with {body.length} bytes but has more")
        if part:
            # A part in another form may be a buffer that the body uses again.
            yield part if isinstance(part, bytes) else bytes(part)
    if body.length is not None and sent != body.length:
        raise GlobusSDKUsageError(f"the request body was announced with {body.length} bytes but has {sent}")
