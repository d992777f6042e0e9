"""Inside httpx: an authorizer as ``auth=``, and a stack as a transport, for both kinds of clients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.stack import Stack
from globus_transport.embed.httpx.auth import AuthorizerFlows
from globus_transport.embed.httpx.transports import AsyncBody, AsyncSending, SyncBody, SyncSending


class GlobusAuth(httpx.Auth):
    """The credential of an authorizer, for ``auth=`` of a ``Client`` or an ``AsyncClient``::

        httpx.get(url, auth=GlobusAuth(authorizer, "https://transfer.api.globus.org"))

    After a 401 the request is sent once more with a renewed token, if its body can be read again. Requests and
    redirects to other servers go without the credential. May be shared by threads, tasks and clients.

    :param authorizer: any authorizer, or one that was bound with ``bound_to()`` before
    :param urls: servers that may see the credential
    :raises GlobusSDKUsageError: if nobody said which servers may see it, or one is ``http://`` at the usual port,
        from where httpx would carry it on to https
    """

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self._flows = AuthorizerFlows(httpx, authorizer, *urls)
        self.authorizer = self._flows.authorizer

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """For ``Client``."""
        return self._flows.sync_auth_flow(request)

    def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """For ``AsyncClient``."""
        return self._flows.async_auth_flow(request)

    def __repr__(self) -> str:
        return repr(self._flows)


class _SyncBody(SyncBody, httpx.SyncByteStream):
    pass


class _AsyncBody(AsyncBody, httpx.AsyncByteStream):
    pass


class StackTransport(SyncSending, httpx.BaseTransport):
    """Sends through a stack: ``httpx.Client(transport=StackTransport(client.stack))``.

    A client follows redirects and looks at statuses by itself, so the layers ``redirect`` and ``errors`` of the
    stack are left out. Time-outs of a request hold where the stack ends in a ``Urllib3Terminal``, as a client's
    does. The stack stays whose it is: closing the client does not close it. What a layer raises that is
    neither a ``NetworkError`` nor a ``ReplyFormatError`` is raised as it is.

    :param stack: layers over a terminal, such as ``client.stack``
    :param stream: whether bodies stay on the wire until they are read. Layers that look at bodies, such as a cache,
        need ``False``
    :raises GlobusSDKUsageError: if it is no ``Stack``
    """

    _library = httpx
    _body_class = _SyncBody

    def __init__(self, stack: Stack, *, stream: bool = True) -> None:
        super().__init__(stack, stream=stream)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request down the stack.

        :raises httpx.TransportError: as httpx's own transport raises it; ``__cause__`` is this package's
        """
        reply: Any = super().handle_request(request)
        return reply  # type: ignore[no-any-return]


class AsyncStackTransport(AsyncSending, httpx.AsyncBaseTransport):
    """:class:`StackTransport` for ``httpx.AsyncClient`` and an ``AsyncStack``."""

    _library = httpx
    _body_class = _AsyncBody

    def __init__(self, stack: AsyncStack, *, stream: bool = True) -> None:
        super().__init__(stack, stream=stream)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request down the stack.

        :raises httpx.TransportError: as httpx's own transport raises it; ``__cause__`` is this package's
        """
        reply: Any = await super().handle_async_request(request)
        return reply  # type: ignore[no-any-return]
