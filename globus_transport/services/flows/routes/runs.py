"""Routes on runs of flows. Starting and resuming a run needs a token for its flow: see ``specific_flow``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Union

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import BodyParams, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import FlowsScopes
from globus_transport.services.flows.response import IterableRunLogsResponse, IterableRunsResponse
from globus_transport.services.flows.routes.flows import BY_MARKER, Principals

_STATUS = (FlowsScopes.run_status,)
_MANAGE = (FlowsScopes.run_manage,)


class RunRoutes(RouteTable):
    """Find, follow, update, cancel and delete runs."""

    @get("/runs", paging=BY_MARKER, scopes=_STATUS)
    def list_runs(
        self,
        *,
        filter_flow_id: Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList] = MISSING,
        filter_roles: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableRunsResponse:
        """List the runs that the user can see.

        The reply has one page under ``runs``, and the ``marker`` of the next one.

        :param filter_flow_id: the ids of one or several flows
        :param filter_roles: the user has one of these roles: ``run_owner``, ``run_manager``, ``run_monitor``,
            ``flow_run_manager`` or ``flow_run_monitor``
        :param marker: the ``marker`` of the previous page
        """
        raise NotImplementedError

    @get("/runs/{run_id}/log", paging=BY_MARKER, scopes=_STATUS)
    def get_run_logs(
        self,
        run_id: UUIDLike,
        *,
        limit: Maybe[int] = MISSING,
        reverse_order: Maybe[bool] = MISSING,
        marker: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableRunLogsResponse:
        """Read the log of a run: the states that it entered, and what they received and returned.

        The reply has one page under ``entries``.

        :param run_id: the id of the run
        :param limit: maximum number of entries in the page; the service's default is 10
        :param reverse_order: whether the newest entry is the first
        :param marker: the ``marker`` of the previous page
        """
        raise NotImplementedError

    @get("/runs/{run_id}", scopes=_STATUS)
    def get_run(
        self,
        run_id: UUIDLike,
        *,
        include_flow_description: Maybe[bool] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Get a run.

        Its ``status`` is ``ACTIVE``, ``INACTIVE`` (it waits for a person), ``SUCCEEDED``, ``FAILED`` or ``ENDED``
        (it was cancelled). Under ``details`` is what it does, or why it failed.

        :param run_id: the id of the run
        :param include_flow_description: whether to add texts of the flow, under ``flow_description``
        """
        raise NotImplementedError

    @get("/runs/{run_id}/definition", scopes=_STATUS)
    def get_run_definition(self, run_id: UUIDLike) -> GlobusHTTPResponse:
        """Get the definition and the input schema that the flow had when the run started.

        :param run_id: the id of the run
        """
        raise NotImplementedError

    @post("/runs/{run_id}/cancel", repeatable=True, scopes=_MANAGE)
    def cancel_run(self, run_id: UUIDLike) -> GlobusHTTPResponse:
        """Cancel a run. What it has done stays done.

        :param run_id: the id of the run
        """
        raise NotImplementedError

    @put("/runs/{run_id}", scopes=_MANAGE)
    def update_run(
        self,
        run_id: UUIDLike,
        *,
        label: Maybe[str] = MISSING,
        tags: Maybe[list[str]] = MISSING,
        run_monitors: Principals = MISSING,
        run_managers: Principals = MISSING,
        additional_fields: BodyParams = None,
    ) -> GlobusHTTPResponse:
        """Update the given fields of a run.

        :param run_id: the id of the run
        :param label: the name of the run
        :param tags: words to find the run by
        :param run_monitors: principals who can see the run, besides its owner
        :param run_managers: principals who can see and cancel the run, besides its owner
        :param additional_fields: further fields, which override the others
        """
        raise NotImplementedError

    @post("/runs/{run_id}/release", scopes=_MANAGE)
    def delete_run(self, run_id: UUIDLike) -> GlobusHTTPResponse:
        """Delete a run that has ended, with its log.

        :param run_id: the id of the run
        :raises FlowsAPIError: with status 409, if the run has not ended
        """
        raise NotImplementedError
