"""Replies of Globus Search."""

from __future__ import annotations

from globus_transport.routing.replies import IterableResponse


class IndexListResponse(IterableResponse):
    """A list of indexes. Iterating over the reply yields their documents."""

    default_iter_key = "index_list"


class SearchResponse(IterableResponse):
    """One page of results. Iterating over the reply yields a document for each subject.

    A document has the ``subject`` and its ``entries``, each with ``content``, ``entry_id`` and
    ``matched_principal_sets``.
    """

    default_iter_key = "gmeta"
