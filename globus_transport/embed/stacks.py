"""A stack inside an HTTP library: which layers stay out, which encodings are decoded, and truncated bodies."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from http.client import IncompleteRead
from typing import TypeVar

from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.layers import Layer, LayerLike, to_layer
from globus_transport.core.stack import Stack
from globus_transport.exc.base import GlobusConnectionError, GlobusSDKUsageError
from globus_transport.http.bodies import AsyncByteStream, ByteStream
from globus_transport.http.messages import Response
from globus_transport.middleware.errors import Errors
from globus_transport.middleware.redirect import Redirect
from globus_transport.middleware.retry import Retry

StackT = TypeVar("StackT", Stack, AsyncStack)

#: The content encodings that every terminal decodes. A body in another encoding reaches the library as it was sent.
DECODED_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate"})


def embedded_stack(stack: StackT, kind: type[StackT], *, retries: bool) -> StackT:
    """The stack as an HTTP library uses it: without the layers ``redirect`` and ``errors``, whatever their names are.

    The library follows redirects and checks statuses itself.

    :param retries: whether the stack repeats requests, see :func:`without_retries`
    :raises GlobusSDKUsageError: if ``stack`` is not of class ``kind``
    """
    if not isinstance(stack, kind):
        raise GlobusSDKUsageError(
            f"stack: expected {kind.__name__}, such as the stack of a client, got {type(stack).__name__}"
            + ("; its twin cannot run here" if isinstance(stack, (Stack, AsyncStack)) else "")
        )
    for layer in stack.layers:
        if isinstance(layer.middleware, (Errors, Redirect)) or (not retries and _repeats_requests(layer)):
            stack = stack.remove(layer.name)
    return stack


def without_retries(layers: Iterable[LayerLike]) -> list[Layer]:
    """The layers without those that repeat requests: of the class ``Retry``, or with the name ``retry``."""
    return [layer for layer in map(to_layer, layers) if not _repeats_requests(layer)]


def _repeats_requests(layer: Layer) -> bool:
    return layer.name == "retry" or isinstance(layer.middleware, Retry)


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
