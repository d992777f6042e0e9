"""Consents and sessions that a collection requires."""

from __future__ import annotations

import uuid
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Collection, Sandbox
from tests.sandbox.people import code_of
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http


def data_access_scope(collection: Collection) -> str:
    return f"https://auth.globus.org/scopes/{collection.id}/data_access"


def with_scope(globus: Sandbox, scope: str) -> Http:
    return Http(globus.transfer_url, globus.issue_token(scope).access_token)


def log_in(globus: Sandbox, native: globus_sdk.NativeAppAuthClient, **session: Any) -> Http:
    native.oauth2_start_flow([TRANSFER_ALL])
    code = globus.approve(native.oauth2_get_authorize_url(**session))
    tokens = native.oauth2_exchange_code_for_tokens(code)
    return Http(globus.transfer_url, tokens["access_token"])


def requests_on(collection: Collection, other: Collection) -> list[tuple[str, str, Any]]:
    at = f"/v0.10/operation/endpoint/{collection.id}"
    items = [{"source_path": "/f", "destination_path": "/g"}]
    ends = {"source_endpoint": collection.id, "destination_endpoint": other.id}
    back = {"source_endpoint": other.id, "destination_endpoint": collection.id}
    submission = {"submission_id": str(uuid.uuid4())}
    return [
        ("GET", f"{at}/ls", None),
        ("GET", f"{at}/stat", None),
        ("POST", f"{at}/mkdir", {"path": "/new"}),
        ("POST", f"{at}/rename", {"old_path": "/f", "new_path": "/h"}),
        ("POST", "/v0.10/transfer", {**submission, **ends, "DATA": items}),
        ("POST", "/v0.10/transfer", {**submission, **back, "DATA": items}),
        ("POST", "/v0.10/delete", {**submission, "endpoint": collection.id, "DATA": [{"path": "/f"}]}),
        ("POST", "/v0.10/shared_endpoint", {"host_endpoint": collection.id, "host_path": "/", "display_name": "G"}),
    ]


def test_files_are_closed_without_consent(
    globus: Sandbox, transfer: Http, source: Collection, destination: Collection
) -> None:
    globus.require_consent(source)
    wanted = f"{TRANSFER_ALL}[*{data_access_scope(source)}]"
    for method, path, document in requests_on(source, destination):
        answer = transfer(method, path, document=document)
        assert code_of(answer) == (403, "ConsentRequired"), path
        assert answer.document["required_scopes"] == [wanted]
    assert transfer("GET", f"/v0.10/endpoint/{source.id}").status == 200
    consenting = with_scope(globus, wanted)
    for method, path, document in requests_on(source, destination):
        assert consenting(method, path, document=document).status in (200, 201, 202, 404), path
    assert code_of(with_scope(globus, f"{TRANSFER_ALL}[*{data_access_scope(destination)}]")("GET", ls(source))) == (
        403,
        "ConsentRequired",
    )


def ls(collection: Collection) -> str:
    return f"/v0.10/operation/endpoint/{collection.id}/ls"


def test_a_consent_outlives_a_refresh(globus: Sandbox, auth: Http, source: Collection) -> None:
    globus.require_consent(source)
    token = globus.issue_token(f"{TRANSFER_ALL}[*{data_access_scope(source)}]").refresh_token
    assert token
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": globus.native_client_id}
    renewed = auth("POST", "/v2/oauth2/token", form=form).document["access_token"]
    assert Http(globus.transfer_url, renewed)("GET", ls(source)).status == 200


def test_guests_need_no_consent_and_a_demand_can_be_lifted(globus: Sandbox, transfer: Http, source: Collection) -> None:
    share = {"host_endpoint": source.id, "host_path": "/", "display_name": "Guest"}
    guest = transfer("POST", "/v0.10/shared_endpoint", document=share).document["id"]
    globus.require_consent(source, "https://auth.globus.org/scopes/x/one", "https://auth.globus.org/scopes/x/two")
    (scope,) = transfer("GET", ls(source)).document["required_scopes"]
    assert with_scope(globus, scope)("GET", ls(source)).status == 200
    assert transfer("GET", f"/v0.10/operation/endpoint/{guest}/ls").status == 200
    globus.lift_demands(source)
    assert transfer("GET", ls(source)).status == 200


