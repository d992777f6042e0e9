"""Calls of TransferClient's routes for those who manage a collection."""

from __future__ import annotations

import uuid

from tests.wire.both_packages import Call
from tests.wire.collection_calls import ID, QUERY
from tests.wire.transfer_calls import AWARE, NAIVE, Word

OTHER = uuid.UUID("0e2bd2b6-7edd-11ec-9f33-ed182a728dff")

CALLS: dict[str, Call] = {
    "monitored_endpoints": lambda client, _: client.endpoint_manager_monitored_endpoints(),
    "monitored_endpoints, all": lambda client, _: client.endpoint_manager_monitored_endpoints(query_params=QUERY),
    "hosted_endpoint_list": lambda client, _: client.endpoint_manager_hosted_endpoint_list(ID),
    "hosted_endpoint_list, all": lambda client, _: client.endpoint_manager_hosted_endpoint_list(
        endpoint_id="x", query_params=QUERY
    ),
    "get_endpoint": lambda client, _: client.endpoint_manager_get_endpoint(ID),
    "get_endpoint, all": lambda client, _: client.endpoint_manager_get_endpoint(endpoint_id="x", query_params=QUERY),
    "acl_list": lambda client, _: client.endpoint_manager_acl_list(ID),
    "acl_list, all": lambda client, _: client.endpoint_manager_acl_list(endpoint_id="x", query_params=QUERY),
    "task_list": lambda client, _: client.endpoint_manager_task_list(),
    "task_list, all": lambda client, _: client.endpoint_manager_task_list(
        filter_status=["ACTIVE", "INACTIVE"],
        filter_task_id=(ID, "other"),
        filter_owner_id=OTHER,
        filter_endpoint=ID,
        filter_endpoint_use="source",
        filter_is_paused=True,
        filter_completion_time=(NAIVE, AWARE),
        filter_min_faults=0,
        filter_local_user="ü",
        last_key="a+b",
        query_params=QUERY,
    ),
    "task_list, single values": lambda client, _: client.endpoint_manager_task_list(
        filter_status="ACTIVE", filter_task_id=ID, filter_is_paused=False, filter_completion_time="2031-02-03,"
    ),
    "task_list, generators": lambda client, _: client.endpoint_manager_task_list(
        filter_status=(status for status in ("ACTIVE", "FAILED")), filter_task_id={ID}
    ),
    "task_list, texts of times": lambda client, _: client.endpoint_manager_task_list(
        filter_completion_time=("", "2031-02-03T04:05:06Z")
    ),
    "task_list, one time open": lambda client, _: client.endpoint_manager_task_list(filter_completion_time=(AWARE, "")),
    "task_list, destination": lambda client, _: client.endpoint_manager_task_list(
        filter_endpoint="x", filter_endpoint_use="destination"
    ),
    "task_list, query wins": lambda client, _: client.endpoint_manager_task_list(
        filter_status="ACTIVE", query_params={"filter_status": "FAILED"}
    ),
    "get_task": lambda client, _: client.endpoint_manager_get_task(ID),
    "get_task, all": lambda client, _: client.endpoint_manager_get_task(task_id="t", query_params=QUERY),
    "task_event_list": lambda client, _: client.endpoint_manager_task_event_list(ID),
    "task_event_list, all": lambda client, _: client.endpoint_manager_task_event_list(
        task_id="t", limit=10, offset=0, filter_is_error=True, query_params=QUERY
    ),
    "task_event_list, False": lambda client, _: client.endpoint_manager_task_event_list(ID, filter_is_error=False),
    "task_pause_info": lambda client, _: client.endpoint_manager_task_pause_info(ID),
    "task_pause_info, all": lambda client, _: client.endpoint_manager_task_pause_info(task_id="t", query_params=QUERY),
    "task_successful_transfers": lambda client, _: client.endpoint_manager_task_successful_transfers(ID),
    "task_successful_transfers, all": lambda client, _: client.endpoint_manager_task_successful_transfers(
        task_id="t", marker="m 1", query_params=QUERY
    ),
    "task_skipped_errors": lambda client, _: client.endpoint_manager_task_skipped_errors(ID),
    "task_skipped_errors, all": lambda client, _: client.endpoint_manager_task_skipped_errors(
        task_id="t", marker="m", query_params=QUERY
    ),
    "cancel_tasks": lambda client, _: client.endpoint_manager_cancel_tasks([ID, "t"], "we close: née"),
    "cancel_tasks, all": lambda client, _: client.endpoint_manager_cancel_tasks(
        task_ids=(one for one in (ID, OTHER)), message="", query_params=QUERY
    ),
    "cancel_tasks, none": lambda client, _: client.endpoint_manager_cancel_tasks([], "m"),
    "cancel_status": lambda client, _: client.endpoint_manager_cancel_status(ID),
    "cancel_status, all": lambda client, _: client.endpoint_manager_cancel_status(
        admin_cancel_id="c", query_params=QUERY
    ),
    "pause_tasks": lambda client, _: client.endpoint_manager_pause_tasks((ID,), "m"),
    "pause_tasks, all": lambda client, _: client.endpoint_manager_pause_tasks(
        task_ids={ID}, message="m", query_params=QUERY
    ),
    "resume_tasks": lambda client, _: client.endpoint_manager_resume_tasks([ID]),
    "resume_tasks, all": lambda client, _: client.endpoint_manager_resume_tasks(
        task_ids=["a", "b"], query_params=QUERY
    ),
    "pause_rule_list": lambda client, _: client.endpoint_manager_pause_rule_list(),
    "pause_rule_list, all": lambda client, _: client.endpoint_manager_pause_rule_list(
        filter_endpoint=ID, query_params=QUERY
    ),
    "create_pause_rule": lambda client, _: client.endpoint_manager_create_pause_rule(
        {"DATA_TYPE": "pause_rule", "message": "née", "endpoint_id": ID, "identity_id": None, "kind": Word.FIRST}
    ),
    "create_pause_rule, by name": lambda client, _: client.endpoint_manager_create_pause_rule(data={}),
    "get_pause_rule": lambda client, _: client.endpoint_manager_get_pause_rule(ID),
    "get_pause_rule, all": lambda client, _: client.endpoint_manager_get_pause_rule(
        pause_rule_id="p", query_params=QUERY
    ),
    "update_pause_rule": lambda client, _: client.endpoint_manager_update_pause_rule(ID, {"pause_ls": True}),
    "update_pause_rule, by name": lambda client, _: client.endpoint_manager_update_pause_rule(
        pause_rule_id="p", data={"message": None}
    ),
    "delete_pause_rule": lambda client, _: client.endpoint_manager_delete_pause_rule(ID),
    "delete_pause_rule, all": lambda client, _: client.endpoint_manager_delete_pause_rule(
        pause_rule_id="p", query_params=QUERY
    ),
}
