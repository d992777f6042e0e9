"""What the calls of the clients for asyncio give."""

from collections.abc import AsyncIterator, Awaitable, Coroutine
from typing import Any, assert_type

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from globus_transport import (
    AsyncAuthClient,
    AsyncConfidentialAppAuthClient,
    AsyncNativeAppAuthClient,
    AsyncTransferClient,
    GetIdentitiesResponse,
    GlobusHTTPResponse,
    IterableTransferResponse,
    OAuthAuthorizationCodeResponse,
    OAuthClientCredentialsResponse,
    OAuthRefreshTokenResponse,
    Request,
    TransferData,
    UserApp,
)
from globus_transport.routing.bound import AsyncPaginator


async def transfer(client: AsyncTransferClient) -> None:
    coroutine: Coroutine[Any, Any, GlobusHTTPResponse] = client.get_task("x")
    awaitable: Awaitable[IterableTransferResponse] = client.task_list(limit=1)
    assert_type(await coroutine, GlobusHTTPResponse)
    assert_type(await awaitable, IterableTransferResponse)
    assert_type(await client.get_task("x"), GlobusHTTPResponse)
    assert_type(await client.task_list(), IterableTransferResponse)
    assert_type(client.get_task.request("x"), Request)
    assert_type(client.task_list.pages(), AsyncIterator[IterableTransferResponse])
    assert_type(client.task_list.items(limit=5), AsyncIterator[Any])
    assert_type(await client.submit_transfer(TransferData("a", "b")), GlobusHTTPResponse)
    assert_type(await client.task_wait("x"), bool)
    assert_type(await client.get("/x"), GlobusHTTPResponse)


async def app(app: UserApp) -> None:
    async with AsyncTransferClient(app=app) as client:
        assert_type(client.add_app_data_access_scope("x"), AsyncTransferClient)
    assert_type(await AsyncAuthClient(app=app).userinfo(), GlobusHTTPResponse)


async def pages(client: AsyncTransferClient) -> None:
    paginator = client.paginated.task_list()
    assert_type(paginator, AsyncPaginator[IterableTransferResponse])
    assert_type(paginator.items(), AsyncIterator[Any])
    async for page in paginator:
        assert_type(page, IterableTransferResponse)
    async with client as same:
        assert_type(same, AsyncTransferClient)
    assert_type(client.with_stack(client.stack.remove("retry")), AsyncTransferClient)


async def auth(auth: AsyncAuthClient, native: AsyncNativeAppAuthClient, own: AsyncConfidentialAppAuthClient) -> None:
    assert_type(await auth.get_identities(ids=["x"]), GetIdentitiesResponse)
    assert_type(await auth.get_jwk(), dict[str, Any])
    assert_type(await native.get_jwk(as_pem=True), RSAPublicKey)
    assert_type(await native.oauth2_refresh_token("x"), OAuthRefreshTokenResponse)
    assert_type(await native.oauth2_exchange_code_for_tokens("x"), OAuthAuthorizationCodeResponse)
    assert_type(await own.oauth2_client_credentials_tokens("x"), OAuthClientCredentialsResponse)
