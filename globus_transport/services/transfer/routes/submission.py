"""Submitting transfers and deletes."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any

from globus_transport.errors import GlobusSDKUsageError
from globus_transport.flow import Steps
from globus_transport.replies import GlobusHTTPResponse
from globus_transport.routing.parameters import Body, QueryParams
from globus_transport.routing.route import get, operation, post
from globus_transport.routing.table import RouteTable


class SubmissionRoutes(RouteTable):
    """Submit tasks."""

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


def _ensure_submission_id(routes: SubmissionRoutes, data: MutableMapping[str, Any]) -> Steps[None]:
    if not isinstance(data, MutableMapping):
        raise GlobusSDKUsageError(f"data: expected TransferData, DeleteData or a dict, got a {type(data).__name__}")
    if not data.get("submission_id"):
        reply = yield from routes.get_submission_id.flow()
        data["submission_id"] = reply["value"]
