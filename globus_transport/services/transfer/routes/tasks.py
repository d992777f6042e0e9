"""Routes on the user's own tasks."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any, ClassVar, Union

from globus_transport.core.flow import Steps, sleep
from globus_transport.exc.base import GlobusSDKUsageError, NetworkError
from globus_transport.http.numbers import is_number
from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker, Offset
from globus_transport.routing.parameters import Body, CommaList, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import flow_of, get, operation, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.services.transfer.progress import Progress, Reporter, choose_reporter
from globus_transport.services.transfer.response import IterableTransferResponse
from globus_transport.services.transfer.routes.filters import Filter

_BY_OFFSET = Offset(page_size=1000, total_key="total")
_BY_MARKER = Marker(key="next_marker")


class TaskRoutes(RouteTable):
    """Submit, monitor, update and cancel tasks."""

    parameter_help: ClassVar[Mapping[str, str]] = {
        "task_id": "the id of the task, as the reply to its submission has it"
    }

    @get("/v0.10/submission_id")
    def get_submission_id(self, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a submission id, under ``value``. A document with it creates one task, even if it is submitted twice."""
        raise NotImplementedError

    @operation
    def submit_transfer(self, data: MutableMapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Submit a transfer.

        If the document has no submission id, this call adds one to it. Submitting the same document again, for
        example after a connection error, then gives the same task.

        The reply has ``task_id``, ``submission_id``, ``message``, and ``code``: ``"Accepted"``, or ``"Duplicate"`` if
        the document had been submitted before.

        Reference: https://docs.globus.org/api/transfer/task_submit

        :param data: a :class:`TransferData`, or a dict of the same form
        """
        yield from _ensure_submission_id(self, data)
        return (yield from self._submit_transfer.flow(data))

    @post("/v0.10/transfer", repeatable=True)
    def _submit_transfer(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Submit a transfer that has a submission id."""
        raise NotImplementedError

    @operation
    def submit_delete(self, data: MutableMapping[str, Any]) -> Steps[GlobusHTTPResponse]:
        """Submit a delete. The reply and submission ids are as in ``submit_transfer``.

        Reference: https://docs.globus.org/api/transfer/task_submit

        :param data: a :class:`DeleteData`, or a dict of the same form
        """
        yield from _ensure_submission_id(self, data)
        return (yield from self._submit_delete.flow(data))

    @post("/v0.10/delete", repeatable=True)
    def _submit_delete(self, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Submit a delete that has a submission id."""
        raise NotImplementedError

    @get("/v0.10/task_list", paging=_BY_OFFSET)
    def task_list(
        self,
        *,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        orderby: Annotated[Maybe[Union[str, list[str]]], CommaList] = MISSING,
        filter: Filter = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """List the user's tasks, newest first.

        Items are documents as in ``get_task``.

        Reference: https://docs.globus.org/api/transfer/task#get_task_list

        :param limit: maximum number of items, at most 1000
        :param offset: number of items to skip
        :param orderby: one or several fields, each optionally followed by a space and ``ASC`` or ``DESC``
        :param filter: such as ``{"status": ["ACTIVE", "INACTIVE"]}``
        """
        raise NotImplementedError

    @get("/v0.10/task/{task_id}/event_list", paging=_BY_OFFSET)
    def task_event_list(
        self,
        task_id: UUIDLike,
        *,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """List the events of a task, newest first.

        :param limit: maximum number of items, at most 1000
        :param offset: number of items to skip
        """
        raise NotImplementedError

    @get("/v0.10/task/{task_id}")
    def get_task(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a task: its status and progress.

        Among the fields of the reply are ``type`` (``"TRANSFER"`` or ``"DELETE"``), ``status`` (``"ACTIVE"``,
        ``"INACTIVE"``, ``"SUCCEEDED"`` or ``"FAILED"``), ``nice_status``, ``label``, ``request_time`` and
        ``completion_time`` (ISO 8601, in UTC; null while it goes on), ``files``, ``files_transferred``,
        ``bytes_transferred``, ``effective_bytes_per_second``, ``subtasks_failed``, ``faults``, and ``fatal_error`` of
        a task that failed.

        Reference: https://docs.globus.org/api/transfer/task#get_task_by_id
        """
        raise NotImplementedError

    @put("/v0.10/task/{task_id}")
    def update_task(
        self, task_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Update the label or deadline of a task that is not complete.

        :param data: such as ``{"DATA_TYPE": "task", "label": "new"}``
        """
        raise NotImplementedError

    @post("/v0.10/task/{task_id}/cancel", repeatable=True)
    def cancel_task(self, task_id: UUIDLike) -> GlobusHTTPResponse:
        """Cancel a task. Files that it has copied or deleted stay so."""
        raise NotImplementedError

    @operation
    def task_wait(
        self, task_id: UUIDLike, *, timeout: int = 10, polling_interval: int = 10, progress: Progress = False
    ) -> Steps[bool]:
        """Wait until a task has ended, with success or failure.

        A request that fails for the network is made again at the next interval, until the time-out.

        :param timeout: how long to wait at most, in seconds
        :param polling_interval: time between two requests, in seconds
        :param progress: ``True`` shows how far the task is, on the standard error stream: a bar in a terminal or a
            notebook (extra ``progress``), else a line for each change, and nothing in a test of pytest. A function is
            called with the task's document after each request instead; under asyncio it may be a coroutine function
        :return: whether the task has ended
        :raises GlobusSDKUsageError: if a number is below 1, or ``progress`` is neither a boolean nor a function
        :raises NetworkError: if the last request before the time-out failed, or one failed for good
        """
        for name, seconds in (("timeout", timeout), ("polling_interval", polling_interval)):
            if not is_number(seconds, at_least=1):
                raise GlobusSDKUsageError(f"task_wait: {name}={seconds!r}: give at least 1 second")
        reporter = choose_reporter(progress)
        try:
            return (yield from _wait_for(self, task_id, timeout, polling_interval, reporter))
        finally:
            reporter.close()

    @get("/v0.10/task/{task_id}/pause_info")
    def task_pause_info(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get the pause rules and messages that hold a task."""
        raise NotImplementedError

    @get("/v0.10/task/{task_id}/successful_transfers", paging=_BY_MARKER)
    def task_successful_transfers(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the files that a transfer copied.

        :param marker: the ``next_marker`` of the previous reply
        """
        raise NotImplementedError

    @get("/v0.10/task/{task_id}/skipped_errors", paging=_BY_MARKER)
    def task_skipped_errors(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """List the files that a transfer skipped because of errors.

        :param marker: the ``next_marker`` of the previous reply
        """
        raise NotImplementedError


def _ensure_submission_id(routes: TaskRoutes, data: MutableMapping[str, Any]) -> Steps[None]:
    if not isinstance(data, MutableMapping):
        raise GlobusSDKUsageError(f"data: expected TransferData, DeleteData or a dict, got a {type(data).__name__}")
    if not data.get("submission_id"):
        reply = yield from flow_of(routes.get_submission_id)
        data["submission_id"] = reply["value"]


def _wait_for(
    routes: TaskRoutes, task_id: UUIDLike, timeout: int, polling_interval: int, reporter: Reporter
) -> Steps[bool]:
    deadline = time.monotonic() + timeout
    # Counted as well, because the clock or the sleep may be a test's own.
    polls = math.ceil(timeout / polling_interval) + 1
    while True:
        failure: NetworkError | None = None
        try:
            task = yield from flow_of(routes.get_task, task_id)
        except NetworkError as error:
            if error.final:
                raise
            failure = error
        else:
            yield from reporter.report(task)
            if task["status"] != "ACTIVE":
                return True
        polls -= 1
        remaining = deadline - time.monotonic()
        if remaining <= 0 or polls <= 0:
            if failure is not None:
                raise failure
            return False
        yield from sleep(min(polling_interval, remaining))
