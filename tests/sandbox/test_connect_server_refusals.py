"""Globus Connect Server: requests that make no sense get an error in its form, and change nothing."""

from __future__ import annotations

from typing import Any

import pytest

from globus_transport.sandbox import Collection, Identity, Sandbox
from globus_transport.sandbox.connect_server.store import POSIX
from tests.sandbox.sandbox_http import Answer, Http

NOBODY = "1ce48357-30b3-4a3c-a88e-01a8eae4ecbf"
DEEP = b"[" * 100000
LONG = b'{"DATA_TYPE": "x", "display_name": "a", "max_concurrency": ' + b"9" * 5000 + b"}"


@pytest.fixture(scope="module")
def mapped(sandbox: Sandbox) -> Collection:
    return sandbox.add_collection("Mapped", entity_type="GCSv5_mapped_collection")


@pytest.fixture(scope="module")
def http(sandbox: Sandbox, mapped: Collection) -> Http:
    consent = f"https://auth.globus.org/scopes/{mapped.id}/data_access"
    scope = f"urn:globus:auth:scope:{sandbox.connect_server.endpoint_id}:manage_collections[{consent}]"
    return Http(sandbox.url_of("connect_server"), sandbox.issue_token(scope).access_token)


def check_refusal(answer: Answer, status: int) -> None:
    assert answer.status == status, answer.body
    document = answer.document
    assert (document["DATA_TYPE"], document["http_response_code"]) == ("result#1.0.0", status)
    assert document["code"] != "success"
    assert document["message"]
    assert (document["data"], document["has_next_page"], document["marker"]) == ([], False, "")


@pytest.mark.parametrize(
    "path",
    ["collections", "storage_gateways", "roles", "user_credentials", "endpoint"],
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"null",
        b"{}",
        b'{"DATA_TYPE": 1}',
        b'{"DATA_TYPE": "other#1.0.0"}',
        b'{"DATA_TYPE": "x\\u0000"}',
        b'{"DATA_TYPE": "x\\ud800"}',
        b'{"DATA_TYPE": 1e999}',
        b'{"a": NaN}',
        b"\xff",
        DEEP,
        LONG,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_that_is_no_document(sandbox: Sandbox, http: Http, path: str, body: bytes) -> None:
    before = sandbox.connect_server.dump()
    check_refusal(http("PATCH" if path == "endpoint" else "POST", f"/api/{path}", body=body), 422)
    assert sandbox.connect_server.dump() == before


WRONG_FIELDS: list[tuple[str, dict[str, Any], int]] = [
    ("collections", {"collection_type": "other"}, 422),
    ("collections", {"display_name": ""}, 422),
    ("collections", {"display_name": 7}, 422),
    ("collections", {"collection_base_path": "relative"}, 422),
    ("collections", {"collection_base_path": "/a/../../b"}, 422),
    ("collections", {"collection_base_path": "/" + "x" * 3000}, 422),
    ("collections", {"storage_gateway_id": "no id"}, 422),
    ("collections", {"storage_gateway_id": NOBODY}, 404),
    ("collections", {"identity_id": NOBODY}, 404),
    ("collections", {"keywords": "a"}, 422),
    ("collections", {"public": "yes"}, 422),
    ("collections", {"auto_delete_timeout": 10**30}, 422),
    ("collections", {"auto_delete_timeout": 1.5}, 422),
    ("collections", {"policies": []}, 422),
    ("collections", {"sharing_users_allow": [1]}, 422),
    ("collections", {"restrict_transfers_to_high_assurance": "some"}, 422),
    ("storage_gateways", {"connector_id": NOBODY}, 422),
    ("storage_gateways", {"root": "../x"}, 422),
    ("storage_gateways", {"users_allow": {"a": 1}}, 422),
    ("storage_gateways", {"identity_mappings": ["x"]}, 422),
    ("storage_gateways", {"authentication_timeout_mins": True}, 422),
    ("storage_gateways", {"authentication_timeout_mins": 1.5}, 422),
    ("roles", {"principal": "ada"}, 422),
    ("roles", {"principal": "urn:globus:auth:identity:x"}, 422),
    ("roles", {"role": "king"}, 422),
    ("roles", {"collection": NOBODY}, 404),
    ("user_credentials", {"storage_gateway_id": NOBODY}, 404),
    ("user_credentials", {"identity_id": NOBODY}, 403),
    ("user_credentials", {"connector_id": NOBODY}, 422),
    ("user_credentials", {"username": 7}, 422),
    ("endpoint", {"display_name": ""}, 422),
    ("endpoint", {"network_use": "much"}, 422),
    ("endpoint", {"max_concurrency": -1}, 422),
    ("endpoint", {"max_concurrency": 1.5}, 422),
    ("endpoint", {"gridftp_control_channel_port": 70000}, 422),
    ("endpoint", {"gridftp_control_channel_port": 443.5}, 422),
    ("endpoint", {"subscription_id": "DEFAULT"}, 422),
]


@pytest.mark.parametrize(("path", "fields", "status"), WRONG_FIELDS)
def test_a_wrong_field(sandbox: Sandbox, http: Http, path: str, fields: dict[str, Any], status: int) -> None:
    gateway = sandbox.connect_server.gateway_id
    good: dict[str, dict[str, Any]] = {
        "collections": {
            "DATA_TYPE": "collection#1.0.0",
            "collection_type": "mapped",
            "collection_base_path": "/",
            "display_name": "New",
            "storage_gateway_id": gateway,
        },
        "storage_gateways": {"DATA_TYPE": "storage_gateway#1.0.0", "display_name": "New", "connector_id": POSIX},
        "roles": {
            "DATA_TYPE": "role#1.0.0",
            "principal": f"urn:globus:auth:identity:{NOBODY}",
            "role": "administrator",
        },
        "user_credentials": {"DATA_TYPE": "user_credential#1.0.0", "storage_gateway_id": gateway},
        "endpoint": {"DATA_TYPE": "endpoint#1.0.0"},
    }
    before, count = sandbox.connect_server.dump(), len(sandbox.collections)
    method = "PATCH" if path == "endpoint" else "POST"
    check_refusal(http(method, f"/api/{path}", document={**good[path], **fields}), status)
    assert sandbox.connect_server.dump() == before
    assert len(sandbox.collections) == count


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"mapped_collection_id": NOBODY}, 404),
        ({"mapped_collection_id": 1}, 422),
        ({"identity_id": NOBODY}, 403),
        ({"user_credential_id": NOBODY}, 404),
        ({"collection_base_path": "/absent"}, 404),
        ({"collection_base_path": "/../.."}, 422),
        ({"activity_notification_policy": 1}, 422),
    ],
)
def test_a_wrong_guest_collection(
    sandbox: Sandbox, http: Http, mapped: Collection, fields: dict[str, Any], status: int
) -> None:
    good = {
        "DATA_TYPE": "collection#1.0.0",
        "collection_type": "guest",
        "collection_base_path": "/",
        "display_name": "Guest",
        "mapped_collection_id": mapped.id,
    }
    check_refusal(http("POST", "/api/collections", document={**good, **fields}), status)
    assert [collection.id for collection in sandbox.collections if collection.host is mapped] == []


