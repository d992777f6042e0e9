"""The sandbox has all routes of the clients, and faults affect each of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from globus_transport import AuthClient, TransferClient
from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.auth_api import create_auth_app
from globus_transport.sandbox.state import Settings, State
from globus_transport.sandbox.transfer_api import create_transfer_app
from tests.sandbox.sandbox_http import Http

# Routes that are not in the route tables, because the login clients build these requests themselves.
LOGIN_ROUTES = [
    ("GET", "/v2/oauth2/authorize"),
    ("POST", "/v2/oauth2/token"),
    ("POST", "/v2/oauth2/token/revoke"),
    ("POST", "/v2/oauth2/token/introspect"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/jwk.json"),
    ("POST", "/v2/api/clients"),
]


def rows(client: Any) -> list[tuple[str, str]]:
    found = {(route.method, re.sub(r"{\w+}", "1", route.path)) for route in client.routes if route.path}
    return sorted((method, path) for method, path in found if path.startswith("/"))


def all_routes() -> list[Any]:
    auth = sorted({*rows(AuthClient), *LOGIN_ROUTES})
    return [pytest.param("auth", *row, id=f"auth {row}") for row in auth] + [
        pytest.param("transfer", *row, id=f"transfer {row}") for row in rows(TransferClient)
    ]


@pytest.fixture(scope="module")
def apps() -> dict[str, Flask]:
    state = State(Settings(1.0, True, 0.0, 0.0), None)
    return {"auth": create_auth_app(state), "transfer": create_transfer_app(state)}


@pytest.mark.parametrize(("service", "method", "path"), all_routes())
def test_there_is_an_answer(apps: dict[str, Flask], service: str, method: str, path: str) -> None:
    try:
        apps[service].url_map.bind("127.0.0.1").match(path, method)
    except HTTPException as error:
        pytest.fail(f"{method} {path}: {error.name}")


def test_there_are_as_many_as_the_services_have() -> None:
    assert len(rows(TransferClient)) > 60


def test_all_of_it_can_fail(globus: Sandbox) -> None:
    services = {"auth": Http(globus.auth_url), "transfer": Http(globus.transfer_url)}
    for parameters in all_routes():
        service, method, path = (str(value) for value in parameters.values)
        globus.faults.add(503, method=method, path=path, headers={"Retry-After": "1"})
        answer = services[service](method, path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1"), path
        is_listed = service == "auth" or path.startswith("/v2/")
        assert ("errors" in answer.document) is is_listed, path
    assert len(globus.faults) == 0
