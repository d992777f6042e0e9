"""Projects, clients, credentials, policies and scopes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Identity, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

MANAGE = "urn:globus:auth:scope:auth.globus.org:manage_projects"
VIEW = "urn:globus:auth:scope:auth.globus.org:view_clients"


@pytest.fixture
def developer(globus: Sandbox) -> Iterator[globus_sdk.AuthClient]:
    authorizer = globus_sdk.AccessTokenAuthorizer(globus.issue_token(MANAGE).access_token)
    with globus_sdk.AuthClient(authorizer=authorizer) as client:
        yield client


@pytest.fixture
def stranger(globus: Sandbox) -> Iterator[globus_sdk.AuthClient]:
    token = globus.issue_token(MANAGE, user=Identity("grace@sandbox.example"))
    with globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(token.access_token)) as client:
        yield client


@pytest.fixture
def project(developer: globus_sdk.AuthClient, globus: Sandbox) -> str:
    answer = developer.create_project("Atlas", "a@sandbox.example", admin_ids=[globus.user.id])
    return str(answer["project"]["id"])


def status_of(call: Any, *args: Any, **kwargs: Any) -> int:
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        call(*args, **kwargs)
    assert caught.value.errors
    return caught.value.http_status


def test_projects(
    globus: Sandbox, developer: globus_sdk.AuthClient, stranger: globus_sdk.AuthClient, project: str
) -> None:
    document = developer.get_project(project)["project"]
    assert (document["project_name"], document["admin_ids"]) == ("Atlas", [globus.user.id])
    assert document["admins"]["identities"][0]["username"] == globus.user.username
    assert [found["id"] for found in developer.get_projects()["projects"]] == [project]
    assert stranger.get_projects()["projects"] == []
    assert status_of(stranger.get_project, project) == 404
    assert developer.update_project(project, display_name="Map")["project"]["display_name"] == "Map"
    assert status_of(developer.update_project, project, admin_ids=[]) == 409
    grace = globus._state.identities.all()[-1]
    group = globus.add_group(grace)
    developer.update_project(project, admin_group_ids=[group])
    assert stranger.get_project(project)["project"]["display_name"] == "Map"
    client = developer.create_client("App", project, public_client=True)["client"]["id"]
    assert status_of(developer.delete_project, project) == 409
    developer.delete_client(client)
    developer.delete_project(project)
    assert developer.get_projects()["projects"] == []


def test_scopes_of_tokens_matter(globus: Sandbox, project: str) -> None:
    body = {"project": {"display_name": "x", "contact_email": "x@x.example"}}
    reading = Http(globus.auth_url, globus.issue_token(VIEW).access_token)
    assert reading("GET", "/v2/api/projects").status == 200
    assert reading("POST", "/v2/api/projects", document=body).status == 403
    assert Http(globus.auth_url, globus.issue_token("openid").access_token)("GET", "/v2/api/projects").status == 403
    assert Http(globus.auth_url)("GET", "/v2/api/projects").status == 401
    managing = Http(globus.auth_url, globus.issue_token(MANAGE).access_token)
    wrongs: list[Any] = [[], {"display_name": "x"}, {**body["project"], "admin_ids": 1}]
    for wrong in ({}, *({"project": project} for project in wrongs)):
        assert managing("POST", "/v2/api/projects", document=wrong).status == 400


def test_a_registered_client_can_log_in(globus: Sandbox, developer: globus_sdk.AuthClient, project: str) -> None:
    client = developer.create_client(
        "Portal", project, client_type="confidential_client", redirect_uris=["https://portal.example/back"]
    )["client"]
    assert (client["public_client"], client["project"]) == (False, project)
    credential = developer.create_client_credential(client["id"], "first")["credential"]
    second = developer.create_client_credential(client["id"], "second")["credential"]
    listed = developer.get_client_credentials(client["id"])["credentials"]
    assert [(credential["name"], credential["secret"]) for credential in listed] == [("first", None), ("second", None)]
    portal = globus_sdk.ConfidentialAppAuthClient(client["id"], credential["secret"])
    portal.oauth2_start_flow("https://portal.example/back", TRANSFER_ALL)
    code = globus.approve(portal.oauth2_get_authorize_url())
    assert portal.oauth2_exchange_code_for_tokens(code)["access_token"]
    portal.oauth2_start_flow("http://localhost/back", TRANSFER_ALL)
    with pytest.raises(ValueError, match="Auth refused"):
        globus.approve(portal.oauth2_get_authorize_url())
    developer.update_client(client["id"], redirect_uris=["http://localhost/back"], name="New")
    assert developer.get_client(client_id=client["id"])["client"]["name"] == "New"
    assert globus.approve(portal.oauth2_get_authorize_url())
    developer.delete_client_credential(client["id"], credential["id"])
    with pytest.raises(globus_sdk.AuthAPIError):
        portal.oauth2_client_credentials_tokens(requested_scopes=TRANSFER_ALL)
    portal.close()
    with globus_sdk.ConfidentialAppAuthClient(client["id"], second["secret"]) as portal:
        assert portal.oauth2_client_credentials_tokens(requested_scopes=TRANSFER_ALL)["access_token"]
        developer.delete_client(client["id"])
        with pytest.raises(globus_sdk.AuthAPIError):
            portal.oauth2_client_credentials_tokens(requested_scopes=TRANSFER_ALL)


def test_clients_of_others(
    developer: globus_sdk.AuthClient, stranger: globus_sdk.AuthClient, globus: Sandbox, project: str
) -> None:
    client = developer.create_client("App", project, public_client=True)["client"]["id"]
    assert status_of(stranger.get_client, client_id=client) == 404
    assert status_of(stranger.update_client, client, name="Mine") == 404
    assert status_of(stranger.delete_client, client) == 404
    assert status_of(stranger.create_client, "Mine", project, public_client=True) == 403
    assert stranger.get_clients()["clients"] == []
    assert [found["id"] for found in developer.get_clients()["clients"]] == [client]
    assert status_of(developer.create_client_credential, client, "x") == 409
    assert status_of(developer.get_client, fqdn="nowhere.example") == 404


def test_child_of_a_client(globus: Sandbox, confidential: globus_sdk.ConfidentialAppAuthClient) -> None:
    child = confidential.create_child_client("Child", public_client=False)["client"]
    assert child["parent_client"] == globus.client_id
    at = f"/v2/api/clients/{child['id']}"
    auth, basic = Http(globus.auth_url), (globus.client_id, globus.client_secret)
    assert auth("GET", at, basic=basic).document["client"] == child
    assert auth("POST", f"{at}/credentials", basic=basic, document={"credential": {"name": "x"}}).status == 201
    assert auth("GET", at, basic=(globus.client_id, "wrong")).status == 401


def test_native_app_instance(globus: Sandbox, native: globus_sdk.NativeAppAuthClient) -> None:
    answer = native.create_native_app_instance(globus.native_client_id, "On my laptop")
    credential = answer["included"]["client_credential"]
    assert answer["client"]["parent_client"] == globus.native_client_id
    with globus_sdk.ConfidentialAppAuthClient(answer["client"]["id"], credential["secret"]) as client:
        assert client.oauth2_client_credentials_tokens(requested_scopes=TRANSFER_ALL)["access_token"]
    assert status_of(native.create_native_app_instance, globus.client_id, "No template") == 404


def test_policies(developer: globus_sdk.AuthClient, stranger: globus_sdk.AuthClient, project: str) -> None:
    policy = developer.create_policy(
        project_id=project,
        display_name="Careful",
        description="Log in daily",
        high_assurance=True,
        authentication_assurance_timeout=86400,
        domain_constraints_include=["sandbox.example"],
    )["policy"]
    assert developer.get_policy(policy["id"])["policy"] == policy
    assert policy["domain_constraints_include"] == ["sandbox.example"]
    assert [found["id"] for found in developer.get_policies()["policies"]] == [policy["id"]]
    assert (stranger.get_policies()["policies"], status_of(stranger.get_policy, policy["id"])) == ([], 404)
    changed = developer.update_policy(policy["id"], required_mfa=True)["policy"]
    assert changed == {**policy, "required_mfa": True}
    assert status_of(developer.delete_project, project) == 409
    assert status_of(developer.update_policy, policy["id"], authentication_assurance_timeout=0) == 400
    developer.delete_policy(policy["id"])
    assert status_of(developer.get_policy, policy["id"]) == 404


def test_scopes(developer: globus_sdk.AuthClient, stranger: globus_sdk.AuthClient, project: str) -> None:
    client = developer.create_client("Service", project, client_type="resource_server")["client"]["id"]
    (transfer,) = developer.get_scopes(scope_strings=TRANSFER_ALL)["scopes"]
    dependent = [globus_sdk.DependentScopeSpec(transfer["id"], True, False)]
    scope = developer.create_scope(client, "Run", "Run jobs", "run", dependent_scopes=dependent)["scope"]
    assert scope["scope_string"] == f"https://auth.globus.org/scopes/{client}/run"
    assert scope["dependent_scopes"][0]["scope"] == transfer["id"]
    assert developer.get_client(client_id=client)["client"]["scopes"] == [scope["id"]]
    assert status_of(developer.create_scope, client, "Run", "Again", "run") == 409
    assert [found["id"] for found in developer.get_scopes()["scopes"]] == [scope["id"]]
    assert stranger.get_scopes(ids=[scope["id"]])["scopes"] == []
    assert status_of(stranger.get_scope, scope["id"]) == 404
    changed = developer.update_scope(scope["id"], advertised=True)["scope"]
    assert changed == {**scope, "advertised": True}
    assert stranger.get_scope(scope["id"])["scope"] == changed
    assert status_of(stranger.delete_scope, scope["id"]) == 404
    developer.delete_scope(scope["id"])
    assert developer.get_client(client_id=client)["client"]["scopes"] == []
    with pytest.raises(globus_sdk.AuthAPIError):
        developer.get("/v2/api/scopes", query_params={"ids": "x", "scope_strings": "y"})


def test_identity_providers(developer: globus_sdk.AuthClient, globus: Sandbox) -> None:
    (found,) = developer.get_identity_providers(domains="sandbox.example")["identity_providers"]
    assert developer.get_identity_providers(ids=found["id"])["identity_providers"] == [found]
    assert developer.get_identity_providers(domains="elsewhere.example")["identity_providers"] == []
    (user,) = developer.get_identities(ids=globus.user.id)["identities"]
    assert user["identity_provider"] == found["id"]
    with pytest.raises(globus_sdk.AuthAPIError):
        developer.get("/v2/api/identity_providers")
