"""The routes of Globus Transfer. Reference: docs.globus.org/api/transfer."""

import time
from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any, Literal, Union

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.flow import Steps, sleep
from globus_transport.messages import Response
from globus_transport.missing import MISSING
from globus_transport.replies import GlobusHTTPResponse
from globus_transport.routing.paging import Marker, Offset
from globus_transport.routing.parameters import (
    Body,
    CommaList,
    Field,
    Maybe,
    OneZero,
    Query,
    QueryParams,
    UUIDLike,
)
from globus_transport.routing.route import get, operation, post, put
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import TransferScopes
from globus_transport.services.transfer.errors import TransferAPIError
from globus_transport.services.transfer.filters import TransferFilter, filter_text, filter_texts
from globus_transport.services.transfer.replies import IterableTransferResponse

EntityType = Literal[
    "GCP_mapped_collection",
    "GCP_guest_collection",
    "GCSv5_endpoint",
    "GCSv5_mapped_collection",
    "GCSv5_guest_collection",
]

_FIRST_THOUSAND = Offset(page_size=100, max_results=1000, more_key="has_next_page")
_COUNTED = Offset(page_size=1000, total_key="total")
_BY_MARKER = Marker(key="next_marker")


class TransferRoutes(RouteTable):
    """Find collections, look at files, and submit and watch tasks."""

    service_name = "transfer"
    resource_server = "transfer.api.globus.org"
    error_class = TransferAPIError
    scopes = TransferScopes
    token_scopes = (TransferScopes.all,)

    @staticmethod
    def may_pass(response: Response) -> bool:
        """Not an error that comes from the collection: asking the service again does not mend it."""
        code = TransferAPIError(response).code or ""
        return "ExternalError" not in code and "EndpointError" not in code

    @get("/v0.10/endpoint/{endpoint_id}")
    def get_endpoint(self, endpoint_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One collection or endpoint."""
        ...

    @get("/v0.10/endpoint_search", paging=_FIRST_THOUSAND)
    def endpoint_search(
        self,
        filter_fulltext: Maybe[str] = MISSING,
        *,
        filter_scope: Maybe[str] = MISSING,
        filter_owner_id: Maybe[str] = MISSING,
        filter_host_endpoint: Maybe[UUIDLike] = MISSING,
        filter_non_functional: Annotated[Maybe[bool], OneZero] = MISSING,
        filter_entity_type: Maybe[EntityType] = MISSING,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """Collections by text, owner, host and kind; the service gives the first 1000 at most.

        :param filter_fulltext: words in the name, description, keywords and so on
        :param filter_scope: which to search: ``"all"``, ``"my-endpoints"``, ``"recently-used"`` ...
        :param filter_owner_id: of this identity
        :param filter_host_endpoint: guest collections on this one
        :param filter_non_functional: those that cannot transfer, or those that can
        :param filter_entity_type: one kind
        :param limit: items of the reply, at most 100
        :param offset: items to leave out before
        """
        ...

    @get("/v0.10/operation/endpoint/{endpoint_id}/ls")
    def operation_ls(
        self,
        endpoint_id: UUIDLike,
        path: Maybe[str] = MISSING,
        *,
        show_hidden: Annotated[Maybe[bool], OneZero] = MISSING,
        orderby: Annotated[Maybe[Union[str, list[str]]], CommaList] = MISSING,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        filter: Annotated[Maybe[Union[TransferFilter, list[TransferFilter]]], Query(encode=filter_texts)] = MISSING,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """What is in a folder.

        :param path: by default the collection's default folder
        :param show_hidden: also names that begin with a dot
        :param orderby: fields, each with ``ASC`` or ``DESC`` after a space if wanted
        :param limit: items of the reply
        :param offset: items to leave out before
        :param filter: such as ``{"name": ["~*.txt"], "type": "file"}``; of several all hold
        :param local_user: the user on the collection, where it needs one
        """
        ...

    @get("/v0.10/operation/endpoint/{endpoint_id}/stat")
    def operation_stat(
        self,
        endpoint_id: UUIDLike,
        path: Maybe[str] = MISSING,
        *,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """One file's or folder's size, time and permissions."""
        ...

    @post("/v0.10/operation/endpoint/{endpoint_id}/mkdir", constants={"DATA_TYPE": "mkdir"})
    def operation_mkdir(
        self,
        endpoint_id: UUIDLike,
        path: str,
        *,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Make a folder."""
        ...

    @post("/v0.10/operation/endpoint/{endpoint_id}/rename", constants={"DATA_TYPE": "rename"})
    def operation_rename(
        self,
        endpoint_id: UUIDLike,
        oldpath: Annotated[str, Field("old_path")],
        newpath: Annotated[str, Field("new_path")],
        *,
        local_user: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Rename or move a file or folder."""
        ...

    @get("/v0.10/submission_id")
    def get_submission_id(self, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """An id, under ``value``, that makes submitting twice the same as submitting once."""
        ...

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
        ...

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
        ...

    @get("/v0.10/task_list", paging=_COUNTED)
    def task_list(
        self,
        *,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        orderby: Annotated[Maybe[Union[str, list[str]]], CommaList] = MISSING,
        filter: Annotated[Maybe[TransferFilter], Query(encode=filter_text)] = MISSING,
        query_params: QueryParams = None,
    ) -> IterableTransferResponse:
        """The user's tasks, the newest first.

        :param limit: items of the reply, at most 1000
        :param offset: items to leave out before
        :param orderby: fields, each with ``ASC`` or ``DESC`` after a space if wanted
        :param filter: such as ``{"status": ["ACTIVE", "INACTIVE"]}``
        """
        ...

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
        ...

    @get("/v0.10/task/{task_id}")
    def get_task(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """One task: its status, and how far it is."""
        ...

    @put("/v0.10/task/{task_id}")
    def update_task(
        self, task_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()], *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Change the label or deadline of a task that is not done.

        :param data: such as ``{"DATA_TYPE": "task", "label": "new"}``
        """
        ...

    @post("/v0.10/task/{task_id}/cancel", repeatable=True)
    def cancel_task(self, task_id: UUIDLike) -> GlobusHTTPResponse:
        """Stop a task. What it did stays done."""
        ...

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
        ...

    @get("/v0.10/task/{task_id}/successful_transfers", paging=_BY_MARKER)
    def task_successful_transfers(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The files that a transfer copied.

        :param marker: of an earlier reply, under ``next_marker``
        """
        ...

    @get("/v0.10/task/{task_id}/skipped_errors", paging=_BY_MARKER)
    def task_skipped_errors(
        self, task_id: UUIDLike, *, marker: Maybe[str] = MISSING, query_params: QueryParams = None
    ) -> IterableTransferResponse:
        """The files that a transfer went on without.

        :param marker: of an earlier reply, under ``next_marker``
        """
        ...


def _ensure_submission_id(routes: TransferRoutes, data: MutableMapping[str, Any]) -> Steps[None]:
    if not isinstance(data, MutableMapping):
        raise GlobusSDKUsageError(f"data: expected TransferData, DeleteData or a dict, got a {type(data).__name__}")
    if not data.get("submission_id"):
        reply = yield from routes.get_submission_id.flow()
        data["submission_id"] = reply["value"]
