"""Values that programs, and their tests, make and look at: the same with both packages."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import pickle
from typing import Any
from unittest.mock import MagicMock

import globus_sdk
import globus_sdk.services.auth
import pytest
import requests

import globus_transport
import globus_transport.services.auth
from globus_transport import (
    MISSING,
    AuthClient,
    ClientApp,
    ConfidentialAppAuthClient,
    GlobusAppConfig,
    IdentityMap,
    MissingType,
    NativeAppAuthClient,
    TransferClient,
    UserApp,
)
from globus_transport.globus_app.app import GlobusApp
from globus_transport.token_storage import MemoryTokenStorage, TokenStorageData

ID = "46bd0f56-e24f-11e5-a510-131bef46955c"
PACKAGES = ("globus_sdk", "globus_transport")


def test_missing_has_one_value_only() -> None:
    types: list[Any] = [globus_sdk.MissingType, MissingType]
    for made in types:
        with pytest.raises(TypeError):
            made()
    assert copy.deepcopy(MISSING) is copy.copy(MISSING) is pickle.loads(pickle.dumps(MISSING)) is MISSING


@pytest.mark.parametrize("package", PACKAGES)
def test_a_client_of_a_service_that_the_package_does_not_know(package: str) -> None:
    base: Any = importlib.import_module(package).BaseClient

    class Client(base):  # type: ignore[misc]
        service_name = "novel"

    assert Client(environment="preview").base_url == "https://novel.api.preview.globus.org/"


@pytest.mark.parametrize("name", ["GlobusNativeAppFlowManager", "GlobusAuthorizationCodeFlowManager"])
def test_flow_managers_have_the_parameters_of_globus_sdk(name: str) -> None:
    theirs, ours = getattr(globus_sdk.services.auth, name), getattr(globus_transport.services.auth, name)
    assert [
        (one.name, one.kind, str(one.default).rpartition(".")[2]) for one in inspect.signature(ours).parameters.values()
    ] == [
        (one.name, one.kind, str(one.default).rpartition(".")[2])
        for one in inspect.signature(theirs).parameters.values()
    ]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"redirect_uri": "https://app.example.org/", "state": "a state", "refresh_tokens": True},
        {"verifier": "v" * 43, "prefill_named_grant": "my laptop"},
    ],
)
def test_a_login_with_pkce_opens_the_address_of_globus_sdk(given: dict[str, Any]) -> None:
    given = {"verifier": "a" * 50, **given}
    addresses = [
        importlib.import_module(f"{package}.services.auth")
        .GlobusNativeAppFlowManager(
            importlib.import_module(package).NativeAppAuthClient("an-id"), requested_scopes="openid", **given
        )
        .get_authorize_url()
        for package in PACKAGES
    ]
    assert addresses[0] == addresses[1]


def test_the_address_of_a_login_with_a_secret() -> None:
    addresses = [
        importlib.import_module(f"{package}.services.auth")
        .GlobusAuthorizationCodeFlowManager(
            importlib.import_module(package).ConfidentialAppAuthClient("an-id", "s"), "https://a.example.org/", "openid"
        )
        .get_authorize_url()
        for package in PACKAGES
    ]
    assert addresses[0] == addresses[1]


def test_identities_that_are_not_looked_up_yet_are_sets() -> None:
    identities = IdentityMap(AuthClient(), [ID, "ada@example.org", "bob@example.org"])
    theirs = globus_sdk.IdentityMap(globus_sdk.AuthClient(), [ID, "ada@example.org", "bob@example.org"])
    assert identities.unresolved_ids == theirs.unresolved_ids == {ID}
    assert identities.unresolved_usernames == theirs.unresolved_usernames == {"ada@example.org", "bob@example.org"}


def storage_with(server: str, refresh_token: str | None) -> MemoryTokenStorage:
    storage = MemoryTokenStorage()
    data = TokenStorageData(server, ID, TransferClient.scopes.all.scope_string, "a", refresh_token, 2**31, "Bearer")
    storage.store_token_data_by_resource_server({server: data})
    return storage


def test_the_authorizers_of_an_application_name_the_client_that_renews() -> None:
    server, scope = "transfer.api.globus.org", TransferClient.scopes.all
    storage = storage_with(server, None)
    with_secret = ConfidentialAppAuthClient("an-id", "a secret")
    service: GlobusApp = ClientApp(
        "app",
        login_client=with_secret,
        scope_requirements={server: [scope]},
        config=GlobusAppConfig(token_storage=storage),
    )
    assert service.get_authorizer(server).confidential_client is with_secret  # type: ignore[attr-defined]
    without = NativeAppAuthClient("an-id")
    app: GlobusApp = UserApp(
        "app",
        login_client=without,
        scope_requirements={server: [scope]},
        config=GlobusAppConfig(token_storage=storage_with(server, "r"), request_refresh_tokens=True),
    )
    assert app.get_authorizer(server).auth_client is without  # type: ignore[attr-defined]


@pytest.mark.parametrize("content_type", [None, "application/vnd.api+json"])
@pytest.mark.parametrize(
    "document",
    [
        {"errors": []},
        {"code": "A", "errors": []},
        {"code": "A", "message": "m", "errors": []},
        {"detail": "d", "errors": []},
        {"detail": "d", "errors": {}},
        {"detail": "d", "errors": [1]},
        {"detail": "d", "errors": [{"code": "B", "detail": "e"}]},
        {"code": "A", "message": "m"},
        {},
    ],
)
def test_the_errors_in_a_document(document: dict[str, Any], content_type: str | None) -> None:
    read = []
    for package in PACKAGES:
        construct: Any = importlib.import_module(f"{package}.testing").construct_error
        headers = None if content_type is None else {"Content-Type": content_type}
        error = construct(http_status=400, body=document, response_headers=headers)
        read.append((error.code, error.messages, [(one.raw, one.code, one.message) for one in error.errors]))
    assert read[0] == read[1]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_reply_may_be_made_from_an_empty_response_of_requests(package: str) -> None:
    made = importlib.import_module(f"{package}.response").GlobusHTTPResponse
    reply = made(requests.Response(), client=MagicMock())
    assert (reply.http_status, reply.data, reply.binary_content or b"", reply.text, str(reply)) == (
        None,
        None,
        b"",
        "",
        "",
    )
    assert dict(reply.headers) == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_reply_may_be_made_from_a_mock(package: str) -> None:
    made = importlib.import_module(f"{package}.response").GlobusHTTPResponse
    mock = MagicMock(status_code=201)
    reply = made(mock, client=MagicMock())
    assert (reply.http_status, reply.data, reply.get("a", 1)) == (201, None, 1)
    assert "a" not in reply
    mock = MagicMock(content=b'{"a": 1}', text='{"a": 1}', headers={"Content-Type": "application/json"})
    mock.json.return_value = {"a": 1}
    reply = made(mock, client=MagicMock())
    assert (reply.data, reply["a"], reply.content_type) == ({"a": 1}, 1, "application/json")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_network_error_has_a_message(package: str) -> None:
    errors = importlib.import_module(f"{package}.exc")
    for made in (errors.NetworkError, errors.GlobusTimeoutError, errors.GlobusConnectionTimeoutError):
        cause = OSError("cause")
        error = made("what went wrong", cause)
        assert (error.message, str(error), error.underlying_exception) == (*("what went wrong",) * 2, cause)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tokens_of_a_reply_by_scope(package: str) -> None:
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps(
        {
            "access_token": "a",
            "resource_server": "server",
            "scope": "x y",
            "expires_in": 1,
            "token_type": "Bearer",
            "refresh_token": None,
            "other_tokens": [],
        }
    ).encode()
    response.headers["Content-Type"] = "application/json"
    reply = importlib.import_module(package).OAuthTokenResponse(response, client=MagicMock())
    assert {*reply.by_scopes.scope_map} == {"x", "y"}
    assert reply.by_scopes["x y"] == reply.by_scopes.scope_map["x"] == reply.by_resource_server["server"]


def test_a_mock_that_only_knows_its_document() -> None:
    mock = MagicMock(spec=requests.Response)
    mock.json.return_value = {"DATA": [{"id": 1}]}
    assert list(globus_transport.IterableTransferResponse(mock)) == [{"id": 1}]
    mock = MagicMock(status_code=404, text='{"code": "X"}')
    error = globus_transport.GlobusAPIError(mock)
    assert (error.http_status, error.text) == (404, '{"code": "X"}')
