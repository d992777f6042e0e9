"""Checks the definition and the input schema of a flow, as Flows does before it accepts them."""

from __future__ import annotations

from typing import Any, cast

from jsonschema import Draft7Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.jsonschema import DRAFT7

from globus_transport.sandbox.flows.errors import problem
from globus_transport.sandbox.records import Document

# The validator knows this schema only: with its own registry it would fetch those that an input schema refers to.
_SCHEMAS = Registry().with_resource(
    "http://json-schema.org/draft-07/schema", DRAFT7.create_resource(Draft7Validator.META_SCHEMA)
)
_TERMINAL = {"Fail"}
_TEXTS = ("ActionUrl", "Next", "Default", "InputPath", "ResultPath", "SecondsPath", "TimestampPath")
#: The types of states, and the fields that each needs.
STATE_TYPES: dict[str, tuple[str, ...]] = {
    "Action": ("ActionUrl",),
    "Pass": (),
    "ExpressionEval": ("Parameters", "ResultPath"),
    "Choice": ("Choices",),
    "Wait": (),
    "Fail": (),
}
WAITS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
#: The comparisons of a choice: the type of the value, and what is compared.
COMPARISONS = {
    f"{kind}{comparison}"
    for kind in ("String", "Numeric")
    for comparison in ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
} | {"BooleanEquals", "IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean"}


def check_definition(definition: object) -> list[Document]:
    """The problems of a definition; none if a flow can have it."""
    if not isinstance(definition, dict):
        return [problem("A definition is an object", "definition", type="type_error")]
    document = cast(Document, definition)
    states = document.get("States")
    if not isinstance(states, dict) or not states:
        return [problem("A definition has an object 'States' with at least one state", "definition", "States")]
    found: list[Document] = []
    start = document.get("StartAt")
    if not isinstance(start, str) or start not in states:
        found.append(problem(f"StartAt is {start!r}, which is no state", "definition", "StartAt"))
    next_states: dict[str, set[str]] = {}
    for name, state in cast(dict[str, object], states).items():
        loc = ("definition", "States", name)
        if not isinstance(state, dict):
            found.append(problem("A state is an object", *loc, type="type_error"))
            continue
        fields = cast(Document, state)
        next_states[name] = _targets(fields)
        found += [problem(msg, *loc) for msg in _check_state(fields)]
        found += [
            problem(f"{target!r} is no state", *loc) for target in sorted(next_states[name]) if target not in states
        ]
    if not found:
        reached = _reached(cast(str, start), next_states)
        found += [
            problem(f"The state {name!r} cannot be reached", "definition", "States", name)
            for name in sorted({*states} - reached)
        ]
    return found


def check_schema(schema: object) -> list[Document]:
    """The problems of an input schema; none if it is one."""
    if not isinstance(schema, dict):
        return [problem("An input schema is an object", "input_schema", type="type_error")]
    try:
        Draft7Validator.check_schema(cast(Document, schema))
    except (SchemaError, RecursionError) as error:
        return [problem(getattr(error, "message", "The schema is too deep"), "input_schema")]
    return []


def check_input(schema: Document, body: Any) -> list[Document]:
    """The problems of a run's input; none if it fits the schema."""
    validator = Draft7Validator(schema, registry=_SCHEMAS, format_checker=Draft7Validator.FORMAT_CHECKER)
    try:
        errors = sorted(validator.iter_errors(body), key=lambda error: error.json_path)
    except Exception as error:
        # A reference in the schema that leads nowhere, or an expression that cannot be compiled.
        return [problem(f"The input cannot be checked: {error}", "$", type="InvalidActionInput")]
    return [problem(error.message, error.json_path, type="InvalidActionInput") for error in errors]


def _check_state(state: Document) -> list[str]:
    kind = state.get("Type")
    if not isinstance(kind, str) or kind not in STATE_TYPES:
        return [f"Type is {kind!r}; the types are {', '.join(STATE_TYPES)}"]
    found = [f"A state of type {kind} needs {name!r}" for name in STATE_TYPES[kind] if name not in state]
    found += [f"{name} has to be a text" for name in _TEXTS if not isinstance(state.get(name, ""), str)]
    found += _check_catch(state.get("Catch", []))
    if kind == "Wait" and sum(name in state for name in WAITS) != 1:
        found.append(f"A state of type Wait has one of {', '.join(WAITS)}")
    if kind == "Choice":
        found += _check_choices(state)
    elif kind not in _TERMINAL and ("Next" in state) == (state.get("End") is True):
        found.append("The state has neither 'Next' nor 'End'" if "Next" not in state else "'Next' excludes 'End'")
    return found


def _check_choices(state: Document) -> list[str]:
    choices = state.get("Choices")
    if choices is None:
        return []
    if not isinstance(choices, list) or not choices or not all(isinstance(rule, dict) for rule in choices):
        return ["Choices is a list of at least one rule"]
    found: list[str] = []
    for rule in cast(list[Document], choices):
        if not isinstance(rule.get("Next"), str):
            found.append("A rule of a choice has 'Next'")
        found += _check_rule(rule)
    return found


def _check_catch(rules: object) -> list[str]:
    if not isinstance(rules, list) or not all(_is_catch_rule(rule) for rule in rules):
        return ["Catch is a list of rules: ErrorEquals is a list of texts, Next and ResultPath are texts"]
    return []


def _is_catch_rule(rule: object) -> bool:
    if not isinstance(rule, dict):
        return False
    fields = cast(Document, rule)
    errors = fields.get("ErrorEquals")
    return (
        isinstance(errors, list)
        and all(isinstance(error, str) for error in errors)
        and isinstance(fields.get("Next"), str)
        and isinstance(fields.get("ResultPath", ""), str)
    )


def _check_rule(rule: object) -> list[str]:
    if not isinstance(rule, dict):
        return ["A rule is an object"]
    fields = cast(Document, rule)
    for name in ("And", "Or"):
        if name in fields:
            inner = fields[name]
            if not isinstance(inner, list) or not inner:
                return [f"{name} is a list of at least one rule"]
            return [msg for part in inner for msg in _check_rule(part)]
    if "Not" in fields:
        return _check_rule(fields["Not"])
    if len({*fields} & COMPARISONS) != 1 or not isinstance(fields.get("Variable"), str):
        return [f"A rule has a 'Variable' and one comparison: {', '.join(sorted(COMPARISONS))}; or And, Or, Not"]
    return []


def _targets(state: Document) -> set[str]:
    lists = [state.get("Choices"), state.get("Catch")]
    rules = [rule for found in lists if isinstance(found, list) for rule in found]
    named = [state.get("Next"), state.get("Default"), *(rule.get("Next") for rule in rules if isinstance(rule, dict))]
    return {name for name in named if isinstance(name, str)}


def _reached(start: str, next_states: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += next_states[name]
    return reached
