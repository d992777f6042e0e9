"""Endpoints: update, deletion and search; bookmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from globus_transport.sandbox import Collection, Sandbox
from globus_transport.scopes import GroupsScopes
from tests.sandbox.people import Person, code_of
from tests.sandbox.sandbox_http import Http


def found(person: Any, **query: str) -> list[str]:
    answer = person("GET", "/v0.10/endpoint_search", query=query)
    return [endpoint["display_name"] for endpoint in answer.document["DATA"]]


def test_update_and_delete(transfer: Http, source: Collection) -> None:
    at = f"/v0.10/endpoint/{source.id}"
    share = {"host_endpoint": source.id, "host_path": "/", "display_name": "Guest"}
    guest = transfer("POST", "/v0.10/shared_endpoint", document=share).document["id"]
    changes = {"display_name": "New", "description": "Cold storage", "public": True, "owner_id": "somebody"}
    assert transfer("PUT", at, document=changes).document["code"] == "Updated"
    document = transfer("GET", at).document
    assert {**changes, "owner_id": document["owner_id"]}.items() <= document.items()
    assert document["owner_id"] != "somebody"
    assert transfer("PUT", at, document={"display_name": ""}).status == 400
    assert transfer("PUT", at, document={"description": {}}).status == 400
    assert transfer("GET", at, query={"fields": "id"}).document == {"DATA_TYPE": "endpoint", "id": source.id}
    assert transfer("DELETE", at).document["code"] == "Deleted"
    assert code_of(transfer("GET", at)) == (404, "EndpointNotFound")
    assert code_of(transfer("GET", f"/v0.10/endpoint/{guest}")) == (404, "EndpointNotFound")
    assert source.folder.is_dir()


def test_subscription(transfer: Http, globus: Sandbox, source: Collection) -> None:
    at = f"/v0.10/endpoint/{source.id}"
    verified = {"subscription_admin_verified": True}
    assert code_of(transfer("PUT", f"{at}/subscription_admin_verified", document=verified)) == (409, "Conflict")
    assert transfer("PUT", f"{at}/subscription", document={"subscription_id": "DEFAULT"}).status == 200
    assert transfer("PUT", f"{at}/subscription_admin_verified", document=verified).status == 200
    document = transfer("GET", at).document
    assert (document["subscription_id"], document["subscription_admin_verified"]) == (globus.user.id, True)
    assert transfer("PUT", f"{at}/subscription", document={"subscription_id": 1}).status == 400
    assert Person(globus, "grace")("PUT", f"{at}/subscription", {"subscription_id": None}).status == 403


def test_servers(globus: Sandbox, transfer: Http, source: Collection) -> None:
    server = globus.add_collection("Server", entity_type="GCSv5_mapped_collection")
    listed = transfer("GET", f"/v0.10/endpoint/{server.id}/server_list").document["DATA"]
    assert [server["hostname"] for server in listed] == ["127.0.0.1"]
    at = f"/v0.10/endpoint/{server.id}/server/{listed[0]['id']}"
    assert transfer("GET", at).document == listed[0]
    assert transfer("GET", f"/v0.10/endpoint/{source.id}/server_list").document["DATA"] == []
    assert code_of(transfer("GET", f"/v0.10/endpoint/{source.id}/server/1")) == (404, "ServerNotFound")


def test_search_by_scope(globus: Sandbox, transfer: Http) -> None:
    grace = Person(globus, "grace")
    globus.add_collection("Hers", owner=grace.identity)
    mine = globus.add_collection("Mine", entity_type="GCSv5_mapped_collection")
    share = {"host_endpoint": mine.id, "host_path": "/", "display_name": "Shared"}
    guest = transfer("POST", "/v0.10/shared_endpoint", document=share).document["id"]
    assert found(transfer, filter_scope="all") == ["Hers", "Mine", "Shared"]
    assert found(transfer, filter_scope="my-endpoints") == ["Mine", "Shared"]
    assert found(transfer, filter_scope="my-gcp-endpoints") == []
    assert found(grace.transfer, filter_scope="my-gcp-endpoints") == ["Hers"]
    assert found(transfer, filter_scope="shared-by-me") == ["Shared"]
    assert found(grace.transfer, filter_scope="shared-with-me") == []
    rule = {"principal_type": "identity", "principal": grace.identity.id, "path": "/", "permissions": "r"}
    transfer("POST", f"/v0.10/endpoint/{guest}/access", document=rule)
    assert found(grace.transfer, filter_scope="shared-with-me") == ["Shared"]
    role = {"principal_type": "identity", "principal": grace.identity.id, "role": "administrator"}
    transfer("POST", f"/v0.10/endpoint/{mine.id}/role", document=role)
    assert found(grace.transfer, filter_scope="administered-by-me") == ["Hers", "Mine"]
    assert found(transfer, filter_scope="all", filter_host_endpoint=mine.id) == ["Shared"]
    assert found(transfer, filter_scope="all", filter_entity_type="GCSv5_guest_collection") == ["Shared"]
    assert found(transfer, filter_scope="all", filter_owner_id=grace.identity.id) == ["Hers"]
    assert found(transfer, filter_scope="all", filter_non_functional="1") == []
    assert found(transfer, filter_fulltext="grace@") == ["Hers"]


def test_search_by_use(globus: Sandbox, transfer: Http, source: Collection, destination: Collection) -> None:
    globus.task_delay = 3600.0
    (source.folder / "f").touch()
    document = {
        "submission_id": "8b2b3c4e-0000-4000-8000-000000000000",
        "endpoint": source.id,
        "DATA": [{"path": "/f"}],
    }
    task_id = transfer("POST", "/v0.10/delete", document=document).document["task_id"]
    assert found(transfer, filter_scope="in-use") == found(transfer, filter_scope="recently-used") == ["Source"]
    assert transfer("POST", f"/v0.10/task/{task_id}/cancel").status == 200
    assert found(transfer, filter_scope="in-use") == []
    assert found(transfer, filter_scope="recently-used") == ["Source"]
    assert found(Person(globus, "grace").transfer, filter_scope="recently-used") == []


def test_a_change_of_what_another_request_removes_meanwhile_is_a_404(
    globus: Sandbox, transfer: Http, source: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = {"name": "home", "path": "/~/", "endpoint_id": source.id}
    id = transfer("POST", "/v0.10/bookmark", document=document).document["id"]
    group = Http(globus.url_of("groups"), globus.issue_token(GroupsScopes.all).access_token)
    group_id = group("POST", "/v2/groups", document={"name": "Lab"}).document["id"]

    def remove_first(update: Callable[..., Any], remove: Callable[[str], object]) -> Callable[..., Any]:
        def removed(id: str, **fields: Any) -> Any:
            remove(id)
            return update(id, **fields)

        return removed

    for store in (globus._state.bookmarks, globus.groups):
        monkeypatch.setattr(store, "update", remove_first(store.update, store.remove))
    assert code_of(transfer("PUT", f"/v0.10/bookmark/{id}", document={"name": "house"})) == (
        404,
        "ClientError.NotFound",
    )
    changed = group("PUT", f"/v2/groups/{group_id}", document={"name": "Team"})
    assert (changed.status, changed.document["errors"][0]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("at", ["/v0.10/bookmark", "/v2/bookmarks"])
def test_bookmarks(globus: Sandbox, transfer: Http, source: Collection, at: str) -> None:
    is_v2 = at.startswith("/v2")

    def body(**fields: str) -> dict[str, Any]:
        if not is_v2:
            return {**fields, "endpoint_id": source.id}
        relation = {"collection": {"data": {"type": "Collection", "id": source.id}}}
        return {"data": {"type": "Bookmark", "attributes": fields, "relationships": relation}}

    def fields(document: Any) -> tuple[str, str, str]:
        document = document["data"] if is_v2 else document
        name = (document["attributes"] if is_v2 else document)["name"]
        place = document["relationships"]["collection"]["data"]["id"] if is_v2 else document["endpoint_id"]
        return document["id"], name, place

    made = transfer("POST", at, document=body(name="home", path="/~/"))
    id, name, place = fields(made.document)
    assert (made.status, name, place) == (201, "home", source.id)
    assert transfer("POST", at, document=body(name="home", path="/other/")).status == 409
    verb = "PATCH" if is_v2 else "PUT"
    assert fields(transfer(verb, f"{at}/{id}", document=body(name="house")).document)[1] == "house"
    assert fields(transfer("GET", f"{at}/{id}").document) == (id, "house", source.id)
    grace = Person(globus, "grace")
    assert grace("GET", f"{at}/{id}").status == 404
    for path, key in (("/v0.10/bookmark_list", "DATA"), ("/v2/bookmarks", "data")):
        assert [entry["id"] for entry in transfer("GET", path).document[key]] == [id]
        assert grace("GET", path).document[key] == []
    assert transfer("DELETE", f"{at}/{id}").status == 200
    gone = transfer("GET", f"{at}/{id}")
    assert gone.status == 404
    error = gone.document["errors"][0] if is_v2 else gone.document
    assert error["code"] == "BookmarkNotFound"
    assert gone.headers["Content-Type"] == ("application/vnd.api+json" if is_v2 else "application/json")
