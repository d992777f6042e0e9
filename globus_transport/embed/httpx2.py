"""For httpx2: an authorizer as ``auth=``, and a stack as a transport, for both kinds of clients."""

from __future__ import annotations

import httpx2

from globus_transport.embed.httpx.auth import HttpxAuth
from globus_transport.embed.httpx.transport import (
    AsyncResponseStream,
    AsyncTransport,
    SyncResponseStream,
    SyncTransport,
)


class GlobusAuth(HttpxAuth[httpx2.Request, httpx2.Response], httpx2.Auth):
    """The credential of an authorizer, for ``auth=`` of a ``Client`` or an ``AsyncClient`` of httpx2.

    Parameters and behaviour are those of :class:`globus_transport.embed.httpx.GlobusAuth`.
    """

    _library = httpx2


class _SyncStream(SyncResponseStream, httpx2.SyncByteStream):
    pass


class _AsyncStream(AsyncResponseStream, httpx2.AsyncByteStream):
    pass


class StackTransport(SyncTransport[httpx2.Request, httpx2.Response], httpx2.BaseTransport):
    """Sends through a stack: ``httpx2.Client(transport=StackTransport(client.stack))``.

    Parameters and behaviour are those of :class:`globus_transport.embed.httpx.StackTransport`.
    """

    _library = httpx2
    _stream_class = _SyncStream


class AsyncStackTransport(AsyncTransport[httpx2.Request, httpx2.Response], httpx2.AsyncBaseTransport):
    """:class:`StackTransport` for ``httpx2.AsyncClient`` and an ``AsyncStack``."""

    _library = httpx2
    _stream_class = _AsyncStream
