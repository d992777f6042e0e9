"""The classes for httpx. Those for httpx2, in ``embed/httpx2.py``, differ in the library that they name only."""

from __future__ import annotations

import httpx

from globus_transport.embed.httpx.auth import HttpxAuth
from globus_transport.embed.httpx.transport import (
    AsyncResponseStream,
    AsyncTransport,
    SyncResponseStream,
    SyncTransport,
)


class GlobusAuth(HttpxAuth[httpx.Request, httpx.Response], httpx.Auth):
    """The credential of an authorizer, for ``auth=`` of a ``Client`` or an ``AsyncClient``::

        httpx.get(url, auth=GlobusAuth(authorizer, "https://transfer.api.globus.org"))

    After a 401 the request is sent once more with a renewed token, if its body can be read again. Requests and
    redirects to other servers go without the credential. Threads, tasks and clients may share one object.

    :param authorizer: any authorizer; one that was bound with ``bound_to()`` takes no ``urls``
    :param urls: of the servers that may see the credential
    :raises GlobusSDKUsageError: if the servers that may see the credential are not given, or one of them is
        ``http://`` at the default port, from where httpx would keep the credential in a redirect to https
    """

    _library = httpx


class _SyncStream(SyncResponseStream, httpx.SyncByteStream):
    pass


class _AsyncStream(AsyncResponseStream, httpx.AsyncByteStream):
    pass


class StackTransport(SyncTransport[httpx.Request, httpx.Response], httpx.BaseTransport):
    """Sends through a stack: ``httpx.Client(transport=StackTransport(client.stack))``.

    A client of httpx follows redirects and checks statuses itself, so the layers ``redirect`` and ``errors`` of the
    stack are left out. The time-outs of a request apply if the stack ends in a ``Urllib3Terminal``, as the stack of a
    client does. Closing the client does not close the stack. An exception of a layer that is neither a
    ``NetworkError`` nor a ``ReplyFormatError`` is not translated.

    :param stack: layers over a terminal, such as ``client.stack``
    :param stream: whether a body stays on the wire until it is read. Layers that look at bodies, such as a cache,
        need ``False``
    :param retries: whether the ``retry`` layer stays in the stack;
        ``False`` if the code around the client, such as an SDK, repeats requests
    :raises GlobusSDKUsageError: if ``stack`` is not a ``Stack``
    """

    _library = httpx
    _stream_class = _SyncStream


class AsyncStackTransport(AsyncTransport[httpx.Request, httpx.Response], httpx.AsyncBaseTransport):
    """:class:`StackTransport` for ``httpx.AsyncClient`` and an ``AsyncStack``."""

    _library = httpx
    _stream_class = _AsyncStream
