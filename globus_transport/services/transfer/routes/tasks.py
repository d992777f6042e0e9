"""Routes on the user's own tasks: submitting them, and what becomes of them."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any, Union

from globus_transport.core.flow import Steps, sleep
from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker, Offset
from globus_transport.routing.parameters import Body, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get, operation, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.response import IterableTransferResponse
from globus_transport.services.transfer.routes.filters import Filter

_COUNTED = Offset(page_size=1000, total_key="total")
_BY_MARKER = Marker(key="next_marker")


class TaskRoutes(RouteTable):
    """Submit, watch, change and stop tasks."""

    @get("/v0.10/submission_id")
    def get_submission_id(self, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """An id, under ``value``, that makes submitting twice the same as submitting once."""
        raise NotImplementedError

    @operation
    def submit_transfer(self, data: MutableMapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Submit a transfer; the reply has its ``task_id``.

        A document without a submission id is given one, so that submitting it again, after a lost
        connection say, is answered with the same task.

        :param data: a :class:`TransferData`, or such a document
        """
        yield from _ensure_submission_id(self, data)
        return (yield from self._submit_transfer.flow(data))

    @post("/v0.10/transfer", repeatable=True)
    def _submit_transfer(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Submit a transfer that has a submission id."""
        raise NotImplementedError

    @operation
    def submit_delete(self, data: MutableMapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Submit a delete; the reply has its ``task_id``. Submission ids are as in ``submit_transfer``.

        :param data: a :class:`DeleteData`, or such a document
        """
        yield from _ensure_submission_id(self, data)
        return (yield from self._submit_delete.flow(data))

    @post("/v0.10/delete", repeatable=True)
    def _submit_delete(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Submit a delete that has a submission id."""
        raise NotImplementedError

    @get("/v0.10/task_list", paging=_COUNTED)
    def task_list(
        self,
        *,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        orderby: Annotated[Maybe[Union[str, list[str]]], CommaList] = MISSING,
        filter: Filter = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """The user's tasks, the newest first.

        :param limit: items of the reply, at most 1000
        :param offset: items to leave out before
        :param orderby: fields, each with ``ASC`` or ``DESC`` after a space if wanted
        :param filter: such as ``{"status": ["ACTIVE", "INACTIVE"]}``
        """
        raise NotImplementedError

    @get("/v0.10/task/{task_id}/event_list", paging=_COUNTED)
    def task_event_list(
        self,
        task_id: UUIDLike,
        *,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """What happened to a task, the newest first."""
        raise NotImplementedError

    @get("/v0.10/task/{task_id}")
    def get_task(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One task: its status, and how far it is."""
        raise NotImplementedError

    @put("/v0.10/task/{task_id}")
    def update_task(
        self, task_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Change the label or deadline of a task that is not done.

        :param data: such as ``{"DATA_TYPE": "task", "label": "new"}``
        """
        raise NotImplementedError

    @post("/v0.10/task/{task_id}/cancel", repeatable=True)
    def cancel_task(self, task_id: UUIDLike) -> GlobusHTTPResponse:
        """Stop a task. What it did stays done."""
        raise NotImplementedError

    @operation
    def task_wait(self, task_id: UUIDLike, *, timeout: int = 10, polling_interval: int = 10) -> Steps[bool]:
        """Wait until a task is done, well or not.

        :param timeout: seconds to wait at most
        :param polling_interval: seconds between two looks at it
        :return: whether it is done
        :raises GlobusSDKUsageError: if a number is below 1
        """
        for name, seconds in (("timeout", timeout), ("polling_interval", polling_interval)):
            if not seconds >= 1:
                raise GlobusSDKUsageError(f"task_wait: {name}={seconds!r}: give at least 1 second")
        until = time.monotonic() + timeout
        while True:
            task = yield from self.get_task.flow(task_id)
            if task["status"] != "ACTIVE":
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            yield from sleep(min(polling_interval, left))

    @get("/v0.10/task/{task_id}/pause_info")
    def task_pause_info(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Why a task is paused."""
        raise NotImplementedError

    @get("/v0.10/task/{task_id}/successful_transfers", paging=_BY_MARKER)
    def task_successful_transfers(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The files that a transfer copied.

        :param marker: of an earlier reply, under ``next_marker``
        """
        raise NotImplementedError

    @get("/v0.10/task/{task_id}/skipped_errors", paging=_BY_MARKER)
    def task_skipped_errors(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The files that a transfer went on without.

        :param marker: of an earlier reply, under ``next_marker``
        """
        raise NotImplementedError


def _ensure_submission_id(routes: TaskRoutes, data: MutableMapping[str, Any]) -> Steps[None]:
    if not isinstance(data, MutableMapping):
        raise GlobusSDKUsageError(f"data: expected TransferData, DeleteData or a dict, got a {type(data).__name__}")
    if not data.get("submission_id"):
        reply = yield from routes.get_submission_id.flow()
        data["submission_id"] = reply["value"]
