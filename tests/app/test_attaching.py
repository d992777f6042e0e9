"""How clients and applications come together: by a protocol, stepped by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncAuthClient,
    AsyncStack,
    AsyncTransferClient,
    AuthClient,
    AuthLoginClient,
    AuthScopes,
    BaseClient,
    GlobusAuthorizer,
    GlobusSDKUsageError,
    Request,
    Response,
    Scope,
    ScopeParser,
    TransferClient,
    TransferScopes,
)
from globus_transport.core.flow import Read, Run
from globus_transport.routing.app import AppAuthorizer
from tests.core.stepping import Canned, FakeStream, end_of, get, post

TRANSFER = TransferScopes.resource_server


class Settings:
    environment = "production"


class FakeApp:
    """All that a client may know of an application."""

    def __init__(self, environment: str = "production", *, resolves: bool = True) -> None:
        self.app_name = "fake"
        self.config = Settings()
        self.config.environment = environment
        self.resolves = resolves
        self.asked: list[tuple[str, list[Scope]]] = []
        self.ready: GlobusAuthorizer | None = None

    def add_scope_requirements(self, scope_requirements: Mapping[str, Any]) -> None:
        for server, scopes in scope_requirements.items():
            given = [scopes] if isinstance(scopes, (str, Scope)) else scopes
            self.asked.append((server, [one for scope in given for one in ScopeParser.parse(str(scope))]))

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        return self.ready

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        return AccessTokenAuthorizer(f"for-{resource_server}")

    def may_resolve(self, response: Response) -> bool:
        return response.status == 403

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        return self.resolves


def answering(*statuses: int) -> Canned:
    return Canned(*(Response(status, {}, b"{}") for status in statuses))


def test_a_client_asks_the_app_with_each_request() -> None:
    app, terminal = FakeApp(), answering(200, 200)
    client = TransferClient(app=app, terminal=terminal)
    assert client.app is app
    assert app.asked == [(TRANSFER, [TransferScopes.all])]
    assert client.app_scopes == [TransferScopes.all]
    client.task_list()
    app.ready = AccessTokenAuthorizer("ready")
    client.task_list()
    sent = [request.headers["Authorization"] for request in terminal.requests]
    assert sent == [f"Bearer for-{TRANSFER}", "Bearer ready"]
    assert str(terminal.requests[0].headers["User-Agent"]).endswith("/fake")


def test_the_credential_stays_at_home() -> None:
    terminal = answering(200)
    TransferClient(app=FakeApp(), terminal=terminal).get("https://elsewhere.example.org/")
    assert "Authorization" not in terminal.requests[0].headers


def test_attached_later() -> None:
    app, terminal = FakeApp(), answering(200, 200, 200)
    client = AuthClient(terminal=terminal, app_name="its own")
    client.userinfo()
    client.attach_globus_app(app, [AuthScopes.openid])
    assert (client.app_name, client.app_scopes) == ("its own", [AuthScopes.openid])
    client.userinfo()
    assert "Authorization" not in terminal.requests[0].headers
    assert terminal.requests[1].headers["Authorization"] == "Bearer for-auth.globus.org"
    assert app.asked == [("auth.globus.org", [AuthScopes.openid])]
    names = [layer.name for layer in client.stack.layers]
    assert names.index("authorizer") == names.index("headers") - 1
    client.app_name = "another"
    client.userinfo()
    assert [request.headers["User-Agent"].rpartition("/")[2] for request in terminal.requests] == [
        "its own",
        "its own",
        "another",
    ]


def test_default_scopes() -> None:
    assert TransferClient.default_scope_requirements == [TransferScopes.all]
    assert AuthClient.default_scope_requirements == [AuthScopes.openid, AuthScopes.profile, AuthScopes.email]
    plain = BaseClient(base_url="https://example.org", terminal=answering())
    with pytest.raises(NotImplementedError, match="give app_scopes="):
        _ = plain.default_scope_requirements
    login = AuthLoginClient(terminal=answering())
    with pytest.raises(GlobusSDKUsageError, match="AuthClient is the one"):
        _ = login.default_scope_requirements
    app = FakeApp()
    login.attach_globus_app(app, [AuthScopes.openid])
    assert app.asked == [("auth.globus.org", [AuthScopes.openid])]


def test_more_scopes() -> None:
    app = FakeApp()
    client = TransferClient(app=app, app_scopes=[TransferScopes.gcp_install], terminal=answering())
    id = "b8872740-7edc-11ec-9f33-ed182a728dff"
    assert client.add_app_scope(TransferScopes.all).add_app_data_access_scope(id) is client
    asked = [[str(one) for one in scopes] for _, scopes in app.asked]
    data_access = f"https://auth.globus.org/scopes/{id}/data_access"
    assert asked == [
        [str(TransferScopes.gcp_install)],
        [str(TransferScopes.all)],
        [f"{TransferScopes.all}[*{data_access}]"],
    ]
    for wrong in ("x", "", [id, "x"], [1]):
        with pytest.raises(GlobusSDKUsageError, match="collection_ids: expected UUIDs"):
            client.add_app_data_access_scope(wrong)  # type: ignore[arg-type]


def test_what_cannot_be() -> None:
    app = FakeApp()
    token = AccessTokenAuthorizer("t")
    with pytest.raises(GlobusSDKUsageError, match="app= or authorizer=, not both"):
        TransferClient(app=app, authorizer=token)
    with pytest.raises(GlobusSDKUsageError, match="give app=, too"):
        TransferClient(app_scopes=[TransferScopes.all])
    with pytest.raises(GlobusSDKUsageError, match="has an app"):
        TransferClient(app=app).attach_globus_app(app)
    with pytest.raises(GlobusSDKUsageError, match="has an authorizer"):
        TransferClient(authorizer=token).attach_globus_app(app)
    with pytest.raises(GlobusSDKUsageError, match="names no resource_server"):
        BaseClient(base_url="https://example.org", app=app)
    with pytest.raises(GlobusSDKUsageError, match=r"'preview'.*'production'"):
        TransferClient(environment="preview", app=app)
    for use in (TransferClient.add_app_scope, TransferClient.add_app_data_access_scope):
        with pytest.raises(GlobusSDKUsageError, match="has no app"):
            use(TransferClient(), "b8872740-7edc-11ec-9f33-ed182a728dff")
    client = TransferClient()
    client.app_scopes = [TransferScopes.all]
    with pytest.raises(GlobusSDKUsageError, match="app_scopes is set"):
        client.attach_globus_app(app)
    assert app.asked == [(TRANSFER, [TransferScopes.all])]


def test_the_apps_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    client = TransferClient(app=FakeApp("preview"), terminal=answering())
    assert client.environment == "preview"
    assert client.base_url == "https://transfer.api.preview.globus.org/"
    monkeypatch.setenv("GLOBUS_SDK_ENVIRONMENT", "preview")
    assert TransferClient(app=FakeApp("production"), terminal=answering()).environment == "production"


def test_a_stack_of_ones_own_gets_the_layer_too() -> None:
    client = TransferClient(terminal=answering(200))
    bare = client.with_stack(client.stack.remove("headers"))
    bare.attach_globus_app(FakeApp())
    bare.task_list()
    assert "authorizer" in bare.stack
    assert "authorizer" not in client.stack


def test_asyncio_clients_take_one() -> None:
    for kind in (AsyncTransferClient, AsyncAuthClient):
        client = kind(app=FakeApp())
        assert isinstance(client.stack, AsyncStack)
        assert "authorizer" in client.stack


def stepped(app: FakeApp) -> AppAuthorizer:
    return AppAuthorizer(app, TRANSFER)


def credential(step: object) -> str:
    assert isinstance(step, Request)
    return step.headers["Authorization"]


def test_the_flow_asks_for_the_authorizer_as_a_step() -> None:
    app = FakeApp()
    flow = stepped(app).authorize(get())
    step = next(flow)
    assert isinstance(step, Run)
    assert step.args == (TRANSFER,)
    assert credential(flow.send(step.function(*step.args))) == f"Bearer for-{TRANSFER}"
    assert end_of(flow, Response(401)).status == 401


def test_the_flow_after_a_refusal() -> None:
    app = FakeApp()
    app.ready = AccessTokenAuthorizer("old")
    flow = stepped(app).authorize(get())
    assert credential(next(flow)) == "Bearer old"
    refused = Response(403, stream=FakeStream(b"{}"))
    assert isinstance(flow.send(refused), Read)
    step = flow.send(Response(403, body=b"{}"))
    assert isinstance(step, Run)
    app.ready = AccessTokenAuthorizer("new")
    assert credential(flow.send(step.function(*step.args))) == "Bearer new"
    # Once only.
    assert end_of(flow, Response(403)).status == 403


def test_a_refusal_that_stands() -> None:
    app = FakeApp(resolves=False)
    app.ready = AccessTokenAuthorizer("old")
    flow = stepped(app).authorize(post())
    next(flow)
    step = flow.send(Response(403, body=b"{}"))
    assert isinstance(step, Run)
    assert end_of(flow, False).body == b"{}"


def test_outside_a_flow() -> None:
    authorizer = stepped(FakeApp())
    assert authorizer.get_authorization_header() == f"Bearer for-{TRANSFER}"
    assert authorizer.handle_missing_authorization() is False
    assert str(authorizer) == "FakeApp 'fake'"
