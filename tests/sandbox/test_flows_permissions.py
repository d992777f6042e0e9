"""Globus Flows: what the roles on flows, runs and web inputs do not allow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from globus_transport.sandbox import Identity, Sandbox
from tests.sandbox.sandbox_http import Http

FLOWS = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a"
GRACE = Identity("grace@sandbox.example", "Grace", id="6a5e0000-0000-4000-8000-000000000001")
HERS = [f"urn:globus:auth:identity:{GRACE.id}"]
WAITING = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}


@pytest.fixture
def globus(sandbox: Sandbox) -> Sandbox:
    sandbox.reset()
    sandbox.add_identity(GRACE)
    return sandbox


def http_of(globus: Sandbox, user: Identity | None = None, scope: str = f"{FLOWS}/all") -> Http:
    return Http(globus.url_of("flows"), globus.issue_token(scope, user=user).access_token)


@pytest.fixture
def mine(globus: Sandbox) -> Http:
    return http_of(globus)


@pytest.fixture
def hers(globus: Sandbox) -> Http:
    return http_of(globus, GRACE)


def create(http: Http, definition: dict[str, Any] = WAITING, **fields: Any) -> Any:
    created = http("POST", "/flows", document={"title": "A", "definition": definition, "input_schema": {}, **fields})
    assert created.status == 201, created.body
    return created.document


def start(globus: Sandbox, flow: Any, **fields: Any) -> str:
    runner = http_of(globus, scope=flow["globus_auth_scope"])
    started = runner("POST", f"/flows/{flow['id']}/run", document={"body": {}, **fields})
    assert started.status == 201, started.body
    return str(started.document["run_id"])


def test_a_viewer_of_a_flow_does_not_delete_it(mine: Http, hers: Http) -> None:
    path = f"/flows/{create(mine, flow_viewers=HERS)['id']}"
    assert hers("DELETE", path).status == 403
    assert mine("DELETE", path).status == 200


def test_an_administrator_makes_only_itself_the_owner(globus: Sandbox, mine: Http, hers: Http) -> None:
    flow = create(mine, flow_administrators=HERS)
    path = f"/flows/{flow['id']}"
    assert mine("PUT", path, document={"flow_owner": HERS[0]}).status == 403
    assert mine("GET", path).document["flow_owner"] == flow["flow_owner"]
    assert hers("PUT", path, document={"flow_owner": HERS[0]}).document["user_role"] == "flow_owner"


@pytest.mark.parametrize("owner", [None, 7, HERS, "nobody"])
def test_an_owner_is_named_by_one_principal(mine: Http, owner: Any) -> None:
    flow = create(mine)
    answer = mine("PUT", f"/flows/{flow['id']}", document={"flow_owner": owner})
    (problem,) = answer.document["error"]["detail"]
    assert (answer.status, problem["loc"][0]) == (422, "flow_owner")
    assert mine("GET", f"/flows/{flow['id']}").document["flow_owner"] == flow["flow_owner"]


def test_a_token_that_only_reads_creates_nothing(globus: Sandbox, mine: Http) -> None:
    reader = http_of(globus, scope=f"{FLOWS}/view_flows")
    document = {"title": "A", "definition": WAITING, "input_schema": {}}
    assert reader("POST", "/flows", document=document).status == 403
    assert mine("GET", "/flows").document["flows"] == []


def test_a_monitor_of_a_run_changes_nothing(globus: Sandbox, mine: Http, hers: Http) -> None:
    flow = create(mine)
    run_id = start(globus, flow, label="A run", run_monitors=HERS)
    before = hers("GET", f"/runs/{run_id}").document
    assert (before["status"], before["user_role"]) == ("ACTIVE", "run_monitor")
    assert hers("PUT", f"/runs/{run_id}", document={"label": "Hers"}).status == 403
    assert hers("POST", f"/runs/{run_id}/cancel").status == 403
    resumer = http_of(globus, GRACE, flow["globus_auth_scope"])
    assert resumer("POST", f"/runs/{run_id}/resume").status == 403
    assert hers("GET", f"/runs/{run_id}").document == before
    assert mine("POST", f"/runs/{run_id}/cancel").status == 200
    assert hers("POST", f"/runs/{run_id}/release").status == 403
    assert mine("GET", f"/runs/{run_id}").status == 200


def test_a_manager_of_a_run_changes_it(globus: Sandbox, mine: Http, hers: Http) -> None:
    flow = create(mine)
    run_id = start(globus, flow, run_managers=HERS)
    assert hers("PUT", f"/runs/{run_id}", document={"label": "Hers"}).document["label"] == "Hers"
    assert http_of(globus, GRACE, flow["globus_auth_scope"])("POST", f"/runs/{run_id}/resume").status == 200
    assert hers("POST", f"/runs/{run_id}/cancel").document["status"] == "FAILED"
    assert hers("POST", f"/runs/{run_id}/release").status == 200
    assert mine("GET", f"/runs/{run_id}").status == 404


def listed_runs(http: Http, **query: str) -> list[str]:
    return [run["run_id"] for run in http("GET", "/runs", query=query).document["runs"]]


def test_a_monitor_of_a_flow_sees_its_runs(globus: Sandbox, mine: Http, hers: Http) -> None:
    run_id = start(globus, create(mine, run_monitors=HERS))
    other_id = start(globus, create(mine))
    assert hers("GET", f"/runs/{run_id}").document["user_role"] == "flow_run_monitor"
    assert hers("GET", f"/runs/{other_id}").status == 404
    assert hers("POST", f"/runs/{run_id}/cancel").status == 403
    assert listed_runs(hers) == listed_runs(hers, filter_roles="flow_run_monitor") == [run_id]
    assert listed_runs(hers, filter_roles="flow_run_manager,run_monitor") == []


@pytest.mark.parametrize("role", ["run_managers", "flow_administrators"])
def test_a_manager_of_the_runs_of_a_flow_changes_them_but_does_not_resume(
    globus: Sandbox, mine: Http, hers: Http, role: str
) -> None:
    flow = create(mine, WAITING, **{role: HERS})
    run_id = start(globus, flow, run_monitors=HERS)
    for filtered in ("flow_run_manager", "run_monitor"):
        assert listed_runs(hers, filter_roles=filtered) == [run_id]
    changed = hers("PUT", f"/runs/{run_id}", document={"label": "Hers"}).document
    assert (changed["label"], changed["user_role"]) == ("Hers", "flow_run_manager")
    assert http_of(globus, GRACE, flow["globus_auth_scope"])("POST", f"/runs/{run_id}/resume").status == 403
    assert hers("POST", f"/runs/{run_id}/cancel").document["status"] == "FAILED"
    assert hers("POST", f"/runs/{run_id}/release").status == 200


def test_the_owner_of_a_flow_manages_the_runs_of_others(globus: Sandbox, mine: Http, hers: Http) -> None:
    flow = create(mine, flow_starters=HERS)
    runner = http_of(globus, GRACE, flow["globus_auth_scope"])
    run_id = runner("POST", f"/flows/{flow['id']}/run", document={"body": {}}).document["run_id"]
    assert mine("POST", f"/runs/{run_id}/cancel").document["user_role"] == "flow_run_manager"
    assert mine("DELETE", f"/flows/{flow['id']}").status == 200
    assert mine("GET", f"/runs/{run_id}").status == 404
    assert hers("GET", f"/runs/{run_id}").document["user_role"] == "run_owner"


@pytest.mark.parametrize(
    ("records", "call", "method", "path"),
    [
        ("runs", "update", "PUT", "/runs/{run}"),
        ("runs", "remove", "POST", "/runs/{run}/release"),
        ("flows", "update", "PUT", "/flows/{flow}"),
        ("flows", "remove", "DELETE", "/flows/{flow}"),
    ],
)
def test_no_run_goes_on_while_a_run_or_a_flow_changes(
    globus: Sandbox, mine: Http, monkeypatch: pytest.MonkeyPatch, records: str, call: str, method: str, path: str
) -> None:
    flow = create(mine)
    run_id, store = start(globus, flow), globus._state.flows
    mine("POST", f"/runs/{run_id}/cancel")
    changed, original = [], getattr(getattr(store, records), call)

    def is_free() -> bool:
        free = store.lock.acquire(blocking=False)
        if free:
            store.lock.release()
        return free

    def change(*args: Any, **fields: Any) -> Any:
        with ThreadPoolExecutor() as another_thread:
            changed.append(another_thread.submit(is_free).result())
        return original(*args, **fields)

    monkeypatch.setattr(getattr(store, records), call, change)
    assert mine(method, path.format(run=run_id, flow=flow["id"]), document={}).status == 200
    assert changed == [False]


def asking(**state: Any) -> dict[str, Any]:
    page = {"options": [{"name": "Yes"}], "visible_to": HERS}
    url = "https://actions.globus.org/weboption/wait_for_option"
    state = {"Type": "Action", "ActionUrl": url, "Parameters": {"landing_page": page}, "End": True, **state}
    return {"StartAt": "A", "States": {"A": state}}


def test_a_viewer_of_a_web_input_does_not_respond(globus: Sandbox, mine: Http, hers: Http) -> None:
    run_id = start(globus, create(mine, asking()))
    (summary,) = hers("GET", "/web_inputs").document["web_input_summaries"]
    path = f"/web_inputs/{summary['id']}"
    found = hers("GET", path).document
    response = {"response": {"value": found["options"][0]["option_id"]}}
    assert hers("POST", f"{path}/respond", document=response).status == 403
    assert mine("GET", f"/runs/{run_id}").document["status"] == "ACTIVE"


def test_a_web_input_closes_when_nobody_waits_for_it(globus: Sandbox, mine: Http, hers: Http) -> None:
    timed, cancelled = start(globus, create(mine, asking(WaitTime=60))), start(globus, create(mine, asking()))
    globus.clock.advance(61)
    assert mine("GET", f"/runs/{timed}").document["details"]["details"] == {"error": "ActionTimeout"}
    (still_open,) = hers("GET", "/web_inputs", query={"filter_states": "open"}).document["web_input_summaries"]
    assert still_open["run"]["id"] == cancelled
    mine("POST", f"/runs/{cancelled}/cancel")
    assert hers("GET", "/web_inputs", query={"filter_states": "open"}).document["web_input_summaries"] == []
