"""Globus Flows: what makes no sense is refused or fails its run; it breaks neither the service nor other runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from globus_transport.sandbox import Sandbox
from globus_transport.sandbox.flows.expressions import ExpressionError, evaluate, find, put
from tests.sandbox.sandbox_http import Answer, Http

ALL = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all"
ASK = "https://actions.globus.org/weboption/wait_for_option"
PASS: dict[str, Any] = {"Type": "Pass", "End": True}
FAILS: dict[str, Any] = {"Type": "Action", "ActionUrl": "https://unknown.example.org/", "End": True}
INPUT: dict[str, Any] = {"number": 1, "object": {}, "list": [1], "true": True}


@pytest.fixture
def globus(sandbox: Sandbox) -> Sandbox:
    sandbox.reset()
    return sandbox


@pytest.fixture
def http(globus: Sandbox) -> Http:
    return Http(globus.url_of("flows"), globus.issue_token(ALL).access_token)


def create(http: Http, definition: Any, schema: dict[str, Any] | None = None) -> Any:
    document = {"title": "A", "definition": definition, "input_schema": schema or {"type": "object"}}
    created = http("POST", "/flows", document=document)
    assert created.status == 201, created.body
    return created.document


def start(globus: Sandbox, http: Http, flow: Any, body: Any, **fields: Any) -> Answer:
    token = globus.issue_token(flow["globus_auth_scope"]).access_token
    return Http(http.url, token)("POST", f"/flows/{flow['id']}/run", document={"body": body, **fields})


def run(globus: Sandbox, http: Http, definition: Any, body: Any = INPUT) -> Any:
    """The run of a new flow, read from the list of all runs."""
    schema: dict[str, Any] = {"type": ["object", "array"]}
    assert start(globus, http, create(http, definition, schema), body).status == 201
    (found,) = http("GET", "/runs").document["runs"]
    assert http("GET", "/web_inputs").status == 200
    return found


def choice(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No", **more}


def choosing(state: dict[str, Any]) -> dict[str, Any]:
    ends = {name: {**PASS, "Result": name, "ResultPath": "$.went"} for name in ("Yes", "No")}
    return {"StartAt": "A", "States": {"A": state, **ends}}


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Next": 7},
        {**PASS, "ActionUrl": 7},
        {**PASS, "InputPath": 7, "ResultPath": "$.r"},
        {**PASS, "ResultPath": 7},
        {"Type": "Wait", "SecondsPath": 7, "End": True},
        {"Type": "Wait", "TimestampPath": 7, "End": True},
        {**FAILS, "Catch": 7},
        {**FAILS, "Catch": [7]},
        {**FAILS, "Catch": [{"ErrorEquals": 7, "Next": "A"}]},
        {**FAILS, "Catch": [{"ErrorEquals": [[]], "Next": "A"}]},
        {**FAILS, "Catch": [{"ErrorEquals": ["States.ALL"]}]},
        {**FAILS, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A", "ResultPath": 7}]},
        {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "A"}], "Default": 7},
        {"Type": "Choice", "Choices": [{"And": 7, "Next": "A"}]},
        {"Type": "Choice", "Choices": [{"Or": [], "Next": "A"}]},
        {"Type": "Choice", "Choices": [{"Not": 7, "Next": "A"}]},
    ],
    ids=str,
)
def test_a_field_of_a_state_with_a_wrong_type(http: Http, state: dict[str, Any]) -> None:
    definition = {"StartAt": "A", "States": {"A": state}}
    for path in ("/flows", "/flows/validate"):
        document = {"title": "A", "definition": definition, "input_schema": {}}
        answer = http("POST", path, document=document)
        assert (answer.status, answer.document["error"]["code"]) == (422, "UNPROCESSABLE_ENTITY")


@pytest.mark.parametrize(
    ("rule", "went"),
    [
        ({"Variable": "$.object", "NumericLessThan": {}}, "No"),
        ({"Variable": "$.list", "StringGreaterThan": []}, "No"),
        ({"Variable": "$.number", "StringEquals": 1}, "No"),
        ({"Variable": "$.true", "NumericEquals": 1}, "No"),
        ({"Variable": "$.true", "BooleanEquals": True}, "Yes"),
        ({"Variable": "$.number", "NumericEquals": 1.0}, "Yes"),
        ({"Variable": "$.number", "IsNumeric": True, "Note": "no field that the service knows"}, "Yes"),
    ],
    ids=str,
)
def test_a_comparison_compares_values_of_its_type_only(
    globus: Sandbox, http: Http, rule: dict[str, Any], went: str
) -> None:
    assert run(globus, http, choosing(choice(rule)))["details"]["output"]["went"] == went


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({**PASS, "InputPath": f"$.list[{'9' * 5000}]", "ResultPath": "$.r"}, "malformed"),
        ({**PASS, "Result": 1, "ResultPath": "$" + ".a" * 3000}, "64 levels"),
        ({**PASS, "Result": 1, "ResultPath": "$[0]"}, "name a member"),
        ({**PASS, "Parameters": {"a.=": "{1: 2, 'a': 3}"}}, "texts"),
        ({**PASS, "Parameters": {"a.=": f"{'9' * 4000} * {'9' * 4000}"}}, "too large"),
        ({**PASS, "Parameters": {"a.=": "1e999"}}, "too large"),
        ({"Type": "Pass", "Parameters": {"b.=": "[list]"}, "ResultPath": "$.list", "Next": "A"}, "64 levels"),
        ({"Type": "Pass", "Parameters": {"b.=": "[list, list]"}, "ResultPath": "$.list", "Next": "A"}, "characters"),
        ({**FAILS, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A", "ResultPath": "x"}]}, "begin with $"),
        (
            {
                **FAILS,
                "ActionUrl": ASK,
                "Parameters": {"landing_page": {"options": [{"name": "x"}], "selectable_by": 7}},
            },
            "lists of principals",
        ),
        (
            {
                **FAILS,
                "ActionUrl": ASK,
                "Parameters": {"landing_page": {"options": [{"name": "x"}], "visible_to": [7]}},
            },
            "lists of principals",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_state_that_cannot_be_left_fails_its_run(
    globus: Sandbox, http: Http, state: dict[str, Any], why: str
) -> None:
    found = run(globus, http, {"StartAt": "A", "States": {"A": state}})
    assert (found["status"], found["details"]["code"]) == ("FAILED", "FlowFailed")
    assert why in found["details"]["description"]


def test_a_state_reads_an_input_that_is_no_object(globus: Sandbox, http: Http) -> None:
    definition = {"StartAt": "A", "States": {"A": {**PASS, "InputPath": "$[1]", "ResultPath": "$.second"}}}
    assert run(globus, http, definition, ["a", "b"])["details"]["output"] == {"second": "b"}


@pytest.mark.parametrize(
    "expression",
    ["'%99d' % a", "{**o}", "{1: 2}", "{'b': 1e999}", "1e300 * 10", "1e999 - 1e999", "t + t", "f'{t}{t}'", "[t, t]"],
)
def test_expressions_without_a_value(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, {"a": 2, "o": {"b": 1}, "t": "x" * 600_000})


def test_put_leaves_the_data_as_it_was() -> None:
    data: dict[str, Any] = {"a": {"b": 1}}
    assert put("$.a['c d'].e", data, 2) == {"a": {"b": 1, "c d": {"e": 2}}}
    assert data == {"a": {"b": 1}}
    for path in ("$.a.b.c", "$", "$.a[0]"):
        with pytest.raises(ExpressionError):
            put(path, data, 2)


def test_an_index_has_nine_digits_at_most() -> None:
    with pytest.raises(ExpressionError, match="malformed"):
        find(f"$[{'9' * 5000}]", [1])


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'{"title": "\\ud800"}', b'{"title": "\\u0000"}', b'{"a": 1e999}'])
def test_a_body_that_is_no_document(http: Http, body: bytes) -> None:
    for path in ("/flows", "/flows/validate"):
        answer = http("POST", path, body=body)
        assert (answer.status, answer.document["error"]["code"]) == (400, "BAD_REQUEST")


def test_every_problem_of_a_run_is_listed(globus: Sandbox, http: Http) -> None:
    flow = create(http, {"StartAt": "A", "States": {"A": PASS}})
    answer = start(globus, http, flow, {}, label="", tags="x", run_managers=["ada"], run_monitors=[7])
    assert answer.status == 422
    listed = [problem["loc"] for problem in answer.document["error"]["detail"]]
    assert listed == [["label"], ["tags"], ["run_managers", 0], ["run_monitors", 0]]


# Jsonschema warns when it fetches one; as an error, the warning would hide that it does.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_input_schema_does_not_fetch_other_schemas(globus: Sandbox, http: Http, tmp_path: Path) -> None:
    other = tmp_path / "schema.json"
    other.write_text(json.dumps({"type": "object"}))
    flow = create(http, {"StartAt": "A", "States": {"A": PASS}}, {"$ref": other.as_uri()})
    answer = start(globus, http, flow, {})
    assert (answer.status, answer.document["error"]["code"]) == (400, "FLOW_INPUT_ERROR")
    known = create(http, {"StartAt": "A", "States": {"A": PASS}}, {"$ref": "http://json-schema.org/draft-07/schema#"})
    assert start(globus, http, known, {"type": "object"}).status == 201
    assert start(globus, http, known, {"type": "nonsense"}).status == 400


@pytest.mark.parametrize("limit", ["000000001" + "9" * 5000, "00000000019", "101", "0", "-1", "1.0", ""])
def test_a_page_has_a_size_from_1_to_100(http: Http, limit: str) -> None:
    answer = http("GET", "/flows", query={"limit": limit})
    assert answer.status == 422


@pytest.mark.parametrize(
    "name", ["id", "scope_string", "flow_owners", "flow_administrators", "title", "created_at", "updated_at"]
)
def test_flows_are_ordered_by_every_field_that_the_service_names(http: Http, name: str) -> None:
    ids = [create(http, {"StartAt": "A", "States": {"A": PASS}})["id"] for _ in range(2)]
    found = [flow["id"] for flow in http("GET", "/flows", query={"orderby": f"{name} ASC"}).document["flows"]]
    assert sorted(found) == sorted(ids)
    if name in ("id", "scope_string"):
        assert found == sorted(ids)


def test_a_choice_refuses_an_unknown_comparison(http: Http) -> None:
    document = {"definition": choosing(choice({"Variable": "$.a", "NumericIsNice": 1}))}
    assert http("POST", "/flows/validate", document=document).status == 422


def test_a_choice_without_a_rule_that_holds_fails_by_its_name(globus: Sandbox, http: Http) -> None:
    undecided = choice({"Variable": "$.number", "NumericEquals": 2})
    del undecided["Default"]
    found = run(globus, http, {"StartAt": "A", "States": {"A": undecided, "Yes": PASS}})
    assert found["details"]["details"] == {"error": "States.NoChoiceMatched"}
