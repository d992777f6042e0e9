"""aiohttp's own signatures take what is made for it."""

from typing import assert_type

from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest, ClientResponse, ClientSession

from globus_transport import (
    AccessTokenAuthorizer,
    AiohttpTerminal,
    AsyncioTerminal,
    AsyncStack,
    AsyncTransferClient,
    Request,
    Response,
    Retry,
)
from globus_transport.embed.aiohttp.middlewares import GlobusAuth, StackMiddleware

URL = "https://transfer.api.globus.org"
authorizer = AccessTokenAuthorizer("t")
auth: ClientMiddlewareType = GlobusAuth(authorizer, URL)
bound: ClientMiddlewareType = GlobusAuth(authorizer.bound_to(URL))
layers: ClientMiddlewareType = StackMiddleware([Retry(), authorizer.bound_to(URL)])


async def a_session() -> None:
    async with ClientSession(middlewares=(GlobusAuth(authorizer, URL), StackMiddleware([Retry()]))) as session:
        assert_type(await session.get(URL, middlewares=(GlobusAuth(authorizer, URL),)), ClientResponse)


async def by_hand(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    return assert_type(await GlobusAuth(authorizer, URL)(request, handler), ClientResponse)


async def a_terminal(session: ClientSession) -> None:
    client = AsyncTransferClient(terminal=AiohttpTerminal(session))
    assert_type(client, AsyncTransferClient)
    async with AsyncioTerminal() as terminal:
        assert_type(terminal, AsyncioTerminal)
        assert_type(await AsyncStack(terminal, [Retry()]).send(Request("GET", URL)), Response)
        assert_type(StackMiddleware(AsyncStack(terminal, [Retry()])), StackMiddleware)
