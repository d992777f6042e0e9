"""Globus Search: indexes and roles, and the state of the service as a whole."""

from __future__ import annotations

import copy
import datetime
import json
import math
from pathlib import Path
from typing import Any

import globus_sdk
import pytest

from globus_transport import SearchClient
from globus_transport.authorizers import AccessTokenAuthorizer
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.search import write_routes
from globus_transport.sandbox.search.ingest import read_ingest
from globus_transport.sandbox.search.setup import SearchSetup
from globus_transport.sandbox.snapshot import restore, snapshot
from globus_transport.sandbox.state import Settings, State
from globus_transport.sandbox.state_file import FILE_NAME
from tests.docs.examples import run_example
from tests.sandbox.sandbox_http import Http
from tests.sandbox.search.search_clients import (
    FORBIDDEN,
    NOT_FOUND,
    SCOPE,
    URN,
    WRONG_STATUS,
    Clients,
    code_of,
    entry,
    found,
    ingest,
)


def test_an_index_is_created_read_changed_listed_and_deleted(sandbox: Sandbox, client_of: Clients) -> None:
    user = sandbox.add_identity(Identity("marie@sandbox.example"))
    client = client_of(user)
    created = client.create_index("Beamline 7", "All images").data
    id = created["id"]
    assert created == {
        "@datatype": "GSearchIndex",
        "@version": "2017-09-01",
        "id": id,
        "display_name": "Beamline 7",
        "description": "All images",
        "creation_date": created["creation_date"],
        "is_trial": True,
        "subscription_id": None,
        "max_size_in_mb": 1,
        "size_in_mb": 0,
        "num_subjects": 0,
        "num_entries": 0,
        "status": "open",
    }
    assert client_of(token=False).get_index(id).data == created
    assert client.update_index(id, description="Few")["display_name"] == "Beamline 7"
    listed = client.index_list()["index_list"]
    assert [(one["id"], one["description"], one["permissions"]) for one in listed] == [(id, "Few", ["owner"])]
    assert client.index_list(filter_roles=["admin", "writer"])["index_list"] == []
    task = ingest(client, id, entry("a", title="Gold"), entry("a", id="2", title="Gold"))["task_id"]
    assert [client.get_index(id)[name] for name in ("num_subjects", "num_entries")] == [1, 2]

    assert client.delete_index(id).data == {"index_id": id, "acknowledged": True}
    assert client.get_index(id)["status"] == "delete_pending"
    assert code_of(client.delete_index, id) == WRONG_STATUS
    assert code_of(client.search, id, "*") == WRONG_STATUS
    assert code_of(client.ingest, id, {}) == WRONG_STATUS
    assert code_of(client.update_index, id, description="All") == WRONG_STATUS
    assert code_of(client.create_role, id, {"role_name": "writer", "principal": URN + user.id}) == WRONG_STATUS
    (role,) = client.get_role_list(id)["role_list"]
    assert code_of(client.delete_role, id, role["id"]) == WRONG_STATUS
    assert client.reopen_index(id).data == {"index_id": id, "acknowledged": True}
    assert code_of(client.reopen_index, id) == WRONG_STATUS
    assert found(client, id) == ["a"]
    client.delete_index(id)
    sandbox.clock.advance(299)
    assert client.get_index(id)["status"] == "delete_pending"
    sandbox.clock.advance(2)
    assert code_of(client.get_index, id) == NOT_FOUND
    assert code_of(client.get_task, task) == NOT_FOUND


def test_a_user_owns_three_trial_indexes(sandbox: Sandbox, client_of: Clients) -> None:
    user = sandbox.add_identity(Identity("lise@sandbox.example"))
    client = client_of(user)
    sandbox.search.add_index("Not a trial index", user)
    ids = [client.create_index("Trial", "")["id"] for _ in range(3)]
    assert code_of(client.create_index, "Trial", "") == (409, "Conflict.LimitExceeded")
    sandbox.search.add_index("Anyway", user, is_trial=True)
    for id in ids[:2]:
        client.delete_index(id)
    sandbox.clock.advance(301)
    assert client.create_index("Trial", "")["is_trial"] is True


def test_an_index_that_is_no_trial_is_kept_for_30_days(sandbox: Sandbox, ada: globus_sdk.SearchClient) -> None:
    id = sandbox.search.add_index("Archive")
    ada.delete_index(id)
    sandbox.clock.advance(29 * 86400)
    renewed = globus_sdk.AccessTokenAuthorizer(sandbox.issue_token(SCOPE + "all").access_token)
    with globus_sdk.SearchClient(authorizer=renewed, base_url=sandbox.url_of("search")) as client:
        assert client.get_index(id)["status"] == "delete_pending"
    sandbox.clock.advance(2 * 86400)
    assert Http(sandbox.url_of("search"))("GET", f"/v1/index/{id}").status == 404