def test_a_collection_is_named_by_its_id_too(globus: Sandbox, transfer: Http, source: Collection) -> None:
    globus.require_consent(source.id)
    assert code_of(transfer("GET", ls(source))) == (403, "ConsentRequired")
    globus.lift_demands(source.id)
    globus.require_session(source.id, mfa=True)
    assert code_of(transfer("GET", ls(source))) == (403, "AuthorizationRequired")
    globus.lift_demands(source.id)
    assert transfer("GET", ls(source)).status == 200
    for demand in (globus.require_consent, globus.require_session, globus.lift_demands):
        with pytest.raises(ValueError, match="this sandbox has no collection nowhere"):
            demand("nowhere")


@pytest.mark.parametrize(
    ("wanted", "session"),
    [
        ({"policies": ["p1", "p2"]}, {"session_required_policies": ["p1", "p2"]}),
        ({"domains": ["lab.example"]}, {"session_required_single_domain": ["lab.example"]}),
        ({"identities": ["grace@lab.example"]}, {"session_required_identities": ["grace@lab.example"]}),
        ({"mfa": True}, {"session_required_mfa": True}),
    ],
)
def test_sessions(
    globus: Sandbox,
    native: globus_sdk.NativeAppAuthClient,
    source: Collection,
    wanted: dict[str, Any],
    session: dict[str, Any],
) -> None:
    globus.require_session(source, **wanted, message="Once more, please")
    for refused in (log_in(globus, native), with_scope(globus, TRANSFER_ALL)):
        answer = refused("GET", ls(source))
        assert code_of(answer) == (403, "AuthorizationRequired")
        parameters = answer.document["authorization_parameters"]
        assert parameters == {"session_message": "Once more, please", **session}
    assert log_in(globus, native, **session)("GET", ls(source)).status == 200


def test_a_login_proves_who_the_user_is(
    globus: Sandbox, native: globus_sdk.NativeAppAuthClient, source: Collection
) -> None:
    globus.require_session(source, identities=[globus.user.id], domains=["sandbox.example", "elsewhere.example"])
    assert log_in(globus, native)("GET", ls(source)).status == 200


def test_consents_can_be_listed(globus: Sandbox, native: globus_sdk.NativeAppAuthClient, source: Collection) -> None:
    for refresh_tokens in (False, True):
        native.oauth2_start_flow(f"{TRANSFER_ALL}[*{data_access_scope(source)}]", refresh_tokens=refresh_tokens)
        native.oauth2_exchange_code_for_tokens(globus.approve(native.oauth2_get_authorize_url()))
    view = "urn:globus:auth:scope:auth.globus.org:view_consents"
    authorizer = globus_sdk.AccessTokenAuthorizer(globus.issue_token(view).access_token)
    with globus_sdk.AuthClient(authorizer=authorizer) as client:
        answer = client.get_consents(globus.user.id)
        assert [consent["scope_name"] for consent in answer["consents"]] == [TRANSFER_ALL, data_access_scope(source)]
        assert [consent["atomically_revocable"] for consent in answer["consents"]] == [False, True]
        assert [consent["dependency_path"] for consent in answer["consents"]] == [[1], [1, 2]]
        assert answer["consents"][0]["allows_refresh"] is True
        assert answer.to_forest().meets_scope_requirements(f"{TRANSFER_ALL}[{data_access_scope(source)}]")
        with pytest.raises(globus_sdk.AuthAPIError) as caught:
            client.get_consents(str(uuid.uuid4()))
        assert caught.value.http_status == 403
    token = globus.issue_token(view, client_id=globus.client_id).access_token
    path = f"/v2/api/identities/{globus.user.id}/consents"
    # Every token of a client shows the consents for this client; applications of globus-sdk need that.
    any_token = Http(globus.auth_url, globus.issue_token("openid").access_token)
    assert len(any_token("GET", path).document["consents"]) == 2
    assert Http(globus.auth_url, globus.issue_token(TRANSFER_ALL).access_token)("GET", path).status == 401
    assert any_token("GET", path, query={"all": "True"}).status == 403
    other = Http(globus.auth_url, token)
    assert other("GET", path).document["consents"] == []
    assert len(other("GET", path, query={"all": "True"}).document["consents"]) == 2
