"""Globus Connect Server: the manager API, with the clients of both packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import globus_sdk
import pytest

from globus_transport import AccessTokenAuthorizer, GCSClient, TransferClient
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.connect_server.app import create_connect_server_app
from globus_transport.sandbox.connect_server.store import POSIX
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import Settings, State
from globus_transport.services.gcs import MappedCollectionDocument
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http

NOBODY = "1ce48357-30b3-4a3c-a88e-01a8eae4ecbf"

NewClient = Callable[..., globus_sdk.GCSClient]


def scope(sandbox: Sandbox, *data_access: str) -> str:
    name = f"urn:globus:auth:scope:{sandbox.connect_server.endpoint_id}:manage_collections"
    dependencies = " ".join(f"*https://auth.globus.org/scopes/{id}/data_access" for id in data_access)
    return f"{name}[{dependencies}]" if data_access else name


@pytest.fixture(scope="module")
def client_of(sandbox: Sandbox) -> Iterator[NewClient]:
    clients: list[globus_sdk.GCSClient] = []

    def make(user: Identity | None = None, *data_access: str) -> globus_sdk.GCSClient:
        token = sandbox.issue_token(scope(sandbox, *data_access), user=user).access_token
        authorizer = globus_sdk.AccessTokenAuthorizer(token)
        clients.append(globus_sdk.GCSClient("sandbox", authorizer=authorizer))
        # It makes an https address of every other.
        clients[-1].base_url = f"{sandbox.url_of('connect_server')}api/"
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def owner(client_of: NewClient) -> globus_sdk.GCSClient:
    return client_of()


@pytest.fixture
def mapped(sandbox: Sandbox, owner: globus_sdk.GCSClient) -> Iterator[str]:
    document = globus_sdk.MappedCollectionDocument(
        storage_gateway_id=sandbox.connect_server.gateway_id,
        collection_base_path="/images",
        display_name="Images",
        allow_guest_collections=True,
        delete_protected=False,
        policies=globus_sdk.POSIXCollectionPolicies(sharing_groups_allow=["imaging"]),
    )
    created = owner.create_collection(document)["id"]
    yield created
    if any(collection.id == created for collection in sandbox.collections):
        owner.delete_collection(created)


def code_of(call: Callable[..., object], *args: Any, **kwargs: Any) -> tuple[int, str | None]:
    with pytest.raises(globus_sdk.GCSAPIError) as caught:
        call(*args, **kwargs)
    assert (caught.value.raw_json or {})["http_response_code"] == caught.value.http_status
    assert caught.value.message
    return caught.value.http_status, caught.value.code


def test_the_information_needs_no_token(sandbox: Sandbox) -> None:
    url = sandbox.url_of("connect_server")
    with GCSClient(url) as client:
        info = client.get_gcs_info()
        assert (info["client_id"], info["endpoint_id"]) == (sandbox.connect_server.endpoint_id,) * 2
        assert client.endpoint_client_id == sandbox.connect_server.endpoint_id
        assert info["domain_name"] == url.split("/")[2]


@pytest.mark.parametrize("path", ["/api/endpoint", "/api/collections", "/api/roles", "/api/storage_gateways"])
def test_the_rest_needs_a_token_for_the_endpoint(sandbox: Sandbox, path: str) -> None:
    url = sandbox.url_of("connect_server")
    transfer = sandbox.issue_token(TRANSFER_ALL).access_token
    other = sandbox.issue_token(f"https://auth.globus.org/scopes/{sandbox.connect_server.endpoint_id}/other")
    for token, expected in ((None, 401), ("wrong", 401), (transfer, 401), (other.access_token, 403)):
        answer = Http(url, token)("GET", path)
        assert (answer.status, answer.document["http_response_code"]) == (expected, expected)
        assert answer.document["data"] == []


def test_there_is_nothing_outside_the_api(sandbox: Sandbox) -> None:
    answer = Http(sandbox.url_of("connect_server"))("GET", "/info")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_the_endpoint_is_read_and_changed_by_administrators(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity
) -> None:
    assert owner.get_endpoint()["id"] == sandbox.connect_server.endpoint_id
    changed = owner.update_endpoint(globus_sdk.EndpointDocument(description="Disks"), include="endpoint")
    assert (changed["description"], changed["network_use"]) == ("Disks", "normal")
    assert owner.get_endpoint().data == changed.data
    assert owner.update_endpoint({"DATA_TYPE": "endpoint#1.0.0", "public": False}).full_data["data"] == []
    assert code_of(client_of(grace).update_endpoint, {"DATA_TYPE": "endpoint#1.0.0"}) == (403, "permission_denied")
    sandbox.connect_server.set_role(grace, "administrator")
    client_of(grace).update_endpoint(globus_sdk.EndpointDocument(department="Imaging"))
    assert owner.get_endpoint()["department"] == "Imaging"


def test_a_mapped_collection_is_one_of_transfer_too(sandbox: Sandbox, owner: globus_sdk.GCSClient, mapped: str) -> None:
    document = owner.get_collection(mapped)
    assert (document["collection_type"], document["collection_base_path"]) == ("mapped", "/images")
    assert document["https_url"] == f"{sandbox.url_of('connect_server')}data/{mapped}"
    assert document["manager_url"] == f"{sandbox.url_of('connect_server')}api/"
    owner.update_collection(mapped, globus_sdk.MappedCollectionDocument(display_name="New", keywords=["a", "b"]))
    token = sandbox.issue_token(TRANSFER_ALL).access_token
    with TransferClient(authorizer=AccessTokenAuthorizer(token), base_url=sandbox.transfer_url) as transfer:
        endpoint = transfer.get_endpoint(mapped)
        assert (endpoint["entity_type"], endpoint["display_name"]) == ("GCSv5_mapped_collection", "New")
        assert (endpoint["https_server"], endpoint["keywords"]) == (document["https_url"], "a, b")
        transfer.operation_mkdir(mapped, "/raw")
        assert [entry["name"] for entry in transfer.operation_ls(mapped)] == ["raw"]
    assert owner.get_collection(mapped)["keywords"] == ["a", "b"]
    owner.update_collection(mapped, globus_sdk.MappedCollectionDocument(enable_https=False))
    assert owner.get_collection(mapped)["https_url"] is None


def test_collections_of_one_storage_share_their_files(sandbox: Sandbox, owner: globus_sdk.GCSClient) -> None:
    gateway = owner.create_storage_gateway(
        globus_sdk.StorageGatewayDocument(display_name="Disks", connector_id=POSIX, root="/srv")
    )["id"]
    ids = []
    for path in ("/", "/images"):
        document = globus_sdk.MappedCollectionDocument(
            storage_gateway_id=gateway, collection_base_path=path, display_name=path
        )
        ids.append(owner.create_collection(document)["id"])
    all_of_it, images = (collection for collection in sandbox.collections if collection.id in ids)
    (images.folder / "a.txt").write_text("a")
    assert (all_of_it.folder / "images" / "a.txt").read_text() == "a"
    private = owner.get_collection(images.id, query_params={"include": "private_policies"})
    assert private["root_path"] == "/srv/images"
    assert code_of(owner.delete_storage_gateway, gateway) == (409, "conflict")


def test_a_protected_collection_is_deleted_after_the_protection_ends(
    sandbox: Sandbox, owner: globus_sdk.GCSClient
) -> None:
    added = sandbox.add_collection("Old", entity_type="GCSv5_mapped_collection")
    assert code_of(owner.delete_collection, added.id) == (409, "conflict")
    owner.update_collection(added.id, globus_sdk.MappedCollectionDocument(delete_protected=False))
    owner.delete_collection(added.id)
    assert code_of(owner.get_collection, added.id) == (404, "not_found")
    assert added.folder.is_dir()


def test_a_link_does_not_lead_a_new_collection_out_of_the_storage(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, tmp_path: Path
) -> None:
    gateway = sandbox.connect_server.add_storage_gateway("Links")

    def create(path: str) -> str:
        document = globus_sdk.MappedCollectionDocument(
            storage_gateway_id=gateway, collection_base_path=path, display_name=path
        )
        return str(owner.create_collection(document)["id"])

    id = create("/")
    (whole,) = (collection for collection in sandbox.collections if collection.id == id)
    (whole.folder / "away").symlink_to(tmp_path)
    (whole.folder / "circle").symlink_to("circle")
    for path in ("/away/new", "/circle", "/circle/new"):
        assert code_of(create, path) == (422, "unprocessable_entity")
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_collection_leaves_no_settings(sandbox: Sandbox, owner: globus_sdk.GCSClient, mapped: str) -> None:
    assert sandbox.connect_server.settings_of(mapped)
    transfer = Http(sandbox.transfer_url, sandbox.issue_token(TRANSFER_ALL).access_token)
    assert transfer("DELETE", f"/v0.10/endpoint/{mapped}").status == 200
    assert sandbox.connect_server.settings_of(mapped) == {}
    assert code_of(owner.get_collection, mapped) == (404, "not_found")


def test_collections_are_listed_with_filters_and_in_pages(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity, mapped: str
) -> None:
    personal = sandbox.add_collection("Laptop")
    added = sandbox.add_collection("Added", entity_type="GCSv5_mapped_collection", owner=grace)
    visitor = client_of(grace, mapped)
    guest = visitor.create_collection(
        globus_sdk.GuestCollectionDocument(
            mapped_collection_id=mapped, collection_base_path="/", display_name="For Alan"
        )
    )["id"]

    def listed(client: globus_sdk.GCSClient, **query: Any) -> set[str]:
        return {document["id"] for document in client.get_collection_list(**query)}

    everything = listed(owner)
    assert {added.id, mapped, guest} <= everything
    assert personal.id not in everything
    assert listed(owner, mapped_collection_id=mapped) == {guest}
    assert guest not in listed(owner, filter="mapped_collections")
    assert listed(owner, filter=["guest_collections", "mapped_collections"]) == everything
    assert listed(visitor, filter="created_by_me") == {added.id, guest}
    assert listed(visitor, filter=["managed_by_me", "guest_collections"]) == {guest}
    assert listed(owner, filter="managed_by_me") == everything
    pages = list(owner.paginated.get_collection_list(page_size=2))
    assert [len(page["data"]) for page in pages[:-1]] == [2] * (len(pages) - 1)
    assert {document["id"] for page in pages for document in page} == everything
    assert not pages[-1]["has_next_page"]


def test_administrators_see_private_policies_if_they_ask(
    owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity, mapped: str
) -> None:
    query = {"include": "private_policies"}
    assert "policies" not in owner.get_collection(mapped).data
    assert owner.get_collection(mapped, query_params=query)["policies"]["sharing_groups_allow"] == ["imaging"]
    shown = {each["id"]: each for each in owner.get_collection_list(include="private_policies")}
    assert shown[mapped]["policies"]["sharing_groups_allow"] == ["imaging"]
    visitor = client_of(grace)
    assert code_of(visitor.get_collection, mapped, query_params=query) == (403, "permission_denied")
    assert all("policies" not in each for each in visitor.get_collection_list(include="private_policies"))


def test_a_guest_collection_needs_the_consent_of_its_user(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity, mapped: str
) -> None:
    document = {
        "DATA_TYPE": "collection#1.0.0",
        "collection_type": "guest",
        "mapped_collection_id": mapped,
        "collection_base_path": "/",
        "display_name": "Shared",
    }
    with pytest.raises(globus_sdk.GCSAPIError) as caught:
        client_of(grace).create_collection(document)
    assert caught.value.info.consent_required.required_scopes == [scope(sandbox, mapped)]
    visitor = client_of(grace, mapped)
    credential = visitor.create_user_credential(
        globus_sdk.UserCredentialDocument(storage_gateway_id=sandbox.connect_server.gateway_id, username="grace")
    )["id"]
    created = visitor.create_collection({**document, "user_credential_id": credential})
    assert (created["identity_id"], created["mapped_collection_id"]) == (grace.id, mapped)
    assert (created["user_credential_id"], created["collection_type"]) == (credential, "guest")
    (made,) = (collection for collection in sandbox.collections if collection.id == created["id"])
    assert made.entity_type == "GCSv5_guest_collection"
    visitor.update_collection(made.id, globus_sdk.GuestCollectionDocument(description="Mine"))
    assert owner.get_collection(made.id)["description"] == "Mine"
    assert code_of(visitor.update_collection, mapped, {"DATA_TYPE": "collection#1.0.0"}) == (403, "permission_denied")
    assert code_of(visitor.delete_collection, mapped) == (403, "permission_denied")
    owner.update_collection(mapped, globus_sdk.MappedCollectionDocument(allow_guest_collections=False))
    assert code_of(visitor.create_collection, document) == (403, "permission_denied")
    visitor.delete_collection(made.id)
    assert code_of(owner.get_collection, made.id) == (404, "not_found")


def test_only_administrators_make_mapped_collections_and_gateways(
    sandbox: Sandbox, client_of: NewClient, grace: Identity
) -> None:
    visitor = client_of(grace)
    gateway = sandbox.connect_server.gateway_id
    document = {
        "DATA_TYPE": "collection#1.0.0",
        "collection_type": "mapped",
        "collection_base_path": "/",
        "display_name": "Mine",
        "storage_gateway_id": gateway,
    }
    new_gateway = {"DATA_TYPE": "storage_gateway#1.0.0", "display_name": "Mine", "connector_id": POSIX}
    assert code_of(visitor.create_collection, document) == (403, "permission_denied")
    assert code_of(visitor.create_storage_gateway, new_gateway) == (403, "permission_denied")
    assert code_of(visitor.update_storage_gateway, gateway, new_gateway) == (403, "permission_denied")
    assert code_of(visitor.delete_storage_gateway, gateway) == (403, "permission_denied")


def test_storage_gateways(sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity) -> None:
    document = globus_sdk.StorageGatewayDocument(
        display_name="Archive", connector_id=POSIX, allowed_domains=["lab.example.org"], users_deny=["root"]
    )
    id = owner.create_storage_gateway(document)["id"]
    owner.update_storage_gateway(id, {"DATA_TYPE": "storage_gateway#1.0.0", "display_name": "Tapes"})
    found = owner.get_storage_gateway(id)
    assert (found["display_name"], found["users_deny"], found["require_mfa"]) == ("Tapes", ["root"], False)
    visitor = client_of(grace)
    seen = visitor.get_storage_gateway(id, include="accounts")
    assert (seen["accounts"], seen["allowed_domains"]) == (["grace"], ["lab.example.org"])
    assert "users_deny" not in seen.data
    assert code_of(visitor.get_storage_gateway, id, include="private_policies") == (403, "permission_denied")
    assert id in {gateway["id"] for gateway in visitor.get_storage_gateway_list()}
    owner.delete_storage_gateway(id)
    assert code_of(owner.get_storage_gateway, id) == (404, "not_found")


def test_users_see_their_own_credentials(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity
) -> None:
    visitor, gateway = client_of(grace), sandbox.connect_server.gateway_id
    id = visitor.create_user_credential(
        globus_sdk.UserCredentialDocument(storage_gateway_id=gateway, username="grace", policies={"key": "secret"})
    )["id"]
    visitor.update_user_credential(id, {"DATA_TYPE": "user_credential#1.0.0", "display_name": "Account"})
    found = visitor.get_user_credential(id)
    assert (found["username"], found["display_name"], found["identity_id"]) == ("grace", "Account", grace.id)
    assert (found["connector_id"], found["policies"]) == (POSIX, {"key": "secret"})
    assert [each["id"] for each in visitor.get_user_credential_list(storage_gateway=gateway)] == [id]
    assert list(visitor.get_user_credential_list(storage_gateway=NOBODY)) == []
    assert list(owner.get_user_credential_list()) == []
    for call in (owner.get_user_credential, owner.delete_user_credential):
        assert code_of(call, id) == (404, "not_found")
    visitor.delete_user_credential(id)
    assert code_of(visitor.get_user_credential, id) == (404, "not_found")


def test_a_role_on_a_collection_counts_in_transfer_too(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity, mapped: str
) -> None:
    visitor = client_of(grace)
    principal = f"urn:globus:auth:identity:{grace.id}"
    document = globus_sdk.GCSRoleDocument(collection=mapped, principal=principal, role="administrator")
    assert code_of(visitor.create_role, document) == (403, "permission_denied")
    role = owner.create_role(document)
    assert code_of(owner.create_role, document) == (409, "conflict")
    assert visitor.get_role(role["id"]).data == role.data
    assert [each["id"] for each in visitor.get_role_list(mapped)] == [role["id"]]
    visitor.update_collection(mapped, globus_sdk.MappedCollectionDocument(description="Ours"))
    transfer = Http(sandbox.transfer_url, sandbox.issue_token(TRANSFER_ALL, user=grace).access_token)
    roles = transfer("GET", f"/v0.10/endpoint/{mapped}").document["my_effective_roles"]
    assert "administrator" in roles
    owner.delete_role(role["id"])
    assert code_of(owner.get_role, role["id"]) == (404, "not_found")
    assert code_of(visitor.update_collection, mapped, {"DATA_TYPE": "collection#1.0.0"}) == (403, "permission_denied")


def test_roles_on_the_endpoint(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, client_of: NewClient, grace: Identity
) -> None:
    visitor = client_of(grace)
    (owning,) = owner.get_role_list()
    assert (owning["role"], owning["collection"]) == ("owner", None)
    assert owning["principal"] == f"urn:globus:auth:identity:{sandbox.user.id}"
    assert list(visitor.get_role_list()) == []
    assert code_of(visitor.get_role_list, include="all_roles") == (403, "permission_denied")
    assert code_of(visitor.get_role, owning["id"]) == (403, "permission_denied")
    group = sandbox.add_group(grace)
    document = globus_sdk.GCSRoleDocument(principal=f"urn:globus:groups:id:{group}", role="administrator")
    role = owner.create_role(document)["id"]
    assert {each["id"] for each in visitor.get_role_list(include="all_roles")} >= {role, owning["id"]}
    own = {"DATA_TYPE": "role#1.0.0", "principal": f"urn:globus:auth:identity:{grace.id}", "role": "owner"}
    assert code_of(visitor.create_role, own) == (403, "permission_denied")
    assert code_of(visitor.delete_role, owning["id"]) == (403, "permission_denied")
    assert code_of(owner.delete_role, owning["id"]) == (409, "conflict")
    owner.delete_role(role)


def test_a_fault_for_a_route_meets_its_requests(sandbox: Sandbox, owner: globus_sdk.GCSClient) -> None:
    sandbox.faults.add(418, route=GCSClient.get_endpoint)
    assert code_of_fault(owner.get_endpoint) == 418
    sandbox.verify()


def code_of_fault(call: Callable[[], object]) -> int:
    with pytest.raises(globus_sdk.GCSAPIError) as caught:
        call()
    return caught.value.http_status


def test_a_sandbox_with_the_same_state_answers_the_same(
    sandbox: Sandbox, owner: globus_sdk.GCSClient, mapped: str
) -> None:
    owner.create_user_credential({"DATA_TYPE": "user_credential#1.0.0", "storage_gateway_id": gateway_of(owner)})
    other = State(Settings(1.0, True, 0.0, 0.0), None)
    restore(other, snapshot(sandbox._state))
    other.urls = sandbox._state.urls
    assert other.connect_server.dump() == sandbox.connect_server.dump()
    reader = create_connect_server_app(other).test_client()
    token = sandbox.issue_token(scope(sandbox)).access_token
    restore(other, snapshot(sandbox._state))
    http = Http(sandbox.url_of("connect_server"), token)
    for path in (
        "info",
        "endpoint",
        "roles",
        "storage_gateways",
        "user_credentials",
        "collections?include=private_policies",
        f"collections/{mapped}",
    ):
        answer = reader.get(f"/api/{path}", headers={"Authorization": f"Bearer {token}"})
        assert answer.get_json() == http("GET", f"/api/{path}").document, path
        assert answer.get_json()["data"], path
    # What is read is a copy.
    other.connect_server.endpoint()["display_name"] = other.connect_server.dump()["endpoint"]["display_name"] = "x"
    assert other.connect_server.dump() == sandbox.connect_server.dump()


def gateway_of(client: globus_sdk.GCSClient) -> str:
    return str(next(iter(client.get_storage_gateway_list()))["id"])


def test_a_reset_brings_back_the_endpoint() -> None:
    with Sandbox() as sandbox:
        token = sandbox.issue_token(scope(sandbox)).access_token
        id = sandbox.connect_server.endpoint_id
        with GCSClient(sandbox.url_of("connect_server"), authorizer=AccessTokenAuthorizer(token)) as client:
            client.create_collection(
                MappedCollectionDocument(
                    storage_gateway_id=sandbox.connect_server.gateway_id, collection_base_path="/", display_name="x"
                )
            )
            client.update_endpoint({"DATA_TYPE": "endpoint#1.0.0", "display_name": "Changed"})
        sandbox.reset()
        assert sandbox.collections == []
        assert sandbox.connect_server.endpoint_id == id
        assert sandbox.connect_server.endpoint()["display_name"] == "Sandbox endpoint"
        assert sandbox.connect_server.dump()["settings"] == {}
