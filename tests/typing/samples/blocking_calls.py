"""What the calls of the clients for threads give."""

from collections.abc import Generator, Iterator
from typing import Any, assert_type
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from globus_transport import (
    AuthClient,
    AuthLoginClient,
    AuthScopes,
    ClientApp,
    ConfidentialAppAuthClient,
    DeleteData,
    GetIdentitiesResponse,
    GlobusAppConfig,
    GlobusAuthorizationCodeFlowManager,
    GlobusAuthorizer,
    GlobusHTTPResponse,
    GlobusNativeAppFlowManager,
    IterableTransferResponse,
    NativeAppAuthClient,
    OAuthAuthorizationCodeResponse,
    OAuthClientCredentialsResponse,
    OAuthDependentTokenResponse,
    OAuthRefreshTokenResponse,
    OAuthTokenResponse,
    Request,
    Response,
    TransferClient,
    TransferData,
    TransferScopes,
    UserApp,
)
from globus_transport.paging import Paginator
from globus_transport.token_storage import TokenStorageData


def transfer(client: TransferClient, task: UUID) -> None:
    assert_type(client.get_task(task), GlobusHTTPResponse)
    assert_type(client.get_task("an-id", query_params={"fields": "status"}), GlobusHTTPResponse)
    assert_type(client.get_task.request(task), Request)
    assert_type(client.task_list(), IterableTransferResponse)
    assert_type(client.task_list(limit=1, filter={"status": ["ACTIVE"]}), IterableTransferResponse)
    assert_type(client.task_list.request(limit=1), Request)
    assert_type(client.task_list.pages(limit=1), Iterator[IterableTransferResponse])
    assert_type(client.task_list.items(), Iterator[Any])
    assert_type(client.operation_ls(task, "/", orderby=["name"]), IterableTransferResponse)
    assert_type(client.submit_transfer(TransferData(task, "to")), GlobusHTTPResponse)
    assert_type(client.submit_delete(DeleteData(task)), GlobusHTTPResponse)
    assert_type(client.task_wait(task, timeout=60), bool)
    for document in client.task_list():
        assert_type(document, dict[str, Any])


def keys(client: AuthClient, login_client: NativeAppAuthClient, as_pem: bool) -> None:
    assert_type(client.get_jwk(), dict[str, Any])
    assert_type(client.get_jwk({"jwks_uri": "https://example.org"}, as_pem=False), dict[str, Any])
    assert_type(login_client.get_jwk(as_pem=True), RSAPublicKey)
    assert_type(login_client.get_jwk(as_pem=as_pem), dict[str, Any] | RSAPublicKey)


def apps(client_id: UUID) -> None:
    app = UserApp("my app", client_id=client_id, config=GlobusAppConfig(token_storage="memory"))
    client = TransferClient(app=app).add_app_scope(TransferScopes.all).add_app_data_access_scope(client_id)
    assert_type(client, TransferClient)
    assert_type(AuthClient(None, None, app, [AuthScopes.openid]).userinfo(), GlobusHTTPResponse)
    assert_type(app.token_storage.get_token_data("a.server"), TokenStorageData)
    assert_type(app.get_authorizer("a.server"), GlobusAuthorizer)
    with ClientApp("my service", client_id=client_id, client_secret="s") as service:
        assert_type(service, ClientApp)


def pages(client: TransferClient) -> None:
    paginator = client.paginated.task_list(limit=10)
    assert_type(paginator, Paginator[IterableTransferResponse])
    assert_type(paginator.pages(), Iterator[IterableTransferResponse])
    for page in paginator:
        assert_type(page, IterableTransferResponse)
    assert_type(client.paginated.endpoint_search("words"), Paginator[IterableTransferResponse])
    assert_type(Paginator.wrap(client.task_list)(limit=1), Paginator[IterableTransferResponse])


def generic(client: TransferClient) -> None:
    assert_type(client.get("/x", query_params={"a": [1]}), GlobusHTTPResponse)
    assert_type(client.post("/x", data={"a": 1}, encoding="form"), GlobusHTTPResponse)
    assert_type(client.request("PATCH", "/x", data=b"", stream=True), GlobusHTTPResponse)
    with client as same:
        assert_type(same, TransferClient)
    assert_type(client.with_stack(client.stack.remove("retry")), TransferClient)
    assert_type(client.stack.send(client.get_task.request("x")), Response)


def auth(client: AuthClient) -> None:
    assert_type(client.userinfo(), GlobusHTTPResponse)
    assert_type(client.get_identities(usernames=["a@b.org"], provision=True), GetIdentitiesResponse)


def native(client: NativeAppAuthClient) -> None:
    assert_type(client.oauth2_start_flow("openid", refresh_tokens=True), GlobusNativeAppFlowManager)
    assert_type(client.oauth2_get_authorize_url(prompt="login"), str)
    assert_type(client.oauth2_exchange_code_for_tokens("code"), OAuthAuthorizationCodeResponse)
    assert_type(client.oauth2_refresh_token("refresh"), OAuthRefreshTokenResponse)
    assert_type(client.oauth2_revoke_token("token"), GlobusHTTPResponse)


def confidential(client: ConfidentialAppAuthClient) -> None:
    assert_type(client.oauth2_start_flow("https://x.org", ["openid"]), GlobusAuthorizationCodeFlowManager)
    assert_type(client.oauth2_client_credentials_tokens("openid"), OAuthClientCredentialsResponse)
    assert_type(client.oauth2_get_dependent_tokens("token"), OAuthDependentTokenResponse)
    assert_type(client.oauth2_token_introspect("token", include="session_info"), GlobusHTTPResponse)
    assert_type(client.oauth2_refresh_token("refresh").by_resource_server, dict[str, dict[str, Any]])


def login(client: AuthLoginClient) -> None:
    assert_type(client.oauth2_token({"grant_type": "own"}), OAuthTokenResponse)


def flows(client: TransferClient) -> Generator[Any, Any, None]:
    assert_type((yield from client.get_task.flow("x")), GlobusHTTPResponse)
    assert_type((yield from client.task_wait.flow("x")), bool)
