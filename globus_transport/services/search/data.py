"""The queries that are sent to Globus Search. Reference: docs.globus.org/api/search/reference/post_query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from globus_transport.routing.field_checks import (
    check_optional_bools,
    check_optional_ints,
    check_optional_lists,
    check_optional_texts,
)
from globus_transport.routing.missing import MISSING
from globus_transport.routing.parameters import Maybe
from globus_transport.routing.payload import GlobusPayload

Documents = list[dict[str, Any]]


class SearchQueryV1(GlobusPayload):
    """A query for :meth:`SearchClient.post_search`.

    :param q: the words to search for
    :param limit: maximum number of subjects in a page, at most 10000; the service's default is 10
    :param offset: number of subjects to skip
    :param advanced: whether ``q`` has the advanced syntax. The service then refuses a ``q`` that it cannot parse
    :param filters: conditions that results satisfy, such as
        ``{"type": "match_all", "field_name": "tags", "values": ["raw"]}``
    :param facets: counts of values to return along with the results, such as
        ``{"name": "Tags", "type": "terms", "field_name": "tags", "size": 10}``
    :param post_facet_filters: filters that do not change the facets
    :param boosts: fields that count more or less for the order, such as ``{"field_name": "title", "factor": 2}``
    :param sort: the order of the results, such as ``{"field_name": "date", "order": "desc"}``
    :param additional_fields: further fields of the document, which override the others
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        *,
        q: Maybe[str] = MISSING,
        limit: Maybe[int] = MISSING,
        offset: Maybe[int] = MISSING,
        advanced: Maybe[bool] = MISSING,
        filters: Maybe[Documents] = MISSING,
        facets: Maybe[Documents] = MISSING,
        post_facet_filters: Maybe[Documents] = MISSING,
        boosts: Maybe[Documents] = MISSING,
        sort: Maybe[Documents] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_given(
            {
                "@version": "query#1.0.0",
                **check_optional_texts(q=q),
                **check_optional_ints(limit=limit, offset=offset),
                **check_optional_bools(advanced=advanced),
                **check_optional_lists(
                    filters=filters,
                    facets=facets,
                    post_facet_filters=post_facet_filters,
                    boosts=boosts,
                    sort=sort,
                ),
            },
            additional_fields,
        )


class SearchScrollQuery(GlobusPayload):
    """A query for :meth:`SearchClient.scroll`, which has no order and no facets.

    :param q: the words to search for; ``"*"`` for every subject
    :param limit: maximum number of subjects in a page
    :param advanced: whether ``q`` has the advanced syntax. The service then refuses a ``q`` that it cannot parse
    :param marker: the ``marker`` of the previous page
    :param additional_fields: further fields of the document, such as ``filters``. They override the others
    :raises GlobusSDKUsageError: if a value has the wrong type; the message names the parameter
    """

    def __init__(
        self,
        q: Maybe[str] = MISSING,
        *,
        limit: Maybe[int] = MISSING,
        advanced: Maybe[bool] = MISSING,
        marker: Maybe[str] = MISSING,
        additional_fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._set_given(
            {
                **check_optional_texts(q=q, marker=marker),
                **check_optional_ints(limit=limit),
                **check_optional_bools(advanced=advanced),
            },
            additional_fields,
        )