def test_roles_say_who_may_do_what(
    sandbox: Sandbox, client_of: Clients, ada: globus_sdk.SearchClient, index: str
) -> None:
    people = {role: sandbox.add_identity(Identity(f"{role}@sandbox.example")) for role in ("admin", "writer", "none")}
    (owner,) = ada.get_role_list(index)["role_list"]
    assert (owner["role_name"], owner["principal"]) == ("owner", URN + sandbox.user.id)
    for role in ("admin", "writer"):
        made = ada.create_role(index, {"role_name": role, "principal": URN + people[role].id})
        assert (made["index_id"], made["principal_type"], made["role_name"]) == (index, "identity", role)
    admin, writer, none = (client_of(people[role]) for role in ("admin", "writer", "none"))

    assert ingest(writer, index, entry("a"))["state"] == "SUCCESS"
    for call in (writer.get_role_list, writer.delete_index, none.get_task_list, admin.delete_index):
        assert code_of(call, index) == FORBIDDEN
    assert code_of(writer.update_index, index, display_name="x") == FORBIDDEN
    assert code_of(none.ingest, index, {}) == FORBIDDEN
    assert code_of(none.delete_subject, index, "a") == FORBIDDEN
    assert admin.update_index(index, display_name="y")["display_name"] == "y"
    assert [one["permissions"] for one in admin.index_list()["index_list"] if one["id"] == index] == [["admin"]]

    somebody = URN + people["none"].id
    assert code_of(admin.create_role, index, {"role_name": "owner", "principal": somebody}) == FORBIDDEN
    assert code_of(admin.delete_role, index, owner["id"]) == FORBIDDEN
    assert code_of(ada.delete_role, index, owner["id"]) == FORBIDDEN
    role = admin.create_role(index, {"role_name": "writer", "principal": somebody}).data
    assert ingest(none, index, entry("b"))["state"] == "SUCCESS"
    assert admin.delete_role(index, role["id"]).data == {"deleted": role, "success": True}
    assert code_of(admin.delete_role, index, role["id"]) == NOT_FOUND
    (other,) = ada.get_role_list(sandbox.search.add_index("Other"))["role_list"]
    assert code_of(ada.delete_role, index, other["id"]) == NOT_FOUND
    assert code_of(none.ingest, index, {}) == FORBIDDEN
    second = ada.create_role(index, {"role_name": "owner", "principal": somebody})
    assert code_of(admin.delete_role, index, owner["id"]) == FORBIDDEN
    ada.delete_role(index, owner["id"])
    assert code_of(none.delete_role, index, second["id"]) == FORBIDDEN


def test_a_group_can_have_a_role(
    sandbox: Sandbox, client_of: Clients, ada: globus_sdk.SearchClient, index: str, grace: Identity
) -> None:
    group = sandbox.add_group(sandbox.user)
    ada.create_role(index, {"role_name": "writer", "principal": f"urn:globus:groups:id:{group}"})
    assert code_of(client_of(grace).get_task_list, index) == FORBIDDEN
    sandbox.groups.set_member(group, grace)
    assert client_of(grace).get_task_list(index)["tasks"] == []


def test_an_index_has_fifty_roles(ada: globus_sdk.SearchClient, index: str) -> None:
    role = {"role_name": "writer", "principal": URN + "1ce48357-30b3-4a3c-a88e-01a8eae4ecbf"}
    for _ in range(49):
        ada.create_role(index, role)
    assert code_of(ada.create_role, index, role) == (409, "Conflict.LimitExceeded")


def test_scopes_are_checked(sandbox: Sandbox, client_of: Clients, index: str) -> None:
    search, writer = client_of(scope="search"), client_of(scope="ingest")
    assert found(search, index) == []
    assert code_of(search.ingest, index, {}) == FORBIDDEN
    assert code_of(search.index_list) == FORBIDDEN
    assert ingest(writer, index, entry("a"))["state"] == "SUCCESS"
    assert code_of(writer.search, index, "*") == FORBIDDEN
    answer = Http(sandbox.url_of("search"))("GET", "/v1/index_list")
    assert (answer.status, answer.document["code"]) == (401, "Unauthorized.Generic")
    # RFC 9110, section 15.5.2: a 401 says how to authenticate.
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Globus"'


def test_a_token_that_is_not_valid_is_a_401_for_public_entries_too(sandbox: Sandbox, index: str) -> None:
    http = Http(sandbox.url_of("search"), "wrong")
    for path in (f"/v1/index/{index}", f"/v1/index/{index}/search?q=x", f"/v1/index/{index}/subject?subject=a"):
        answer = http("GET", path)
        assert (answer.status, answer.document["code"]) == (401, "Unauthorized.Generic"), path
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Globus", error="invalid_token"'


