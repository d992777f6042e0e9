"""Replies of Globus Transfer."""

from __future__ import annotations

from globus_transport.routing.replies import IterableResponse


class IterableTransferResponse(IterableResponse):
    """A list of documents. Iterating over the reply yields them."""

    default_iter_key = "DATA"


class IterableJSONAPIResponse(IterableResponse):
    """A list of documents in the format of JSON:API (jsonapi.org). Iterating over the reply yields them."""

    default_iter_key = "data"
