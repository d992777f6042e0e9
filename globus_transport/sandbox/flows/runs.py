"""Runs go through the states of their flow.

No thread does it: a run goes on as far as it can when it starts, whenever somebody looks at it, and when the sandbox's
clock is moved. A wait ends by that clock, and what follows it has the time at which it ended.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, cast

from globus_transport.sandbox.clock import parse_iso_time
from globus_transport.sandbox.flows.definition import COMPARISONS
from globus_transport.sandbox.flows.documents import format_moment
from globus_transport.sandbox.flows.expressions import ExpressionError, evaluate_parameters, find, put
from globus_transport.sandbox.flows.providers import cancel_action, poll_action, start_action
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import urn
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State

# A flow without an end is stopped here.
_MOST_STEPS = 1000
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


class StateFailedError(Exception):
    """A state of a run has failed.

    :param error: its name, which a ``Catch`` may have
    """

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(cause)
        self.error = error


def start_run(state: State, flow: Document, body: Any, owner: Identity, **fields: Any) -> Document:
    """Start a run of a flow.

    :param body: the input
    :param fields: label, tags, managers and monitors
    """
    now = state.clock.now()
    run: Document = {
        "flow_id": flow["id"],
        "flow_title": flow["title"],
        "flow_last_updated": flow["updated_at"],
        "start_time": format_moment(now),
        "completion_time": None,
        "status": "ACTIVE",
        "details": {"code": "FlowStarting", "description": "The run is starting", "details": {"input": body}},
        "label": fields.get("label", ""),
        "tags": fields.get("tags", []),
        "run_owner": urn(owner.id),
        "run_managers": fields.get("run_managers", []),
        "run_monitors": fields.get("run_monitors", []),
        "_owner": owner.id,
        "_definition": flow["definition"],
        "_schema": flow["input_schema"],
        "_data": body,
        "_state": flow["definition"]["StartAt"],
        "_begun": False,
        "_until": None,
        "_action": None,
        "_time": now,
        "_steps": 0,
        "_log": [],
    }
    _log(run, "FlowStarted", "The run started", {"input": body})
    started = state.flows.runs.add(run)
    # The answer to the start tells that the run is starting; it goes on meanwhile.
    advance(state, started["id"])
    return started


def advance_all(state: State) -> None:
    """Let every active run go on as far as it can."""
    for run in state.flows.runs.where(status="ACTIVE"):
        advance(state, run["id"])


def advance(state: State, run_id: str) -> Document | None:
    """Let a run go on as far as it can.

    :return: the run; ``None`` if there is none
    """
    with state.flows.lock:
        run = state.flows.runs.get(run_id)
        if run is None or run["status"] != "ACTIVE":
            return run
        found = state.identities.find_by_ids([run["_owner"]])
        while run["status"] == "ACTIVE" and found and _step(state, run, found[0]):
            run["_steps"] += 1
            if run["_steps"] > _MOST_STEPS:
                _end(run, "FAILED", "FlowFailed", f"The run went through more than {_MOST_STEPS} states")
        # The run has its id, so that it takes the place of the one before.
        return state.flows.runs.add(run)


def cancel(state: State, run_id: str) -> Document | None:
    """Cancel a run if it is active, with what its action has begun.

    :return: the run; ``None`` if there is none
    """
    with state.flows.lock:
        run = state.flows.runs.get(run_id)
        if run is None or run["status"] != "ACTIVE":
            return run
        if run["_action"] is not None:
            (owner,) = state.identities.find_by_ids([run["_owner"]])
            cancel_action(state, run["_action"], owner)
        run["_time"] = state.clock.now()
        _end(run, "FAILED", "FlowCanceled", "A user cancelled the run")
        return state.flows.runs.add(run)


def _step(state: State, run: Document, owner: Identity) -> bool:
    """Try to leave the current state.

    :return: whether it was left
    """
    name = run["_state"]
    spec: Document = run["_definition"]["States"][name]
    kind: str = spec["Type"]
    if not run["_begun"]:
        run["_begun"] = True
        _log(run, f"{kind}Started", f"State {name} of type {kind} started", {"state_name": name, "state_type": kind})
        run["details"] = {"code": "FlowActive", "description": f"The run is in state {name}", "details": {}}
    try:
        following = _LEAVE[kind](state, run, spec, owner)
    except ExpressionError as error:
        following = _catch(run, spec, StateFailedError("States.Runtime", str(error)))
    except StateFailedError as error:
        following = _catch(run, spec, error)
    if following is None:
        return False
    if run["status"] == "ACTIVE":
        _log(
            run, f"{kind}Completed", f"State {name} of type {kind} completed", {"state_name": name, "state_type": kind}
        )
        run.update(_begun=False, _until=None, _action=None, _state=following)
        if following == "":
            _end(run, "SUCCEEDED", "FlowSucceeded", "The run has succeeded")
    return True


def _catch(run: Document, spec: Document, error: StateFailedError) -> str:
    for rule in spec.get("Catch", []):
        if {"States.ALL", error.error} & {*rule["ErrorEquals"]}:
            try:
                _put(run, rule.get("ResultPath", "$.Error"), {"Error": error.error, "Cause": str(error)})
            except ExpressionError as misplaced:
                error = StateFailedError("States.Runtime", str(misplaced))
                break
            return cast(str, rule["Next"])
    _end(run, "FAILED", "FlowFailed", str(error), error.error)
    return ""


def _next(spec: Document) -> str:
    """The name of the next state; empty after the last one."""
    return "" if spec.get("End") is True else cast(str, spec["Next"])


def _put(run: Document, path: str, value: Any) -> None:
    """Put a value in the data of a run. Data that is no object is replaced."""
    data = run["_data"] if isinstance(run["_data"], dict) else {}
    run["_data"] = put(path, data, value)


def _parameters(run: Document, spec: Document) -> Any:
    if "Parameters" in spec:
        return evaluate_parameters(spec["Parameters"], run["_data"])
    return find(spec.get("InputPath", "$"), run["_data"])


def _leave_pass(state: State, run: Document, spec: Document, owner: Identity) -> str:
    if "ResultPath" in spec or "Parameters" in spec:
        value = spec["Result"] if "Result" in spec else _parameters(run, spec)
        _put(run, spec.get("ResultPath", "$.Result"), value)
    return _next(spec)


def _leave_choice(state: State, run: Document, spec: Document, owner: Identity) -> str:
    for rule in spec["Choices"]:
        if _holds(rule, run["_data"]):
            return cast(str, rule["Next"])
    if "Default" not in spec:
        raise StateFailedError("States.NoChoiceMatched", "No rule of the choice holds, and it has no Default")
    return cast(str, spec["Default"])


def _holds(rule: Document, data: Any) -> bool:
    if "And" in rule:
        return all(_holds(part, data) for part in rule["And"])
    if "Or" in rule:
        return any(_holds(part, data) for part in rule["Or"])
    if "Not" in rule:
        return not _holds(rule["Not"], data)
    (comparison,) = {*rule} & COMPARISONS
    wanted = rule[comparison]
    try:
        value = find(rule["Variable"], data)
    except ExpressionError:
        if comparison == "IsPresent":
            return wanted is False
        raise
    if comparison.startswith("Is"):
        return _is_kind(value, comparison.removeprefix("Is")) is wanted
    kind = next(kind for kind in ("String", "Numeric", "Boolean") if comparison.startswith(kind))
    compare = _COMPARE[comparison.removeprefix(kind)]
    return _is_kind(value, kind) and _is_kind(wanted, kind) and compare(value, wanted)


def _is_kind(value: Any, kind: str) -> bool:
    kinds = {
        "Present": True,
        "Null": value is None,
        "String": isinstance(value, str),
        "Boolean": isinstance(value, bool),
        "Numeric": isinstance(value, (int, float)) and not isinstance(value, bool),
    }
    return kinds[kind]


def _leave_wait(state: State, run: Document, spec: Document, owner: Identity) -> str | None:
    if run["_until"] is None:
        run["_until"] = _end_of_wait(run, spec)
    if state.clock.now() < run["_until"]:
        return None
    run["_time"] = max(run["_time"], run["_until"])
    return _next(spec)


def _end_of_wait(run: Document, spec: Document) -> float:
    if "Timestamp" in spec or "TimestampPath" in spec:
        moment = spec["Timestamp"] if "Timestamp" in spec else find(spec["TimestampPath"], run["_data"])
        try:
            return parse_iso_time(str(moment))
        except ValueError:
            raise StateFailedError("States.Runtime", f"{moment!r} is no time") from None
    seconds = spec["Seconds"] if "Seconds" in spec else find(spec["SecondsPath"], run["_data"])
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < 1e10:
        raise StateFailedError("States.Runtime", f"{seconds!r} is no number of seconds")
    return cast(float, run["_time"] + seconds)


def _leave_fail(state: State, run: Document, spec: Document, owner: Identity) -> str:
    _end(run, "FAILED", "FlowFailed", str(spec.get("Cause", "The run came to a state of type Fail")), spec.get("Error"))
    return ""


def _leave_action(state: State, run: Document, spec: Document, owner: Identity) -> str | None:
    action: Document | None = run["_action"]
    if action is None:
        action = start_action(state, spec["ActionUrl"], run, _parameters(run, spec), owner)
    run["_action"] = action = poll_action(state, action, owner)
    if action["status"] == "ACTIVE":
        wait = spec.get("WaitTime")
        if isinstance(wait, (int, float)) and state.clock.now() > run["_time"] + wait:
            cancel_action(state, action, owner)
            raise StateFailedError("ActionTimeout", f"The action did not end within {wait} seconds")
        return None
    # An action ends in real time, so that what follows has the time at which somebody looked.
    run["_time"] = max(run["_time"], state.clock.now() if {"task_id", "input_id"} & {*action} else run["_time"])
    if action["status"] == "FAILED":
        text = action["details"].get("error") or action["details"].get("nice_status_details") or "The action failed"
        raise StateFailedError("ActionFailedException", str(text))
    if "ResultPath" in spec:
        shown = {name: action[name] for name in ("action_id", "status", "details")}
        _put(run, spec["ResultPath"], shown)
    return _next(spec)


def _end(run: Document, status: str, code: str, description: str, error: str | None = None) -> None:
    ended = format_moment(run["_time"])
    details: Document = {"error": error} if error else {}
    run.update(status=status, completion_time=ended, _action=None)
    if status == "SUCCEEDED":
        run["details"] = {"code": code, "description": description, "output": run["_data"]}
    else:
        run["details"] = {"code": code, "description": description, "details": details, "time": ended}
    _log(run, code, description, details)


def _log(run: Document, code: str, description: str, details: Document) -> None:
    time = format_moment(run["_time"], "microseconds")
    run["_log"].append({"time": time, "code": code, "description": description, "details": details})


_LEAVE = {
    "Pass": _leave_pass,
    "ExpressionEval": _leave_pass,
    "Choice": _leave_choice,
    "Wait": _leave_wait,
    "Fail": _leave_fail,
    "Action": _leave_action,
}
