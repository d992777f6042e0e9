"""Flows and their runs in the sandbox, with this package's clients and with globus-sdk's."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import globus_sdk
import pytest

from globus_transport import AccessTokenAuthorizer, FlowsAPIError, FlowsClient, SpecificFlowClient
from globus_transport.sandbox import Identity, Sandbox
from globus_transport.sandbox.flows.expressions import ExpressionError, evaluate, find
from globus_transport.sandbox.flows.store import ActionFailedError
from globus_transport.sandbox.state import Settings, State

ALL = "https://auth.globus.org/scopes/eec9b274-0c81-4334-bdc2-54e90e689b9a/all"
GRACE = Identity("grace@sandbox.example", "Grace", id="6a5e0000-0000-4000-8000-000000000001")
ANYTHING: dict[str, Any] = {"type": "object"}
HELLO = "https://actions.globus.org/hello_world"
SAY = {"Type": "Action", "ActionUrl": HELLO}


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with Sandbox() as globus:
        globus.add_identity(GRACE)
        yield globus


@pytest.fixture
def globus(shared: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    shared.reset()
    shared.add_identity(GRACE)
    for name, value in shared.environ.items():
        monkeypatch.setenv(name, value)
    return shared


def flows_of(globus: Sandbox, user: Identity | None = None) -> FlowsClient:
    return FlowsClient(authorizer=AccessTokenAuthorizer(globus.issue_token(ALL, user=user).access_token))


def runner_of(globus: Sandbox, flow: Any, user: Identity | None = None) -> SpecificFlowClient:
    token = globus.issue_token(flow["globus_auth_scope"], user=user).access_token
    return SpecificFlowClient(flow["id"], authorizer=AccessTokenAuthorizer(token))


@pytest.fixture
def client(globus: Sandbox) -> Iterator[FlowsClient]:
    with flows_of(globus) as client:
        yield client


def states(*specs: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A definition whose states follow each other."""
    names = [name for name, _ in specs]
    following = dict(pairwise(names))
    return {
        "StartAt": names[0],
        "States": {
            name: {**spec, **({} if spec["Type"] in ("Choice", "Fail") or "Next" in spec or "End" in spec else end)}
            for name, spec in specs
            for end in [{"Next": following[name]} if name in following else {"End": True}]
        },
    }


def run(globus: Sandbox, client: FlowsClient, definition: dict[str, Any], body: Any = None) -> Any:
    """A run of a new flow, as it is after its start."""
    flow = client.create_flow("A flow", definition, ANYTHING)
    with runner_of(globus, flow) as runner:
        started = runner.run_flow(body or {}, label="A run")
    assert started["status"] == "ACTIVE"
    return client.get_run(started["run_id"])


def test_a_flow_from_its_birth_to_its_end(globus: Sandbox, client: FlowsClient) -> None:
    definition = states(("Say", {"Type": "Action", "ActionUrl": HELLO, "ResultPath": "$.Said"}))
    flow = client.create_flow("Hello", definition, ANYTHING, subtitle="A test", keywords=["test"])
    assert (flow["user_role"], flow["flow_owner"]) == ("flow_owner", f"urn:globus:auth:identity:{globus.user.id}")
    assert client.get_flow(flow["id"])["definition"] == definition
    changed = client.update_flow(flow["id"], title="Hello again", flow_viewers=["public"])
    assert (changed["title"], changed["visible_to"]) == ("Hello again", ["public"])
    assert [found["id"] for found in client.list_flows.items(filter_fulltext="hello again")] == [flow["id"]]
    assert [*client.list_flows.items(filter_fulltext="nothing")] == []
    assert client.delete_flow(flow["id"])["DELETED"] is True
    with pytest.raises(FlowsAPIError) as raised:
        client.get_flow(flow["id"])
    assert (raised.value.http_status, raised.value.code) == (404, "NOT_FOUND")


