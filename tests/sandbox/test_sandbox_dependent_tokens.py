"""The dependent token grant: which service may exchange a token, and for which scopes."""

from __future__ import annotations

import pytest

from globus_transport.sandbox import Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Answer, Http

GROUPS_ALL = "urn:globus:auth:scope:groups.api.globus.org:all"
SEARCH_ALL = "urn:globus:auth:scope:search.api.globus.org:all"
DATA_ACCESS = "https://auth.globus.org/scopes/some-collection/data_access"
DEPENDENT = "urn:globus:auth:grant_type:dependent_token"
MANAGE = "urn:globus:auth:scope:auth.globus.org:manage_projects"


@pytest.fixture
def service_scope(globus: Sandbox) -> str:
    """A scope of the service that is the sandbox's confidential client."""
    return f"https://auth.globus.org/scopes/{globus.client_id}/all"


def exchange(globus: Sandbox, token: str, scope: str | None = None, basic: tuple[str, str] | None = None) -> Answer:
    form = {"grant_type": DEPENDENT, "token": token}
    if scope is not None:
        form["scope"] = scope
    credentials = basic or (globus.client_id, globus.client_secret)
    return Http(globus.auth_url)("POST", "/v2/oauth2/token", form=form, basic=credentials)


def scopes_of(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.document
    return [document["scope"] for document in answer.document]


def register_service(globus: Sandbox, **scope: object) -> tuple[tuple[str, str], str]:
    """Register a service with one scope.

    :return: its credentials and the scope
    """
    parent = (globus.client_id, globus.client_secret)
    auth = Http(globus.auth_url)
    document = {"name": "Service", "client_type": "hybrid_confidential_client_resource_server"}
    client = auth("POST", "/v2/api/clients", basic=parent, document={"client": document}).document["client"]
    at = f"/v2/api/clients/{client['id']}"
    credential = auth("POST", f"{at}/credentials", basic=parent, document={"credential": {"name": "one"}}).document
    fields = {"name": "Run", "description": "Run jobs", "scope_suffix": "run", **scope}
    made = auth("POST", f"{at}/scopes", basic=parent, document={"scope": fields}).document["scope"]
    return (client["id"], credential["credential"]["secret"]), made["scope_string"]


def test_only_the_service_that_a_token_is_for_exchanges_it(globus: Sandbox, service_scope: str) -> None:
    other_service, other_scope = register_service(globus)
    mine = globus.issue_token(f"{service_scope}[{TRANSFER_ALL}]").access_token
    theirs = globus.issue_token(f"{other_scope}[{TRANSFER_ALL}]").access_token
    # The client that requested a token is not the service that the token is for.
    for_transfer = globus.issue_token(f"{TRANSFER_ALL}[{DATA_ACCESS}]", client_id=globus.client_id).access_token
    for token, basic in ((mine, other_service), (theirs, None), (for_transfer, None)):
        answer = exchange(globus, token, basic=basic)
        assert (answer.status, answer.document["error"]) == (400, "invalid_grant")
    assert not globus.grants
    assert scopes_of(exchange(globus, mine)) == [TRANSFER_ALL]
    assert scopes_of(exchange(globus, theirs, basic=other_service)) == [TRANSFER_ALL]


@pytest.mark.parametrize(
    "requested",
    [GROUPS_ALL, f"{TRANSFER_ALL} {GROUPS_ALL}", f"{TRANSFER_ALL}[{GROUPS_ALL}]", "openid", DATA_ACCESS],
)
def test_scopes_without_a_consent_are_refused(globus: Sandbox, service_scope: str, requested: str) -> None:
    token = globus.issue_token(f"{service_scope}[{TRANSFER_ALL}[{DATA_ACCESS}]]").access_token
    answer = exchange(globus, token, requested)
    assert (answer.status, answer.document["error"]) == (403, "dependent_consent_required")
    (error,) = answer.document["errors"]
    # A login with these scopes gives the consent.
    consented = globus.issue_token(" ".join(error["unapproved_scopes"]))
    allowed = exchange(globus, consented.access_token, requested.removeprefix(f"{TRANSFER_ALL} "))
    assert len(scopes_of(allowed)) == 1
    assert dict(globus.grants) == {DEPENDENT: 1}


def test_a_token_without_dependencies_gets_nothing(globus: Sandbox, service_scope: str) -> None:
    token = globus.issue_token(service_scope).access_token
    assert exchange(globus, token).document == []
    assert exchange(globus, token, TRANSFER_ALL).document["error"] == "dependent_consent_required"


def test_a_dependent_token_has_the_dependencies_of_its_scope(globus: Sandbox, service_scope: str) -> None:
    collection = globus.add_collection("Data")
    globus.require_consent(collection)
    needed = f"https://auth.globus.org/scopes/{collection.id}/data_access"
    token = globus.issue_token(f"{service_scope}[{TRANSFER_ALL}[*{needed}]]").access_token
    for requested in (None, TRANSFER_ALL, f"{TRANSFER_ALL}[{needed}]", f"{TRANSFER_ALL}[*{needed}]"):
        (dependent,) = exchange(globus, token, requested).document
        transfer = Http(globus.transfer_url, dependent["access_token"])
        assert transfer("GET", f"/v0.10/operation/endpoint/{collection.id}/ls").status == 200


def test_several_scopes_of_a_token_add_up(globus: Sandbox, service_scope: str) -> None:
    other = service_scope.removesuffix("all") + "more"
    token = globus.issue_token(f"{service_scope}[{TRANSFER_ALL}] {other}[{TRANSFER_ALL}[{DATA_ACCESS}] {GROUPS_ALL}]")
    requested = f"{TRANSFER_ALL}[{DATA_ACCESS}] {GROUPS_ALL}"
    assert scopes_of(exchange(globus, token.access_token, requested)) == [TRANSFER_ALL, GROUPS_ALL]
    assert exchange(globus, token.access_token, SEARCH_ALL).status == 403


def test_a_registered_scope_brings_the_dependencies_that_it_requires(globus: Sandbox) -> None:
    manager = Http(globus.auth_url, globus.issue_token(MANAGE).access_token)
    (transfer,) = manager("GET", "/v2/api/scopes", query={"scope_strings": TRANSFER_ALL}).document["scopes"]
    (email,) = manager("GET", "/v2/api/scopes", query={"scope_strings": "email"}).document["scopes"]
    service, scope = register_service(
        globus,
        dependent_scopes=[
            {"scope": transfer["id"], "optional": False, "requires_refresh_token": False},
            {"scope": email["id"], "optional": True, "requires_refresh_token": False},
            {"scope": "unknown", "optional": False, "requires_refresh_token": False},
        ],
    )
    token = globus.issue_token(scope).access_token
    assert scopes_of(exchange(globus, token, basic=service)) == [TRANSFER_ALL]
    assert exchange(globus, token, "email", basic=service).status == 403
    consented = globus.issue_token(f"{scope}[email]").access_token
    assert scopes_of(exchange(globus, consented, "email", basic=service)) == ["email"]


def test_scopes_that_are_registered_in_a_circle_end(globus: Sandbox) -> None:
    service, scope = register_service(globus, advertised=True)
    basic = (globus.client_id, globus.client_secret)
    auth = Http(globus.auth_url)
    (found,) = auth("GET", "/v2/api/scopes", query={"scope_strings": scope}, basic=basic).document["scopes"]
    circle = {"dependent_scopes": [{"scope": found["id"], "optional": False, "requires_refresh_token": False}]}
    assert auth("PUT", f"/v2/api/scopes/{found['id']}", basic=basic, document={"scope": circle}).status == 200
    assert scopes_of(exchange(globus, globus.issue_token(scope).access_token, basic=service)) == [scope]
