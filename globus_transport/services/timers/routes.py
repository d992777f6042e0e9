"""The routes of Globus Timers. Reference: docs.globus.org/api/timers.

The service calls a timer a job where it is already created.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Body, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse, IterableResponse
from globus_transport.routing.route import delete, get, patch, post
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import TimersScopes
from globus_transport.services.timers.data import FlowTimer, TimerJob, TransferTimer
from globus_transport.services.timers.errors import TimersAPIError


def _check_timer(arguments: dict[str, Any]) -> dict[str, Any]:
    timer = arguments["timer"]
    if isinstance(timer, TimerJob):
        raise GlobusSDKUsageError("timer: a TimerJob is created with create_job; create_timer takes a TransferTimer")
    if not isinstance(timer, Mapping):
        raise GlobusSDKUsageError(f"timer: expected a TransferTimer, FlowTimer or dict, got a {type(timer).__name__}")
    return arguments


def _check_job(arguments: dict[str, Any]) -> dict[str, Any]:
    if isinstance(arguments["data"], (TransferTimer, FlowTimer)):
        kind = type(arguments["data"]).__name__
        raise GlobusSDKUsageError(f"data: a {kind} is created with create_timer; create_job takes a TimerJob")
    return arguments


def _leave_out_none(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: MISSING if value is None else value for name, value in arguments.items()}


class TimersRoutes(RouteTable):
    """Create, pause, resume, update and delete timers."""

    service_name = "timer"
    resource_server = TimersScopes.resource_server
    error_class = TimersAPIError
    scopes = TimersScopes
    token_scopes = (TimersScopes.timer,)
    # A class attribute, not a property as in the base: TimersClient.default_scope_requirements is public.
    default_scope_requirements = [TimersScopes.timer]  # noqa: RUF012  # pyright: ignore

    @get("/jobs/", iter_key="jobs")
    def list_jobs(self, *, query_params: QueryParams = None) -> IterableResponse:
        """List the user's timers. Iterating over the reply yields them; they have the form of ``get_job``'s reply.

        Reference: https://docs.globus.org/api/timers
        """
        raise NotImplementedError

    @get("/jobs/{job_id}")
    def get_job(self, job_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a timer.

        The reply has its ``job_id``, ``name``, ``status``, ``start``, ``interval`` (seconds), ``next_run``,
        ``last_ran_at``, ``n_runs``, ``n_errors``, ``callback_url``, ``callback_body``, and the ``results`` of the last
        runs. For an inactive timer, ``inactive_reason`` tells why: the user paused it, or it needs a consent or a
        login, which ``inactive_reason["detail"]`` describes.
        Reference: https://docs.globus.org/api/timers

        :param job_id: the timer's id
        """
        raise NotImplementedError

    @post("/v2/timer", prepare=_check_timer)
    def create_timer(self, timer: Mapping[str, Any]) -> GlobusHTTPResponse:
        """Create a timer that starts transfers or a flow. The reply has it under ``timer``, with its ``job_id``.

        The user's consent must allow Timers to start the transfers or the flow. An application gets it with
        ``add_app_transfer_data_access_scope`` or ``add_app_flow_user_scope``.
        Reference: https://docs.globus.org/api/timers

        :param timer: a :class:`TransferTimer` or :class:`FlowTimer`, or a dict of the same form
        :raises GlobusSDKUsageError: if it is a :class:`TimerJob`
        """
        raise NotImplementedError

    @post("/jobs/", prepare=_check_job)
    def create_job(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Create a timer that calls an action provider. For transfers and flows there is ``create_timer``.

        The reply has its ``job_id``.

        :param data: a :class:`TimerJob`, or a dict of the same form
        :raises GlobusSDKUsageError: if it is a :class:`TransferTimer` or :class:`FlowTimer`
        """
        raise NotImplementedError

    @patch("/jobs/{job_id}")
    def update_job(self, job_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Update fields of a timer.

        :param job_id: the timer's id
        :param data: the fields to change, such as ``{"name": "Nightly copy"}``
        """
        raise NotImplementedError

    @delete("/jobs/{job_id}")
    def delete_job(self, job_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a timer. What it has started goes on.

        :param job_id: the timer's id
        """
        raise NotImplementedError

    @post("/jobs/{job_id}/pause")
    def pause_job(self, job_id: UUIDLike) -> GlobusHTTPResponse:
        """Pause a timer. It becomes inactive, and starts nothing until it is resumed.

        :param job_id: the timer's id
        """
        raise NotImplementedError

    @post("/jobs/{job_id}/resume", prepare=_leave_out_none)
    def resume_job(self, job_id: UUIDLike, *, update_credentials: bool | None = None) -> GlobusHTTPResponse:
        """Resume an inactive timer.

        :param job_id: the timer's id
        :param update_credentials: whether later runs use the consents and the session of this call's token, instead of
            those that the timer was created with. This helps a timer that became inactive for want of a consent or a
            login. By default the service decides by the reason why the timer is inactive
        """
        raise NotImplementedError
