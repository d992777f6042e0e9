"""Calls of every route of TransferClient, with few and with all arguments."""

from __future__ import annotations

import datetime
import enum
import uuid
from typing import Any

from tests.wire.both_packages import Call

ID = uuid.UUID("b8872740-7edc-11ec-9f33-ed182a728dff")
NAIVE = datetime.datetime(2031, 2, 3, 4, 5, 6, 789)
AWARE = datetime.datetime(2031, 2, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))


# Not StrEnum: the text of this one is "Word.FIRST", which must not be sent.
class Word(str, enum.Enum):  # noqa: UP042
    FIRST = "first"


class Number(enum.Enum):
    THREE = 3


CALLS: dict[str, Call] = {
    "get_endpoint": lambda client, _: client.get_endpoint(ID),
    "get_endpoint, query": lambda client, _: client.get_endpoint("x", query_params={"a": [1, "b"], "c": True}),
    "endpoint_search": lambda client, _: client.endpoint_search(),
    "endpoint_search, text": lambda client, _: client.endpoint_search("Größe & co/ünï ?#"),
    "endpoint_search, all": lambda client, _: client.endpoint_search(
        "text",
        filter_scope="my-endpoints",
        filter_owner_id="owner",
        filter_host_endpoint=ID,
        filter_non_functional=True,
        filter_entity_type="GCSv5_endpoint",
        limit=10,
        offset=5,
        query_params={"fields": "id,name"},
    ),
    "endpoint_search, false and zero": lambda client, _: client.endpoint_search(
        filter_non_functional=False, limit=0, offset=0
    ),
    "endpoint_search, None": lambda client, _: client.endpoint_search(
        None, filter_scope=None, filter_non_functional=None, limit=None
    ),
    "endpoint_search, MISSING": lambda client, sdk: client.endpoint_search(
        sdk.MISSING, filter_scope=sdk.MISSING, query_params={"left_out": sdk.MISSING, "none": None}
    ),
    "operation_ls": lambda client, _: client.operation_ls(ID),
    "operation_ls, path": lambda client, _: client.operation_ls("x", "/~/a b/ü%20+&=/"),
    "operation_ls, all": lambda client, _: client.operation_ls(
        ID,
        "/",
        show_hidden=True,
        orderby=["type", "name DESC"],
        limit=7,
        offset=8,
        filter={"name": ["~*.txt", "=a"], "type": "file", "size": [1, 2]},
        local_user="someone",
        query_params={"extra": Word.FIRST},
    ),
    "operation_ls, one order": lambda client, _: client.operation_ls(ID, orderby="name", show_hidden=False),
    "operation_ls, tuple order": lambda client, _: client.operation_ls(ID, orderby=("name", "type")),
    "operation_ls, several filters": lambda client, _: client.operation_ls(
        ID, filter=[{"name": "a"}, "type:dir", {"name": ["b", "c"]}]
    ),
    "operation_ls, text filter": lambda client, _: client.operation_ls(ID, filter="name:~*"),
    "operation_stat": lambda client, _: client.operation_stat(ID, "/a"),
    "operation_stat, all": lambda client, _: client.operation_stat(
        ID, path="/a", local_user="u", query_params={"n": Number.THREE}
    ),
    "operation_mkdir": lambda client, _: client.operation_mkdir(ID, "/ä/b"),
    "operation_mkdir, all": lambda client, _: client.operation_mkdir(
        endpoint_id=ID, path="/a", local_user="u", query_params={"x": 1}
    ),
    "operation_mkdir, None": lambda client, _: client.operation_mkdir(ID, "/a", local_user=None),
    "operation_rename": lambda client, _: client.operation_rename(ID, "/a", "/b"),
    "operation_rename, all": lambda client, _: client.operation_rename(
        endpoint_id=ID, oldpath="/a", newpath="/b", local_user="u", query_params={"x": 1.5}
    ),
    "get_submission_id": lambda client, _: client.get_submission_id(query_params={"x": "y"}),
    "submit_transfer, plain": lambda client, _: client.submit_transfer({"DATA": [], "label": None}),
    "submit_transfer, with id": lambda client, _: client.submit_transfer({"submission_id": "mine", "t": (1, 2)}),
    "submit_delete, plain": lambda client, _: client.submit_delete({"DATA": [], "n": Number.THREE, "id": ID}),
    "submit_delete, with id": lambda client, _: client.submit_delete({"submission_id": "mine"}),
    "task_list": lambda client, _: client.task_list(),
    "task_list, all": lambda client, _: client.task_list(
        limit=5,
        offset=6,
        orderby=["request_time DESC", "task_id"],
        filter={"status": ["ACTIVE", "INACTIVE"], "label": "ü"},
        query_params={"fields": "task_id"},
    ),
    "task_list, text": lambda client, _: client.task_list(filter="status:ACTIVE", orderby="task_id"),
    "task_event_list": lambda client, _: client.task_event_list(ID),
    "task_event_list, all": lambda client, _: client.task_event_list(
        "t", limit=1, offset=2, query_params={"filter": "is_error:1"}
    ),
    "get_task": lambda client, _: client.get_task(ID),
    "get_task, query": lambda client, _: client.get_task("t", query_params={"when": AWARE, "naive": NAIVE}),
    "update_task": lambda client, _: client.update_task(ID, {"label": "née", "DATA_TYPE": "task"}),
    "update_task, all": lambda client, sdk: client.update_task(
        ID, {"a": [1, sdk.MISSING, None], "b": {"c": sdk.MISSING, "d": True}}, query_params={"x": ""}
    ),
    "cancel_task": lambda client, _: client.cancel_task(ID),
    "task_wait": lambda client, _: client.task_wait(ID),
    "task_pause_info": lambda client, _: client.task_pause_info(ID),
    "task_pause_info, query": lambda client, _: client.task_pause_info("t", query_params={"x": (1, None, "")}),
    "task_successful_transfers": lambda client, _: client.task_successful_transfers(ID),
    "task_successful_transfers, all": lambda client, _: client.task_successful_transfers(
        ID, marker="m 1", query_params={"x": (value for value in "ab")}
    ),
    "task_skipped_errors": lambda client, _: client.task_skipped_errors(ID),
    "task_skipped_errors, all": lambda client, _: client.task_skipped_errors(ID, marker="m", query_params={"x": []}),
}


