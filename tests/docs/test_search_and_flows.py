"""The programs of the pages on Search and Flows, against ready-made replies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import responses

from globus_transport import FlowsClient, SearchClient, SpecificFlowClient
from globus_transport.testing import load_reply, use_responses
from tests.docs.examples import run_example
from tests.terminals.fresh_terminal import forget_proxies


@pytest.fixture(autouse=True)
def behind_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget_proxies(monkeypatch)
    with use_responses(), responses.mock:
        yield


def _sent() -> list[tuple[str, str]]:
    calls: Any = responses.calls
    return [(call.request.method, call.request.url.partition("?")[0].partition(".org")[2]) for call in calls]


def _body(number: int) -> Any:
    calls: Any = responses.calls
    return json.loads(calls[number].request.body)


@pytest.mark.usefixtures("no_pauses")
def test_publishing_metadata(capsys: pytest.CaptureFixture[str]) -> None:
    known = load_reply(SearchClient.ingest).metadata
    load_reply(SearchClient.get_task, case="pending")
    load_reply(SearchClient.get_task)
    run_example("search/publish_images.py", INDEX_ID=known["index_id"], SEARCH_ACCESS_TOKEN="a-token")
    assert capsys.readouterr().out == "SUCCESS\n"
    task = ("GET", f"/v1/task/{known['task_id']}")
    assert _sent() == [("POST", f"/v1/index/{known['index_id']}/ingest"), task, task]
    assert [entry["visible_to"] for entry in _body(0)["ingest_data"]["gmeta"]] == [["public"]]


def test_finding_metadata(capsys: pytest.CaptureFixture[str]) -> None:
    known = load_reply(SearchClient.post_search, case="facets").metadata
    load_reply(SearchClient.scroll, case="paginated")
    run_example("search/find_images.py", INDEX_ID=known["index_id"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[2] for line in lines[:2]] == ["Gold on glass", "Silver on glass"]
    assert lines[2:] == ["raw 2", "checked 1", "2 images"]
    assert (_body(0)["@version"], _body(0)["limit"]) == ("query#1.0.0", 20)
    assert [_body(number).get("marker") for number in (1, 2)] == [None, "page-2"]


@pytest.mark.usefixtures("no_pauses")
def test_starting_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    load_reply(SpecificFlowClient.validate_run)
    known = load_reply(SpecificFlowClient.run_flow).metadata
    load_reply(FlowsClient.get_run, case="active")
    load_reply(FlowsClient.get_run)
    load_reply(FlowsClient.get_run_logs, case="paginated")
    tokens = {"FLOW_ACCESS_TOKEN": "for-the-flow", "FLOWS_ACCESS_TOKEN": "for-the-service"}
    run_example("flows/start_run.py", FLOW_ID=known["flow_id"], **tokens)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["ACTIVE The run is starting", "SUCCEEDED"]
    assert len(lines[2:]) == 4
    paths = [path for _, path in _sent()]
    assert paths[:2] == [f"/flows/{known['flow_id']}/validate_run", f"/flows/{known['flow_id']}/run"]
    calls: Any = responses.calls
    used = [call.request.headers["Authorization"] for call in calls]
    assert used == ["Bearer for-the-flow"] * 2 + ["Bearer for-the-service"] * 4
    assert _body(1)["activity_notification_policy"] == {"status": ["INACTIVE", "FAILED"]}


def test_an_input_that_the_flow_does_not_accept() -> None:
    known = load_reply(SpecificFlowClient.validate_run, case="invalid_input_payload").metadata
    tokens = {"FLOW_ACCESS_TOKEN": "for-the-flow", "FLOWS_ACCESS_TOKEN": "for-the-service"}
    with pytest.raises(SystemExit, match="is not a 'uuid'"):
        run_example("flows/start_run.py", FLOW_ID=known["flow_id"], **tokens)
    assert len(_sent()) == 1


def test_answering_web_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    load_reply(FlowsClient.list_web_inputs)
    known = load_reply(FlowsClient.get_web_input).metadata
    load_reply(FlowsClient.respond_to_web_input)
    run_example("flows/answer_web_inputs.py", FLOWS_ACCESS_TOKEN="for-the-service")
    assert capsys.readouterr().out == "1\n"
    assert _sent()[1:] == [
        ("GET", f"/web_inputs/{known['web_input_id']}"),
        ("POST", f"/web_inputs/{known['web_input_id']}/respond"),
    ]
    assert _body(2) == {"response": {"value": load_reply(FlowsClient.respond_to_web_input).metadata["option_id"]}}