def test_no_guest_collection_on_a_guest_collection(sandbox: Sandbox, http: Http, mapped: Collection) -> None:
    document = {
        "DATA_TYPE": "collection#1.0.0",
        "collection_type": "guest",
        "collection_base_path": "/",
        "display_name": "Guest",
    }
    made = http("POST", "/api/collections", document={**document, "mapped_collection_id": mapped.id})
    (guest,) = made.document["data"]
    again = http("POST", "/api/collections", document={**document, "mapped_collection_id": guest["id"]})
    check_refusal(again, 422)
    assert http("DELETE", f"/api/collections/{guest['id']}").status == 200


@pytest.mark.parametrize("field", ["collection_base_path", "collection_type", "identity_id", "storage_gateway_id"])
def test_a_field_that_cannot_change(http: Http, mapped: Collection, field: str) -> None:
    found = http("GET", f"/api/collections/{mapped.id}").document["data"][0]
    unchanged = {"DATA_TYPE": "collection#1.0.0", field: found[field]}
    assert http("PATCH", f"/api/collections/{mapped.id}", document=unchanged).status == 200
    check_refusal(http("PATCH", f"/api/collections/{mapped.id}", document={**unchanged, field: NOBODY}), 422)


@pytest.mark.parametrize("kind", ["collections", "storage_gateways", "roles", "user_credentials"])
@pytest.mark.parametrize("id", [NOBODY, "no-id", "%00", "%ff", "9" * 5000])
def test_an_unknown_id(http: Http, kind: str, id: str) -> None:
    for method in ("GET", "DELETE"):
        check_refusal(http(method, f"/api/{kind}/{id}"), 404)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("collections?page_size=0", 422),
        ("collections?page_size=x", 422),
        ("roles?page_size=-1", 422),
        ("storage_gateways?marker=x", 422),
        ("user_credentials?marker=" + "9" * 5000, 422),
        ("user_credentials?marker=%C2%B2", 422),
        ("collections?filter=other", 422),
        ("collections?include=other", 422),
        ("collections?mapped_collection_id=x", 404),
        ("roles?include=other", 422),
        ("roles?collection_id=x", 404),
        ("user_credentials?storage_gateway=x", 404),
    ],
)
def test_a_wrong_query(http: Http, query: str, status: int) -> None:
    check_refusal(http("GET", f"/api/{query}"), status)


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/api/other"), ("PUT", "/api/endpoint")])
def test_no_such_route(http: Http, method: str, path: str) -> None:
    check_refusal(http(method, path), 405 if method == "PUT" else 404)


