"""The scopes of the services, by resource server. Source: docs.globus.org/api/auth/reference."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from globus_transport.exc.base import GlobusSDKUsageError
from globus_transport.http.ids import is_id
from globus_transport.scopes.scope import Scope


class ScopeCollection:
    """The scopes of one resource server, as attributes.

    :ivar resource_server: the name under which token replies list the tokens for these scopes
    """

    resource_server: str

    def __iter__(self) -> Iterator[Scope]:
        """Iterate over all scopes: attributes and properties of the class, and of the object."""
        for name, value in {**vars(type(self)), **vars(self)}.items():
            scope = getattr(self, name) if isinstance(value, property) else value
            if isinstance(scope, Scope):
                yield scope

    def __repr__(self) -> str:
        return f"<scopes of {self.resource_server}>"


class StaticScopeCollection(ScopeCollection):
    """The scopes of a service that has one instance."""


class DynamicScopeCollection(ScopeCollection):
    """The scopes of one of many resource servers: a collection, an endpoint, or a flow.

    :param resource_server: its id
    :raises GlobusSDKUsageError: if the id is empty, or neither text nor a UUID
    """

    def __init__(self, resource_server: uuid.UUID | str) -> None:
        if not is_id(resource_server):
            raise GlobusSDKUsageError(f"{type(self).__name__}: expected an id as text or UUID, got {resource_server!r}")
        self.resource_server = str(resource_server)


def _make_urn_scope(server: str, name: str) -> Scope:
    return Scope(f"urn:globus:auth:scope:{server}:{name}")


def _make_url_scope(client_id: str, name: str) -> Scope:
    return Scope(f"https://auth.globus.org/scopes/{client_id}/{name}")


class AuthScopeCollection(StaticScopeCollection):
    """Globus Auth: the OpenID Connect scopes and its own API."""

    resource_server = "auth.globus.org"
    openid = Scope("openid")
    email = Scope("email")
    profile = Scope("profile")
    manage_projects = _make_urn_scope("auth.globus.org", "manage_projects")
    view_authentications = _make_urn_scope("auth.globus.org", "view_authentications")
    view_clients = _make_urn_scope("auth.globus.org", "view_clients")
    view_clients_and_scopes = _make_urn_scope("auth.globus.org", "view_clients_and_scopes")
    view_consents = _make_urn_scope("auth.globus.org", "view_consents")
    view_identities = _make_urn_scope("auth.globus.org", "view_identities")
    view_identity_set = _make_urn_scope("auth.globus.org", "view_identity_set")


class TransferScopeCollection(StaticScopeCollection):
    """Globus Transfer."""

    resource_server = "transfer.api.globus.org"
    all = _make_urn_scope("transfer.api.globus.org", "all")
    gcp_install = _make_urn_scope("transfer.api.globus.org", "gcp_install")


class GroupsScopeCollection(StaticScopeCollection):
    """Globus Groups."""

    resource_server = "groups.api.globus.org"
    all = _make_urn_scope("groups.api.globus.org", "all")
    view_my_groups_and_memberships = _make_urn_scope("groups.api.globus.org", "view_my_groups_and_memberships")


class NexusScopeCollection(StaticScopeCollection):
    """Nexus, the predecessor of Groups."""

    resource_server = "nexus.api.globus.org"
    groups = _make_urn_scope("nexus.api.globus.org", "groups")


class SearchScopeCollection(StaticScopeCollection):
    """Globus Search."""

    resource_server = "search.api.globus.org"
    all = _make_urn_scope("search.api.globus.org", "all")
    globus_connect_server = _make_urn_scope("search.api.globus.org", "globus_connect_server")
    ingest = _make_urn_scope("search.api.globus.org", "ingest")
    search = _make_urn_scope("search.api.globus.org", "search")


class FlowsScopeCollection(StaticScopeCollection):
    """Globus Flows.

    :cvar client_id: part of the scopes' URLs, in place of the resource server's name
    """

    resource_server = "flows.globus.org"
    client_id = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
    all = _make_url_scope(client_id, "all")
    manage_flows = _make_url_scope(client_id, "manage_flows")
    view_flows = _make_url_scope(client_id, "view_flows")
    run = _make_url_scope(client_id, "run")
    run_status = _make_url_scope(client_id, "run_status")
    run_manage = _make_url_scope(client_id, "run_manage")


class TimersScopeCollection(StaticScopeCollection):
    """Globus Timers."""

    resource_server = "524230d7-ea86-4a52-8312-86065a9e0417"
    timer = _make_url_scope(resource_server, "timer")


class ComputeScopeCollection(StaticScopeCollection):
    """Globus Compute.

    :cvar client_id: part of the scopes' URLs, in place of the resource server's name
    """

    resource_server = "funcx_service"
    client_id = "facd7ccc-c5f4-42aa-916b-a0e270e2c2a9"
    all = _make_url_scope(client_id, "all")


class GCSEndpointScopes(DynamicScopeCollection):
    """A Globus Connect Server endpoint.

    :param resource_server: the endpoint's id
    """

    def __init__(self, resource_server: uuid.UUID | str) -> None:
        super().__init__(resource_server)
        self.manage_collections = _make_urn_scope(self.resource_server, "manage_collections")


class GCSCollectionScopes(DynamicScopeCollection):
    """A collection on a Globus Connect Server endpoint.

    :param resource_server: the collection's id
    """

    def __init__(self, resource_server: uuid.UUID | str) -> None:
        super().__init__(resource_server)
        self.data_access = _make_url_scope(self.resource_server, "data_access")
        self.https = _make_url_scope(self.resource_server, "https")


class SpecificFlowScopes(DynamicScopeCollection):
    """One flow.

    :param flow_id: the flow's id
    """

    def __init__(self, flow_id: uuid.UUID | str) -> None:
        super().__init__(flow_id)
        flow_id = self.resource_server
        self.user = _make_url_scope(flow_id, f"flow_{flow_id.replace('-', '_')}_user")


AuthScopes = AuthScopeCollection()
TransferScopes = TransferScopeCollection()
GroupsScopes = GroupsScopeCollection()
NexusScopes = NexusScopeCollection()
SearchScopes = SearchScopeCollection()
FlowsScopes = FlowsScopeCollection()
TimersScopes = TimersScopeCollection()
ComputeScopes = ComputeScopeCollection()
