"""A body of which a layer kept the beginning: reading it ends as where a body breaks off."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from http.client import IncompleteRead

from globus_transport.exc.base import GlobusConnectionError
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Response


class TruncatedBody(ByteStream):
    """What is there of a body that is ``truncated``, and then an exception."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield self._response.body
        raise _the_rest_is_gone(self._response)

    def close(self) -> None:
        """Nothing is on the wire."""


class AsyncTruncatedBody(AsyncByteStream):
    """:class:`TruncatedBody` for asyncio."""

    def __init__(self, response: Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        yield self._response.body
        raise _the_rest_is_gone(self._response)

    async def close(self) -> None:
        """Nothing is on the wire."""


def _the_rest_is_gone(response: Response) -> GlobusConnectionError:
    body = response.body
    return GlobusConnectionError(f"a layer kept {len(body)} bytes of the body only", IncompleteRead(body))