@pytest.fixture
def gateway_id(http: Http) -> str:
    document = {"DATA_TYPE": "storage_gateway#1.0.0", "display_name": "Other", "connector_id": POSIX}
    return str(http("POST", "/api/storage_gateways", document=document).document["data"][0]["id"])


def credential_on(http: Http, gateway_id: str) -> str:
    document = {"DATA_TYPE": "user_credential#1.0.0", "storage_gateway_id": gateway_id}
    return str(http("POST", "/api/user_credentials", document=document).document["data"][0]["id"])


@pytest.mark.parametrize("field", ["id", "connector_id", "high_assurance"])
def test_a_field_of_a_storage_gateway_that_cannot_change(http: Http, gateway_id: str, field: str) -> None:
    path = f"/api/storage_gateways/{gateway_id}"
    (found,) = http("GET", path).document["data"]
    unchanged = {"DATA_TYPE": "storage_gateway#1.0.0", field: found[field]}
    assert http("PATCH", path, document=unchanged).status == 200
    check_refusal(http("PATCH", path, document={**unchanged, field: NOBODY if found[field] else True}), 422)
    assert http("GET", path).document["data"] == [found]


@pytest.mark.parametrize("field", ["id", "identity_id", "connector_id", "storage_gateway_id"])
def test_a_field_of_a_user_credential_that_cannot_change(http: Http, gateway_id: str, field: str) -> None:
    path = f"/api/user_credentials/{credential_on(http, gateway_id)}"
    (found,) = http("GET", path).document["data"]
    unchanged = {"DATA_TYPE": "user_credential#1.0.0", field: found[field]}
    assert http("PATCH", path, document=unchanged).status == 200
    check_refusal(http("PATCH", path, document={**unchanged, field: NOBODY}), 422)
    assert http("GET", path).document["data"] == [found]


def test_a_deleted_storage_gateway_leaves_no_credentials(http: Http, gateway_id: str) -> None:
    credential = credential_on(http, gateway_id)
    assert http("DELETE", f"/api/storage_gateways/{gateway_id}").status == 200
    check_refusal(http("GET", f"/api/user_credentials/{credential}"), 404)


def test_a_guest_collection_needs_a_credential_of_its_user_for_its_storage(
    sandbox: Sandbox, http: Http, mapped: Collection, gateway_id: str
) -> None:
    grace = sandbox.add_identity(Identity("grace@sandbox.example"))
    scope = f"urn:globus:auth:scope:{sandbox.connect_server.endpoint_id}:manage_collections"
    hers = Http(sandbox.url_of("connect_server"), sandbox.issue_token(scope, user=grace).access_token)
    document = {
        "DATA_TYPE": "collection#1.0.0",
        "collection_type": "guest",
        "collection_base_path": "/",
        "display_name": "Guest",
        "mapped_collection_id": mapped.id,
    }
    for credential, status in (
        (credential_on(hers, sandbox.connect_server.gateway_id), 404),
        (credential_on(http, gateway_id), 422),
    ):
        check_refusal(http("POST", "/api/collections", document={**document, "user_credential_id": credential}), status)
    assert [collection.id for collection in sandbox.collections if collection.host is mapped] == []


def test_a_role_on_a_collection_of_another_server_is_none_here(sandbox: Sandbox, http: Http) -> None:
    laptop = sandbox.add_collection("Laptop")
    own = {"principal_type": "identity", "principal": sandbox.user.id, "role": "administrator"}
    role = sandbox._state.roles.add({"endpoint": laptop.id, **own})
    for method in ("GET", "DELETE"):
        check_refusal(http(method, f"/api/roles/{role['id']}"), 404)
    assert sandbox._state.roles.get(role["id"]) == role
