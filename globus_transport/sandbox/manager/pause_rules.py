"""Pause rules, and the tasks and operations that they pause."""

from __future__ import annotations

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submissions import TransferSubmission
from globus_transport.sandbox.tasks import Task
from globus_transport.sandbox.transfer_errors import TransferError, bad_request
from globus_transport.sandbox.transfer_requests import read_text

OPERATIONS = (
    "pause_ls",
    "pause_mkdir",
    "pause_rename",
    "pause_task_delete",
    "pause_task_transfer_write",
    "pause_task_transfer_read",
)


def read_changes(document: Document) -> Document:
    """The fields that a pause rule document sets.

    :raises TransferError: if a field is malformed
    """
    changes: Document = {}
    if "message" in document:
        changes["message"] = read_text(document, "message")
    for name in OPERATIONS:
        if name in document:
            if not isinstance(document[name], bool):
                raise bad_request(f"{name} must be true or false")
            changes[name] = document[name]
    if document.get("start_time") is not None:
        start_time = read_text(document, "start_time")
        try:
            parse_iso_time(start_time)
        except ValueError as error:
            raise bad_request("start_time is not a date in ISO 8601") from error
        changes["start_time"] = start_time
    return changes


def rule_document(state: State, rule: Document) -> Document:
    """The ``pause_rule`` document."""
    collection = state.collections.get(rule["endpoint_id"])
    user = state.identities.find_by_ids([rule["identity_id"]]) if rule["identity_id"] else []
    return {
        "DATA_TYPE": "pause_rule",
        **rule,
        "endpoint_display_name": collection.display_name if collection else None,
        "identity_string": user[0].username if user else None,
    }


def rules_on(state: State, collection: Collection, identity: Identity) -> list[Document]:
    """The rules that apply to an identity on a collection now. A mapped collection's rules apply to its guests too."""
    now = state.clock.now()
    collection_ids = {collection.id, collection.host.id if collection.host else collection.id}
    return [
        rule
        for rule in state.pause_rules.where()
        if rule["endpoint_id"] in collection_ids
        and rule["identity_id"] in (None, identity.id)
        and (rule["start_time"] is None or parse_iso_time(rule["start_time"]) <= now)
    ]


def require_no_pause(state: State, collection: Collection, identity: Identity, operation: str) -> None:
    """Check that no pause rule applies to an operation on files.

    :param operation: ``ls``, ``mkdir``, ``rename`` or ``stat``
    :raises TransferError: if a rule applies; the message is the rule's
    """
    for rule in rules_on(state, collection, identity):
        if rule.get(f"pause_{operation}"):
            raise TransferError(409, "ClientError.Paused", rule["message"])


def rules_of_task(state: State, task: Task) -> list[Document]:
    """The rules that pause a task."""
    submission = task.submission
    if not isinstance(submission, TransferSubmission):
        pausable = [(submission.source, "pause_task_delete")]
    else:
        pausable = [
            (submission.source, "pause_task_transfer_read"),
            (submission.destination, "pause_task_transfer_write"),
        ]
    return [rule for collection, name in pausable for rule in rules_on(state, collection, task.owner) if rule[name]]


def pause_info_document(state: State, task: Task, kind: str = "pause_info_limited") -> Document:
    """The document that says why a task is paused.

    :param kind: its ``DATA_TYPE``
    """
    rules = rules_of_task(state, task) if task.is_paused else []
    return {
        "DATA_TYPE": kind,
        "pause_rules": [rule_document(state, rule) for rule in rules],
        "source_pause_message": task.admin_pause,
        "source_pause_message_share": None,
        "destination_pause_message": task.admin_pause if len(task.collection_ids) > 1 else None,
        "destination_pause_message_share": None,
    }