def test_a_run_succeeds_with_its_output_and_log(globus: Sandbox, client: FlowsClient) -> None:
    definition = states(
        ("Greet", {"Type": "Pass", "Parameters": {"text.=": "'Hello ' + name", "to.$": "$.name"}, "ResultPath": "$.G"}),
        (
            "Say",
            {"Type": "Action", "ActionUrl": HELLO, "Parameters": {"echo_string.$": "$.G.text"}, "ResultPath": "$.S"},
        ),
    )
    ended = run(globus, client, definition, {"name": "Ada"})
    assert (ended["status"], ended["details"]["code"]) == ("SUCCEEDED", "FlowSucceeded")
    output = ended["details"]["output"]
    assert output["G"] == {"text": "Hello Ada", "to": "Ada"}
    assert output["S"]["details"] == {"Hello": "World", "hello": "Hello Ada"}
    entries = [entry["code"] for entry in client.get_run_logs.items(ended["run_id"], limit=2)]
    assert entries == [
        "FlowStarted",
        "PassStarted",
        "PassCompleted",
        "ActionStarted",
        "ActionCompleted",
        "FlowSucceeded",
    ]
    newest = client.get_run_logs(ended["run_id"], reverse_order=True)["entries"][0]
    assert newest["code"] == "FlowSucceeded"
    assert client.get_run_definition(ended["run_id"])["definition"] == definition
    assert client.get_run(ended["run_id"], include_flow_description=True)["flow_description"]["title"] == "A flow"
    assert client.update_run(ended["run_id"], label="Other", tags=["x"])["tags"] == ["x"]
    assert [found["label"] for found in client.list_runs.items()] == ["Other"]
    client.delete_run(ended["run_id"])
    assert [*client.list_runs.items()] == []


def test_a_wait_ends_by_the_clock(globus: Sandbox, client: FlowsClient) -> None:
    definition = states(("Wait", {"Type": "Wait", "Seconds": 3600}), ("End", {"Type": "Pass"}))
    active = run(globus, client, definition)
    assert active["status"] == "ACTIVE"
    globus.clock.advance(1800)
    assert client.get_run(active["run_id"])["status"] == "ACTIVE"
    globus.clock.advance(100_000)
    ended = client.get_run(active["run_id"])
    assert ended["status"] == "SUCCEEDED"
    # What follows the wait has the time of its end, not that at which somebody looked.
    begun, ended_at = (datetime.fromisoformat(ended[name]) for name in ("start_time", "completion_time"))
    assert 3599 <= (ended_at - begun).total_seconds() <= 3601


@pytest.mark.parametrize(("number", "state"), [(5, "Big"), (1, "Small"), ("text", "Other")])
def test_choices(globus: Sandbox, client: FlowsClient, number: Any, state: str) -> None:
    is_number = {"Variable": "$.n", "IsNumeric": True}
    rules = [
        {"Variable": "$.n", "NumericGreaterThan": 3, "Next": "Big"},
        {
            "And": [is_number, {"Not": {"Variable": "$.n", "NumericEquals": 7}}],
            "Next": "Small",
        },
    ]
    definition = {
        "StartAt": "Choose",
        "States": {
            "Choose": {"Type": "Choice", "Choices": rules, "Default": "Other"},
            **{
                name: {"Type": "Pass", "Result": name, "ResultPath": "$.went", "End": True}
                for name in ("Big", "Small", "Other")
            },
        },
    }
    assert run(globus, client, definition, {"n": number})["details"]["output"]["went"] == state


def test_a_transfer_copies_files(globus: Sandbox, client: FlowsClient) -> None:
    source, destination = globus.add_collection("Source"), globus.add_collection("Destination")
    (source.folder / "file").write_text("content")
    parameters = {
        "source_endpoint.$": "$.source",
        "destination_endpoint.$": "$.destination",
        "DATA": [{"source_path": "/file", "destination_path": "/copy"}],
    }
    url = "https://transfer.actions.globus.org/transfer/"
    definition = states(("Copy", {"Type": "Action", "ActionUrl": url, "Parameters": parameters, "ResultPath": "$.C"}))
    body = {"source": source.id, "destination": destination.id}
    started = run(globus, client, definition, body)
    (task,) = globus._state.tasks.owned_by(globus.user)
    globus._state.tasks.join(task, 10)
    ended = client.get_run(started["run_id"])
    assert (ended["status"], ended["details"]["output"]["C"]["details"]["task_id"]) == ("SUCCEEDED", task.id)
    assert (destination.folder / "copy").read_text() == "content"


