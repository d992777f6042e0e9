"""A stack inside an HTTP library: which layers stay out, which encodings are decoded, and truncated bodies."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from http.client import IncompleteRead
from typing import TypeVar

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Response

StackT = TypeVar("StackT", Stack, AsyncStack)

#: The content encodings that every terminal decodes. A body in another encoding reaches the library as it was sent.
DECODED_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate"})


def without_layers(stack: StackT, kind: type[StackT], *left_out: type[object]) -> StackT:
    """The stack without the layers of the classes ``left_out``, whatever their names are.

    :raises GlobusSDKUsageError: if ``stack`` is not of class ``kind``
    """
    if not isinstance(stack, kind):
        raise GlobusSDKUsageError(
            f"stack: expected {kind.__name__}, such as the stack of a client, got {type(stack).__name__}"
            + ("; its twin cannot run here" if isinstance(stack, (Stack, AsyncStack)) else "")
        )
    for layer in stack.layers:
        if isinstance(layer.middleware, left_out):
            stack = stack.remove(layer.name)
    return stack


class TruncatedBody(ByteStream):
    """The body of a ``truncated`` response: the part that is there, then the error of a connection that broke."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield self._response.body
        raise _truncation_error(self._response)

    def close(self) -> None:
        """Does nothing: no connection is held."""


class AsyncTruncatedBody(AsyncByteStream):
    """:class:`TruncatedBody` for asyncio."""

    def __init__(self, response: Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        yield self._response.body
        raise _truncation_error(self._response)

    async def close(self) -> None:
        """Does nothing: no connection is held."""


def _truncation_error(response: Response) -> GlobusConnectionError:
    body = response.body
    return GlobusConnectionError(f"a layer kept {len(body)} bytes of the body only", IncompleteRead(body))
