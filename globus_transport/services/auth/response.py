"""Replies of Globus Auth that are lists: iterating gives the documents in them."""

from __future__ import annotations

from globus_transport.routing.replies import IterableResponse
from globus_transport.scopes.consents import ConsentForest


class GetIdentitiesResponse(IterableResponse):
    """Identities."""

    default_iter_key = "identities"


class GetIdentityProvidersResponse(IterableResponse):
    """Identity providers."""

    default_iter_key = "identity_providers"


class GetProjectsResponse(IterableResponse):
    """Projects."""

    default_iter_key = "projects"


class GetPoliciesResponse(IterableResponse):
    """Policies."""

    default_iter_key = "policies"


class GetClientsResponse(IterableResponse):
    """Clients."""

    default_iter_key = "clients"


class GetClientCredentialsResponse(IterableResponse):
    """Credentials of a client."""

    default_iter_key = "credentials"


class GetScopesResponse(IterableResponse):
    """Scopes."""

    default_iter_key = "scopes"


class GetConsentsResponse(IterableResponse):
    """Consents; iterating gives their documents."""

    default_iter_key = "consents"

    def to_forest(self) -> ConsentForest:
        """The consents, each below the one that includes it.

        :raises ConsentParseError: if a document is no consent
        :raises ConsentTreeConstructionError: if one names a consent that is not in the reply
        """
        return ConsentForest(self)
