"""The registrations of one sandbox's Auth service."""

from __future__ import annotations

from globus_transport.sandbox.records import Document, Records
from globus_transport.sandbox.registry.consents import Consents
from globus_transport.sandbox.registry.ids import scope_id, service_id
from globus_transport.sandbox.scopes import AUTH, TRANSFER, resource_server_of

_AUTH_SCOPE_NAMES = (
    "manage_projects",
    "view_authentications",
    "view_clients",
    "view_clients_and_scopes",
    "view_consents",
    "view_identities",
    "view_identity_set",
)
_WELL_KNOWN_SCOPES = (
    "openid",
    "email",
    "profile",
    *(f"urn:globus:auth:scope:{AUTH}:{name}" for name in _AUTH_SCOPE_NAMES),
    f"urn:globus:auth:scope:{TRANSFER}:all",
)


class Registry:
    """The registered objects, as the documents that Auth shows."""

    def __init__(self) -> None:
        self.projects = Records()
        self.clients = Records()
        self.credentials = Records()
        self.policies = Records()
        self.scopes = Records()
        self.consents = Consents()
        for name in _WELL_KNOWN_SCOPES:
            self.scopes.add(_scope_document(name))

    def are_related(self, first: str, second: str) -> bool:
        """Whether two clients belong to the same application: they are the same client, parent and child, children of
        the same parent, or clients of the same project.

        :param first: the id of a client, which needs no registration
        :param second: the id of the other
        """
        if first == second:
            return True
        documents = [self.clients.get(id) or {} for id in (first, second)]
        parents = [document.get("parent_client") for document in documents]
        projects = [document.get("project") for document in documents]
        return (
            parents[0] == second
            or parents[1] == first
            or any(pair[0] is not None and pair[0] == pair[1] for pair in (parents, projects))
        )


def _scope_document(name: str) -> Document:
    return {
        "id": scope_id(name),
        "scope_string": name,
        "client": service_id(resource_server_of(name)),
        "name": name.rpartition(":")[2],
        "description": "A scope of a Globus service",
        "advertised": True,
        "allows_refresh_token": True,
        "required_domains": [],
        "dependent_scopes": [],
    }
