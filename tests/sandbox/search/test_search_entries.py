"""Globus Search: entries and their types, tasks, and who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.clock import parse_iso_time
from tests.sandbox.search.search_clients import FORBIDDEN, NOT_FOUND, URN, Clients, code_of, entry, found, ingest


@pytest.fixture
def delayed(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.search.task_delay = 60.0
    yield sandbox
    sandbox.search.task_delay = 0.0


def test_an_entry_replaces_that_with_the_same_subject_and_id(ada: globus_sdk.SearchClient, index: str) -> None:
    first = ada.ingest(index, {"ingest_type": "GMetaEntry", "ingest_data": entry("a", title="Gold")})
    assert (first.http_status, first["acknowledged"], first["success"]) == (202, True, True)
    assert first["num_documents_ingested"] == 1
    ingest(ada, index, entry("a", title="Silver"), entry("a", id="x", title="Bronze"))
    assert ada.get_entry(index, "a")["entries"] == [
        {"entry_id": None, "content": {"title": "Silver"}, "matched_principal_sets": []}
    ]
    assert ada.get_subject(index, "a").data == {
        "@datatype": "GMetaResult",
        "@version": "2019-08-27",
        "subject": "a",
        "entries": [
            {"entry_id": None, "content": {"title": "Silver"}, "matched_principal_sets": []},
            {"entry_id": "x", "content": {"title": "Bronze"}, "matched_principal_sets": []},
        ],
    }
    assert ada.get_entry(index, "a", entry_id="x")["entries"][0]["content"] == {"title": "Bronze"}
    assert found(ada, index, "gold") == []
    assert found(ada, index, "silver") == ["a"]
    assert code_of(ada.get_entry, index, "a", entry_id="y") == NOT_FOUND
    assert code_of(ada.get_subject, index, "b") == NOT_FOUND


def test_entries_are_deleted(ada: globus_sdk.SearchClient, index: str) -> None:
    ingest(ada, index, *(entry(subject, n=n, title="gold") for n, subject in enumerate("abcdef")))
    ingest(ada, index, entry("a", id="x", n=0))
    tasks = [
        ada.delete_entry(index, "a"),
        ada.delete_subject(index, "b"),
        ada.batch_delete_by_subject(index, ["c", "unknown"]),
        ada.delete_by_query(index, {"q": "n:>4", "advanced": True}),
        ada.delete_by_query(index, {"filters": [{"type": "match_any", "field_name": "n", "values": [3]}]}),
    ]
    types = [ada.get_task(task["task_id"])["task_type"] for task in tasks]
    assert types == ["delete-by-entry-id", *["delete-by-subject"] * 2, *["delete-by-query"] * 2]
    assert found(ada, index) == ["a", "e"]
    assert found(ada, index, "gold") == ["e"]
    assert [one["entry_id"] for one in ada.get_subject(index, "a")["entries"]] == ["x"]
    ada.delete_entry(index, "a", entry_id="x")
    assert found(ada, index) == ["e"]
    ada.delete_by_query(index, {"q": "*", "filter_principal_sets": ["author"]})
    assert found(ada, index) == []


def test_only_who_writes_to_an_index_sees_its_tasks(
    client_of: Clients, ada: globus_sdk.SearchClient, index: str, grace: Identity
) -> None:
    task = ingest(ada, index, entry("a"))["task_id"]
    assert code_of(client_of(grace).get_task, task) == FORBIDDEN
    assert code_of(client_of(grace).get_task_list, index) == FORBIDDEN


def seconds_taken(task: dict[str, Any]) -> float:
    created, completed = (parse_iso_time(task[f"{name}_date"]) for name in ("creation", "completion"))
    return completed - created


def test_a_task_without_a_delay_is_complete_at_once(sandbox: Sandbox, ada: globus_sdk.SearchClient, index: str) -> None:
    before = sandbox.clock.now()
    task = ingest(ada, index, entry("a"))
    assert before <= parse_iso_time(task["completion_date"]) + 1e-6
    assert parse_iso_time(task["completion_date"]) <= sandbox.clock.now()
    assert seconds_taken(task) == 0


def test_tasks_wait_for_the_clock(delayed: Sandbox, ada: globus_sdk.SearchClient, index: str) -> None:
    first = ingest(ada, index, entry("a", title="Gold"))
    second = ada.delete_subject(index, "a")["task_id"]
    third = ada.ingest(index, {"ingest_type": "GMetaEntry", "ingest_data": entry("b", title="Gold")})["task_id"]
    assert (first["state"], first["state_description"], first["completion_date"]) == ("PENDING", "Task pending", None)
    assert found(ada, index) == []
    delayed.clock.advance(59)
    assert ada.get_task(third)["state"] == "PENDING"
    delayed.clock.advance(2)
    assert found(ada, index) == ["b"]
    tasks = ada.get_task_list(index)["tasks"]
    assert [(task["task_id"], task["state"]) for task in tasks] == [
        (id, "SUCCESS") for id in (third, second, first["task_id"])
    ]
    assert seconds_taken(tasks[2]) == 60
    assert not {"operation", "due"} & {*tasks[2]}


def test_a_task_does_not_wait_for_those_of_other_indexes(
    delayed: Sandbox, ada: globus_sdk.SearchClient, index: str
) -> None:
    assert ingest(ada, index, entry("a"))["state"] == "PENDING"
    delayed.search.task_delay = 0.0
    assert ingest(ada, delayed.search.add_index("Other"), entry("a"))["state"] == "SUCCESS"


def test_what_a_test_adds_comes_after_the_tasks_that_are_due(
    delayed: Sandbox, ada: globus_sdk.SearchClient, index: str
) -> None:
    ingest(ada, index, entry("a", title="Gold"))
    delayed.clock.advance(61)
    delayed.search.ingest(index, [entry("a", title="Silver")])
    assert ada.get_entry(index, "a")["entries"][0]["content"] == {"title": "Silver"}


def test_a_task_does_not_overtake_an_earlier_one(delayed: Sandbox, ada: globus_sdk.SearchClient, index: str) -> None:
    ingest(ada, index, entry("a", title="Gold"))
    delayed.search.task_delay = 0.0
    task = ada.delete_subject(index, "a")["task_id"]
    assert ada.get_task(task)["state"] == "PENDING"
    delayed.clock.advance(61)
    assert ada.get_task(task)["state"] == "SUCCESS"
    assert found(ada, index) == []


def test_the_deletion_of_an_index_cancels_its_tasks(delayed: Sandbox, ada: globus_sdk.SearchClient, index: str) -> None:
    task = ingest(ada, index, entry("a", title="Gold"))["task_id"]
    ada.delete_index(index)
    ada.reopen_index(index)
    delayed.clock.advance(61)
    cancelled = ada.get_task(task).data
    assert cancelled["state"] == "CANCELLED"
    assert seconds_taken(cancelled) < 60
    assert found(ada, index) == []


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (1, "gold", False),
        (1, 1.5, False),
        (1, True, False),
        (1.5, 1, True),
        ("gold", 1, True),
        ("gold", True, True),
        ("2026-03-01", "gold", False),
        ("2026-03-01", "2026-03-02T10:00:00Z", True),
        ({"x": 1}, 1, False),
        (1, {"x": 1}, False),
        ([1, 2], 3, True),
        (None, "gold", True),
        (2**63, 1, False),
    ],
)
def test_a_field_keeps_its_type(
    ada: globus_sdk.SearchClient, index: str, first: object, second: object, fits: bool
) -> None:
    # The first value fits, but for a number that is too large.
    states = [ingest(ada, index, entry("a", x=value))["state"] for value in (first, second)]
    assert states == (["FAILED", "SUCCESS"] if first == 2**63 else ["SUCCESS", "SUCCESS" if fits else "FAILED"])


def test_a_task_that_fails_writes_nothing(ada: globus_sdk.SearchClient, index: str) -> None:
    ingest(ada, index, entry("a", n=1))
    task = ingest(ada, index, entry("b", m=1), entry("c", n="one"))
    assert (task["state"], task["state_description"]) == ("FAILED", "Task failed")
    assert "'n'" in task["message"]
    assert task["additional_details"] == {"field": "n"}
    assert found(ada, index) == ["a"]
    # The type of m is not known yet.
    assert ingest(ada, index, entry("b", m="text"))["state"] == "SUCCESS"


def test_a_subject_has_ten_entries_and_an_index_a_thousand_fields(ada: globus_sdk.SearchClient, index: str) -> None:
    assert ingest(ada, index, *(entry("a", id=str(n)) for n in range(10)))["state"] == "SUCCESS"
    assert ingest(ada, index, entry("a", id="9", title="Replaced"))["state"] == "SUCCESS"
    assert ingest(ada, index, entry("a", id="10"))["state"] == "FAILED"
    # The title and the object are fields, too.
    assert ingest(ada, index, entry("b", numbers={f"x{n}": n for n in range(999)}))["state"] == "FAILED"
    assert ingest(ada, index, entry("b", numbers={f"x{n}": n for n in range(998)}))["state"] == "SUCCESS"


def test_entries_are_visible_to_their_principals(
    sandbox: Sandbox, client_of: Clients, ada: globus_sdk.SearchClient, index: str, grace: Identity
) -> None:
    group = sandbox.add_group(sandbox.user)
    visible = {
        "public": "public",
        "everyone": "all_authenticated_users",
        "grace": URN + grace.id,
        "group": f"urn:globus:groups:id:{group}",
    }
    ingest(ada, index, *(entry(subject, principal, kind="image") for subject, principal in visible.items()))
    nobody, other = client_of(token=False), client_of(grace)
    facet = {"name": "Kinds", "type": "terms", "field_name": "kind"}

    def count(client: globus_sdk.SearchClient) -> Any:
        return client.post_search(index, {"q": "*", "facets": [facet]})["facet_results"][0]["buckets"][0]["count"]

    assert (found(nobody, index), count(nobody)) == (["public"], 1)
    assert (found(other, index), count(other)) == (["everyone", "grace", "public"], 3)
    assert (found(ada, index), count(ada)) == (["everyone", "group", "public"], 3)
    assert len(other.scroll(index, {"q": "*"})["gmeta"]) == 3
    assert code_of(other.get_subject, index, "group") == NOT_FOUND
    assert code_of(ada.get_entry, index, "grace") == NOT_FOUND
    sandbox.groups.set_member(group, grace)
    assert found(other, index) == ["everyone", "grace", "group", "public"]

    assert len(found(ada, index, bypass_visible_to="true")) == 4
    assert len(ada.post_search(index, {"q": "*", "bypass_visible_to": True})["gmeta"]) == 4
    assert ada.get_subject(index, "grace", query_params={"bypass_visible_to": "true"})["subject"] == "grace"
    assert code_of(other.post_search, index, {"q": "*", "bypass_visible_to": True}) == FORBIDDEN
    assert code_of(nobody.post_search, index, {"q": "*", "bypass_visible_to": True})[0] == 401


def test_principal_sets_filter_by_who_asks(
    sandbox: Sandbox, client_of: Clients, ada: globus_sdk.SearchClient, index: str, grace: Identity
) -> None:
    group = sandbox.add_group(sandbox.user)
    sets = {"author": [URN + grace.id], "curator": [f"urn:globus:groups:id:{group}", URN + grace.id]}
    ingest(ada, index, {**entry("a"), "principal_sets": sets}, entry("b"))
    other = client_of(grace)
    for wanted, matched in (("author", ["author"]), ("author,curator,reader", ["author", "curator"])):
        (result,) = other.search(index, "*", query_params={"filter_principal_sets": wanted})["gmeta"]
        assert result["entries"][0]["matched_principal_sets"] == matched
    assert found(ada, index, filter_principal_sets="author") == []
    body = {"q": "*", "filter_principal_sets": ["curator"]}
    assert [one["subject"] for one in ada.post_search(index, body)["gmeta"]] == ["a"]
    assert code_of(client_of(token=False).post_search, index, body)[0] == 401
    assert found(other, index) == ["a", "b"]
    assert other.get_subject(index, "a")["entries"][0]["matched_principal_sets"] == []