def _transfer(client: Any, sdk: Any) -> object:
    data = sdk.TransferData(ID, "destination")
    data.add_item("/a", "/b")
    return client.submit_transfer(data)


def _whole_transfer(client: Any, sdk: Any) -> object:
    data = sdk.TransferData(
        ID,
        ID,
        label="née",
        submission_id=ID,
        sync_level="checksum",
        verify_checksum=True,
        preserve_timestamp=False,
        encrypt_data=True,
        deadline=NAIVE,
        skip_source_errors=True,
        fail_on_quota_errors=False,
        delete_destination_extra=True,
        notify_on_succeeded=False,
        notify_on_failed=False,
        notify_on_inactive=False,
        source_local_user="a",
        destination_local_user="b",
        additional_fields={"extra": [Word.FIRST], "label2": sdk.MISSING},
    )
    data.add_item("/a/", "/b/", recursive=True)
    data.add_item(
        "/c",
        "/d",
        external_checksum="abc",
        checksum_algorithm="md5",
        additional_fields={"x": None},
    )
    data.add_filter_rule("*.txt")
    data.add_filter_rule("k*", method="include", type="dir")
    return client.submit_transfer(data)


def _sync_levels(client: Any, sdk: Any) -> None:
    for level in ("exists", "size", "mtime", "checksum", 0, 1, 2, 3):
        client.submit_transfer(sdk.TransferData("a", "b", sync_level=level, deadline="2031-01-01", submission_id="s"))


def _delete(client: Any, sdk: Any) -> object:
    data = sdk.DeleteData(ID)
    data.add_item("/a")
    return client.submit_delete(data)


def _whole_delete(client: Any, sdk: Any) -> object:
    data = sdk.DeleteData(
        "e",
        label="x",
        submission_id="mine",
        recursive=True,
        ignore_missing=True,
        interpret_globs=True,
        deadline=AWARE,
        notify_on_succeeded=False,
        notify_on_failed=True,
        notify_on_inactive=False,
        local_user="u",
        additional_fields={"more": {"deep": (1, sdk.MISSING)}},
    )
    data.add_item("/a", additional_fields={"b": 1})
    return client.submit_delete(data)


def _same_document_twice(client: Any, sdk: Any) -> None:
    data = sdk.DeleteData("e")
    client.submit_delete(data)
    client.submit_delete(data)


CALLS |= {
    "TransferData": _transfer,
    "TransferData, all": _whole_transfer,
    "TransferData, sync levels": _sync_levels,
    "DeleteData": _delete,
    "DeleteData, all": _whole_delete,
    "DeleteData, twice": _same_document_twice,
}
