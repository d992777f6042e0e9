"""The sandbox has all routes of the clients, and faults affect each of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from globus_transport import (
    AuthClient,
    ComputeClientV2,
    ComputeClientV3,
    FlowsClient,
    GCSClient,
    GroupsClient,
    SearchClient,
    SpecificFlowClient,
    TimersClient,
    TransferClient,
)
from globus_transport.experimental import TransferClientV2
from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.services import SERVICES
from globus_transport.sandbox.state import Settings, State
from tests.sandbox.sandbox_http import Http

# Routes that are not in the route tables, because the login clients build these requests themselves.
LOGIN_ROUTES = [
    ("GET", "/v2/oauth2/authorize"),
    ("POST", "/v2/oauth2/authorize"),
    ("GET", "/v2/web/auth-code"),
    ("POST", "/v2/oauth2/token"),
    ("POST", "/v2/oauth2/token/revoke"),
    ("POST", "/v2/oauth2/token/introspect"),
    ("POST", "/v2/oauth2/token/validate"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/jwk.json"),
    ("POST", "/v2/api/clients"),
]


CLIENTS: dict[str, list[Any]] = {
    "auth": [AuthClient],
    "transfer": [TransferClient, TransferClientV2],
    "groups": [GroupsClient],
    "search": [SearchClient],
    "flows": [FlowsClient, SpecificFlowClient],
    "timer": [TimersClient],
    "compute": [ComputeClientV2, ComputeClientV3],
    "connect_server": [GCSClient],
}


def rows(client: Any) -> list[tuple[str, str]]:
    found = {(route.method, re.sub(r"{\w+}", "1", route.path)) for route in client.routes if route.path}
    return sorted((method, path) for method, path in found if path.startswith("/"))


def all_routes() -> list[Any]:
    found = {(service, *row) for service, clients in CLIENTS.items() for client in clients for row in rows(client)}
    found |= {("auth", *row) for row in LOGIN_ROUTES}
    return [pytest.param(*row, id=" ".join(row)) for row in sorted(found)]


@pytest.fixture(scope="module")
def apps() -> dict[str, Flask]:
    state = State(Settings(1.0, True, 0.0, 0.0), None)
    return {name: service.create_app(state) for name, service in SERVICES.items()}


def test_every_service_is_tried() -> None:
    assert {*CLIENTS} == {*SERVICES}


@pytest.mark.parametrize(("service", "method", "path"), all_routes())
def test_there_is_an_answer(apps: dict[str, Flask], service: str, method: str, path: str) -> None:
    try:
        apps[service].url_map.bind("127.0.0.1").match(path, method)
    except HTTPException as error:
        pytest.fail(f"{method} {path}: {error.name}")


def test_there_are_as_many_as_the_services_have() -> None:
    assert len(rows(TransferClient)) > 60


def test_all_of_it_can_fail(globus: Sandbox) -> None:
    services = {name: Http(globus.url_of(name)) for name in SERVICES}
    for parameters in all_routes():
        service, method, path = (str(value) for value in parameters.values)
        globus.faults.add(503, service=service, method=method, path=path, headers={"Retry-After": "1"})
        answer = services[service](method, path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1"), path
        assert b"A fault of the sandbox" in answer.body, path
    assert len(globus.faults) == 0


@pytest.mark.parametrize(
    ("service", "path", "scope", "allowed"),
    [
        ("auth", "/v2/api/identities", "openid", "GET"),
        ("transfer", "/v0.10/task_list", "urn:globus:auth:scope:transfer.api.globus.org:all", "GET"),
        ("groups", "/v2/groups", "urn:globus:auth:scope:groups.api.globus.org:all", "POST"),
        ("search", "/v1/index_list", "urn:globus:auth:scope:search.api.globus.org:all", "GET"),
        ("flows", "/runs", "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all", "GET"),
        ("timer", "/jobs/", "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer", "GET"),
        ("compute", "/v2/functions", "https://auth.globus.org/scopes/facd7ccc-c5f4-42aa-916b-a0e270e2c2a9/all", "POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(service: str, path: str, scope: str, allowed: str) -> None:
    with Sandbox() as sandbox:
        url = sandbox.environ[f"GLOBUS_SDK_SERVICE_URL_{service.upper()}"]
        answer = Http(url, sandbox.issue_token(scope).access_token)("DELETE", path)
    assert answer.status == 405
    assert allowed in answer.headers["Allow"].split(", ")
    assert answer.headers["Content-Type"] == "application/json"
    assert "not allowed" in answer.body.decode()
