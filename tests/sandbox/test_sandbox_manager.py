"""The endpoint manager: tasks and pause rules for managers of a collection."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from globus_transport.sandbox import Collection, Sandbox
from globus_transport.sandbox.tasks import Task
from tests.sandbox.people import Person, code_of
from tests.sandbox.sandbox_http import Http
from tests.sandbox.sandbox_tasks import end_of

AT = "/v0.10/endpoint_manager"


@pytest.fixture
def grace(globus: Sandbox) -> Person:
    return Person(globus, "grace")


def role(transfer: Http, collection: Collection, person: Person, name: str) -> None:
    document = {"principal_type": "identity", "principal": person.identity.id, "role": name}
    assert transfer("POST", f"/v0.10/endpoint/{collection.id}/role", document=document).status == 201


def submit(transfer: Http, source: Collection, destination: Collection, *names: str, **more: Any) -> str:
    for name in names:
        (source.folder / name).write_text(name)
    document = {
        "submission_id": str(uuid.uuid4()),
        "source_endpoint": source.id,
        "destination_endpoint": destination.id,
        "DATA": [{"source_path": f"/{name}", "destination_path": f"/{name}"} for name in names],
        **more,
    }
    answer = transfer("POST", "/v0.10/transfer", document=document)
    assert answer.status == 202, answer.document
    return str(answer.document["task_id"])


def ids(answer: Any) -> list[str]:
    return [task["task_id"] for task in answer.document["DATA"]]


def test_only_monitors_see(transfer: Http, source: Collection, destination: Collection, grace: Person) -> None:
    task = submit(transfer, source, destination, "a")
    assert ids(grace("GET", f"{AT}/task_list")) == []
    assert grace("GET", f"{AT}/monitored_endpoints").document["DATA"] == []
    for path in ("", "/event_list", "/successful_transfers", "/skipped_errors", "/pause_info"):
        assert grace("GET", f"{AT}/task/{task}{path}").status == 404
    assert grace("GET", f"{AT}/endpoint/{source.id}").status == 403
    role(transfer, source, grace, "activity_monitor")
    assert ids(grace("GET", f"{AT}/task_list")) == [task]
    assert [endpoint["id"] for endpoint in grace("GET", f"{AT}/monitored_endpoints").document["DATA"]] == [source.id]
    for path in ("", "/event_list", "/successful_transfers", "/skipped_errors", "/pause_info"):
        assert grace("GET", f"{AT}/task/{task}{path}").status == 200
    assert grace("GET", f"{AT}/endpoint/{source.id}").document["id"] == source.id
    # A monitor may not manage.
    body = {"message": "Stop", "task_id_list": [task]}
    for name in ("admin_cancel", "admin_pause", "admin_resume"):
        assert grace("POST", f"{AT}/{name}", body).status == 404
    assert grace("GET", f"{AT}/endpoint/{source.id}/access_list").status == 403


def test_managers_of_a_host_manage_its_guests(
    transfer: Http, source: Collection, destination: Collection, grace: Person
) -> None:
    role(transfer, source, grace, "activity_manager")
    share = {"host_endpoint": source.id, "host_path": "/", "display_name": "Guest"}
    guest = transfer("POST", "/v0.10/shared_endpoint", document=share).document["id"]
    hosted = grace("GET", f"{AT}/endpoint/{source.id}/hosted_endpoint_list").document["DATA"]
    assert [endpoint["id"] for endpoint in hosted] == [guest]
    assert grace("GET", f"{AT}/endpoint/{guest}/access_list").document["DATA"] == []
    assert len(grace("GET", f"{AT}/monitored_endpoints").document["DATA"]) == 2


def test_filters(globus: Sandbox, transfer: Http, source: Collection, destination: Collection, grace: Person) -> None:
    first = submit(transfer, source, destination, "a")
    end_of(globus, first)
    globus.clock.advance(7200)
    second = submit(transfer, destination, source, "missing-there", "b")
    end_of(globus, second)
    third = submit(grace.transfer, source, destination, "c")
    store = globus._state.tasks
    task = store.get(third, grace.identity)
    assert task
    store.join(task, 10)

    def listed(**filters: str) -> list[str]:
        return ids(transfer("GET", f"{AT}/task_list", query=filters))

    assert listed() == [third, second, first]
    assert listed(filter_status="SUCCEEDED,FAILED") == [third, second, first]
    assert listed(filter_status="ACTIVE") == []
    assert listed(filter_task_id=f"{first},{third}") == [third, first]
    assert listed(filter_owner_id=grace.identity.id) == [third]
    assert listed(filter_endpoint=source.id) == [third, second, first]
    assert listed(filter_endpoint=source.id, filter_endpoint_use="source") == [third, first]
    assert listed(filter_endpoint=source.id, filter_endpoint_use="destination") == [second]
    assert listed(filter_is_paused="True") == []
    assert listed(filter_is_paused="False", filter_owner_id=grace.identity.id) == [third]
    assert listed(filter_min_faults="1") == []
    assert listed(filter_local_user="ada") == []
    completed = transfer("GET", f"{AT}/task/{first}").document["completion_time"]
    assert listed(filter_completion_time=f"2020-01-01,{completed}") == []
    assert listed(filter_completion_time=f"{completed},2100-01-01") == [third, second, first]
    for wrong in (
        {"filter_endpoint_use": "source"},
        {"filter_endpoint": source.id, "filter_endpoint_use": "both"},
        {"filter_is_paused": "maybe"},
        {"filter_completion_time": "2020-01-01"},
        {"filter_min_faults": "-1"},
        {"last_key": "unheard-of"},
    ):
        assert transfer("GET", f"{AT}/task_list", query=wrong).status == 400


def test_pages_by_last_key(transfer: Http, source: Collection, destination: Collection) -> None:
    tasks = [submit(transfer, source, destination, name) for name in "abc"]
    first = transfer("GET", f"{AT}/task_list", query={"limit": "2"})
    assert (ids(first), first.document["has_next_page"]) == ([tasks[2], tasks[1]], True)
    second = transfer("GET", f"{AT}/task_list", query={"limit": "2", "last_key": first.document["last_key"]})
    assert (ids(second), second.document["has_next_page"]) == ([tasks[0]], False)


def test_pause_and_resume(globus: Sandbox, transfer: Http, source: Collection, destination: Collection) -> None:
    globus.task_delay = 3600.0
    task = submit(transfer, source, destination, "a")
    body = {"message": "Maintenance", "task_id_list": [task]}
    assert transfer("POST", f"{AT}/admin_pause", document=body).document["code"] == "PauseAccepted"
    assert transfer("GET", f"/v0.10/task/{task}").document["is_paused"] is True
    for at in ("/v0.10", AT):
        info = transfer("GET", f"{at}/task/{task}/pause_info").document
        assert (info["source_pause_message"], info["pause_rules"]) == ("Maintenance", [])
    assert ids(transfer("GET", f"{AT}/task_list", query={"filter_is_paused": "True"})) == [task]
    assert transfer("POST", f"{AT}/admin_resume", document={"task_id_list": [task]}).status == 200
    assert transfer("GET", f"/v0.10/task/{task}").document["is_paused"] is False


def test_admin_cancel(globus: Sandbox, transfer: Http, source: Collection, destination: Collection) -> None:
    globus.task_delay = 3600.0
    task = submit(transfer, source, destination, "a")
    body = {"message": "Too much", "task_id_list": [task]}
    cancel = transfer("POST", f"{AT}/admin_cancel", document=body).document
    document = end_of(globus, task)
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", "CANCELED")
    assert document["canceled_by_admin_message"] == "Too much"
    assert transfer("GET", f"{AT}/admin_cancel/{cancel['id']}").document["done"] is True
    assert transfer("GET", f"{AT}/admin_cancel/99").status == 404
    events = transfer("GET", f"{AT}/task/{task}/event_list", query={"filter_is_error": "1"}).document["DATA"]
    assert [event["code"] for event in events] == ["CANCELED"]
    assert transfer("POST", f"{AT}/admin_cancel", document={**body, "message": ""}).status == 400
    assert transfer("POST", f"{AT}/admin_cancel", document={**body, "task_id_list": "x"}).status == 400


def pause_rule(transfer: Http, collection: Collection, **fields: Any) -> str:
    document = {"DATA_TYPE": "pause_rule", "message": "Closed", "endpoint_id": collection.id, **fields}
    answer = transfer("POST", f"{AT}/pause_rule", document=document)
    assert answer.status == 201, answer.document
    return str(answer.document["id"])


def test_pause_rules_hold_tasks_up(
    globus: Sandbox, transfer: Http, source: Collection, destination: Collection
) -> None:
    rule = pause_rule(transfer, destination, pause_task_transfer_write=True)
    task = submit(transfer, source, destination, "a")
    info = transfer("GET", f"/v0.10/task/{task}/pause_info").document
    assert [rule["message"] for rule in info["pause_rules"]] == ["Closed"]
    assert transfer("GET", f"/v0.10/task/{task}").document["nice_status"] == "PAUSED"
    assert not (destination.folder / "a").exists()
    # The rule does not apply in the other direction.
    assert end_of(globus, submit(transfer, destination, source, "b"))["status"] == "SUCCEEDED"
    changed = transfer("PUT", f"{AT}/pause_rule/{rule}", document={"pause_task_transfer_write": False})
    assert changed.document["pause_task_transfer_write"] is False
    assert end_of(globus, task)["status"] == "SUCCEEDED"
    codes = [event["code"] for event in transfer("GET", f"/v0.10/task/{task}/event_list").document["DATA"]]
    assert codes[0] == "SUCCEEDED"


def test_a_task_that_is_paused_misses_its_deadline(
    globus: Sandbox, transfer: Http, source: Collection, destination: Collection
) -> None:
    pause_rule(transfer, source, pause_task_transfer_read=True)
    task = submit(transfer, source, destination, "a")
    globus.clock.advance(86400 + 1)
    document = end_of(globus, task)
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", "DEADLINE_EXPIRED")


def test_a_deadline_ends_a_long_wait(
    globus: Sandbox, transfer: Http, source: Collection, destination: Collection
) -> None:
    globus.task_delay = 3600.0
    task = submit(transfer, source, destination, "a")
    globus.clock.advance(86400 + 1)
    assert end_of(globus, task)["fatal_error"]["code"] == "DEADLINE_EXPIRED"


def test_pause_rules_for_file_operations(transfer: Http, source: Collection, grace: Person) -> None:
    rule = pause_rule(transfer, source, pause_mkdir=True, identity_id=grace.identity.id)
    mkdir = f"/v0.10/operation/endpoint/{source.id}/mkdir"
    answer = grace("POST", mkdir, {"path": "/new"})
    assert (*code_of(answer), answer.document["message"]) == (409, "ClientError.Paused", "Closed")
    assert transfer("POST", mkdir, document={"path": "/mine"}).status == 200
    assert grace("GET", f"/v0.10/operation/endpoint/{source.id}/ls").status == 200
    mine = f"/v0.10/endpoint/{source.id}/my_effective_pause_rule_list"
    assert [shown["id"] for shown in grace("GET", mine).document["DATA"]] == [rule]
    assert transfer("GET", mine).document["DATA"] == []
    assert grace("DELETE", f"{AT}/pause_rule/{rule}").status == 403
    assert transfer("DELETE", f"{AT}/pause_rule/{rule}").status == 200
    assert grace("POST", mkdir, {"path": "/new"}).status == 200
    assert code_of(transfer("GET", f"{AT}/pause_rule/{rule}")) == (404, "PauseRuleNotFound")


def test_pause_rules_begin_when_they_say(globus: Sandbox, transfer: Http, source: Collection) -> None:
    globus.access_token_lifetime = 10.0**10
    grace = Person(globus, "grace")
    pause_rule(transfer, source, pause_ls=True, start_time="2100-01-01T00:00:00")
    ls = f"/v0.10/operation/endpoint/{source.id}/ls"
    assert grace("GET", ls).status == 200
    globus.clock.advance(100 * 366 * 86400)
    assert grace("GET", ls).status == 409


def test_list_of_pause_rules(transfer: Http, source: Collection, destination: Collection, grace: Person) -> None:
    first, second = pause_rule(transfer, source), pause_rule(transfer, destination)

    def listed(person: Any, **query: str) -> list[str]:
        return [rule["id"] for rule in person("GET", f"{AT}/pause_rule_list", query=query).document["DATA"]]

    assert listed(transfer) == [first, second]
    assert listed(transfer, filter_endpoint=source.id) == [first]
    assert listed(grace.transfer) == []
    role(transfer, destination, grace, "activity_manager")
    assert listed(grace.transfer) == [second]
    for wrong in ({"pause_ls": 1}, {"start_time": "soon"}, {"message": ""}):
        assert transfer("PUT", f"{AT}/pause_rule/{first}", document=wrong).status == 400


def test_a_wait_begins_and_ends_with_its_events(globus: Sandbox, source: Collection, destination: Collection) -> None:
    transfer = Person(globus, "x").transfer
    globus.task_delay = 3600.0
    task_id = submit(transfer, source, destination, "a")
    (task,) = globus._state.tasks.on_collections({source.id})
    assert task.id == task_id
    waited = threading.Event()
    add_event = Task.add_event

    def note(self: Task, code: str, description: str, details: str, is_error: bool = False) -> None:
        add_event(self, code, description, details, is_error)
        waited.set()

    task.add_event = note.__get__(task)  # type: ignore[method-assign]
    for message, code in (("Wait", "PAUSED"), (None, "RESUMED")):
        waited.clear()
        task.admin_pause = message
        task.wake()
        assert waited.wait(10)
        assert task.events[-1]["code"] == code