def test_an_action_that_fails_can_be_caught(globus: Sandbox, client: FlowsClient) -> None:
    copy = {
        "Type": "Action",
        "ActionUrl": "https://transfer.actions.globus.org/transfer",
        "Parameters": {"source_endpoint": "nowhere", "destination_endpoint": "nowhere", "DATA": []},
        "Catch": [{"ErrorEquals": ["ActionFailedException"], "Next": "Note", "ResultPath": "$.E"}],
    }
    definition = states(("Copy", copy), ("Note", {"Type": "Pass"}))
    output = run(globus, client, definition)["details"]["output"]
    assert output["E"]["Error"] == "ActionFailedException"
    del copy["Catch"]
    failed = run(globus, client, states(("Copy", copy), ("Note", {"Type": "Pass"})))
    assert (failed["status"], failed["details"]["code"]) == ("FAILED", "FlowFailed")


def test_other_action_providers_answer_as_told(globus: Sandbox, client: FlowsClient) -> None:
    url = "https://compute.example.org/run"
    definition = states(("Do", {"Type": "Action", "ActionUrl": url, "Parameters": {"n": 3}, "ResultPath": "$.D"}))
    unknown = run(globus, client, definition)
    assert unknown["status"] == "FAILED"
    assert "sandbox.flows.answer" in unknown["details"]["description"]
    globus.flows.answer(url, lambda parameters: {"square": parameters["n"] ** 2})
    assert run(globus, client, definition)["details"]["output"]["D"]["details"] == {"square": 9}

    def fail(parameters: Any) -> dict[str, Any]:
        raise ActionFailedError("out of memory")

    globus.flows.answer(url, fail)
    assert run(globus, client, definition)["details"]["description"] == "out of memory"


def test_a_person_answers(globus: Sandbox, client: FlowsClient) -> None:
    page = {"header_text": "Keep?", "options": [{"name": "Yes"}, {"name": "No"}], "selectable_by": [urn(GRACE)]}
    url = "https://actions.globus.org/weboption/wait_for_option"
    spec = {"Type": "Action", "ActionUrl": url, "Parameters": {"landing_page": page}, "ResultPath": "$.A"}
    active = run(globus, client, states(("Ask", spec)))
    assert active["status"] == "ACTIVE"
    assert [*client.list_web_inputs.items()] == []
    with flows_of(globus, GRACE) as hers:
        (summary,) = hers.list_web_inputs.items(filter_states="open", filter_run_ids=active["run_id"])
        web_input = hers.get_web_input(summary["id"])
        assert [option["label"] for option in web_input["options"]] == ["Yes", "No"]
        with pytest.raises(FlowsAPIError) as raised:
            hers.respond_to_web_input(summary["id"], "maybe")
        assert raised.value.http_status == 422
        assert hers.respond_to_web_input(summary["id"], web_input["options"][1]["option_id"])["status"] == "ok"
        with pytest.raises(FlowsAPIError) as raised:
            hers.respond_to_web_input(summary["id"], web_input["options"][0]["option_id"])
        assert (raised.value.http_status, raised.value.code) == (409, "STATE_CONFLICT")
    ended = client.get_run(active["run_id"])
    assert ended["details"]["output"]["A"]["details"]["name"] == "No"


def test_cancelling(globus: Sandbox, client: FlowsClient) -> None:
    active = run(globus, client, states(("Wait", {"Type": "Wait", "Seconds": 3600})))
    with pytest.raises(FlowsAPIError) as raised:
        client.delete_run(active["run_id"])
    assert raised.value.http_status == 409
    ended = client.cancel_run(active["run_id"])
    assert (ended["status"], ended["details"]["code"]) == ("FAILED", "FlowCanceled")
    assert client.cancel_run(active["run_id"])["completion_time"] == ended["completion_time"]


def test_a_flow_without_an_end_is_stopped(globus: Sandbox, client: FlowsClient) -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}
    assert "more than 1000 states" in run(globus, client, definition)["details"]["description"]


def urn(identity: Identity) -> str:
    return f"urn:globus:auth:identity:{identity.id}"


