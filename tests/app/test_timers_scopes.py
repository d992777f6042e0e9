"""The scopes that a client of Timers asks its application for: those that globus-sdk asks for."""

from __future__ import annotations

import uuid
from typing import Any

import globus_sdk
import pytest

import globus_transport
from globus_transport import GlobusSDKUsageError, TimersClient, TimersScopes

CLIENT_ID = "11111111-1111-4111-8111-111111111111"
FIRST = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
SECOND = "22222222-2222-4222-8222-222222222222"

METHODS = ("add_app_transfer_data_access_scope", "add_app_flow_user_scope")


def _asked_for(package: Any, client_class: str, method: str, ids: Any) -> str:
    app = package.ClientApp(
        "app",
        client_id=CLIENT_ID,
        client_secret="s3cret",
        config=package.GlobusAppConfig(token_storage="memory"),
    )
    client = getattr(package, client_class)(app=app)
    for _ in range(2):
        assert getattr(client, method)(ids() if callable(ids) else ids) is client
    scopes = [str(scope) for scope in app.scope_requirements[client.resource_server]]
    return max(scopes, key=len)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "ids",
    [FIRST, SECOND, [FIRST], [FIRST, SECOND], lambda: (one for one in (SECOND,))],
    ids=["UUID", "text", "one", "several", "generated"],
)
def test_a_scope(method: str, ids: Any) -> None:
    ours = _asked_for(globus_transport, "TimersClient", method, ids)
    assert ours == _asked_for(globus_transport, "AsyncTimersClient", method, ids)
    theirs = _asked_for(globus_sdk, "TimersClient", method, ids)
    assert _parts(ours) == _parts(theirs)
    assert ours.startswith(f"{TimersScopes.timer}[")


def _parts(scope: str) -> list[str]:
    # The order of dependencies means nothing.
    return sorted(scope.replace("[", " ").replace("]", " ").split())


def test_a_collection_is_a_dependency_of_transfer() -> None:
    scope = _asked_for(globus_transport, "TimersClient", "add_app_transfer_data_access_scope", SECOND)
    transfer = "urn:globus:auth:scope:transfer.api.globus.org:all"
    access = f"https://auth.globus.org/scopes/{SECOND}/data_access"
    assert scope == f"{TimersScopes.timer}[{transfer}[*{access}]]"


@pytest.mark.parametrize(("method", "parameter"), [(METHODS[0], "collection_ids"), (METHODS[1], "flow_ids")])
def test_what_is_no_id_is_refused(method: str, parameter: str) -> None:
    for wrong in ("x", "", [SECOND, "x"], [1]):
        with pytest.raises(GlobusSDKUsageError, match=f"{parameter}: expected UUIDs"):
            _asked_for(globus_transport, "TimersClient", method, wrong)
    with pytest.raises(GlobusSDKUsageError, match="has no app"):
        getattr(TimersClient(), method)(SECOND)


@pytest.mark.parametrize("name", ["GroupsClient", "TimersClient"])
def test_the_default_scopes(name: str) -> None:
    theirs, ours = (getattr(package, name) for package in (globus_sdk, globus_transport))
    assert [str(one) for one in ours.default_scope_requirements] == [
        str(one) for one in theirs().default_scope_requirements
    ]
    assert ours.resource_server == theirs.resource_server
    assert ours.service_name == theirs.service_name
    environments = ("production", "preview", "sandbox", "integration", "test", "staging")
    assert [ours(environment=one).base_url for one in environments] == [
        theirs(environment=one).base_url for one in environments
    ]
