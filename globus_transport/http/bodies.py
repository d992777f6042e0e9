"""Bodies of requests and responses that are streamed, and how much of a body is read that no caller asked for."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator

import attrs

from globus_transport.exc.base import GlobusSDKUsageError

#: Bytes that are read, for its message, of the body of an error or a redirect.
ERROR_BODY_LIMIT = 1 << 20


@attrs.frozen(eq=False)
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


def parts_of(body: StreamBody) -> Iterator[bytes]:
    """The parts of a request body that are not empty.

    :raises GlobusSDKUsageError: if they are not as long as was announced
    :raises Exception: whatever the body raises while it is read
    """
    sent = 0
    for part in body.open():
        sent += len(part)
        if body.length is not None and sent > body.length:
            raise GlobusSDKUsageError(f"the request body was announced with {body.length} bytes but has more")
        if part:
            yield part
    if body.length is not None and sent != body.length:
        raise GlobusSDKUsageError(f"the request body was announced with {body.length} bytes but has {sent}")