def test_who_may_do_what(globus: Sandbox, client: FlowsClient) -> None:
    flow = client.create_flow("Mine", states(("P", {"Type": "Pass"})), ANYTHING)

    def status_of(call: Any, *args: Any, **more: Any) -> int:
        try:
            call(*args, **more)
        except FlowsAPIError as error:
            return error.http_status
        return 200

    with flows_of(globus, GRACE) as hers, runner_of(globus, flow, GRACE) as runner:
        assert status_of(hers.get_flow, flow["id"]) == 404
        assert status_of(runner.run_flow, {}) == 403
        client.update_flow(flow["id"], flow_viewers=[urn(GRACE)])
        assert status_of(hers.get_flow, flow["id"]) == 200
        assert status_of(hers.update_flow, flow["id"], title="Hers") == 403
        group = globus.add_group(GRACE)
        client.update_flow(flow["id"], flow_starters=[f"urn:globus:groups:id:{group}"])
        started = runner.run_flow({})
        assert status_of(client.get_run, started["run_id"]) == 200
        assert status_of(hers.get_run, started["run_id"]) == 200
        client.update_flow(flow["id"], flow_administrators=[urn(GRACE)])
        assert status_of(hers.update_flow, flow["id"], title="Hers") == 200
        assert [found["title"] for found in hers.list_flows.items(filter_roles="flow_administrator")] == ["Hers"]


def test_tokens(globus: Sandbox, client: FlowsClient) -> None:
    flow = client.create_flow("Mine", states(("P", {"Type": "Pass"})), ANYTHING)
    with SpecificFlowClient(flow["id"], authorizer=client.authorizer) as wrong:
        with pytest.raises(FlowsAPIError) as raised:
            wrong.run_flow({})
        assert (raised.value.http_status, raised.value.code) == (403, "MISSING_SCOPE")
    with FlowsClient() as nobody, pytest.raises(FlowsAPIError) as raised:
        nobody.list_flows()
    assert (raised.value.http_status, raised.value.code) == (401, "AUTHENTICATION_ERROR")
    view = ALL.removesuffix("all") + "view_flows"
    with FlowsClient(authorizer=AccessTokenAuthorizer(globus.issue_token(view).access_token)) as reader:
        assert reader.get_flow(flow["id"])["id"] == flow["id"]
        with pytest.raises(FlowsAPIError) as raised:
            reader.delete_flow(flow["id"])
        assert raised.value.http_status == 403


def test_the_input_has_to_fit_the_schema(globus: Sandbox, client: FlowsClient) -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    flow = client.create_flow("Counts", states(("P", {"Type": "Pass"})), schema)
    with runner_of(globus, flow) as runner:
        assert runner.validate_run({"n": 1})["message"] == "validation successful"
        for call in (runner.run_flow, runner.validate_run):
            with pytest.raises(FlowsAPIError) as raised:
                call({"n": "one"})
            assert (raised.value.http_status, raised.value.code) == (400, "FLOW_INPUT_ERROR")
            assert raised.value.raw_json is not None
            assert raised.value.raw_json["error"]["detail"][0]["loc"] == ["$.n"]


PASS: dict[str, Any] = {"Type": "Pass", "End": True}


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        ([], "object"),
        ({}, "States"),
        ({"StartAt": "A", "States": {}}, "at least one"),
        ({"StartAt": "B", "States": {"A": PASS}}, "StartAt is 'B'"),
        ({"StartAt": "A", "States": {"A": 7}}, "A state is an object"),
        ({"StartAt": "A", "States": {"A": {"Type": "Map", "End": True}}}, "the types are"),
        ({"StartAt": "A", "States": {"A": {"Type": "Action", "End": True}}}, "ActionUrl"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass"}}}, "neither 'Next' nor 'End'"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A", "End": True}}}, "excludes"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}, "'B' is no state"),
        ({"StartAt": "A", "States": {"A": PASS, "B": PASS}}, "cannot be reached"),
        ({"StartAt": "A", "States": {"A": {"Type": "Wait", "End": True}}}, "one of Seconds"),
        ({"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": []}}}, "at least one rule"),
        ({"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A"}]}}}, "one comparison"),
        ({"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A", "And": [1]}]}}}, "rule is an"),
    ],
)
def test_definitions_that_are_none(client: FlowsClient, definition: Any, why: str) -> None:
    for path in ("/flows", "/flows/validate"):
        with pytest.raises(FlowsAPIError) as raised:
            client.post(path, data={"title": "A", "definition": definition, "input_schema": ANYTHING})
        assert raised.value.http_status == 422
        assert why in str(raised.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": 7},
        {"title": "x" * 129},
        {"keywords": "a"},
        {"keywords": [1]},
        {"flow_viewers": ["ada"]},
        {"flow_administrators": ["public"]},
        {"flow_starters": ["urn:globus:auth:identity:9b2b0000-0000-4000-8000-000000000009"]},
        {"input_schema": {"type": "nonsense"}},
        {"input_schema": []},
        {"subscription_id": 7},
    ],
    ids=str,
)
def test_fields_that_are_wrong(client: FlowsClient, fields: dict[str, Any]) -> None:
    body = {"title": "A", "definition": states(("P", {"Type": "Pass"})), "input_schema": ANYTHING, **fields}
    with pytest.raises(FlowsAPIError) as raised:
        client.post("/flows", data=body)
    assert raised.value.http_status == 422


