"""Submissions and the tasks that they start, as clients see them."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Collection, Identity, Sandbox
from tests.sandbox.sandbox_http import TRANSFER_ALL, Http
from tests.sandbox.sandbox_tasks import end_of

FOREVER = 3600.0


@pytest.fixture
def tree(source: Collection) -> Collection:
    (source.folder / "data" / "deep" / "empty").mkdir(parents=True)
    (source.folder / "data" / "one").write_bytes(b"1" * 1000)
    (source.folder / "data" / "deep" / "two").write_bytes(bytes(range(256)))
    (source.folder / "data" / "nothing").touch()
    return source


def transfer_data(source: Collection, destination: Collection, **options: Any) -> globus_sdk.TransferData:
    data = globus_sdk.TransferData(source.id, destination.id, **options)
    data.add_item("/data/", "/copy/", recursive=True)
    return data


def transfer_document(source: Collection, destination: Collection, **changes: Any) -> dict[str, Any]:
    return {
        "DATA_TYPE": "transfer",
        "submission_id": str(uuid.uuid4()),
        "source_endpoint": source.id,
        "destination_endpoint": destination.id,
        "DATA": [{"DATA_TYPE": "transfer_item", "source_path": "/data/one", "destination_path": "/one"}],
        **changes,
    }


def test_transfer_copies(
    globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, destination: Collection
) -> None:
    answer = sdk.submit_transfer(transfer_data(tree, destination, label="My data", verify_checksum=True))
    assert (answer.http_status, answer["code"], answer["DATA_TYPE"]) == (202, "Accepted", "transfer_result")
    assert answer["task_link"]["href"].startswith(f"/v0.10/task/{answer['task_id']}")
    end_of(globus, answer["task_id"])
    assert sdk.task_wait(answer["task_id"], timeout=1, polling_interval=1)

    copy = destination.folder / "copy"
    assert (copy / "one").read_bytes() == b"1" * 1000
    assert (copy / "deep" / "two").read_bytes() == bytes(range(256))
    assert (copy / "nothing").read_bytes() == b""
    assert (copy / "deep" / "empty").is_dir()
    assert (tree.folder / "data" / "one").exists()

    document = sdk.get_task(answer["task_id"])
    expected = {
        "DATA_TYPE": "task",
        "task_id": answer["task_id"],
        "type": "TRANSFER",
        "status": "SUCCEEDED",
        "label": "My data",
        "owner_id": globus.user.id,
        "source_endpoint_id": tree.id,
        "destination_endpoint_id": destination.id,
        "fatal_error": None,
        "faults": 0,
        "files": 3,
        "files_transferred": 3,
        "files_skipped": 0,
        "directories": 3,
        "bytes_transferred": 1256,
        "bytes_checksummed": 1256,
        "subtasks_total": 6,
        "subtasks_succeeded": 6,
        "subtasks_pending": 0,
        "subtasks_failed": 0,
    }
    assert {key: document[key] for key in expected} == expected
    assert document["completion_time"] >= document["request_time"]


def test_events_transfers_and_pause_info_of_a_task(
    globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, destination: Collection
) -> None:
    task_id = sdk.submit_transfer(transfer_data(tree, destination))["task_id"]
    end_of(globus, task_id)
    events = sdk.task_event_list(task_id)
    assert [(event["code"], event["is_error"]) for event in events] == [("SUCCEEDED", False), ("STARTED", False)]
    assert [event["code"] for event in sdk.task_event_list(task_id, limit=1, offset=1)] == ["STARTED"]
    assert {
        (transfer["source_path"], transfer["destination_path"]) for transfer in sdk.task_successful_transfers(task_id)
    } == {
        ("/data/one", "/copy/one"),
        ("/data/nothing", "/copy/nothing"),
        ("/data/deep/two", "/copy/deep/two"),
    }
    assert list(sdk.task_skipped_errors(task_id)) == []
    assert sdk.task_pause_info(task_id)["pause_rules"] == []
    assert set(sdk.get_task(task_id, query_params={"fields": "status,files"}).data) == {"DATA_TYPE", "status", "files"}


def test_delete_deletes(globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    (tree.folder / "data" / "link").symlink_to(tmp_path)
    (tree.folder / "kept").touch()
    data = globus_sdk.DeleteData(tree.id, recursive=True, label="Away")
    data.add_item("/data/")
    data.add_item("/data/one")
    answer = sdk.submit_delete(data)
    assert (answer["code"], answer["DATA_TYPE"]) == ("Accepted", "delete_result")
    document = end_of(globus, answer["task_id"])
    assert (document["type"], document["status"], document["label"]) == ("DELETE", "SUCCEEDED", "Away")
    assert (document["files"], document["directories"], document["subtasks_succeeded"]) == (4, 3, 7)
    assert [entry.name for entry in tree.folder.iterdir()] == ["kept"]
    assert (tmp_path / "precious").exists()


def test_delete_of_a_pattern(globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection) -> None:
    data = globus_sdk.DeleteData(tree.id, interpret_globs=True)
    data.add_item("/data/[n-o]*")
    assert end_of(globus, sdk.submit_delete(data)["task_id"])["status"] == "SUCCEEDED"
    assert [entry.name for entry in (tree.folder / "data").iterdir()] == ["deep"]


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("/data", {}, "IS_A_DIRECTORY"),
        ("/missing", {}, "FILE_NOT_FOUND"),
        ("/", {"recursive": True}, "PERMISSION_DENIED"),
        ("/data/../../", {"recursive": True}, "PERMISSION_DENIED"),
        ("/out/precious", {}, "PERMISSION_DENIED"),
        ("/../*", {"interpret_globs": True}, "PERMISSION_DENIED"),
        ("/out/*", {"interpret_globs": True}, "PERMISSION_DENIED"),
    ],
)
def test_refused_deletes(
    globus: Sandbox,
    sdk: globus_sdk.TransferClient,
    tree: Collection,
    tmp_path: Path,
    path: str,
    options: dict[str, Any],
    code: str,
) -> None:
    (tmp_path / "precious").touch()
    (tree.folder / "out").symlink_to(tmp_path)
    data = globus_sdk.DeleteData(tree.id, **options)
    data.add_item("/data/one")
    data.add_item(path)
    document = end_of(globus, sdk.submit_delete(data)["task_id"])
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", code)
    assert str(tree.folder) not in str(document)
    # All paths are checked before the first deletion.
    assert (tree.folder / "data" / "one").exists()
    assert (tmp_path / "precious").exists()


def test_delete_can_ignore_what_is_missing(globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection) -> None:
    data = globus_sdk.DeleteData(tree.id, ignore_missing=True)
    data.add_item("/missing")
    assert end_of(globus, sdk.submit_delete(data)["task_id"])["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("source_path", "destination_path"),
    [
        ("/../secret", "/mine"),
        ("/out/secret", "/mine"),
        ("/link", "/mine"),
        ("/data/one", "/../planted"),
        ("/data/one", "/out/planted"),
        ("/data/one", "/dangling"),
        ("/circle", "/mine"),
    ],
)
def test_transfer_has_no_way_out(
    globus: Sandbox,
    sdk: globus_sdk.TransferClient,
    tree: Collection,
    tmp_path: Path,
    source_path: str,
    destination_path: str,
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (tree.folder / "out").symlink_to(outside)
    (tree.folder / "link").symlink_to(outside / "secret")
    (tree.folder / "dangling").symlink_to(outside / "planted")
    (tree.folder / "circle").symlink_to("circle")
    data = globus_sdk.TransferData(tree.id, tree.id)
    data.add_item(source_path, destination_path)
    document = end_of(globus, sdk.submit_transfer(data)["task_id"])
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", "PERMISSION_DENIED")
    assert str(tmp_path) not in str(document)
    assert [entry.name for entry in outside.iterdir()] == ["secret"]
    assert not (tree.folder / "mine").exists()


def test_links_in_a_folder_are_not_copied(
    globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, destination: Collection, tmp_path: Path
) -> None:
    (tmp_path / "secret").touch()
    (tree.folder / "data" / "out").symlink_to(tmp_path)
    (tree.folder / "data" / "file").symlink_to(tmp_path / "secret")
    end_of(globus, sdk.submit_transfer(transfer_data(tree, destination))["task_id"])
    assert sorted(entry.name for entry in (destination.folder / "copy").iterdir()) == ["deep", "nothing", "one"]


def test_a_submission_id_starts_one_task(
    globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, destination: Collection
) -> None:
    ids = {sdk.get_submission_id()["value"] for _ in range(3)}
    assert len(ids) == 3
    data = transfer_data(tree, destination, submission_id=ids.pop())
    first = sdk.submit_transfer(data)
    end_of(globus, first["task_id"])
    (destination.folder / "copy" / "one").unlink()
    second = sdk.submit_transfer(data)
    assert (second["code"], second["task_id"]) == ("Duplicate", first["task_id"])
    assert second["submission_id"] == first["submission_id"] == data["submission_id"]
    assert not (destination.folder / "copy" / "one").exists()
    assert len(list(sdk.task_list())) == 1
    # A UUID in upper case is the same id.
    data["submission_id"] = str(data["submission_id"]).upper()
    assert sdk.submit_transfer(data)["task_id"] == first["task_id"]


def test_a_submission_id_starts_one_task_however_many_submit_at_once(
    transfer: Http, tree: Collection, destination: Collection
) -> None:
    document = transfer_document(tree, destination)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: transfer("POST", "/v0.10/transfer", document=document).document, range(16)))
    assert len({answer["task_id"] for answer in answers}) == 1
    assert sorted(answer["code"] for answer in answers) == ["Accepted"] + ["Duplicate"] * 15


def test_tasks_of_others(
    globus: Sandbox, sdk: globus_sdk.TransferClient, transfer: Http, tree: Collection, destination: Collection
) -> None:
    grace = Http(
        globus.transfer_url,
        globus.issue_token(TRANSFER_ALL, user=Identity("grace@sandbox.example")).access_token,
    )
    document = transfer_document(tree, destination)
    mine = transfer("POST", "/v0.10/transfer", document=document).document["task_id"]
    hers = grace("POST", "/v0.10/transfer", document=document).document["task_id"]
    assert mine != hers
    for method, rest in (("GET", ""), ("GET", "/event_list"), ("POST", "/cancel"), ("GET", "/pause_info")):
        answer = grace(method, f"/v0.10/task/{mine}{rest}")
        assert (answer.status, answer.document["code"]) == (404, "ClientError.NotFound")
    assert [task["task_id"] for task in grace("GET", "/v0.10/task_list").document["DATA"]] == [hers]


def test_cancel_stops_a_task(
    globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, destination: Collection
) -> None:
    globus.task_delay = FOREVER
    task_id = sdk.submit_transfer(transfer_data(tree, destination))["task_id"]
    document = sdk.get_task(task_id)
    assert (document["status"], document["nice_status"], document["completion_time"]) == ("ACTIVE", "OK", None)
    assert sdk.cancel_task(task_id)["code"] == "Canceled"
    document = sdk.get_task(task_id)
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", "CANCELED")
    assert (document["subtasks_canceled"], document["subtasks_failed"], document["files_transferred"]) == (6, 0, 0)
    assert [(event["code"], event["is_error"]) for event in sdk.task_event_list(task_id)] == [
        ("CANCELED", True),
        ("STARTED", False),
    ]
    assert sdk.cancel_task(task_id)["code"] == "TaskComplete"
    assert list(destination.folder.iterdir()) == []


def test_update_of_a_task(
    globus: Sandbox, sdk: globus_sdk.TransferClient, transfer: Http, tree: Collection, destination: Collection
) -> None:
    globus.task_delay = FOREVER
    task_id = sdk.submit_transfer(transfer_data(tree, destination, label="Old"))["task_id"]
    sdk.update_task(task_id, {"DATA_TYPE": "task", "label": "New", "deadline": "2999-01-02 03:04:05+00:00"})
    document = sdk.get_task(task_id)
    assert (document["label"], document["deadline"]) == ("New", "2999-01-02T03:04:05+00:00")
    assert transfer("PUT", f"/v0.10/task/{task_id}", document={"label": 1}).status == 400
    sdk.cancel_task(task_id)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        sdk.update_task(task_id, {"DATA_TYPE": "task", "label": "Newer"})
    assert (caught.value.http_status, caught.value.code) == (409, "Conflict")
    assert sdk.get_task(task_id)["label"] == "New"


def test_task_list(
    globus: Sandbox, sdk: globus_sdk.TransferClient, transfer: Http, tree: Collection, destination: Collection
) -> None:
    for label in ("b", "", "a"):
        end_of(globus, sdk.submit_transfer(transfer_data(tree, destination, label=label))["task_id"])
    end_of(globus, sdk.submit_delete(delete_of_nothing(tree))["task_id"])

    def labels(**options: Any) -> list[str | None]:
        return [task["label"] for task in sdk.task_list(**options)]

    assert labels() == [None, "a", "", "b"]
    assert labels(orderby="label") == [None, "", "a", "b"]
    assert labels(orderby="type,label DESC") == [None, "b", "a", ""]
    assert labels(filter="type:TRANSFER/status:SUCCEEDED,FAILED") == ["a", "", "b"]
    assert labels(filter={"status": "FAILED"}) == [None]
    assert labels(filter="label:~[ab]") == ["a", "b"]
    assert labels(limit=2, offset=1) == ["a", ""]
    assert sdk.task_list(limit=1)["total"] == 4
    assert len(list(sdk.paginated.task_list(query_params={"limit": "3"}).items())) == 4
    for query in (
        {"orderby": "fatal_error"},
        {"limit": "9" * 5000},
        {"limit": "1_0"},
        {"limit": "\N{ARABIC-INDIC DIGIT THREE}"},
        {"offset": "-1"},
        {"filter": "color:red"},
    ):
        answer = transfer("GET", "/v0.10/task_list", query=query)
        assert (answer.status, answer.document["code"]) == (400, "ClientError.BadRequest")


def delete_of_nothing(collection: Collection) -> globus_sdk.DeleteData:
    data = globus_sdk.DeleteData(collection.id)
    data.add_item("/missing")
    return data


def test_successful_transfers_and_skipped_errors_come_in_pages(
    globus: Sandbox, sdk: globus_sdk.TransferClient, source: Collection, destination: Collection
) -> None:
    data = globus_sdk.TransferData(source.id, destination.id, skip_source_errors=True)
    for number in range(150):
        (source.folder / f"{number}").touch()
        data.add_item(f"/{number}", f"/{number}")
        data.add_item(f"/missing {number}", f"/missing {number}")
    task_id = sdk.submit_transfer(data)["task_id"]
    document = end_of(globus, task_id)
    assert (document["status"], document["subtasks_skipped_errors"]) == ("SUCCEEDED", 150)
    assert (document["subtasks_total"], document["subtasks_succeeded"]) == (300, 150)
    page = sdk.task_successful_transfers(task_id)
    assert (len(list(page)), page["next_marker"]) == (100, 100)
    pages = list(sdk.paginated.task_successful_transfers(task_id))
    assert [len(list(page)) for page in pages] == [100, 50]
    assert pages[-1]["next_marker"] is None
    skipped = list(sdk.paginated.task_skipped_errors(task_id).items())
    assert [error["source_path"] for error in skipped] == [f"/missing {number}" for number in range(150)]
    assert {(error["error_code"], error["is_directory"]) for error in skipped} == {("FILE_NOT_FOUND", False)}


def test_missing_source_fails_the_task(
    globus: Sandbox, sdk: globus_sdk.TransferClient, source: Collection, destination: Collection
) -> None:
    task_id = sdk.submit_transfer(transfer_data(source, destination))["task_id"]
    document = end_of(globus, task_id)
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", "FILE_NOT_FOUND")
    assert document["faults"] == 1
    assert [event["code"] for event in sdk.task_event_list(task_id)] == ["FILE_NOT_FOUND", "STARTED"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DATA": []}, ".NoTransferItems"),
        ({"DATA": None}, ".NoTransferItems"),
        ({"DATA": ["x"]}, ""),
        ({"DATA": [{"source_path": "/x"}]}, ""),
        ({"submission_id": None}, ""),
        ({"submission_id": "x"}, ""),
        ({"source_endpoint": None}, ""),
        ({"sync_level": 4}, ""),
        ({"sync_level": True}, ""),
        ({"verify_checksum": "yes"}, ""),
        ({"deadline": "tomorrow"}, ""),
        ({"deadline": "0001-01-01T00:00:00+14:00"}, ""),
        ({"label": 7}, ""),
        ({"filter_rules": [{"name": "x", "method": "maybe"}]}, ""),
        (
            {
                "DATA": [
                    {
                        "source_path": "/x",
                        "destination_path": "/x",
                        "external_checksum": "00",
                        "checksum_algorithm": "none",
                    }
                ]
            },
            "",
        ),
        (
            {
                "DATA": [
                    {
                        "source_path": "/x",
                        "destination_path": "/x",
                        "external_checksum": "00",
                        "checksum_algorithm": "shake_256",
                    }
                ]
            },
            "",
        ),
    ],
)
def test_refused_submissions(
    globus: Sandbox,
    transfer: Http,
    source: Collection,
    destination: Collection,
    changes: dict[str, Any],
    code: str,
) -> None:
    answer = transfer("POST", "/v0.10/transfer", document=transfer_document(source, destination, **changes))
    assert (answer.status, answer.document["code"]) == (400, f"ClientError.BadRequest{code}")
    assert answer.document["resource"] == "/v0.10/transfer"
    assert set(answer.document) == {"code", "message", "resource", "request_id"}
    assert globus._state.tasks.owned_by(globus.user) == []


def test_refused_bodies(transfer: Http, source: Collection, destination: Collection) -> None:
    for body in (b"", b"{", b"[]", b"\xff"):
        assert transfer("POST", "/v0.10/transfer", body=body).document["code"] == "ClientError.BadRequest"
    document = transfer_document(source, destination, destination_endpoint=str(uuid.uuid4()))
    answer = transfer("POST", "/v0.10/transfer", document=document)
    assert (answer.status, answer.document["code"]) == (404, "EndpointNotFound")
    empty = {"submission_id": str(uuid.uuid4()), "endpoint": source.id, "DATA": []}
    answer = transfer("POST", "/v0.10/delete", document=empty)
    assert (answer.status, answer.document["code"]) == (400, "ClientError.BadRequest.NoDeleteItems")
    path = f"/v0.10/operation/endpoint/{source.id}/mkdir"
    assert transfer("POST", path, document={}).document["code"] == "ClientError.BadRequest"
    for impossible in ("/\ud800", "/" + "x" * 300):
        assert transfer("POST", path, document={"path": impossible}).document["code"] == "EndpointPermissionDenied"


def test_deadline_of_a_client(
    globus: Sandbox, sdk: globus_sdk.TransferClient, tree: Collection, destination: Collection
) -> None:
    globus.clock.advance(FOREVER)
    past = datetime.now(UTC) + timedelta(seconds=FOREVER / 2)
    document = end_of(globus, sdk.submit_transfer(transfer_data(tree, destination, deadline=past))["task_id"])
    assert (document["status"], document["fatal_error"]["code"]) == ("FAILED", "DEADLINE_EXPIRED")
    assert list(destination.folder.iterdir()) == []
