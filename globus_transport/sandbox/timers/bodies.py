"""Reading the documents that create timers."""

from __future__ import annotations

import re

from globus_transport.sandbox.records import Document
from globus_transport.sandbox.request_fields import Fields
from globus_transport.sandbox.scopes import to_tree_text
from globus_transport.sandbox.submissions import CHECKSUM_ALGORITHMS
from globus_transport.sandbox.timers.requirements import flow_user_scope
from globus_transport.sandbox.timers.schedules import read_job_schedule, read_schedule
from globus_transport.sandbox.timers.timer import Kind, Timer
from globus_transport.sandbox.tokens import Credential

TRANSFER_URL = "https://actions.automate.globus.org/transfer/transfer/run"
_FLOW_URL = re.compile(r"https://flows\.automate\.globus\.org/flows/([0-9a-fA-F-]{36})/run/?")
# The names that the action provider for transfers has for fields of a transfer.
_ACTION_NAMES = {
    "source_endpoint": "source_endpoint_id",
    "destination_endpoint": "destination_endpoint_id",
    "DATA": "transfer_items",
}
_TRANSFER_NAMES = {action: name for name, action in _ACTION_NAMES.items()}
_FLAGS = (
    "verify_checksum",
    "preserve_timestamp",
    "encrypt_data",
    "skip_source_errors",
    "fail_on_quota_errors",
    "delete_destination_extra",
)


def read_timer(fields: Fields, credential: Credential, now: float) -> Timer:
    """The new timer of a user, from the document of a transfer timer or flow timer.

    :raises InvalidFieldsError: if the document is wrong
    """
    kind = fields.choice("timer_type", ("transfer", "flow"), required=True)
    name, found = fields.text("name"), fields.nested("schedule", required=True)
    schedule, document = read_schedule(Fields({}) if found is None else found, now)
    if kind == "flow":
        flow_id, body = fields.id("flow_id", required=True), fields.object("body", required=True) or {}
        fields.check()
        url, callback = f"https://flows.automate.globus.org/flows/{flow_id}/run", body
    else:
        flow_id, transfer = None, fields.nested("body", required=True)
        body = {} if transfer is None else _read_transfer(transfer, {name: name for name in _ACTION_NAMES})
        fields.check()
        url, callback = TRANSFER_URL, {"body": _rename(body, _ACTION_NAMES)}
    return Timer(
        kind="flow" if kind == "flow" else "transfer",
        owner_id=credential.user.id,
        name=name,
        schedule=schedule,
        document=document,
        body=body,
        flow_id=flow_id,
        callback_url=url,
        callback_body=callback,
        scope=None if flow_id is None else flow_user_scope(flow_id),
        login=credential.login,
        scopes=to_tree_text(credential.scopes),
        submitted_at=now,
        next_run=schedule.start,
    )


def read_job(fields: Fields, credential: Credential, now: float) -> Timer:
    """The new timer of a user, from the document of a job. A job for transfers or for a flow is such a timer.

    :raises InvalidFieldsError: if the document is wrong
    """
    schedule, document = read_job_schedule(fields, now)
    url, callback = fields.text("callback_url", required=True), fields.nested("callback_body", required=True)
    name, scope = fields.text("name"), fields.text("scope")
    flow = _FLOW_URL.fullmatch(url or "")
    callback_body = {} if callback is None else callback.document
    kind: Kind = "callback"
    flow_id, body = None, callback_body
    if url == TRANSFER_URL:
        kind, transfer = "transfer", None if callback is None else callback.nested("body")
        if callback is not None and callback.document.get("body") is None:
            fields.refuse("callback_body", "body: field required", "value_error.missing")
        body = {} if transfer is None else _rename(_read_transfer(transfer, _ACTION_NAMES), _TRANSFER_NAMES)
    elif flow is not None:
        kind, flow_id = "flow", flow[1].lower()
    fields.check()
    return Timer(
        kind=kind,
        owner_id=credential.user.id,
        name=name,
        schedule=schedule,
        document=document,
        body=body,
        flow_id=flow_id,
        callback_url=url or "",
        callback_body=callback_body,
        scope=scope,
        login=credential.login,
        scopes=to_tree_text(credential.scopes),
        submitted_at=now,
        next_run=schedule.start,
    )


def _read_transfer(fields: Fields, names: dict[str, str]) -> Document:
    """Check a transfer's document, and return it without what belongs to one task."""
    fields.text(names["source_endpoint"], required=True)
    fields.text(names["destination_endpoint"], required=True)
    if fields.document.get(names["DATA"]) in (None, []):
        fields.refuse(names["DATA"], "ensure this value has at least 1 items", "value_error.list.min_items")
    for item in fields.each(names["DATA"]):
        item.text("source_path", required=True)
        item.text("destination_path", required=True)
        checksum, algorithm = item.text("external_checksum"), item.text("checksum_algorithm") or "md5"
        if checksum and algorithm.lower() not in CHECKSUM_ALGORITHMS:
            item.refuse("checksum_algorithm", f"unknown checksum algorithm {algorithm!r}")
        item.flag("recursive")
    for rule in fields.each("filter_rules"):
        rule.text("name", required=True)
        rule.choice("method", ("include", "exclude"))
        rule.choice("type", ("file", "dir"))
    fields.text("label")
    fields.date("deadline")
    fields.integer("sync_level", 0, 3)
    for flag in _FLAGS:
        fields.flag(flag)
    return {name: value for name, value in fields.document.items() if name != "submission_id"}


def _rename(document: Document, names: dict[str, str]) -> Document:
    """A document with other names for some fields. A field that already has such a name is left out."""
    return {names.get(name, name): value for name, value in document.items() if name not in names.values()}