@pytest.mark.parametrize("body", ["[", "[]", '"text"', '{"title": "\\ud800"}'])
def test_bodies_that_are_none(client: FlowsClient, body: str) -> None:
    for path in ("/flows", "/flows/validate"):
        with pytest.raises(FlowsAPIError) as raised:
            client.post(path, data=body, headers={"Content-Type": "application/json"})
        assert raised.value.http_status in (400, 422)


@pytest.mark.parametrize(
    "query",
    [
        {"marker": "x"},
        *({"marker": base64.b64encode(text).decode()} for text in (b"-1", b"1_0", b" 1")),
        {"limit": "0"},
        {"orderby": "x ASC"},
        {"filter_roles": "king"},
    ],
)
def test_queries_that_are_wrong(client: FlowsClient, query: dict[str, str]) -> None:
    with pytest.raises(FlowsAPIError) as raised:
        client.get("/flows", query_params=query)
    assert raised.value.http_status == 422


def test_globus_sdk_works_as_well(globus: Sandbox) -> None:
    authorizer = globus_sdk.AccessTokenAuthorizer(globus.issue_token(ALL).access_token)
    theirs = globus_sdk.FlowsClient(authorizer=authorizer)
    flow = theirs.create_flow("Theirs", states(("P", {"Type": "Pass"})), ANYTHING)
    token = globus.issue_token(flow["globus_auth_scope"]).access_token
    runner = globus_sdk.SpecificFlowClient(flow["id"], authorizer=globus_sdk.AccessTokenAuthorizer(token))
    started = runner.run_flow({}, label="Their run")
    assert theirs.get_run(started["run_id"])["status"] == "SUCCEEDED"
    assert [found["label"] for found in theirs.paginated.list_runs().items()] == ["Their run"]
    assert len(theirs.get_run_logs(started["run_id"])["entries"]) == 4
    with pytest.raises(globus_sdk.FlowsAPIError) as raised:
        theirs.get_flow(globus.user.id)
    assert raised.value.http_status == 404
    theirs.close()
    runner.close()


def test_pages(client: FlowsClient) -> None:
    for number in range(25):
        client.create_flow(f"Flow {number:02}", states(("P", {"Type": "Pass"})), ANYTHING)
    first = client.list_flows(orderby="title DESC")
    assert (len(first["flows"]), first["has_next_page"], first["flows"][0]["title"]) == (20, True, "Flow 24")
    assert len([*client.list_flows.items()]) == 25


def test_the_state_can_be_kept(globus: Sandbox, client: FlowsClient) -> None:
    run(globus, client, states(("Wait", {"Type": "Wait", "Seconds": 60})))
    kept = globus.flows.dump()
    other = State(Settings(1.0, True, 0.0, 0.0), None)
    other.flows.load(kept)
    assert other.flows.dump() == kept


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + 1", 3),
        ("b.c[1]", "y"),
        ("'yes' if a > 1 and not d else 'no'", "yes"),
        ("d or a", 2),
        ("1 < a < 3", True),
        ("'x' in b.c", True),
        ("[a, {'k': -a}]", [2, {"k": -2}]),
        ("f'{a}-{b.c[0]}'", "2-x"),
        ("d", None),
    ],
)
def test_expressions(expression: str, value: object) -> None:
    assert evaluate(expression, {"a": 2, "b": {"c": ["x", "y"]}, "d": None}) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a.b",
        "x",
        "a +",
        "__import__('os')",
        "a()",
        "[i for i in a]",
        "lambda: 1",
        "'a' * 9",
        "a ** 9",
        "1 / 0",
        "a" * 10_001,
    ],
)
def test_expressions_without_a_value(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, {"a": 2})


@pytest.mark.parametrize("path", ["a", "$.x", "$.a.b", "$.l[9]", "$..a", "$[a]"])
def test_paths_that_lead_nowhere(path: str) -> None:
    with pytest.raises(ExpressionError):
        find(path, {"a": 2, "l": [1]})
