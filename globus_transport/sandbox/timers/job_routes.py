"""The routes of Timers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Flask, request
from flask.typing import ResponseReturnValue

from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.request_fields import Fields, InvalidFieldsError, field_error, read_body, read_id
from globus_transport.sandbox.scopes import to_tree_text
from globus_transport.sandbox.state import State
from globus_transport.sandbox.timers.bodies import read_job, read_timer
from globus_transport.sandbox.timers.documents import PAGE_SIZE, job_document, timer_document
from globus_transport.sandbox.timers.errors import TimersError, timer_not_found
from globus_transport.sandbox.timers.listing import list_timers, read_count
from globus_transport.sandbox.timers.requirements import RESOURCE_SERVER, TIMER_SCOPE, unmet_requirement
from globus_transport.sandbox.timers.timer import Timer
from globus_transport.sandbox.tokens import Credential


def install_job_routes(app: Flask, state: State) -> None:
    """Add the routes to an application."""
    store, check_bearer = state.timers, BearerCheck(state.tokens, RESOURCE_SERVER)

    def caller() -> Credential:
        return check_bearer(request, TIMER_SCOPE)

    @app.before_request
    def authenticate() -> None:
        caller()

    def find(job_id: str) -> Timer:
        timer = store.get(read_id("job_id", job_id), caller().user.id)
        if timer is None:
            raise timer_not_found()
        return timer

    def change(job_id: str, make: Callable[[Timer], None]) -> Timer:
        changed = store.change(find(job_id).id, make)
        if changed is None:
            raise timer_not_found()
        return changed

    def add(timer: Timer) -> None:
        requirement = unmet_requirement(state, timer)
        if requirement is not None:
            parameters = requirement["authorization_parameters"]
            more = {**requirement, "required_scopes": parameters.get("required_scopes", [])}
            raise TimersError(403, requirement["code"], parameters["session_message"], more)
        timer.skip_missed_runs(state.clock.now())
        store.add(timer)

    @app.get("/jobs/")
    def list_jobs() -> ResponseReturnValue:
        timers = list_timers(store.owned_by(caller().user.id), request.args)
        count = read_count(request.args, "result_count", PAGE_SIZE)
        return {"jobs": [job_document(timer, count=count) for timer in timers]}

    @app.post("/jobs/")
    def create_job() -> ResponseReturnValue:
        timer = read_job(Fields(read_body()), caller(), state.clock.now())
        document = job_document(timer)
        add(timer)
        return document, 201

    @app.post("/v2/timer")
    def create_timer() -> ResponseReturnValue:
        fields = Fields(read_body())
        inner = fields.nested("timer", required=True)
        fields.check()
        timer = read_timer(cast(Fields, inner), caller(), state.clock.now())
        document = timer_document(timer)
        add(timer)
        return {"timer": document}, 201

    @app.get("/jobs/<job_id>")
    def get_job(job_id: str) -> ResponseReturnValue:
        timer = find(job_id)
        first = read_count(request.args, "results_pt", 0)
        return job_document(timer, first=first, count=read_count(request.args, "page_size", PAGE_SIZE, least=1))

    @app.patch("/jobs/<job_id>")
    def update_job(job_id: str) -> ResponseReturnValue:
        fields = Fields(read_body())
        name = fields.text("name")
        for other in fields.document.keys() - {"name"}:
            fields.refuse(other, "extra fields not permitted", "value_error.extra")
        fields.check()

        def rename(timer: Timer) -> None:
            timer.name = name if "name" in fields.document else timer.name

        return job_document(change(job_id, rename))

    @app.delete("/jobs/<job_id>")
    def delete_job(job_id: str) -> ResponseReturnValue:
        timer = find(job_id)
        store.remove(timer.id)
        return {**job_document(timer), "status": "delete_in_progress"}

    @app.post("/jobs/<job_id>/pause")
    def pause_job(job_id: str) -> ResponseReturnValue:
        def pause(timer: Timer) -> None:
            _require_not_ended(timer)
            if timer.status != "inactive":
                timer.status, timer.inactive_reason = "inactive", {"cause": "user", "detail": None}

        return {"message": f"The job {change(job_id, pause).id} is paused."}

    @app.post("/jobs/<job_id>/resume")
    def resume_job(job_id: str) -> ResponseReturnValue:
        credential, is_new_token = caller(), _read_update_credentials()

        def resume(timer: Timer) -> None:
            _require_not_ended(timer)
            if timer.status != "inactive":
                return
            needs_user = (timer.inactive_reason or {}).get("cause") == "globus_auth_requirements"
            if needs_user if is_new_token is None else is_new_token:
                timer.login, timer.scopes = credential.login, to_tree_text(credential.scopes)
            timer.resume(state.clock.now())

        return {"message": f"The job {change(job_id, resume).id} is active."}


def _require_not_ended(timer: Timer) -> None:
    if timer.status == "ended":
        raise TimersError(409, "CONFLICT", "The timer has ended")


def _read_update_credentials() -> bool | None:
    """Whether to take the token of the current request; ``None`` if it does not say. It stands in the body or query."""
    if (text := request.args.get("update_credentials")) is not None:
        if text.lower() not in ("true", "false", "1", "0"):
            message = "value could not be parsed to a boolean"
            raise InvalidFieldsError([field_error(("query", "update_credentials"), message, "type_error.bool")])
        return text.lower() in ("true", "1")
    if not request.get_data():
        return None
    fields = Fields(read_body())
    found = fields.flag("update_credentials")
    fields.check()
    return found
