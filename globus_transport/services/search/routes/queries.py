"""Routes that search an index, or read single documents of it. Results are what the caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from globus_transport.routing.missing import MISSING
from globus_transport.routing.paging import Marker, Offset
from globus_transport.routing.parameters import Body, Maybe, QueryParams, UUIDLike
from globus_transport.routing.replies import GlobusHTTPResponse
from globus_transport.routing.route import get, post
from globus_transport.routing.table import RouteTable
from globus_transport.services.search.response import SearchResponse

#: The service has no results beyond the first 10000; scroll has all.
_MOST_RESULTS = 10000
_BY_OFFSET = Offset(max_results=_MOST_RESULTS, count_key="count")
_BY_OFFSET_IN_BODY = Offset(max_results=_MOST_RESULTS, count_key="count", location="body")
_BY_MARKER_IN_BODY = Marker(more_key="has_next_page", location="body")


class QueryRoutes(RouteTable):
    """Search an index, and read its subjects and entries."""

    @get("/v1/index/{index_id}/search", paging=_BY_OFFSET)
    def search(
        self,
        index_id: UUIDLike,
        q: str,
        *,
        offset: Maybe[int] = MISSING,
        limit: Maybe[int] = MISSING,
        advanced: Maybe[bool] = MISSING,
        query_params: QueryParams = None,
    ) -> SearchResponse:
        """Search an index for words.

        The reply has one page of subjects under ``gmeta``, with their entries, and their number under ``count``.
        ``total`` is the number of all results, and ``has_next_page`` says whether there is another page.
        Documentation: https://docs.globus.org/api/search/reference/get_query

        :param index_id: the id of the index
        :param q: the words to search for
        :param offset: number of subjects to skip. Only the first 10000 results can be read
        :param limit: maximum number of subjects in the page
        :param advanced: whether ``q`` has the advanced syntax, with fields and operators:
            ``author: "Ada Lovelace" AND date: >=1840``
        :raises SearchAPIError: with status 400, if ``q`` has the advanced syntax and cannot be parsed
        """
        raise NotImplementedError

    @post("/v1/index/{index_id}/search", paging=_BY_OFFSET_IN_BODY, repeatable=True)
    def post_search(
        self,
        index_id: UUIDLike,
        data: Annotated[Mapping[str, Any], Body()],
        *,
        offset: Maybe[int] = MISSING,
        limit: Maybe[int] = MISSING,
    ) -> SearchResponse:
        """Search an index with filters, facets, boosts and an order.

        The reply is that of ``search``. It also has ``facet_results``, if the query asks for facets.
        Documentation: https://docs.globus.org/api/search/reference/post_query

        :param index_id: the id of the index
        :param data: a :class:`SearchQueryV1`, or a dict of the same form
        :param offset: number of subjects to skip, instead of the ``offset`` in ``data``
        :param limit: maximum number of subjects in the page, instead of the ``limit`` in ``data``
        """
        raise NotImplementedError

    @post("/v1/index/{index_id}/scroll", paging=_BY_MARKER_IN_BODY, repeatable=True)
    def scroll(
        self,
        index_id: UUIDLike,
        data: Annotated[Mapping[str, Any], Body()],
        *,
        marker: Maybe[str] = MISSING,
    ) -> SearchResponse:
        """Read all results of a query, also those beyond the 10000 of ``search``: ``client.scroll.items(...)``.

        The results have no order. If the index is written at the same time, some may be missing or come twice.
        Documentation: https://docs.globus.org/api/search/reference/scroll_query

        :param index_id: the id of the index
        :param data: a :class:`SearchScrollQuery`, or a dict of the same form
        :param marker: the ``marker`` of the previous page, instead of the ``marker`` in ``data``
        """
        raise NotImplementedError

    @get("/v1/index/{index_id}/subject")
    def get_subject(self, index_id: UUIDLike, subject: str, *, query_params: QueryParams = None) -> GlobusHTTPResponse:
        """Get a subject with its entries.

        :param index_id: the id of the index
        :param subject: the subject, such as the URL of a file
        """
        raise NotImplementedError

    @get("/v1/index/{index_id}/entry")
    def get_entry(
        self,
        index_id: UUIDLike,
        subject: str,
        *,
        entry_id: Maybe[str] = MISSING,
        query_params: QueryParams = None,
    ) -> GlobusHTTPResponse:
        """Get one entry of a subject.

        :param index_id: the id of the index
        :param subject: the subject
        :param entry_id: the id of the entry; by default the entry without an id
        """
        raise NotImplementedError
