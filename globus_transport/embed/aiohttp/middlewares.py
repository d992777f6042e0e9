"""An authorizer, or layers of a stack, as a client middleware of aiohttp 3.12.2 or later.

aiohttp runs its middlewares for every request and for every hop of a redirect. So each hop is checked, and gets the
credential only if its server may see it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING

import aiohttp
import yarl

from globus_transport.authorizers.base import BoundAuthorizer, GlobusAuthorizer
from globus_transport.authorizers.renewing import RenewingAuthorizer
from globus_transport.core import async_driver
from globus_transport.core.async_stack import AsyncStack
from globus_transport.core.layers import LayerLike
from globus_transport.embed.aiohttp.messages import SessionCall
from globus_transport.embed.authorizing import bind_authorizer
from globus_transport.embed.stacks import without_retries
from globus_transport.exc.base import GlobusSDKUsageError, NetworkError, ReplyFormatError
from globus_transport.exc.tracebacks import leave_out_own_frames
from globus_transport.http.messages import Request, Response
from globus_transport.http.urls import URL
from globus_transport.terminals.aiohttp.secrets import SecretStr

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse


# The middlewares that are working in this context. They let a request pass that they cause themselves, such as the
# renewal of a token through the same session: authorizing it would wait for the token that it renews.
_active_middlewares: ContextVar[tuple[object, ...]] = ContextVar(
    "globus_transport.embed.aiohttp.active_middlewares", default=()
)

_current_call: ContextVar[SessionCall] = ContextVar("globus_transport.embed.aiohttp.current_call")


class GlobusAuth:
    """Puts a credential on the requests of a ``ClientSession``: ``ClientSession(middlewares=(GlobusAuth(...),))``.

    The credential goes to the origins of ``urls`` only, in requests and in redirects. After a 401 the token is renewed
    and the request is sent once more, if its body can be sent again. Tasks, threads and event loops that share the
    authorizer renew once. A failed renewal raises the same exceptions as in a client of this package, such as
    :class:`~globus_transport.LoginRequiredError`.

    :param authorizer: any authorizer; one that was bound with ``bound_to()`` takes no ``urls``
    :param urls: of the servers that may see the credential
    :raises GlobusSDKUsageError: if ``authorizer`` is not an authorizer, or the servers that may see the credential are
        not given
    """

    def __init__(self, authorizer: GlobusAuthorizer | BoundAuthorizer, *urls: str) -> None:
        self.authorizer = bind_authorizer(authorizer, urls)
        # Compared as aiohttp's URL class parses them, since aiohttp connects to the host that this class finds.
        self._origins = {_origin_key(yarl.URL(origin)): origin for origin in self.authorizer.origins}

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send one request of the session."""
        try:
            return await self._send(request, handler)
        except BaseException as error:
            leave_out_own_frames(error)
            raise

    async def _send(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        origin = self._origins.get(_origin_key(request.url))
        active = _active_middlewares.get()
        if origin is None or self in active:
            return await handler(request)
        try:
            return await self._send_with_credential(request, handler, origin, active)
        finally:
            # A response refers to these headers (request_info). Libraries around aiohttp store them, such as a cache.
            request.headers.popall("Authorization", None)

    async def _send_with_credential(
        self, request: ClientRequest, handler: ClientHandlerType, origin: str, active: tuple[object, ...]
    ) -> ClientResponse:
        # The fast case: the header is known, and the server accepts it. The authorizer's flow is run only after a 401.
        header = _ready_header(self.authorizer)
        refusal = None
        if header is not None:
            request.headers["Authorization"] = SecretStr(header)
            refusal = await handler(request)
            if refusal.status != 401:
                return refusal
        call = SessionCall(request, _in_outer_context(handler, active))
        own_request = await call.to_request(URL.at(origin, request.url.raw_path_qs))
        if header is not None and refusal is not None:
            call.set_early_response(header, refusal)
        token = _active_middlewares.set((*active, self))
        try:
            authorized_send = async_driver.mount("authorizer", self.authorizer, call.send)
            return await call.to_client_response(await authorized_send(own_request))
        finally:
            _active_middlewares.reset(token)
            call.release_early_response()

    def __str__(self) -> str:
        return str(self.authorizer)

    def __repr__(self) -> str:
        # The identity is part of it: fsspec takes two filesystems for the same if their options have the same repr.
        return f"<GlobusAuth at {id(self):#x}: {self}>"


class StackMiddleware:
    """Runs layers of this package around aiohttp: ``ClientSession(middlewares=(StackMiddleware([Retry()]),))``.

    The layers see every request of the session, and aiohttp sends what they pass on. Bodies of responses stay on the
    wire (``request.stream`` is true), as aiohttp's users expect; a layer that has to see a body yields
    ``Read(response)``. If there is no response, the session's caller gets aiohttp's own exception.

    Only one of the two should follow redirects and repeat requests: with a ``Redirect`` layer, pass
    ``allow_redirects=False`` to aiohttp.

    :param layers: of a stack, outermost first; or an ``AsyncStack``, whose layers are used and whose terminal is not,
        since aiohttp sends
    :param retries: whether the ``retry`` layer stays in the stack;
        ``False`` if the code around the session repeats requests
    :raises GlobusSDKUsageError: if it is neither
    :raises MiddlewareError: if an item is not a middleware, or cannot run under asyncio
    """

    def __init__(self, layers: AsyncStack | Iterable[LayerLike], *, retries: bool = True) -> None:
        if not isinstance(layers, AsyncStack) and not isinstance(layers, Iterable):
            raise GlobusSDKUsageError(f"layers: expected a list of layers or an AsyncStack, got {layers!r}")
        given = layers.layers if isinstance(layers, AsyncStack) else layers
        self.stack = AsyncStack(_send_current_call, given if retries else without_retries(given))

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send one request of the session."""
        active = _active_middlewares.get()
        if self in active or request.url.scheme not in ("http", "https"):
            return await handler(request)
        call = SessionCall(request, _in_outer_context(handler, active), translate_errors=True)
        own_request = await call.to_request(URL(str(request.url)))
        tokens = _active_middlewares.set((*active, self)), _current_call.set(call)
        try:
            return await call.to_client_response(await self.stack.send(own_request))
        except (NetworkError, ReplyFormatError) as error:
            failure = error
        finally:
            call.remove_credential()
            _active_middlewares.reset(tokens[0])
            _current_call.reset(tokens[1])
        cause = failure.underlying_exception if isinstance(failure, NetworkError) else failure.__cause__
        raise cause if isinstance(cause, (aiohttp.ClientError, OSError)) else failure

    def __str__(self) -> str:
        return ", ".join(layer.name for layer in self.stack.layers) or "no layers"

    def __repr__(self) -> str:
        return f"<StackMiddleware at {id(self):#x}: {self}>"


def _ready_header(bound: BoundAuthorizer) -> str | None:
    """The header that the authorizer's flow would send first; ``None`` if only the flow itself can find it."""
    authorizer = bound.authorizer
    # A subclass with a flow of its own may begin with something else.
    has_known_flow = type(authorizer).authorize in (GlobusAuthorizer.authorize, RenewingAuthorizer.authorize)
    return authorizer.ready_header() if has_known_flow else None


def _origin_key(url: yarl.URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.raw_host, url.port


async def _send_current_call(request: Request) -> Response:
    return await _current_call.get().send(request)


def _in_outer_context(handler: ClientHandlerType, active: tuple[object, ...]) -> ClientHandlerType:
    """The handler, run with the active middlewares from outside of this one: a middleware further in may use the
    session for a request of its own, which all middlewares have to see.
    """

    async def handle(request: ClientRequest) -> ClientResponse:
        token = _active_middlewares.set(active)
        try:
            return await handler(request)
        finally:
            _active_middlewares.reset(token)

    return handle
