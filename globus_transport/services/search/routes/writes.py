"""Routes that write and delete documents of an index, and the tasks that do it.

The service queues each write, and replies with a ``task_id``. A write is complete when ``get_task`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import (
    Body,
    BodyParams,
    Field,
    Maybe,
    QueryParams,
    UUIDLike,
    text_list,
)
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import delete, get, post
from globus_transport.routing.table import RouteTable
from globus_transport.scopes.collections import SearchScopes

_WRITE = (SearchScopes.ingest,)


class WriteRoutes(RouteTable):
    """Write and delete documents, and follow the tasks. The caller needs the role owner, admin or writer."""

    @post("/v1/index/{index_id}/ingest", scopes=_WRITE)
    def ingest(self, index_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Write one or several entries. The reply has a ``task_id``.

        An entry replaces the entry with the same subject and id.
        Documentation: https://docs.globus.org/api/search/reference/ingest

        :param index_id: the id of the index
        :param data: one entry, as ``{"ingest_type": "GMetaEntry", "ingest_data": entry}``, or several, as
            ``{"ingest_type": "GMetaList", "ingest_data": {"gmeta": [entry, ...]}}``. An entry has a ``subject``,
            ``content``, ``visible_to`` (``["public"]``, or URNs of identities and groups), and ``id``, if the subject
            has several entries
        """
        raise NotImplementedError

    @post("/v1/index/{index_id}/delete_by_query", scopes=_WRITE)
    def delete_by_query(self, index_id: UUIDLike, data: Annotated[Mapping[str, Any], Body()]) -> GlobusHTTPResponse:
        """Delete the subjects that match a query. The reply has a ``task_id``.

        Documentation: https://docs.globus.org/api/search/reference/delete_by_query

        :param index_id: the id of the index
        :param data: a query with ``q``, ``advanced`` and ``filters``, as in :class:`SearchQueryV1`
        """
        raise NotImplementedError

    @post("/v1/index/{index_id}/batch_delete_by_subject", scopes=_WRITE)
    def batch_delete_by_subject(
        self,
        index_id: UUIDLike,
        subjects: Annotated[Iterable[str], Field(encode=text_list)],
        additional_params: BodyParams = None,
    ) -> GlobusHTTPResponse:
        """Delete several subjects with all their entries. The reply has a ``task_id``.

        Documentation: https://docs.globus.org/api/search/reference/batch_delete_by_subject

        :param index_id: the id of the index
        :param subjects: the subjects
        """
        raise NotImplementedError

    @delete("/v1/index/{index_id}/subject", scopes=_WRITE)
    def delete_subject(
        self, index_id: UUIDLike, subject: str, *, query_params: QueryParams = None
    ) -> GlobusHTTPResponse:
        """Delete a subject with all its entries, also those that the caller cannot see. The reply has a ``task_id``.

        :param index_id: the id of the index
        :param subject: the subject
        """
        raise NotImplementedError

    @delete("/v1/index/{index_id}/entry", scopes=_WRITE)
    def delete_entry(
        self,
        index_id: UUIDLike,
        subject: str,
        *,
        entry_id: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Delete one entry of a subject. The reply has a ``task_id``.

        :param index_id: the id of the index
        :param subject: the subject
        :param entry_id: the id of the entry; by default the entry without an id
        """
        raise NotImplementedError

    @get("/v1/task/{task_id}", scopes=_WRITE)
    def get_task(self, task_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a task. Its ``state`` is ``PENDING``, ``PROGRESS``, ``SUCCESS``, ``FAILED`` or ``CANCELLED``.

        Documentation: https://docs.globus.org/api/search/reference/get_task

        :param task_id: from the reply of the write
        """
        raise NotImplementedError

    @get("/v1/task_list/{index_id}", scopes=_WRITE)
    def get_task_list(self, index_id: UUIDLike, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """List the recent tasks of an index, under ``tasks``.

        :param index_id: the id of the index
        """
        raise NotImplementedError
