"""Replies of Globus Auth."""

from __future__ import annotations

from globus_transport.replies import IterableResponse


class GetIdentitiesResponse(IterableResponse):
    """Identities; iterating gives their documents."""

    default_iter_key = "identities"
