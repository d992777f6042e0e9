"""Request bodies and headers in the forms that requests and urllib3 accept: bytes, text, files, iterables of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody

_CHUNK = 1 << 16


def to_text(value: str | bytes) -> str:
    """The name or the value of a header as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def to_body(body: Any, *, length: int | None, position: int | None) -> bytes | StreamBody | None:
    """The body of a request.

    :param length: in bytes; ``None`` if unknown, and then a stream is sent chunked
    :param position: the offset in a file that it is sent from, each time; ``None`` if it can be read only once
    :raises GlobusSDKUsageError: if it cannot be sent
    """
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        if position is None:
            return StreamBody(lambda: _read(body), length)
        return StreamBody(lambda: _read_from(body, position), length, replayable=True)
    # Checked before iterables: iterating over an array gives numbers, not bytes.
    memory = _memory_of(body)
    if memory is not None:
        return bytes(memory)
    if isinstance(body, Iterable):
        return StreamBody(lambda: map(_to_bytes, body), length)
    raise GlobusSDKUsageError(f"a body is bytes, text, a file or an iterable of bytes, not {type(body).__name__}")


def _read(file: Any) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield _to_bytes(chunk)


def _read_from(file: Any, position: int) -> Iterator[bytes]:
    file.seek(position)
    yield from _read(file)


def _to_bytes(chunk: Any) -> bytes:
    if isinstance(chunk, str):
        return chunk.encode()
    # bytes(chunk) would accept a number n, and return n zero bytes.
    memory = _memory_of(chunk)
    if memory is None:
        raise GlobusSDKUsageError(f"a body gives chunks of bytes or text, not {type(chunk).__name__}")
    return bytes(memory)


def _memory_of(value: Any) -> memoryview | None:
    """The memory of an object with a buffer (``bytes``, ``bytearray``, an array); ``None`` for other objects."""
    try:
        return memoryview(value)
    except TypeError:
        return None
