"""Replies of Globus Transfer."""

from __future__ import annotations

from globus_transport.routing.replies import IterableResponse


class IterableTransferResponse(IterableResponse):
    """A list of documents; iterating gives them."""

    default_iter_key = "DATA"


class IterableJSONAPIResponse(IterableResponse):
    """A list of documents in JSON:API's form (jsonapi.org); iterating gives them."""

    default_iter_key = "data"