def test_the_client_of_this_package_does_the_same(sandbox: Sandbox, index: str) -> None:
    authorizer = AccessTokenAuthorizer(sandbox.issue_token(SCOPE + "all").access_token)
    with SearchClient(authorizer=authorizer, base_url=sandbox.url_of("search")) as client:
        entries = [entry(f"image-{n:02}", number=n) for n in range(25)]
        task = client.ingest(index, {"ingest_type": "GMetaList", "ingest_data": {"gmeta": entries}})
        assert client.get_task(task["task_id"])["state"] == "SUCCESS"
        expected = [f"image-{n:02}" for n in range(25)]
        query = {"q": "number:<20", "advanced": True, "sort": [{"field_name": "number", "order": "desc"}]}
        assert [one["subject"] for one in client.post_search.items(index, query, limit=7)] == expected[19::-1]
        assert [one["subject"] for one in client.search.items(index, "*", limit=10)] == expected
        assert [one["subject"] for one in client.scroll.items(index, {"q": "*", "limit": 10})] == expected
        role = client.create_role(index, {"role_name": "writer", "principal": URN + sandbox.user.id})
        assert len(client.get_role_list(index)["role_list"]) == 2
        client.delete_role(index, role["id"])
        client.delete_entry(index, "image-00")
        client.delete_subject(index, "image-01")
        client.batch_delete_by_subject(index, ["image-02"])
        client.delete_by_query(index, query)
        assert client.search(index, "*")["total"] == 5
        assert len(client.get_task_list(index)["tasks"]) == 5
        client.update_index(index, description="New")
        assert client.get_index(index)["description"] == "New"
        assert index in [one["id"] for one in client.index_list(["owner", "admin"])]
        assert client.get_subject(index, "image-24").data == client.get_entry(index, "image-24").data
        client.delete_index(index)
        client.reopen_index(index)


def test_a_dump_restores_all_that_can_be_read() -> None:
    with Sandbox() as source, Sandbox() as target:
        index = source.search.add_index("Images", description="All")
        source.search.ingest(index, [entry("a", title="Gold", date="2026-03-01", n=1), entry("b", id="x", n=2)])
        source.search.task_delay = 60.0
        original = Http(source.url_of("search"), source.issue_token(SCOPE + "all").access_token)
        ingested = {"ingest_type": "GMetaEntry", "ingest_data": entry("c")}
        original("POST", f"/v1/index/{index}/ingest", document=ingested)
        original("DELETE", f"/v1/index/{index}/entry", query={"subject": "a"})
        restore(target._state, snapshot(source._state))
        token = target.issue_token(SCOPE + "all", client_id=source.native_client_id, user=source.user)
        copied = Http(target.url_of("search"), token.access_token)
        reads: list[tuple[str, str, Any]] = [
            ("GET", f"/v1/index/{index}", None),
            ("GET", "/v1/index_list", None),
            ("GET", f"/v1/index/{index}/role_list", None),
            ("GET", f"/v1/task_list/{index}", None),
            ("GET", f"/v1/index/{index}/subject?subject=b", None),
            ("GET", f"/v1/index/{index}/search?q=gold", None),
            ("POST", f"/v1/index/{index}/search", {"q": "n:>0 OR date:2026", "advanced": True}),
        ]
        for method, path, body in reads:
            answers = [one(method, path, document=body) for one in (original, copied)]
            assert [answer.status for answer in answers] == [200, 200], path
            assert answers[0].document == answers[1].document, path
        assert target.search.task_delay == 60.0
        for sandbox in (source, target):
            sandbox.clock.advance(61)
        after = [one("GET", f"/v1/index/{index}/search?q=*").document for one in (original, copied)]
        assert [result["subject"] for result in after[0]["gmeta"]] == ["b", "c"]
        assert after[0] == after[1]
        # A role that is added later has another id than those before.
        role = {"role_name": "writer", "principal": URN + source.user.id}
        ids = [one("POST", f"/v1/index/{index}/role", document=role).document["id"] for one in (original, copied)]
        roles = copied("GET", f"/v1/index/{index}/role_list").document["role_list"]
        assert ids[0] == ids[1]
        assert len(roles) == 2


def test_a_state_loads_what_another_one_dumped() -> None:
    first, second = (State(Settings(3600.0, True, 0.0, 0.0), None) for _ in range(2))
    setup = SearchSetup(first)
    setup.ingest(setup.add_index("Images"), [entry("a", title="Gold")])
    expected = copy.deepcopy(first.search.dump())
    second.search.load(first.search.dump())
    assert second.search.dump() == first.search.dump()
    # Neither a document that was loaded nor one that was dumped is part of the state.
    document = first.search.dump()
    second.search.load(document)
    for changed in (document, second.search.dump()):
        for content in changed["contents"].values():
            content["entries"][0]["content"].clear()
        for part in ("indexes", "roles", "contents"):
            changed[part].clear()
    assert first.search.dump() == second.search.dump() == expected


