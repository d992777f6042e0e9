"""What a user has consented to: a forest of consents, each with those that it includes below it.

Source: the consents of docs.globus.org/api/auth/reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from globus_transport.routing.replies import IterableResponse

if TYPE_CHECKING:
    from globus_transport.scopes.consents import ConsentForest


class GetConsentsResponse(IterableResponse):
    """Consents; iterating gives their documents."""

    default_iter_key = "consents"

    def to_forest(self) -> ConsentForest:
        """The consents, each below the one that includes it.

        :raises ConsentParseError: if a document is no consent
        :raises ConsentTreeConstructionError: if one names a consent that is not in the reply
        """
        # Not at the top: few programs look at consents.
        from globus_transport.scopes.consents import ConsentForest

        return ConsentForest(self)
