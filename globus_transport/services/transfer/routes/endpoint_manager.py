"""Routes for those who manage or monitor a collection: other people's tasks on it, and rules that pause them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Union

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
    left_out = (None, MISSING)
    if given.get("filter_endpoint_use") not in left_out and given.get("filter_endpoint") in left_out:
        raise GlobusSDKUsageError("filter_endpoint_use: says how filter_endpoint was used; give that too")
    return given


class EndpointManagerRoutes(RouteTable):
    """Watch and manage what others do on a collection. These need the role of activity monitor or manager."""

    @get("/v0.10/endpoint_manager/monitored_endpoints")
    def endpoint_manager_monitored_endpoints(self, *, query_params: QueryParams = None) -> IterableTransferResponse:
        """The collections on which the user is a monitor or manager."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/endpoint/{endpoint_id}/hosted_endpoint_list")
    def endpoint_manager_hosted_endpoint_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The guest collections on a host.

        :param endpoint_id: the host
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/endpoint/{endpoint_id}")
    def endpoint_manager_get_endpoint(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One collection, as its manager sees it."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/endpoint/{endpoint_id}/access_list")
    def endpoint_manager_acl_list(
        self, endpoint_id: UUIDLike, *, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The access rules of a collection, as its manager sees them."""
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
        """Tasks of anyone, on the collections that the user monitors.

        The service wants ``filter_task_id`` or ``filter_endpoint``, unless ``filter_status`` asks for nothing but
        ``"ACTIVE"`` and ``"INACTIVE"``.

        :param filter_status: one or several of ``"ACTIVE"``, ``"INACTIVE"``, ``"SUCCEEDED"`` and ``"FAILED"``
        :param filter_task_id: one or several ids, at most 50; goes with no other filter
        :param filter_owner_id: tasks of this identity; needs ``filter_endpoint`` unless they are running
        :param filter_endpoint: tasks from or to this collection, or the guest collections that it hosts
        :param filter_endpoint_use: only those that read from it (``"source"``), or write to it
        :param filter_is_paused: running tasks that are paused, or that are not; needs such a ``filter_status``
        :param filter_completion_time: when they were done: two times, of which one may be ``""`` for no bound, or
            both as text with a comma; UTC unless a time says otherwise. With no end, also those that run
        :param filter_min_faults: those with so many faults, or more
        :param filter_local_user: of this user on the collection; needs ``filter_endpoint``
        :param last_key: of an earlier reply, for what comes after it
        :raises GlobusSDKUsageError: for ``filter_endpoint_use`` without ``filter_endpoint``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}")
    def endpoint_manager_get_task(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One task of anyone: its status, and how far it is."""
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
        """What happened to a task, the newest first.

        :param limit: items of the reply, at most 1000
        :param offset: items to leave out before
        :param filter_is_error: ``True`` for errors only; the service has no filter for the others
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/pause_info")
    def endpoint_manager_task_pause_info(
        self, task_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Why a task is paused: by whom, and by which rules."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/successful_transfers", paging=_BY_MARKER)
    def endpoint_manager_task_successful_transfers(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The files that a transfer copied.

        :param marker: of an earlier reply, under ``next_marker``
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/task/{task_id}/skipped_errors", paging=_BY_MARKER)
    def endpoint_manager_task_skipped_errors(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The files that a transfer went on without.

        :param marker: of an earlier reply, under ``next_marker``
        """
        raise NotImplementedError

    # Twice is as once: a task that was stopped stays so.
    @post("/v0.10/endpoint_manager/admin_cancel", repeatable=True)
    def endpoint_manager_cancel_tasks(
        self, task_ids: TaskIds, message: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Stop tasks of anyone. It goes on after the reply, whose ``id`` is for ``endpoint_manager_cancel_status``.

        :param message: what the tasks' owners are told
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/admin_cancel/{admin_cancel_id}")
    def endpoint_manager_cancel_status(
        self, admin_cancel_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """How far ``endpoint_manager_cancel_tasks`` is."""
        raise NotImplementedError

    @post("/v0.10/endpoint_manager/admin_pause")
    def endpoint_manager_pause_tasks(
        self, task_ids: TaskIds, message: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Pause tasks of anyone.

        :param message: what the tasks' owners are told
        """
        raise NotImplementedError

    @post("/v0.10/endpoint_manager/admin_resume")
    def endpoint_manager_resume_tasks(
        self, task_ids: TaskIds, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Let tasks go on that ``endpoint_manager_pause_tasks`` paused."""
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/pause_rule_list")
    def endpoint_manager_pause_rule_list(
        self, *, filter_endpoint: Maybe[UUIDLike] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The pause rules of every collection that the user manages.

        :param filter_endpoint: only those of this collection, or of this host
        """
        raise NotImplementedError

    @post("/v0.10/endpoint_manager/pause_rule")
    def endpoint_manager_create_pause_rule(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Make a pause rule; the reply has its ``id``.

        :param data: with ``"DATA_TYPE": "pause_rule"``, ``endpoint_id`` and ``message`` at least; ``identity_id``
            for one person's tasks only, ``start_time`` for those that begin later
        """
        raise NotImplementedError

    @get("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_get_pause_rule(
        self, pause_rule_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """One pause rule."""
        raise NotImplementedError

    @put("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_update_pause_rule(
        self, pause_rule_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]
    ) -> GlobusHTTPResponse:
        """Change a pause rule.

        :param data: such as ``{"message": "until Monday", "pause_ls": False, "pause_task_transfer_read": True}``
        """
        raise NotImplementedError

    @delete("/v0.10/endpoint_manager/pause_rule/{pause_rule_id}")
    def endpoint_manager_delete_pause_rule(
        self, pause_rule_id: UUIDLike, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Remove a pause rule. The tasks that it held go on."""
        raise NotImplementedError
