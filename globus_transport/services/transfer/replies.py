"""Replies of Globus Transfer."""

from __future__ import annotations

from globus_transport.replies import IterableResponse


class IterableTransferResponse(IterableResponse):
    """A list of documents; iterating gives them."""

    default_iter_key = "DATA"
