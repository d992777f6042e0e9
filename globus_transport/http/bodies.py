"""Bodies in parts: what terminals do with them, whatever carries them."""

from __future__ import annotations

from collections.abc import Iterator

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.messages import StreamBody


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


def in_chunks(body: StreamBody) -> Iterator[bytes]:
    """The parts of a request body whose length is not known, in the chunked transfer coding (RFC 9112, section 7.1)."""
    for part in parts_of(body):
        yield b"%x\r\n%b\r\n" % (len(part), part)
    yield b"0\r\n\r\n"
