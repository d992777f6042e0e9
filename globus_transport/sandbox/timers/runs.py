"""Starts the runs of timers: a transfer as the timer's owner, or a run of a flow."""

from __future__ import annotations

import traceback
import uuid

from globus_transport.sandbox.clock import Clock
from globus_transport.sandbox.flows.errors import FlowsError
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.principals import urn
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.state import State
from globus_transport.sandbox.submission_routes import submit
from globus_transport.sandbox.submissions import read_transfer
from globus_transport.sandbox.timers.documents import precise_time
from globus_transport.sandbox.timers.flow_runs import is_flow_running, start_flow_run
from globus_transport.sandbox.timers.requirements import unmet_requirement
from globus_transport.sandbox.timers.store import Outcome
from globus_transport.sandbox.timers.timer import Timer
from globus_transport.sandbox.transfer_errors import TransferError
from globus_transport.sandbox.transfer_requests import find_collection

# How long the next run of a timer waits for the end of the task before, in seconds of real time. By the sandbox's clock
# the task has a whole interval, a minute or more, but the clock may have been advanced.
_MAX_WAIT = 5.0


class MomentClock(Clock):
    """A clock that was at a certain moment when it was made, and goes on as the sandbox's does.

    A run whose moment was passed by an advance has its times by this clock.

    :param clock: of the sandbox
    :param moment: in seconds since the epoch
    """

    def __init__(self, clock: Clock, moment: float) -> None:
        super().__init__()
        self._clock = clock
        self._lag = clock.now() - moment

    def now(self) -> float:
        return self._clock.now() - self._lag


def start_run(state: State, timer: Timer, moment: float) -> Outcome:
    """Start the run of a timer.

    :param moment: at which it was to run, in seconds since the epoch
    """
    try:
        return _start(state, timer, moment)
    except Exception:
        # The run has failed, and the others go on; the traceback is for the developer who runs the sandbox.
        traceback.print_exc()
        return Outcome(_failure(moment, 500, "INTERNAL_SERVER_ERROR", "The sandbox failed"), True)


def _start(state: State, timer: Timer, moment: float) -> Outcome:
    (owner,) = state.identities.find_by_ids([timer.owner_id])
    if _is_running(state, timer, owner):
        return Outcome(result=None)
    requirement = unmet_requirement(state, timer)
    if requirement is not None:
        reason = {"cause": "globus_auth_requirements", "detail": requirement}
        return Outcome(_failure(moment, 403, requirement["code"], "The run needs the user"), True, reason)
    if timer.kind == "transfer":
        return _start_transfer(state, timer, owner, moment)
    if timer.kind == "flow":
        return _start_flow(state, timer, owner, moment)
    return Outcome(_failure(moment, 502, "ACTION_PROVIDER_ERROR", "The sandbox has no action providers"), True)


def _start_transfer(state: State, timer: Timer, owner: Identity, moment: float) -> Outcome:
    label = timer.body.get("label") or timer.name
    document = {
        **timer.body,
        "submission_id": str(uuid.uuid4()),
        "label": f"{label}, run {timer.n_runs + 1}" if label else None,
    }
    try:
        submission = read_transfer(document, lambda id: find_collection(state, id))
        task, _ = submit(state, submission, owner, MomentClock(state.clock, moment))
    except TransferError as error:
        return Outcome(_failure(moment, error.status, error.code, error.message), True)
    data = {
        "action_id": task.id,
        "creator_id": urn(owner.id),
        "label": document["label"],
        "start_time": precise_time(moment),
        "status": "ACTIVE",
        "display_status": "ACTIVE",
    }
    return Outcome(_result(moment, 202, data=data, resource_id=task.id))


def _start_flow(state: State, timer: Timer, owner: Identity, moment: float) -> Outcome:
    try:
        run = start_flow_run(state, timer, owner)
    except FlowsError as error:
        return Outcome(_failure(moment, error.status, error.code, error.message or error.detail), True)
    data = {
        "action_id": run["id"],
        "creator_id": urn(owner.id),
        "label": run["label"],
        "start_time": run["start_time"],
        "status": run["status"],
        "display_status": run["status"],
    }
    return Outcome(_result(moment, 202, data=data, resource_id=run["id"]))


def _is_running(state: State, timer: Timer, owner: Identity) -> bool:
    """Whether the task or run that the timer started last goes on. The service leaves out a run then."""
    last_id = timer.results[0]["resource_id"] if timer.results else None
    if last_id is None:
        return False
    if timer.kind == "flow":
        return is_flow_running(state, last_id)
    task = state.tasks.get(last_id, owner)
    if task is None or task.status != "ACTIVE":
        return False
    if not task.is_paused:
        state.tasks.join(task, _MAX_WAIT)
    return task.status == "ACTIVE"


def _failure(moment: float, status: int, code: str, detail: str | list[Document]) -> Document:
    return _result(moment, status, errors={"error": {"code": code, "detail": detail, "status": status}})


def _result(
    moment: float,
    status: int,
    *,
    data: Document | None = None,
    errors: Document | None = None,
    resource_id: str | None = None,
) -> Document:
    return {
        "run_id": str(uuid.uuid4()),
        "status": status,
        "ran_at": precise_time(moment),
        "data": data,
        "errors": errors,
        "resource_id": resource_id,
    }
