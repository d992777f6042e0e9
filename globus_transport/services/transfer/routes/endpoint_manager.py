"""Routes for the managers and monitors of collections: all users' tasks, and the rules that pause them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Union

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker, Offset
from globus_transport.routing.parameters import (
    Body,
    CommaList,
    Field,
    Maybe,
    OneZero,
    QueryParams,
    UUIDLike,
    text_list,
)
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.response import IterableTransferResponse
from globus_transport.services.transfer.routes.filters import TimeRange

_BY_MARKER = Marker(key="next_marker")

TaskIds = Annotated[Iterable[UUIDLike], Field("task_id_list", encode=text_list)]


def _check_endpoint_use(given: dict[str, Any]) -> dict[str, Any]:
    missing = (None, MISSING)
    if given.get("filter_endpoint_use") not in missing and given.get("filter_endpoint") in missing:
        raise GlobusSDKUsageError("filter_endpoint_use: it qualifies filter_endpoint; give that too")
    return given


class EndpointManagerRoutes(RouteTable):
    """Monitor and manage all users' tasks on a collection. Requires the role of activity monitor or manager."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "endpoint_id": "the id of the collection or endpoint",
        "task_id": "the id of the task",
        "task_ids": "the ids of the tasks",
        "admin_cancel_id": "the ``id`` in the reply of ``endpoint_manager_cancel_tasks``",
        "pause_rule_id": "the id of the pause rule",
    }

    @get("/v0.10/endpoint_manager/monitored_endpoints")
    def endpoint_manager_monitored_endpoints(self, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """List the collections on which the user is a monitor or manager."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/endpoint/{endpoint_id}/hosted_endpoint_list")
    def endpoint_manager_hosted_endpoint_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the guest collections on a host.

        :param endpoint_id: the id of the host
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/endpoint/{endpoint_id}")
    def endpoint_manager_get_endpoint(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a collection, with the fields that its manager may see."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/endpoint/{endpoint_id}/access_list")
    def endpoint_manager_acl_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the access rules of a collection, as its manager."""
        raise NotImplementedError

    @get(
        "/v0.10/endpoint_manager/task_list",
        paging=Marker("last_key", more_key="has_next_page"),
        prepare=_check_endpoint_use,
    )
    def endpoint_manager_task_list(
        self,
        *,
        filter_status: Annotated[Maybe[Union[str, Iterable[str]]], CommaList] = MISSING,
        filter_task_id: Annotated[Maybe[Union[UUIDLike, Iterable[UUIDLike]]], CommaList] = MISSING,
        filter_owner_id: Maybe[UUIDLike] = MISSING,
        filter_endpoint: Maybe[UUIDLike] = MISSING,
        filter_endpoint_use: Maybe[Literal["source", "destination"]] = MISSING,
        filter_is_paused: Maybe[bool] = MISSING,
        filter_completion_time: TimeRange = MISSING,
        filter_min_faults: Maybe[int] = MISSING,
        filter_local_user: Maybe[str] = MISSING,
        last_key: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """List tasks of all users, on the collections that the user monitors.

        The service requires ``filter_task_id`` or ``filter_endpoint``, unless ``filter_status`` has no values other
        than ``"ACTIVE"`` and ``"INACTIVE"``.

        :param filter_status: one or several of ``"ACTIVE"``, ``"INACTIVE"``, ``"SUCCEEDED"`` and ``"FAILED"``
        :param filter_task_id: one or several ids, at most 50; cannot be combined with other filters
        :param filter_owner_id: only tasks of this identity; requires ``filter_endpoint``, unless the tasks are running
        :param filter_endpoint: only tasks from or to this collection, or the guest collections that it hosts
        :param filter_endpoint_use: only tasks that read from ``filter_endpoint`` (``"source"``), or write to it
        :param filter_is_paused: only running tasks that are paused, or are not; requires a ``filter_status`` of
            running tasks
        :param filter_completion_time: only tasks that ended in this time range: two times, of which one may be ``""``
            for no bound, or text with a comma between them. Times without an offset are UTC. A range without an end
            includes running tasks
        :param filter_min_faults: only tasks with at least this number of faults
        :param filter_local_user: only tasks of this local account; requires ``filter_endpoint``
        :param last_key: the ``last_key`` of the previous reply
        :raises GlobusSDKUsageError: if ``filter_endpoint_use`` is given without ``filter_endpoint``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}")
    def endpoint_manager_get_task(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a task of any user: its status and progress."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/event_list", paging=Offset(page_size=1000, total_key="total"))
    def endpoint_manager_task_event_list(
        self,
        task_id: UUIDLike,
        *,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        filter_is_error: Annotated[Maybe[bool], OneZero] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """List the events of a task, newest first.

        :param limit: maximum number of items, at most 1000
        :param offset: number of items to skip
        :param filter_is_error: ``True`` for errors only; the service has no filter for other events
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/pause_info")
    def endpoint_manager_task_pause_info(
        self, task_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get the pause rules and messages that hold a task."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/successful_transfers", paging=_BY_MARKER)
    def endpoint_manager_task_successful_transfers(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the files that a transfer copied.

        :param marker: the ``next_marker`` of the previous reply
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/skipped_errors", paging=_BY_MARKER)
    def endpoint_manager_task_skipped_errors(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the files that a transfer skipped because of errors.

        :param marker: the ``next_marker`` of the previous reply
        """
        raise NotImplementedError

    # Repeatable: cancelling a cancelled task changes nothing.
    @post("/v0.10/endpoint_manager/admin_cancel", repeatable=True)
    def endpoint_manager_cancel_tasks(
        self, task_ids: TaskIds, message: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Cancel tasks of any users. The reply's ``id`` is for ``endpoint_manager_cancel_status``.

        The service continues to cancel tasks after the reply.

        :param task_ids: the ids of the tasks
        :param message: shown to the tasks' owners
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/admin_cancel/{admin_cancel_id}")
    def endpoint_manager_cancel_status(
        self, admin_cancel_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get the progress of ``endpoint_manager_cancel_tasks``."""
        raise NotImplementedError

    @post("/v0.10/endpoint_manager/admin_pause")
    def endpoint_manager_pause_tasks(
        self, task_ids: TaskIds, message: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Pause tasks of any users.

        :param task_ids: the ids of the tasks
        :param message: shown to the tasks' owners
        """
        raise NotImplementedError

    @post("/v0.10/endpoint_manager/admin_resume")
    def endpoint_manager_resume_tasks(
        self, task_ids: TaskIds, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Resume tasks that ``endpoint_manager_pause_tasks`` paused."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/pause_rule_list")
    def endpoint_manager_pause_rule_list(
        self, *, filter_endpoint: Maybe[UUIDLike] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the pause rules of all collections that the user manages.

        :param filter_endpoint: only rules of this collection or host
        """
        raise NotImplementedError

    @post("/v0.10/endpoint_manager/pause_rule")
    def endpoint_manager_create_pause_rule(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Create a pause rule. The reply has its ``id``.

        :param data: with at least ``"DATA_TYPE": "pause_rule"``, ``endpoint_id`` and ``message``. ``identity_id``
            limits the rule to the tasks of one user, ``start_time`` to tasks that begin after it
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_get_pause_rule(
        self, pause_rule_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Get a pause rule."""
        raise NotImplementedError

    @put("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_update_pause_rule(
        self, pause_rule_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Update a pause rule.

        :param data: such as ``{"message": "until Monday", "pause_ls": False, "pause_task_transfer_read": True}``
        """
        raise NotImplementedError

    @delete("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_delete_pause_rule(
        self, pause_rule_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Delete a pause rule. The tasks that it held continue."""
        raise NotImplementedError
