"""Guest collections, access rules and roles."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from globus_transport.sandbox import Collection, Sandbox
from tests.sandbox.people import Person, code_of
from tests.sandbox.sandbox_http import Http
from tests.sandbox.sandbox_tasks import end_of

DENIED = (403, "EndpointPermissionDenied")


@pytest.fixture
def grace(globus: Sandbox) -> Person:
    return Person(globus, "grace")


@pytest.fixture
def guest(transfer: Http, source: Collection) -> str:
    for name in ("open", "closed"):
        (source.folder / "shared" / name).mkdir(parents=True)
        (source.folder / "shared" / name / "file").write_text(name)
    document = {"host_endpoint": source.id, "host_path": "/shared", "display_name": "Shared"}
    answer = transfer("POST", "/v0.10/shared_endpoint", document=document)
    assert (answer.status, answer.document["code"]) == (201, "Created")
    return str(answer.document["id"])


def allow(transfer: Http, guest: str, principal: str, path: str = "/", permissions: str = "r", **more: Any) -> str:
    document = {
        "DATA_TYPE": "access",
        "principal_type": "identity",
        "principal": principal,
        "path": path,
        "permissions": permissions,
        **more,
    }
    answer = transfer("POST", f"/v0.10/endpoint/{guest}/access", document=document)
    assert answer.status == 201, answer.document
    return str(answer.document["access_id"])


def ls(person: Person, guest: str, path: str = "/") -> Any:
    answer = person("GET", f"/v0.10/operation/endpoint/{guest}/ls", path=path)
    return [file["name"] for file in answer.document["DATA"]] if answer.status == 200 else code_of(answer)


def test_a_guest_collection_shows_a_folder_of_its_host(transfer: Http, source: Collection, guest: str) -> None:
    document = transfer("GET", f"/v0.10/endpoint/{guest}").document
    assert (document["host_endpoint_id"], document["host_path"]) == (source.id, "/shared/")
    assert (document["entity_type"], document["acl_available"]) == ("GCP_guest_collection", True)
    listed = transfer("GET", f"/v0.10/operation/endpoint/{guest}/ls").document
    assert [file["name"] for file in listed["DATA"]] == ["closed", "open"]
    mine = transfer("GET", f"/v0.10/endpoint/{source.id}/my_shared_endpoint_list").document
    assert [endpoint["id"] for endpoint in mine["DATA"]] == [guest]


def test_others_see_what_the_rules_allow(transfer: Http, guest: str, grace: Person) -> None:
    assert ls(grace, guest) == DENIED
    rule = allow(transfer, guest, grace.identity.id, "/open/")
    assert ls(grace, guest, "/open") == ls(grace, guest, "/~/open/") == ["file"]
    assert ls(grace, guest, "/closed") == ls(grace, guest) == ls(grace, guest, "/open/../closed") == DENIED
    mkdir, rename = (f"/v0.10/operation/endpoint/{guest}/{name}" for name in ("mkdir", "rename"))
    new = {"path": "/open/new"}
    assert code_of(grace("POST", mkdir, new)) == DENIED
    at = f"/v0.10/endpoint/{guest}/access/{rule}"
    assert transfer("PUT", at, document={"DATA_TYPE": "access", "permissions": "rw"}).status == 200
    assert grace("POST", mkdir, new).status == 200
    assert grace("POST", rename, {"old_path": "/open/new", "new_path": "/open/newer"}).status == 200
    assert code_of(grace("POST", rename, {"old_path": "/open/newer", "new_path": "/closed/x"})) == DENIED
    assert transfer("DELETE", at).status == 200
    assert ls(grace, guest, "/open") == DENIED


def test_a_link_leads_around_no_rule(transfer: Http, source: Collection, guest: str, grace: Person) -> None:
    (source.folder / "shared" / "open" / "door").symlink_to("../closed")
    allow(transfer, guest, grace.identity.id, "/open/")
    assert ls(grace, guest, "/open/door") == DENIED


def test_a_tilde_in_the_middle_of_a_path_is_a_name(
    transfer: Http, source: Collection, guest: str, grace: Person
) -> None:
    secret = source.folder / "shared" / "open" / "~" / "inner"
    secret.mkdir(parents=True)
    (secret / "file").touch()
    allow(transfer, guest, grace.identity.id, "/open/inner/")
    assert ls(grace, guest, "/open/~/inner") == DENIED


def test_a_rule_ends_when_it_expires(globus: Sandbox, transfer: Http, guest: str) -> None:
    globus.access_token_lifetime = 10.0**10
    grace = Person(globus, "grace")
    allow(transfer, guest, grace.identity.id, expiration_date="2100-01-01T00:00:00+00:00")
    assert ls(grace, guest) == ["closed", "open"]
    globus.clock.advance(100 * 366 * 86400)
    assert grace("GET", f"/v0.10/endpoint/{guest}").status == 200
    assert ls(grace, guest) == DENIED


def test_rules_for_groups_and_for_everybody(globus: Sandbox, transfer: Http, guest: str, grace: Person) -> None:
    group = globus.add_group(grace.identity)
    allow(transfer, guest, group, principal_type="group")
    assert ls(grace, guest) == ["closed", "open"]
    assert ls(Person(globus, "linus"), guest) == DENIED
    allow(transfer, guest, "", principal_type="all_authenticated_users")
    assert ls(Person(globus, "linus"), guest) == ["closed", "open"]


def test_rules_apply_to_tasks(
    globus: Sandbox, transfer: Http, guest: str, destination: Collection, grace: Person
) -> None:
    def submit(source: str, target: str) -> Any:
        item = {"source_path": "/open/file", "destination_path": "/open/copy"}
        document = {
            "submission_id": str(uuid.uuid4()),
            "source_endpoint": source,
            "destination_endpoint": target,
            "DATA": [item],
        }
        return grace("POST", "/v0.10/transfer", document)

    assert code_of(submit(guest, destination.id)) == DENIED
    allow(transfer, guest, grace.identity.id)
    assert code_of(submit(destination.id, guest)) == DENIED
    task_id = submit(guest, destination.id).document["task_id"]
    task = globus._state.tasks.get(task_id, grace.identity)
    assert task
    globus._state.tasks.join(task, 10)
    assert (destination.folder / "open" / "copy").read_text() == "open"
    delete = {"submission_id": str(uuid.uuid4()), "endpoint": guest, "DATA": [{"path": "/open/file"}]}
    assert code_of(grace("POST", "/v0.10/delete", delete)) == DENIED
    done = transfer("POST", "/v0.10/delete", document=delete).document["task_id"]
    assert end_of(globus, done)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "no/slash"},
        {"path": "/no/end"},
        {"path": "/../"},
        {"permissions": "w"},
        {"principal": "grace"},
        {"principal_type": "robot"},
        {"principal_type": "anonymous"},
        {"expiration_date": "tomorrow"},
    ],
)
def test_rules_that_make_no_sense(transfer: Http, guest: str, wrong: dict[str, str]) -> None:
    good = {"principal_type": "identity", "principal": str(uuid.uuid4()), "path": "/", "permissions": "r"}
    at = f"/v0.10/endpoint/{guest}/access"
    assert transfer("POST", at, document={**good, **wrong}).status == 400
    assert transfer("GET", f"{at}_list").document["DATA"] == []
    assert transfer("POST", at, document=good).status == 201


def test_rules_are_for_guest_collections_and_their_managers(
    transfer: Http, source: Collection, guest: str, grace: Person
) -> None:
    rule = allow(transfer, guest, grace.identity.id)
    shown = transfer("GET", f"/v0.10/endpoint/{guest}/access/{rule}").document
    assert (shown["id"], shown["permissions"], shown["principal"]) == (rule, "r", grace.identity.id)
    assert transfer("GET", f"/v0.10/endpoint/{guest}/access_list").document["DATA"] == [shown]
    assert code_of(grace("GET", f"/v0.10/endpoint/{guest}/access_list")) == (403, "PermissionDenied")
    missing = transfer("GET", f"/v0.10/endpoint/{source.id}/access/{rule}")
    assert code_of(missing) == (404, "AccessRuleNotFound")
    document = {"principal_type": "anonymous", "principal": "", "path": "/", "permissions": "r"}
    on_host = transfer("POST", f"/v0.10/endpoint/{source.id}/access", document=document)
    assert code_of(on_host) == (409, "NotSupported")
    role = {"principal_type": "identity", "principal": grace.identity.id, "role": "access_manager"}
    assert transfer("POST", f"/v0.10/endpoint/{guest}/role", document=role).status == 201
    assert grace("POST", f"/v0.10/endpoint/{guest}/access", document).status == 201


def test_roles(transfer: Http, source: Collection, grace: Person) -> None:
    at = f"/v0.10/endpoint/{source.id}"
    new_name = {"display_name": "Grace's"}
    assert code_of(grace("PUT", at, new_name)) == (403, "PermissionDenied")
    role = {"principal_type": "identity", "principal": grace.identity.id, "role": "administrator"}
    made = transfer("POST", f"{at}/role", document=role)
    assert made.status == 201
    assert role.items() <= made.document.items()
    assert code_of(transfer("POST", f"{at}/role", document=role)) == (409, "Exists")
    assert transfer("POST", f"{at}/role", document={**role, "role": "king"}).status == 400
    assert grace("PUT", at, new_name).status == 200
    assert "administrator" in grace("GET", at).document["my_effective_roles"]
    assert grace("GET", f"{at}/role_list").document["DATA"] == [made.document]
    its = f"{at}/role/{made.document['id']}"
    assert grace("GET", its).document == made.document
    assert grace("DELETE", its).status == 200
    assert code_of(grace("PUT", at, new_name)) == (403, "PermissionDenied")
    assert code_of(transfer("GET", its)) == (404, "RoleNotFound")


def test_what_cannot_be_shared(transfer: Http, source: Collection, guest: str) -> None:
    def share(host: str, path: str) -> int:
        document = {"host_endpoint": host, "host_path": path, "display_name": "x"}
        return transfer("POST", "/v0.10/shared_endpoint", document=document).status

    assert share(guest, "/") == 400
    assert share(source.id, "/nowhere/") == 404
    assert share(source.id, "/shared/open/file") == 404
    assert share(source.id, "/..") == 403


def test_list_of_all_guests_in_pages(transfer: Http, source: Collection, guest: str, grace: Person) -> None:
    document = {"host_endpoint": source.id, "host_path": "/", "display_name": "Everything"}
    other = grace("POST", "/v0.10/shared_endpoint", document).document["id"]
    path = f"/v0.10/endpoint/{source.id}/shared_endpoint_list"
    first = transfer("GET", path, query={"max_results": "1"}).document
    second = transfer("GET", path, query={"max_results": "1", "next_token": first["next_token"]}).document
    assert [first["shared_endpoints"], second["shared_endpoints"]] == [[{"id": guest}], [{"id": other}]]
    assert second["next_token"] is None
    assert code_of(grace("GET", path)) == (403, "PermissionDenied")
