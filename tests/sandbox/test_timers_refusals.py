"""Globus Timers: requests that it refuses, in the form of the service."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import globus_sdk
import pytest

from globus_transport.sandbox import Sandbox
from tests.sandbox.sandbox_http import Http

TIMER = "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/timer"
ID = "1e13699f-cb40-4fdc-a0ac-c29867919b87"
ITEM = {"source_path": "/a", "destination_path": "/b"}
TRANSFER = {"source_endpoint": ID, "destination_endpoint": ID, "DATA": [ITEM]}
RECURRING = {"type": "recurring", "interval_seconds": 3600}
TRANSFER_URL = "https://actions.automate.globus.org/transfer/transfer/run"
# As a float, which has fewer digits, this is in the year 10000.
LATEST = "9999-12-31T23:59:59.999999"
JOB = {"callback_url": "https://actions.example.org/run", "callback_body": {}, "start": "2026-01-01T00:00:00"}


@pytest.fixture(scope="module")
def http(sandbox: Sandbox) -> Http:
    return Http(sandbox.url_of("timer"), sandbox.issue_token(TIMER).access_token)


def in_days(days: float) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).isoformat()


def timer(schedule: Any = None, body: Any = None, **more: Any) -> dict[str, Any]:
    fields = {"timer_type": "transfer", "schedule": schedule or RECURRING, "body": body or TRANSFER, **more}
    return {"timer": fields}


def refused_field(answer: Any) -> str:
    assert answer.status == 422, answer.body
    (error,) = answer.document["detail"]
    assert error["msg"]
    assert error["type"]
    return ".".join(str(part) for part in error["loc"])


BAD_TIMERS: list[Any] = [
    ({}, "body.timer"),
    ({"timer": []}, "body.timer"),
    (timer(timer_type="compute"), "body.timer.timer_type"),
    (timer(name=1), "body.timer.name"),
    (timer(schedule={"type": "daily"}), "body.timer.schedule.type"),
    (timer(schedule=[1]), "body.timer.schedule"),
    (timer(schedule={"type": "recurring"}), "body.timer.schedule.interval_seconds"),
    (timer(schedule={**RECURRING, "interval_seconds": 59}), "body.timer.schedule.interval_seconds"),
    (timer(schedule={**RECURRING, "interval_seconds": 366 * 86400}), "body.timer.schedule.interval_seconds"),
    (timer(schedule={**RECURRING, "interval_seconds": 10**4000}), "body.timer.schedule.interval_seconds"),
    (timer(schedule={**RECURRING, "interval_seconds": "60"}), "body.timer.schedule.interval_seconds"),
    (timer(schedule={**RECURRING, "start": "soon"}), "body.timer.schedule.start"),
    (timer(schedule={**RECURRING, "start": in_days(366)}), "body.timer.schedule.start"),
    (timer(schedule={**RECURRING, "start": in_days(-1)}), "body.timer.schedule.start"),
    (timer(schedule={"type": "once", "datetime": in_days(-1)}), "body.timer.schedule.datetime"),
    (timer(schedule={"type": "once", "datetime": "0001-01-01T00:00:00+23:00"}), "body.timer.schedule.datetime"),
    (timer(schedule={"type": "once", "datetime": LATEST}), "body.timer.schedule.datetime"),
    (
        timer(schedule={**RECURRING, "end": {"condition": "time", "datetime": LATEST}}),
        "body.timer.schedule.end.datetime",
    ),
    (timer(schedule={**RECURRING, "end": {}}), "body.timer.schedule.end.condition"),
    (timer(schedule={**RECURRING, "end": {"condition": "luck"}}), "body.timer.schedule.end.condition"),
    (
        timer(schedule={**RECURRING, "end": {"condition": "iterations", "iterations": 0}}),
        "body.timer.schedule.end.iterations",
    ),
    (
        timer(schedule={**RECURRING, "end": {"condition": "iterations", "iterations": 2.5}}),
        "body.timer.schedule.end.iterations",
    ),
    (
        timer(schedule={**RECURRING, "end": {"condition": "iterations", "iterations": 1}}),
        "body.timer.schedule.interval_seconds",
    ),
    (timer(schedule={**RECURRING, "end": {"condition": "time"}}), "body.timer.schedule.end.datetime"),
    (
        timer(schedule={**RECURRING, "end": {"condition": "time", "datetime": in_days(-1)}}),
        "body.timer.schedule.end.datetime",
    ),
    (timer(body={**TRANSFER, "DATA": []}), "body.timer.body.DATA"),
    (timer(body={**TRANSFER, "DATA": [1]}), "body.timer.body.DATA"),
    (timer(body={**TRANSFER, "DATA": [{"source_path": "/a"}]}), "body.timer.body.DATA.0.destination_path"),
    (timer(body={**TRANSFER, "source_endpoint": None}), "body.timer.body.source_endpoint"),
    (timer(body={**TRANSFER, "sync_level": 4}), "body.timer.body.sync_level"),
    (timer(body={**TRANSFER, "sync_level": 1.5}), "body.timer.body.sync_level"),
    (timer(body={**TRANSFER, "sync_level": 1.0}), "body.timer.body.sync_level"),
    (timer(body={**TRANSFER, "sync_level": True}), "body.timer.body.sync_level"),
    (
        timer(body={**TRANSFER, "DATA": [{**ITEM, "external_checksum": "0", "checksum_algorithm": "crc"}]}),
        "body.timer.body.DATA.0.checksum_algorithm",
    ),
    (timer(body={**TRANSFER, "encrypt_data": "yes"}), "body.timer.body.encrypt_data"),
    (timer(body={**TRANSFER, "filter_rules": [{"method": "include"}]}), "body.timer.body.filter_rules.0.name"),
    (
        timer(body={**TRANSFER, "filter_rules": [{"name": "*", "type": "link"}]}),
        "body.timer.body.filter_rules.0.type",
    ),
    (timer(body={**TRANSFER, "deadline": "soon"}), "body.timer.body.deadline"),
    (timer(timer_type="flow", flow_id="x", body={"body": {}}), "body.timer.flow_id"),
    (timer(timer_type="flow", flow_id=ID, body=[1]), "body.timer.body"),
    (timer(name="\0"), "body"),
    (timer(name="\ud800"), "body"),
]


@pytest.mark.parametrize(("document", "field"), BAD_TIMERS)
def test_bad_timers_are_refused_with_the_field_that_is_wrong(http: Http, document: Any, field: str) -> None:
    assert refused_field(http("POST", "/v2/timer", document=copy.deepcopy(document))) == field


@pytest.mark.parametrize(
    "body", ["", "nonsense", "[]", "1", '{"timer": 1e999}', "[" * 9999, '{"a":' * 999 + "1" + "}" * 999]
)
def test_bodies_that_are_no_objects_are_refused(http: Http, body: str) -> None:
    assert refused_field(http("POST", "/v2/timer", body=body.encode())) == "body"
    assert refused_field(http("PATCH", f"/jobs/{ID}", body=body.encode())) == "body"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"callback_url": None}, "body.callback_url"),
        ({"callback_body": []}, "body.callback_body"),
        ({"start": "1969-12-31T00:00:00Z"}, "body.start"),
        ({"interval": 59}, "body.interval"),
        ({"interval": 3600, "stop_after_n": 1}, "body.interval"),
        ({"stop_after_n": 2}, "body.interval"),
        ({"interval": 3600, "stop_after": {"n_runs": 0}}, "body.stop_after.n_runs"),
        ({"interval": 3600, "stop_after": {"n_runs": 2.5}}, "body.stop_after.n_runs"),
        ({"interval": 3600, "stop_after_n": 2.5}, "body.stop_after_n"),
        ({"interval": 3600, "stop_after": "never"}, "body.stop_after"),
        ({"interval": 3600, "stop_after": "2025-01-01T00:00:00"}, "body.stop_after"),
        ({"interval": 3600, "stop_after": {"date": "2025-01-01T00:00:00"}}, "body.stop_after.date"),
        ({"interval": 3600, "stop_after": LATEST}, "body.stop_after"),
        ({"callback_url": TRANSFER_URL}, "body.callback_body"),
        ({"callback_url": TRANSFER_URL, "callback_body": {"body": []}}, "body.callback_body.body"),
        ({"callback_url": TRANSFER_URL, "callback_body": None}, "body.callback_body"),
        (
            {
                "callback_url": TRANSFER_URL,
                "callback_body": {
                    "body": {
                        "source_endpoint_id": ID,
                        "destination_endpoint_id": ID,
                        "transfer_items": [{**ITEM, "recursive": 1}],
                    }
                },
            },
            "body.callback_body.body.transfer_items.0.recursive",
        ),
    ],
)
def test_bad_jobs_are_refused_with_the_field_that_is_wrong(http: Http, changes: Any, field: str) -> None:
    assert refused_field(http("POST", "/jobs/", document={**JOB, **changes})) == field


def test_all_missing_fields_are_named_at_once(sandbox: Sandbox) -> None:
    authorizer = globus_sdk.AccessTokenAuthorizer(sandbox.issue_token(TIMER).access_token)
    client = globus_sdk.TimersClient(authorizer=authorizer, base_url=sandbox.url_of("timer"))
    with client, pytest.raises(globus_sdk.TimersAPIError) as caught:
        client.create_job({"callback_body": {}})
    assert caught.value.messages == ["field required: body.start", "field required: body.callback_url"]


def test_only_the_name_can_be_updated(http: Http) -> None:
    id = http("POST", "/jobs/", document={**JOB, "interval": 3600, "name": "Old", "start": in_days(1)}).document[
        "job_id"
    ]
    assert refused_field(http("PATCH", f"/jobs/{id}", document={"interval": 60})) == "body.interval"
    assert refused_field(http("PATCH", f"/jobs/{id}", document={"name": []})) == "body.name"
    assert http("PATCH", f"/jobs/{id}", document={}).document["name"] == "Old"


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("GET", "/jobs/x", "path.job_id"),
        ("DELETE", "/jobs/x", "path.job_id"),
        ("POST", "/jobs/x/pause", "path.job_id"),
        ("POST", f"/jobs/{ID}/resume?update_credentials=maybe", "query.update_credentials"),
        ("GET", "/jobs/?result_count=-1", "query.result_count"),
        ("GET", "/jobs/?result_count=" + "9" * 5000, "query.result_count"),
        ("GET", "/jobs/?submitted_after=soon", "query.submitted_after"),
        ("GET", f"/jobs/?submitted_before={LATEST}", "query.submitted_before"),
    ],
)
def test_bad_ids_and_queries_are_refused(http: Http, method: str, path: str, field: str) -> None:
    assert refused_field(http(method, path)) == field


def test_bad_pages_of_results_are_refused(http: Http) -> None:
    id = http("POST", "/jobs/", document={**JOB, "start": in_days(1)}).document["job_id"]
    assert refused_field(http("GET", f"/jobs/{id}?results_pt=x")) == "query.results_pt"
    assert refused_field(http("GET", f"/jobs/{id}?page_size=1.5")) == "query.page_size"
    assert refused_field(http("GET", f"/jobs/{id}?page_size=0")) == "query.page_size"
    assert (
        refused_field(http("POST", f"/jobs/{id}/resume", document={"update_credentials": 1}))
        == "body.update_credentials"
    )


def test_tokens_and_scopes(sandbox: Sandbox) -> None:
    other = "https://auth.globus.org/scopes/524230d7-ea86-4a52-8312-86065a9e0417/other"
    for token, status, code, challenge in (
        (None, 401, "UNAUTHORIZED", 'Bearer realm="Globus"'),
        (
            sandbox.issue_token("openid").access_token,
            401,
            "UNAUTHORIZED",
            'Bearer realm="Globus", error="invalid_token"',
        ),
        (
            sandbox.issue_token(other).access_token,
            403,
            "FORBIDDEN",
            'Bearer realm="Globus", error="insufficient_scope"',
        ),
    ):
        answer = Http(sandbox.url_of("timer"), token)("GET", "/jobs/")
        assert answer.status == status
        assert answer.headers["WWW-Authenticate"] == challenge
        error = answer.document["error"]
        assert (error["code"], error["status"]) == (code, status)


def test_unknown_routes_methods_and_faults_have_the_form_of_the_service(sandbox: Sandbox, http: Http) -> None:
    assert http("GET", "/nothing").document["error"]["code"] == "NOT_FOUND"
    assert json.loads(http("PUT", "/jobs/").body)["error"]["status"] == 405
    sandbox.faults.add(503, service="timer")
    error = http("GET", "/jobs/").document["error"]
    assert (error["code"], error["status"]) == ("SERVICE_UNAVAILABLE", 503)
