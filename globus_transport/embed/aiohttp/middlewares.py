"""Inside aiohttp, 3.12 or later (extra ``aiohttp``): an authorizer, or layers of a stack, as a client middleware.

aiohttp runs its middlewares for every request and for every hop of a redirect, so that each hop is looked at
anew: the credential is put on where it may be seen, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING

import aiohttp
import yarl

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer, StaticGlobusAuthorizer
from globus_transport.authorizers.renewing import RenewingAuthorizer
from globus_transport.core import async_driver
from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.layers import LayerLike
from globus_transport.embed.aiohttp.messages import Exchange
from globus_transport.embed.binding import bound
from globus_transport.exc.base import GlobusSDKUsageError, NetworkError, ReplyFormatError
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.terminals.aiohttp.secrets import Hidden

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse


# The middlewares whose steps are being done in this context. A request that one of them makes through the same
# session while it gets a token would wait for that token.
_at_work: ContextVar[tuple[object, ...]] = ContextVar("globus_transport.embed.aiohttp.middlewares", default=())

_exchange: ContextVar[Exchange] = ContextVar("globus_transport.embed.aiohttp.middlewares.exchange")


class GlobusAuth:
    """Puts a credential on the requests of a ``ClientSession``: ``ClientSession(middlewares=(GlobusAuth(...),))``.

    It goes to the origins of ``urls`` and to no others, whether a request or a redirect leads there. After a 401
    the token is renewed and the request is sent once more, if its body can be. Tasks, threads and event loops that
    share the authorizer renew once. A renewal that fails raises what it raises in a client of this package:
    :class:`~globus_transport.LoginRequiredError`, for one.

    :param authorizer: any; one that was bound with ``bound_to()`` needs no ``urls``
    :param urls: of the servers that may see the credential
    :raises GlobusSDKUsageError: if it is no authorizer, or nobody said which servers may see the credential
    """

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bound(authorizer, urls)
        # Compared in aiohttp's own terms: what its URL class takes for the host is where it connects to.
        self._origins = {_place_of(yarl.URL(origin)): origin for origin in self.authorizer.origins}

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send one request of the session."""
        origin = self._origins.get(_place_of(request.url))
        at_work = _at_work.get()
        if origin is None or self in at_work:
            return await handler(request)
        # Nearly every request is sent with a header that is known, and let in: the authorizer need not be asked.
        header = _known_header(self.authorizer)
        refused = None
        if header is not None:
            request.headers["Authorization"] = Hidden(header)
            refused = await handler(request)
            if refused.status != 401:
                return refused
        exchange = Exchange(request, _undisturbed(handler, at_work))
        asked = await exchange.begin(URL.at(origin, request.url.raw_path_qs))
        if header is not None and refused is not None:
            exchange.have_sent(header, refused)
        token = _at_work.set((*at_work, self))
        try:
            authorized = async_driver.mount("authorizer", self.authorizer, exchange.send)
            return await exchange.reply_to(await authorized(asked))
        finally:
            _at_work.reset(token)
            exchange.let_go()

    def __str__(self) -> str:
        return str(self.authorizer)

    def __repr__(self) -> str:
        return f"<GlobusAuth: {self}>"


class StackMiddleware:
    """Runs layers of this package around aiohttp: ``ClientSession(middlewares=(StackMiddleware([Retry()]),))``.

    The layers see every request of the session, and aiohttp sends what they send on. Bodies of responses stay on
    the wire (``request.stream`` is true), since that is where aiohttp's users expect them; a layer that has to see
    one asks for ``Read(response)``. Where no answer comes, the session's caller gets aiohttp's own exception.

    Let one of the two follow redirects and repeat requests: with a ``Redirect`` layer, say
    ``allow_redirects=False`` to aiohttp.

    :param layers: of a stack, outermost first; or an ``AsyncStack``, of which the layers are taken and the
        terminal is not: aiohttp stands in its place
    :raises MiddlewareError: if something in it is no middleware, or cannot run under asyncio
    """

    def __init__(self, layers: AsyncStack | Iterable[LayerLike]) -> None:
        if not isinstance(layers, AsyncStack) and not isinstance(layers, Iterable):
            raise GlobusSDKUsageError(f"layers: expected a list of layers or an AsyncStack, got {layers!r}")
        self.stack = AsyncStack(_to_aiohttp, layers.layers if isinstance(layers, AsyncStack) else layers)

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send one request of the session."""
        at_work = _at_work.get()
        if self in at_work or request.url.scheme not in ("http", "https"):
            return await handler(request)
        exchange = Exchange(request, _undisturbed(handler, at_work), map_errors=True)
        asked = await exchange.begin(URL(str(request.url)))
        tokens = _at_work.set((*at_work, self)), _exchange.set(exchange)
        try:
            return await exchange.reply_to(await self.stack.send(asked))
        except (NetworkError, ReplyFormatError) as error:
            failure = error
        finally:
            _at_work.reset(tokens[0])
            _exchange.reset(tokens[1])
        cause = failure.underlying_exception if isinstance(failure, NetworkError) else failure.__cause__
        raise cause if isinstance(cause, (aiohttp.ClientError, OSError)) else failure

    def __str__(self) -> str:
        return ", ".join(layer.name for layer in self.stack.layers) or "no layers"

    def __repr__(self) -> str:
        return f"<StackMiddleware: {self}>"


def _known_header(bound: BoundAuthorizer) -> str | None:
    """The header that the authorizer would begin with, if it would neither wait nor ask anybody."""
    authorizer = bound.authorizer
    # One that sends requests in a way of its own is not known to begin with a header.
    plain = type(authorizer).authorize in (StaticGlobusAuthorizer.authorize, RenewingAuthorizer.authorize)
    return authorizer.ready_header() if plain else None


def _place_of(url: yarl.URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.raw_host, url.port


async def _to_aiohttp(request: Request) -> Response:
    return await _exchange.get().send(request)


def _undisturbed(handler: ClientHandlerType, at_work: tuple[object, ...]) -> ClientHandlerType:
    """The handler, for which everything is as it was before: what stands further in may use the session as well."""

    async def handle(request: ClientRequest) -> ClientResponse:
        token = _at_work.set(at_work)
        try:
            return await handler(request)
        finally:
            _at_work.reset(token)

    return handle
