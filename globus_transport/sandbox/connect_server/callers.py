"""The caller of a request to Globus Connect Server, and what it may do."""

from __future__ import annotations

import uuid

from flask import request

from globus_transport.sandbox.access_requirements import data_access_scope
from globus_transport.sandbox.bearer import BearerCheck
from globus_transport.sandbox.collections import Collection
from globus_transport.sandbox.connect_server.errors import GCSError, not_found, permission_denied
from globus_transport.sandbox.identities import Identity
from globus_transport.sandbox.records import Document
from globus_transport.sandbox.sharing.permissions import applies_to, roles_of
from globus_transport.sandbox.state import State
from globus_transport.sandbox.tokens import Credential

ADMINISTRATORS = ("owner", "administrator")


class Callers:
    """Checks the tokens of requests, and what their users may do."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def manage_scope(self) -> str:
        """The scope of the endpoint's manager API."""
        return f"urn:globus:auth:scope:{self._state.connect_server.endpoint_id}:manage_collections"

    def require_token(self) -> None:
        """Check that the current request has a token for the endpoint. The route for its information needs none.

        :raises OAuth2Error: if it has none, or the token lacks the scope
        """
        if request.path != "/info":
            self.credential()

    def credential(self) -> Credential:
        """The token of the current request.

        :raises OAuth2Error: if it is not one for the endpoint, or lacks the scope
        """
        check = BearerCheck(self._state.tokens, self._state.connect_server.endpoint_id)
        return check(request, self.manage_scope)

    def user(self) -> Identity:
        """The user of the current request.

        :raises OAuth2Error: as :meth:`credential` does
        """
        return self.credential().user

    def endpoint_roles(self, identity: Identity) -> set[str]:
        """The roles that an identity has on the endpoint."""
        roles = self._state.connect_server.roles.where()
        return {str(role["role"]) for role in roles if applies_to(self._state, role, identity)}

    def is_administrator(self, identity: Identity) -> bool:
        """Whether an identity administers the endpoint."""
        return not self.endpoint_roles(identity).isdisjoint(ADMINISTRATORS)

    def require_administrator(self) -> Identity:
        """The user of the current request, who administers the endpoint.

        :raises GCSError: if the user does not
        :raises OAuth2Error: as :meth:`credential` does
        """
        user = self.user()
        if not self.is_administrator(user):
            raise permission_denied("This needs an administrator of the endpoint")
        return user

    def manages(self, collection: Collection, identity: Identity) -> bool:
        """Whether an identity administers a collection. Administrators of the endpoint do, and of the host, too."""
        on_collection = [collection] if collection.host is None else [collection, collection.host]
        return self.is_administrator(identity) or any(
            "administrator" in roles_of(self._state, each, identity) for each in on_collection
        )

    def find(self, collection_id: str) -> Collection:
        """The collection of the endpoint with this id.

        :raises GCSError: if there is no such collection
        """
        found = self._state.collections.get(read_id(collection_id, "collection"))
        if found is None or not is_on_server(found):
            raise not_found("collection")
        return found

    def find_managed(self, collection_id: str) -> Collection:
        """The collection of the endpoint with this id, for an administrator of it.

        :raises GCSError: if there is no such collection, or the user of the request does not administer it
        """
        found = self.find(collection_id)
        if not self.manages(found, self.user()):
            raise permission_denied("This needs an administrator of the collection")
        return found

    def require_data_access(self, mapped: Collection) -> None:
        """Check that the token of the current request has the consent for the data of a mapped collection.

        :raises GCSError: if it does not; the error has the scope to request
        """
        needed = data_access_scope(mapped.id)
        for scope in self.credential().scopes:
            if scope.name == self.manage_scope and needed in [dependency.name for dependency in scope.dependencies]:
                return
        raise GCSError(
            403,
            "Missing required data_access consent",
            code="ConsentRequired",
            required_scopes=[f"{self.manage_scope}[*{needed}]"],
        )


def is_on_server(collection: Collection) -> bool:
    """Whether a collection is one of Globus Connect Server."""
    return collection.entity_type.startswith("GCSv5")


def read_id(text: str, what: str) -> str:
    """An id in the path, in its usual form.

    :param what: it is the id of
    :raises GCSError: if it is not a UUID
    """
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise not_found(what) from None


def find_record(found: Document | None, what: str) -> Document:
    """A document that must exist.

    :param what: its name, for the error
    :raises GCSError: if it does not
    """
    if found is None:
        raise not_found(what)
    return found
