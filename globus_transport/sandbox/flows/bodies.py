"""Reading the bodies of Flows' requests. Every problem of a body is listed in one answer."""

from __future__ import annotations

from typing import Any

from globus_transport.sandbox import request_fields
from globus_transport.sandbox.flows.definition import check_definition, check_schema
from globus_transport.sandbox.flows.errors import FlowsError, problem, unprocessable
from globus_transport.sandbox.flows.principals import check_principals
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

_LISTS = ("flow_viewers", "flow_starters", "flow_administrators", "run_managers", "run_monitors")
#: The fields of a flow that a body may have, with the value that they have without one.
FLOW_FIELDS: Document = {
    "title": "",
    "subtitle": "",
    "description": "",
    "keywords": [],
    "definition": {},
    "input_schema": {},
    **{name: [] for name in _LISTS},
    "subscription_id": None,
    "authentication_policy_id": None,
}
_NULLABLE = ("subscription_id", "authentication_policy_id")


def read_body() -> Document:
    """The JSON object in the body.

    :raises FlowsError: if there is none
    """
    try:
        return request_fields.read_body()
    except request_fields.InvalidFieldsError as error:
        raise FlowsError(400, "BAD_REQUEST", str(error)) from error


def read_flow(state: State, body: Document, *, is_new: bool) -> Document:
    """The fields of a flow in a body.

    :param is_new: whether fields are required
    :raises FlowsError: if a field is missing or wrong
    """
    required = ("title", "definition", "input_schema") if is_new else ()
    problems = [problem("field required", name, type="missing") for name in required if name not in body]
    fields = {name: value for name, value in body.items() if name in (*FLOW_FIELDS, "flow_owner")}
    for name, value in fields.items():
        problems += _check_field(state, name, value)
    if problems:
        raise unprocessable(problems)
    return fields


def read_run(state: State, body: Document) -> Document:
    """The label, tags and principals of a run in a body.

    :raises FlowsError: if one is wrong
    """
    problems: list[Document] = []
    fields: Document = {}
    if "label" in body:
        fields["label"] = body["label"]
        if not isinstance(body["label"], str) or not 1 <= len(body["label"]) <= 64:
            problems.append(problem("A label has 1 to 64 characters", "label"))
    for name in ("tags", "run_managers", "run_monitors"):
        if name in body:
            fields[name] = body[name]
            problems += _check_list(state, name, body[name])
    if problems:
        raise unprocessable(problems)
    return fields


def _check_field(state: State, name: str, value: Any) -> list[Document]:
    if name == "definition":
        return check_definition(value)
    if name == "input_schema":
        return check_schema(value)
    if name in _NULLABLE and value is None:
        return []
    if name == "keywords" or name in _LISTS:
        return _check_list(state, name, value)
    if not isinstance(value, str):
        return [problem("str type expected", name, type="type_error.str")]
    if name == "flow_owner":
        return check_principals(state, name, [value])
    if name == "title" and not 1 <= len(value) <= 128:
        return [problem("A title has 1 to 128 characters", name)]
    return []


def _check_list(state: State, name: str, value: Any) -> list[Document]:
    if not isinstance(value, list):
        return [problem("value is not a valid list", name, type="type_error.list")]
    wrong = [
        problem("str type expected", name, index, type="type_error.str")
        for index, item in enumerate(value)
        if not isinstance(item, str)
    ]
    return wrong if wrong or name not in _LISTS else check_principals(state, name, value)
