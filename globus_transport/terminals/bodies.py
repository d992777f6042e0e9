"""Bodies in parts: what terminals do with them, whatever carries them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.messages import StreamBody


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


async def async_collected(parts: AsyncGenerator[bytes, None], limit: int | None) -> bytes:
    """:func:`collected`, for asyncio; ends the generator."""
    whole: list[bytes] = []
    length = 0
    async with aclosing(parts):
        if limit is None or limit > 0:
            async for part in parts:
                whole.append(part)
                length += len(part)
                if limit is not None and length >= limit:
                    break
    return b"".join(whole)[:limit]
