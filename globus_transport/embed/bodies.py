"""Request bodies as requests and urllib3 take them: bytes, text, files, and anything that gives chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.bodies import StreamBody

_CHUNK = 1 << 16


def to_body(body: Any, *, length: int | None, position: int | None) -> bytes | StreamBody | None:
    """The body of a request.

    :param length: in bytes, if it is known; else a stream is sent chunked
    :param position: where a file stood, so that it can be sent again from there; ``None`` if it cannot
    :raises GlobusSDKUsageError: if it is nothing that can be sent
    """
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        if position is None:
            return StreamBody(lambda: _read(body), length)
        return StreamBody(lambda: _read_from(body, position), length, replayable=True)
    # Before what can be iterated: an array gives its numbers then.
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
    # Not bytes(chunk) of anything: that makes as many zeros of a number.
    memory = _memory_of(chunk)
    if memory is None:
        raise GlobusSDKUsageError(f"a body gives chunks of bytes or text, not {type(chunk).__name__}")
    return bytes(memory)


def _memory_of(value: Any) -> memoryview | None:
    """The bytes of what holds some: ``bytes``, ``bytearray``, an array."""
    try:
        return memoryview(value)
    except TypeError:
        return None
