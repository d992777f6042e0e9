"""Request bodies of httpx, as a stack sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from globus_transport.http.bodies import StreamBody

#: Bytes of a body that are kept in memory; a longer body goes to a temporary file.
IN_MEMORY = 1 << 20
_CHUNK = 1 << 16


def can_be_read_again(library: Any, stream: Any) -> bool:
    """Whether the ``stream`` of a request gives the same bytes each time it is read."""
    if isinstance(stream, library.ByteStream):
        return True
    # A form with files, whose class is not public. httpx rewinds a file that is seekable; of another file it sends
    # only the rest.
    if type(stream).__name__ == "MultipartStream":
        return all(_can_be_rewound(getattr(field, "file", b"")) for field in stream.fields)
    return False


def _can_be_rewound(file: Any) -> bool:
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


async def read_async_stream(stream: Any) -> tuple[StreamBody, IO[bytes]]:
    """Read an asynchronous stream to its end, and return it as a body, with the file that holds its bytes.

    The body is not passed on while it arrives: a terminal may read bodies in a worker thread, and that thread would
    wait for the program, which may need the same thread to produce the rest of the stream.
    """
    with ExitStack() as on_failure:
        file = on_failure.enter_context(SpooledTemporaryFile(IN_MEMORY))
        async for chunk in stream:
            file.write(chunk)
        on_failure.pop_all()
    return StreamBody(lambda: _chunks_of(file), file.tell(), replayable=True), file


def _chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk
