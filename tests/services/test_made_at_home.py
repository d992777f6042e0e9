"""What programs do with clients beside calling them: other credentials, classes of their own, mocks."""

from __future__ import annotations

import inspect
from typing import Any
from unittest import mock

import pytest

import globus_transport
from globus_transport import (
    AccessTokenAuthorizer,
    AsyncTransferClient,
    BaseClient,
    ClientApp,
    ConfidentialAppAuthClient,
    GlobusAPIError,
    GlobusAppConfig,
    GlobusSDKUsageError,
    Request,
    Response,
    Scope,
    TransferAPIError,
    TransferClient,
)
from globus_transport.authorizers.base import GlobusAuthorizer
from globus_transport.scopes import StaticScopeCollection
from tests.core.stepping import Canned

ID = "11111111-1111-4111-8111-111111111111"
HERE = "https://transfer.example.org/"


class Served(Canned):
    """Answers whatever it is asked."""

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(200, {"Content-Type": "application/json"}, b'{"status": "ACTIVE"}', request=request)


def credential_of(client: TransferClient, terminal: Served) -> str | None:
    client.get_task(ID)
    return terminal.requests[-1].headers.get("Authorization")


@pytest.mark.parametrize("first", [None, AccessTokenAuthorizer("first")])
def test_another_authorizer_can_be_assigned(first: GlobusAuthorizer | None) -> None:
    terminal = Served()
    client = TransferClient(base_url=HERE, authorizer=first, terminal=terminal)
    client.authorizer = second = AccessTokenAuthorizer("second")
    assert client.authorizer is second
    assert credential_of(client, terminal) == "Bearer second"
    assert [layer.name for layer in client.stack.layers][-2:] == ["authorizer", "headers"]
    client.authorizer = None
    assert credential_of(client, terminal) is None
    client.authorizer = None
    client.authorizer = second
    assert credential_of(client, terminal) == "Bearer second"


def test_what_is_assigned_is_an_authorizer() -> None:
    client = TransferClient(base_url=HERE, authorizer=AccessTokenAuthorizer("first"))
    with pytest.raises(GlobusSDKUsageError, match="expected one such as AccessTokenAuthorizer"):
        client.authorizer = "Bearer abc"  # type: ignore[assignment]
    assert isinstance(client.authorizer, AccessTokenAuthorizer)


def an_app() -> ClientApp:
    return ClientApp("app", client_id=ID, client_secret="s3cret", config=GlobusAppConfig(token_storage="memory"))


def test_a_client_of_an_app_takes_no_authorizer() -> None:
    client = TransferClient(app=an_app())
    with pytest.raises(GlobusSDKUsageError, match="has an app"):
        client.authorizer = AccessTokenAuthorizer("mine")


@pytest.mark.parametrize("make", [TransferClient, AsyncTransferClient])
@pytest.mark.parametrize("name", ["base_url", "environment", "origin", "base_path"])
def test_where_a_client_is_mounted_cannot_be_changed(make: Any, name: str) -> None:
    client = make(base_url=HERE)
    before = getattr(client, name)
    with pytest.raises(GlobusSDKUsageError, match=rf"TransferClient.{name} cannot be changed; make another client"):
        setattr(client, name, "https://elsewhere.example.org/")
    assert getattr(client, name) == before


class WidgetScopes(StaticScopeCollection):
    resource_server = "widgets.example.org"
    all = Scope("urn:widgets:all")


class Widgets(BaseClient):
    base_url = "https://widgets.example.org/api/"
    scopes = WidgetScopes()
    default_scope_requirements = [WidgetScopes.all]  # noqa: RUF012  # pyright: ignore


def test_a_class_says_where_its_service_is() -> None:
    terminal = Served()
    assert Widgets(terminal=terminal).get("widget").http_status == 200
    assert str(terminal.requests[0].url) == "https://widgets.example.org/api/widget"
    Widgets(base_url=HERE, terminal=terminal).get("widget")
    assert str(terminal.requests[1].url) == f"{HERE}widget"


def test_a_class_says_what_a_refusal_is_raised_as() -> None:
    class WidgetError(TransferAPIError):
        """Ours."""

    class Widgets(TransferClient):
        error_class = WidgetError

    def refused(request: Request) -> Response:
        return Response(404, {"Content-Type": "application/json"}, b'{"code": "NoWidget"}', request=request)

    for cls, error in ((Widgets, WidgetError), (TransferClient, TransferAPIError), (BaseClient, GlobusAPIError)):
        client = cls(base_url=HERE, terminal=refused)
        with pytest.raises(GlobusAPIError) as caught:
            client.get("/widget")
        assert type(caught.value) is error
        assert f"status >= 400 raises {error.__name__}\n" in str(client.stack)


def test_a_class_has_the_resource_server_of_its_scopes() -> None:
    class Renamed(Widgets):
        resource_server = "other.example.org"

    assert Widgets.resource_server == Widgets().resource_server == "widgets.example.org"
    assert Renamed.resource_server == "other.example.org"
    assert BaseClient.resource_server is None
    assert TransferClient.resource_server == "transfer.api.globus.org"
    app = an_app()
    Widgets(app=app)
    assert app.scope_requirements["widgets.example.org"] == [WidgetScopes.all]


@pytest.mark.parametrize("asyncio", ["", "Async"])
def test_both_login_clients_are_login_clients(asyncio: str) -> None:
    base = getattr(globus_transport, f"{asyncio}AuthLoginClient")
    native = getattr(globus_transport, f"{asyncio}NativeAppAuthClient")(ID)
    confidential = getattr(globus_transport, f"{asyncio}ConfidentialAppAuthClient")(ID, "s3cret")
    for client in (native, confidential):
        assert isinstance(client, base)
        assert client.client_id == ID
    assert not isinstance(native, type(confidential))


def test_clients_are_specs_of_mocks() -> None:
    made = mock.create_autospec(TransferClient, instance=True)
    made.submit_transfer.return_value = {"task_id": "t"}
    assert made.submit_transfer({"DATA": []})["task_id"] == "t"
    made.task_list()
    auth = mock.create_autospec(ConfidentialAppAuthClient, instance=True)
    auth.oauth2_exchange_code_for_tokens("code")
    with mock.patch.object(TransferClient, "get_task", autospec=True) as get_task:
        get_task.return_value = {"status": "SUCCEEDED"}
        assert TransferClient(base_url=HERE).get_task(ID)["status"] == "SUCCEEDED"
    get_task.assert_called_once_with(ID)


def test_a_route_of_the_class_is_called_with_a_client() -> None:
    client: Any = TransferClient(base_url=HERE, terminal=Served())
    on_the_class: Any = TransferClient.get_task
    assert on_the_class(client, ID)["status"] == "ACTIVE"
    with pytest.raises(TypeError, match="the first argument is a client"):
        on_the_class(ID)
    assert list(inspect.signature(on_the_class).parameters) == ["task_id", "query_params"]