def test_a_reset_forgets_indexes(globus: Sandbox) -> None:
    index = globus.search.add_index("Images")
    globus.search.task_delay = 5.0
    globus.reset()
    assert Http(globus.url_of("search"))("GET", f"/v1/index/{index}").status == 404
    assert globus.search.task_delay == 0.0


def test_what_a_test_does_is_saved_at_once(tmp_path: Path) -> None:
    with Sandbox(tmp_path) as globus:

        def is_saved() -> bool:
            return bool(
                json.loads((tmp_path / FILE_NAME).read_text())["parts"]["search"] == globus._state.search.dump()
            )

        globus.search.task_delay = 5.0
        assert is_saved()
        index = globus.search.add_index("Images")
        assert is_saved()
        globus.search.ingest(index, [entry("a", title="Gold")])
        assert is_saved()


def test_a_list_has_a_hundred_indexes(sandbox: Sandbox, client_of: Clients) -> None:
    user = sandbox.add_identity(Identity("many@sandbox.example"))
    ids = [sandbox.search.add_index("Many", user) for _ in range(101)]
    assert [one["id"] for one in client_of(user).index_list()["index_list"]] == ids[:100]


@pytest.mark.parametrize(("kilobytes", "megabytes"), [(999, 0), (1001, 1), (1999, 1), (2001, 2)])
def test_the_size_of_an_index_is_in_whole_megabytes(
    sandbox: Sandbox, ada: globus_sdk.SearchClient, index: str, kilobytes: int, megabytes: int
) -> None:
    # In JSON, each text has quotes, a comma and a blank besides.
    sandbox.search.ingest(index, [entry("a", texts=["x" * 996] * kilobytes)])
    assert ada.get_index(index)["size_in_mb"] == megabytes


def test_an_index_that_is_due_to_go_gets_no_entries(sandbox: Sandbox, ada: globus_sdk.SearchClient) -> None:
    index = sandbox.search.add_index("Trial", is_trial=True)
    ada.delete_index(index)
    sandbox.clock.advance(301)
    with pytest.raises(KeyError):
        sandbox.search.ingest(index, [entry("a")])


def test_an_index_that_goes_while_its_entries_are_read_gets_none(
    sandbox: Sandbox, ada: globus_sdk.SearchClient, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_slowly(document: dict[str, Any]) -> dict[str, Any]:
        sandbox._state.search.remove_index(index)
        return read_ingest(document)

    monkeypatch.setattr(write_routes, "read_ingest", read_slowly)
    document = {"ingest_type": "GMetaEntry", "ingest_data": entry("a")}
    assert code_of(ada.ingest, index, document) == NOT_FOUND


def test_what_a_test_adds_is_checked(sandbox: Sandbox, client_of: Clients, grace: Identity) -> None:
    index = sandbox.search.add_index("Images", grace)
    sandbox.search.ingest(index, [{"subject": "a", "content": {"n": 1}}])
    sandbox.search.ingest(index, [])
    assert found(client_of(token=False), index) == ["a"]
    assert client_of(grace).get_role_list(index)["role_list"][0]["principal"] == URN + grace.id
    for refused in (
        {"subject": "b"},
        {"subject": "b", "content": {"n": "one"}},
        {"subject": "b", "content": {"n": math.nan}},
        {"subject": "b", "content": {"title": "Go\0ld"}},
        entry("b", "somebody"),
    ):
        with pytest.raises(ValueError, match="refused"):
            sandbox.search.ingest(index, [{"subject": "c", "content": {}}, refused])
    with pytest.raises(TypeError, match="JSON"):
        sandbox.search.ingest(index, [{"subject": "b", "content": {"date": datetime.date(2026, 3, 1)}}])
    with pytest.raises(KeyError):
        sandbox.search.ingest("unknown", [{"subject": "a", "content": {}}])
    with pytest.raises(ValueError, match="task_delay"):
        sandbox.search.task_delay = -1.0
    assert found(client_of(token=False), index) == ["a"]


def test_faults_have_the_form_of_the_service(globus: Sandbox) -> None:
    globus.faults.add(503, service="search")
    assert Http(globus.url_of("search"))("GET", "/v1/index_list").document["@datatype"] == "GError"


def test_the_example_of_the_page_shows_each_user_their_entries(capsys: pytest.CaptureFixture[str]) -> None:
    run_example("sandbox_search/visible_to.py")
    assert capsys.readouterr().out.splitlines() == [
        "ada@sandbox.example ['gold.tif', 'silver.tif'] {'raw': 2, 'checked': 1}",
        "grace@sandbox.example ['gold.tif'] {'raw': 1}",
    ]
