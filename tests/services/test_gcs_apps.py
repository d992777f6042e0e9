"""Clients of Connect Server with an application: the endpoint's client id names the scopes, and is asked for once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from globus_transport import (
    AccessTokenAuthorizer,
    AsyncGCSClient,
    GCSAPIError,
    GCSClient,
    GlobusAuthorizer,
    GlobusSDKUsageError,
    ReplyFormatError,
    Request,
    Response,
    RetryConfig,
)
from globus_transport.experimental.gcs_collection_client import AsyncGCSCollectionClient, GCSCollectionClient
from globus_transport.scopes import GCSCollectionScopes, GCSEndpointScopes

HOST = "abc.xyz.data.globus.org"
ID = "b8872740-7edc-11ec-9f33-ed182a728dff"
MANAGE = [GCSEndpointScopes(ID).manage_collections]
INFO = {"DATA_TYPE": "result#1.1.0", "data": [{"DATA_TYPE": "info#1.0.0", "client_id": ID}]}


class Settings:
    environment = "production"


class FakeApp:
    """All that a client may know of an application."""

    app_name = "fake"
    config = Settings()

    def __init__(self) -> None:
        self.required: list[tuple[str, Any]] = []

    def add_scope_requirements(self, scope_requirements: Mapping[str, Any]) -> None:
        self.required += scope_requirements.items()

    def ready_authorizer(self, resource_server: str) -> GlobusAuthorizer | None:
        return None

    def get_authorizer(self, resource_server: str) -> GlobusAuthorizer:
        assert any(server == resource_server for server, _ in self.required)
        return AccessTokenAuthorizer(f"for-{resource_server}")

    def may_resolve(self, response: Response) -> bool:
        return False

    def resolve_refusal(self, resource_server: str, response: Response) -> bool:
        raise AssertionError


class Endpoint:
    """A terminal that answers as an endpoint, and keeps what it was sent."""

    def __init__(self, *info: tuple[int, Any]) -> None:
        self.info = list(info) or [(200, INFO)]
        self.sent: list[tuple[str, str, str | None]] = []
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        path = request.url.target
        self.requests.append(request)
        self.sent.append((request.method, path, request.headers.get("Authorization")))
        status, document = self.info.pop(0) if path == "/api/info" else (200, {"data": []})
        return Response(status, {"Content-Type": "application/json"}, json.dumps(document).encode(), request=request)

    async def send(self, request: Request) -> Response:
        return self(request)


def test_nothing_is_sent_before_the_first_call() -> None:
    app, endpoint = FakeApp(), Endpoint()
    client = GCSClient(HOST, app=app, terminal=endpoint)
    assert (endpoint.sent, app.required) == ([], [])
    client.get_endpoint()
    client.create_role({"role": "administrator"})
    assert endpoint.sent == [
        ("GET", "/api/info", None),
        ("GET", "/api/endpoint", f"Bearer for-{ID}"),
        ("POST", "/api/roles", f"Bearer for-{ID}"),
    ]
    assert app.required == [(ID, MANAGE)]
    assert client.endpoint_client_id == client.resource_server == ID
    assert len(endpoint.sent) == 3


def test_the_request_for_the_id_has_nothing_of_the_call() -> None:
    endpoint = Endpoint()
    GCSClient(HOST, app=FakeApp(), terminal=endpoint).create_role({"role": "administrator"})
    info, call = endpoint.requests
    assert call.body == b'{"role":"administrator"}'
    assert (info.body, info.authorize, info.route) == (None, False, "get_gcs_info")
    assert "Content-Type" not in info.headers
    assert info.may_repeat


def test_the_same_under_asyncio() -> None:
    async def use() -> None:
        client = AsyncGCSClient(HOST, app=app, terminal=endpoint.send)
        with pytest.raises(GlobusSDKUsageError, match="find_endpoint_client_id"):
            client.endpoint_client_id  # noqa: B018
        await client.get_endpoint()
        assert client.endpoint_client_id == client.resource_server == ID
        assert await client.find_endpoint_client_id() == ID

    app, endpoint = FakeApp(), Endpoint()
    asyncio.run(use())
    assert [path for _, path, _ in endpoint.sent] == ["/api/info", "/api/endpoint"]
    assert app.required == [(ID, MANAGE)]


def test_a_login_may_come_before_the_first_call() -> None:
    app, endpoint = FakeApp(), Endpoint()
    client = GCSClient(HOST, app=app, terminal=endpoint)
    assert client.default_scope_requirements == MANAGE
    # Now app.login() includes the endpoint.
    assert app.required == [(ID, MANAGE)]
    client.get_endpoint()
    assert [path for _, path, _ in endpoint.sent] == ["/api/info", "/api/endpoint"]


def test_a_login_may_come_before_the_first_call_under_asyncio() -> None:
    async def use() -> None:
        client = AsyncGCSClient(HOST, app=app, terminal=endpoint.send)
        assert await client.find_endpoint_client_id() == ID
        assert client.default_scope_requirements == MANAGE
        await client.get_endpoint()

    app, endpoint = FakeApp(), Endpoint()
    asyncio.run(use())
    assert app.required == [(ID, MANAGE)]
    assert [path for _, path, _ in endpoint.sent] == ["/api/info", "/api/endpoint"]


def test_scopes_of_ones_own() -> None:
    app = FakeApp()
    scopes = [MANAGE[0].with_dependency(GCSCollectionScopes("a-collection").data_access)]
    client = GCSClient(HOST, app=app, app_scopes=scopes, terminal=Endpoint())
    client.get_endpoint()
    assert app.required == [(ID, scopes)]
    client.add_app_scope("urn:globus:auth:scope:x:y")
    assert app.required[1:] == [(ID, "urn:globus:auth:scope:x:y")]


def test_an_app_that_is_attached_later() -> None:
    app, endpoint = FakeApp(), Endpoint()
    client = GCSClient(HOST, terminal=endpoint)
    assert client.find_endpoint_client_id() == ID
    client.attach_globus_app(app)
    assert app.required == [(ID, MANAGE)]
    client.get_endpoint()
    assert [path for _, path, _ in endpoint.sent] == ["/api/info", "/api/endpoint"]


def test_a_copy_on_another_stack_knows_the_id_too() -> None:
    app, endpoint = FakeApp(), Endpoint()
    client = GCSClient(HOST, app=app, terminal=endpoint)
    client.with_stack(client.stack).get_endpoint()
    assert client.endpoint_client_id == ID
    assert len(endpoint.sent) == 2


def test_an_endpoint_that_refuses_is_no_login() -> None:
    app, endpoint = FakeApp(), Endpoint((404, {"code": "not_found", "message": "No"}), (200, INFO))
    client = GCSClient(HOST, app=app, terminal=endpoint)
    with pytest.raises(GCSAPIError, match="/api/info"):
        client.create_role({})
    assert app.required == []
    client.create_role({})
    assert app.required == [(ID, MANAGE)]


def test_an_endpoint_that_is_busy_is_asked_again() -> None:
    app, endpoint = FakeApp(), Endpoint((503, {}), (200, INFO))
    GCSClient(HOST, app=app, terminal=endpoint, retry_config=RetryConfig(max_sleep=0)).get_endpoint()
    assert [path for _, path, _ in endpoint.sent] == ["/api/info", "/api/info", "/api/endpoint"]


@pytest.mark.parametrize("info", [{}, {"data": [{"DATA_TYPE": "info#1.0.0", "client_id": None}]}])
def test_an_endpoint_without_an_id(info: dict[str, Any]) -> None:
    client = GCSClient(HOST, app=FakeApp(), terminal=Endpoint((200, info), (200, info)))
    for use in (client.get_endpoint, client.find_endpoint_client_id):
        with pytest.raises(ReplyFormatError, match="client_id"):
            use()


def test_information_needs_no_token() -> None:
    endpoint = Endpoint()
    client = GCSClient(HOST, authorizer=AccessTokenAuthorizer("a-token"), terminal=endpoint)
    assert client.get_gcs_info()["client_id"] == ID
    client.get_endpoint()
    assert [credential for *_, credential in endpoint.sent] == [None, "Bearer a-token"]


@pytest.mark.parametrize("make", [GCSCollectionClient, AsyncGCSCollectionClient])
def test_a_client_of_a_collection(make: Any) -> None:
    app = FakeApp()
    client = make(ID, "m-1.data.globus.org", app=app)
    scopes = GCSCollectionScopes(ID)
    assert (client.collection_id, client.resource_server) == (ID, ID)
    assert client.base_url == "https://m-1.data.globus.org"
    assert client.scopes.https == scopes.https
    assert app.required == [(ID, [scopes.https])]
    assert make(ID, "https://m-1.data.globus.org/").base_url == "https://m-1.data.globus.org/"
    with pytest.raises(AttributeError, match="make a client"):
        make.scopes.https  # noqa: B018
    with pytest.raises(GlobusSDKUsageError, match="collection_address"):
        make(ID, "")
