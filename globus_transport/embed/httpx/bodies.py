"""Request bodies of httpx, as a stack sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from globus_transport.http.bodies import StreamBody

#: Bytes of a body that are kept in memory.
IN_MEMORY = 1 << 20
_CHUNK = 1 << 16


def can_be_read_again(library: Any, stream: Any) -> bool:
    """Whether a request's ``stream`` gives the same bytes another time."""
    if isinstance(stream, library.ByteStream):
        return True
    # A form with files, whose class is not public. httpx goes back to the start of a file if it can, and else
    # sends what is left of it.
    if type(stream).__name__ == "MultipartStream":
        return all(_starts_over(getattr(field, "file", b"")) for field in stream.fields)
    return False


def _starts_over(file: Any) -> bool:
    if isinstance(file, (str, bytes)):
        return True
    seekable = getattr(file, "seekable", None)
    return seekable is not None and bool(seekable())


def to_body(library: Any, request: Any) -> bytes | StreamBody | None:
    """The body of a request whose stream can be read without an event loop."""
    stream = request.stream
    if isinstance(stream, library.ByteStream):
        return b"".join(stream) or None
    length = request.headers.get("Content-Length")
    return StreamBody(
        lambda: iter(stream),
        int(length) if length is not None and length.isdecimal() else None,
        replayable=can_be_read_again(library, stream),
    )


async def received(stream: Any) -> tuple[StreamBody, IO[bytes]]:
    """An asynchronous stream, read to its end, and the file that holds it: in memory if it is small.

    Not handed on while it comes: a terminal that reads bodies in a worker thread would hold the thread up, which
    the program may need to go on with the stream.
    """
    with ExitStack() as on_failure:
        file = on_failure.enter_context(SpooledTemporaryFile(IN_MEMORY))
        async for part in stream:
            file.write(part)
        on_failure.pop_all()
    return StreamBody(lambda: _parts(file), file.tell(), replayable=True), file


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(_CHUNK):
        yield part
